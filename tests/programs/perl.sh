#!/bin/sh
# perl.sh -- hashes, long strings and regular expressions; from stage 4 on with threads, each of
# which clones the interpreter and tears it down.
# Stages: 2-6
. "$(dirname "$0")/lib.sh"
need perl

export PERL_HASH_SEED=0
threads=
[ "$STAGE" -lt 4 ] || threads=threads
if [ -n "$threads" ] && ! perl -Mthreads -e 1 2>/dev/null; then
    threads=
fi
both "words.pl" perl "$input/words.pl" $threads
served perl
passed "the output is identical${threads:+, threads included}"
