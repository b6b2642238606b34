#!/usr/bin/env bash
# rung.sh -- the tests of the final stage that need no more than a process each, with both compilers.
#
# Rung: the unit tests of stage 6, misuse and forks, with gcc and clang
# Order: 1
# Seconds: 60
. "$(dirname "$0")/../lib.sh"

total=0
for compiler in gcc ${CLANG:+clang}; do
    progress "make test $STAGE with $compiler"
    SETUP=no CC=$compiler BUILD=$root/verify/unit/$compiler \
        ONLY="stage06 headline/ misuse_checked fork_storm" \
        tests/tools/run-tests "$STAGE" >"$BUILD/$compiler.log" 2>&1 || {
        grep -A 30 'FAIL' "$BUILD/$compiler.log" || tail -n 20 "$BUILD/$compiler.log"
        fail "tests fail with $compiler"
    }
    total=$((total + $(sed -n 's/^\([0-9]*\) passed.*/\1/p' "$BUILD/$compiler.log")))
done
result "$total tests pass"
