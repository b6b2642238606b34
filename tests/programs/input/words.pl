# words.pl -- hashes, strings, regular expressions and sorting; with "threads" as its argument,
# interpreters that are cloned, run at the same time and are torn down again.
use strict;
use warnings;
use List::Util qw(sum reduce);

my $seed = 20240229;
sub random {
    $seed = ($seed * 1103515245 + 12345) % 2147483648;
    return ($seed >> 8) % $_[0];
}

sub word { return join '', map { chr(97 + random(26)) } 1 .. 2 + random(9) }

sub checksum {
    my $sum = 0;
    $sum = ($sum * 31 + ord) % 4294967291 for split //, substr($_[0], 0, 20000);
    return $sum;
}

# A hash that grows and a long string.
my %count;
$count{ word() }++ for 1 .. 120_000;
my @words = sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
my $text = join ' ', @words;
printf "hash %d %s %s %d %d\n", scalar @words, $words[0], $words[-1], length $text, checksum($text);

# Search, replace, split and join: long strings that are made and dropped.
for my $pattern (qr/(\w)(\w)/, qr/[aeiou]+/, qr/\s\w/, qr/(\w+) (\w+)/) {
    (my $changed = $text) =~ s/$pattern/<$&>/g;
    my @parts = split /[<>]+/, $changed;
    printf "replace %d %d %d\n", length $changed, scalar @parts, checksum(join '|', reverse @parts);
}

# Records in a queue of at most 2,000, and each one's name is grown in place.
my (@queue, $total);
for my $i (1 .. 100_000) {
    my %record = (id => $i, name => $words[ random(scalar @words) ], list => [ 1 .. $i % 9 ]);
    $record{name} .= $record{name} for 1 .. random(4);
    push @queue, \%record;
    if (@queue > 2000) {
        my $old = shift @queue;
        $total = (($total // 0) + $old->{id} * length($old->{name}) + @{ $old->{list} }) % 4294967291;
    }
}
printf "queue %d %d\n", scalar @queue, $total;

# Arrays of arrays, pack and sprintf.
my @rows = map { my $r = $_; [ map { $r * $_ % 1009 } 1 .. 120 ] } 1 .. 400;
my @columns;
for my $row (@rows) { push @{ $columns[$_] }, $row->[$_] for 0 .. $#$row }
printf "matrix %d\n", sum map { my $c = $_; reduce { ($a * 31 + $b) % 65521 } @$c } @columns;
my $packed = join '', map { pack 'NnA*', $_, $_ % 65536, "item $_" } 1 .. 50_000;
printf "pack %d %d\n", length $packed, checksum($packed);

if (@ARGV && $ARGV[0] eq 'threads') {
    require threads;
    for my $round (1 .. 3) {
        my @team = map {
            my $n = $_;
            threads->create(sub {
                $seed = $n * 1000 + $round;
                my %seen;
                $seen{ word() } .= 'x' x random(50) for 1 .. 4000;
                return checksum(join ' ', map { "$_$seen{$_}" } sort keys %seen);
            });
        } 1 .. 3;
        print join(' ', "round $round", map { $_->join } @team), "\n";
    }
}
print "done\n";
