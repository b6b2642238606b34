# manual.sh -- the manual pages that make install brings: their form, and that nothing is left out.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"

project install PREFIX="$work/usr"
man=$work/usr/share/man
pages="$man/man1/bitslab.1 $man/man3/bitslab.3 $man/man7/bitslab-options.7"
for page in $pages; do
    [ -s "$page" ] || fail "there is no $page"
    ! grep -n '@[A-Z]*@' "$page" || fail "$page was not filled in"
done
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning $pages >"$log" 2>/dev/null || {
        cat "$log" >&2
        fail "mandoc complains"
    }
    by=mandoc
else
    needs groff
    for page in $pages; do
        groff -ww -mdoc -Tascii "$page" 2>"$log" >/dev/null && [ ! -s "$log" ] || fail "groff: $(cat "$log")"
    done
    by=groff
fi

# Every function has its entry, its arguments' names and a page under its own name.
functions=$(cat "$work"/usr/include/bitslab*.h | tr '\n' ' ' | sed 's/BITSLAB_API/\n&/g' |
    sed -n 's/^BITSLAB_API [^(]*\b\(bitslab_[a-z_0-9]*\)(.*/\1/p')
[ "$(echo "$functions" | wc -w)" -gt 10 ] || fail "the header has hardly any functions"
for function in $functions; do
    grep -q "^\.Fn $function " "$man/man3/bitslab.3" || fail "bitslab(3) lacks $function in its synopsis"
    grep -A 1 "^\.Ss $function\$" "$man/man3/bitslab.3" | grep -q ' ' || fail "bitslab(3) does not tell what $function is"
    [ -s "$man/man3/$function.3" ] || fail "there is no page $function(3)"
done
for command in run check info; do
    grep -q "^\.Cm $command\$" "$man/man1/bitslab.1" || fail "bitslab(1) lacks $command"
done

# What the README names is there; what goes on with a point is a file.
for function in $(grep -o '`bitslab_[a-z_]*[a-z][^a-z_.]' "$top/README.md" | tr -cd 'a-z_\n' | sort -u); do
    echo "$functions" | grep -qx "$function" || fail "the README names $function, which is nowhere"
done

# And every option of the library's table.
options=$("$work/usr/bin/bitslab" info --options 2>/dev/null | sed -n 's/^\([a-z_]*\)=.*/\1/p')
for option in $options; do
    grep -q "^\.It Cm $option\b" "$man/man7/bitslab-options.7" || fail "bitslab-options(7) lacks $option"
done
echo "3 pages pass $by; $(echo "$functions" | wc -w) functions and $(echo "$options" | wc -w) options are in them"
