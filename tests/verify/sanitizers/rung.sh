#!/usr/bin/env bash
# rung.sh -- every test of the final stage under every tool that knows a program's memory.
#
# Rung: all tests under ASan + UBSan, TSan (gcc and clang) and Valgrind, and hardened; planted bugs
# Order: 5
# Seconds: 260
#
# The programs are those of `make test`: the suites of all stages (with a fork per test instead of
# Criterion, tests/support/forked), the headline tests and the stress programs. Nothing is left out
# and nothing is suppressed, but for the looks of statistics (UNSEEN in observe.h); a tool that makes everything slow gets fewer rounds of the same
# (tests/support/flavour.h). What a tool cannot do is said there, where the test would need it:
#   ThreadSanitizer  starts no threads in a child of a process with threads (fork_storm, giving_back),
#                    and none where memory has run out (exhaustion)
#   Valgrind         is starved by a limit of memory, so the mappings are counted instead (exhaustion)
# A report of any process is a failure, even if the process that got it went on: all reports go to
# files. Only misuse_checked commits on purpose what a tool must complain of.
#
# Then each tool must see the bugs that are planted in a client program (tests/memory_tools).
. "$(dirname "$0")/../lib.sh"
here=tests/verify/sanitizers
results=$BUILD/results
rm -rf "$results"
mkdir -p "$results"

builds="checked:$CC asan_ubsan:$CC"
for compiler in $(command -v gcc) ${CLANG:-}; do builds+=" tsan:$compiler"; done
if command -v valgrind >/dev/null; then builds+=" valgrind:$CC"; fi

programs() { # the names of all test programs, the slowest first
    local source
    for source in tests/stress/*.c; do echo "stress/$(basename "$source" .c)"; done
    for source in tests/stage0*_*/; do echo "suite/$(basename "$source")"; done | sort -r
    for source in tests/headline/*.c; do echo "headline/$(basename "$source" .c)"; done
}

compile() { # FLAVOUR COMPILER
    local out=$BUILD/${2##*/}
    progress "compile for $1 with ${2##*/}"
    {
        BUILD=$out CC=$2 tests/tools/build "$STAGE" "$1" &&
            programs | sed "s|^|$out/$stage/$1/forked/|" | xargs make --silent -j "$(nproc)" \
                -f tests/tools/tests.mk BUILD="$out" CC="$2" STAGE="$stage" FLAVOUR="$1" RUNNER=forked
    } >"$results/compile.log" 2>&1 || {
        tail -n 20 "$results/compile.log"
        fail "flavour $1 does not compile with ${2##*/}"
    }
}

# Each line is one job: FLAVOUR COMPILER PROGRAM
jobs() {
    local build program
    for program in $(programs); do
        for build in $(printf '%s\n' $builds | tac); do # Valgrind's are the longest
            echo "${build%%:*} ${build#*:} $program"
        done
    done
    for build in $(printf '%s\n' $builds | sed -n 's/^tsan://p'); do
        echo "planted $build memory_tools"
    done
}

for build in $builds; do compile "${build%%:*}" "${build#*:}"; done
export BUILD STAGE stage results
# Twice as many as there are processors: many wait for a delay to pass.
count=$(jobs | wc -l)
jobs | xargs -P $(($(nproc) * 2)) -L 1 bash $here/run-one &
runner=$!
while kill -0 $runner 2>/dev/null; do
    progress "$(find "$results" -name '*.ok' | wc -l) of $count programs"
    sleep 2
done
wait $runner || true

failed=$(find "$results" -name '*.failed' | sort)
for log in $failed; do
    echo "$(basename "$log" .failed | tr + ' '):"
    grep -A 12 -E '^FAIL|FAILED|ERROR: |WARNING: Thread|runtime error|^==[0-9]+== [A-Z]' "$log" ||
        tail -n 20 "$log"
done >"$BUILD/failures"
head -n 80 "$BUILD/failures" | cut -c 1-200
[ -z "$failed" ] || fail "$(echo "$failed" | wc -l) of $count programs fail"
done=$(find "$results" -name '*.ok' | wc -l)
[ "$done" -eq "$count" ] || fail "only $done of $count programs ended"
tests=$(cat "$results"/*+suite-*.ok | sed -n 's/^\([0-9]*\) passed, 0 failed$/\1/p' | paste -sd +)
planted=$(cat "$results"/planted*.ok | sed -n 's/^\([0-9]*\) runs: .*/\1/p' | paste -sd +)
others=$(find "$results" -name '*.ok' ! -name '*suite*' ! -name 'planted*' | wc -l)
result "$((tests)) tests and $others programs in $(echo $builds | wc -w) builds pass without a" \
    "report; $((planted)) runs of a client, each planted bug seen"
