#!/usr/bin/env bash
# rung.sh -- the tests of the final stage that need no more than a process each, with both compilers.
#
# Rung: the unit tests of stage 6, misuse and forks, with gcc and clang
# Order: 1
# Seconds: 110
. "$(dirname "$0")/../lib.sh"

tests() { # COMPILER
    SETUP=no CC=$1 BUILD=$root/verify/unit/$1 ONLY="stage06 headline/ misuse_checked fork_storm" \
        tests/tools/run-tests "$STAGE" >"$BUILD/$1.log" 2>&1
}

# Most tests have one thread, or wait: both compilers' run at once.
progress "make test $STAGE with gcc ${CLANG:+and clang}"
tests gcc & gcc=$!
[ -z "$CLANG" ] || { tests clang & clang=$!; }
total=0
for compiler in gcc ${CLANG:+clang}; do
    wait "${!compiler}" || {
        grep -A 30 'FAIL' "$BUILD/$compiler.log" || tail -n 20 "$BUILD/$compiler.log"
        fail "tests fail with $compiler"
    }
    total=$((total + $(sed -n 's/^\([0-9]*\) passed.*/\1/p' "$BUILD/$compiler.log")))
done
result "$total tests pass"
