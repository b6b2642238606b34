#!/usr/bin/env bash
# rung.sh -- every line and branch of the final stage is reached by a test, or there is a reason.
#
# Rung: lines and branches that the tests reach, the reasons for the others (gcov)
# Order: 11
# Seconds: 120
#
# What runs, on counting builds of the default and the checked flavour: the suites of all stages, the
# headline and the stress programs, misuses of both public lists (tests/verify/misuse), and sweeps
# over an OS that refuses (tests/verify/faults). What is counted: all that libbitslab.a holds but its
# options and reports (tests/observe has theirs, in programs of their own); the files that only give
# malloc's names to it, and the program bitslab, are not in it. missing.txt has the reasons; UPDATE=1
# writes what has none below "TODO:" there, and drops what was reached.
. "$(dirname "$0")/../lib.sh"
here=tests/verify/coverage
results=$BUILD/results
CC=$(command -v gcc) || skip "there is no gcc, whose counters these are"
command -v gcov >/dev/null || skip "there is no gcov"
command -v python3 >/dev/null || skip "there is no python3"

# -O0: a branch in the source is a branch in the code. Atomic, since gcov adds and subtracts counts.
# Reset, since old counts are of other code.
find "$BUILD" -name '*.gcda' -delete
rm -rf "$results"
mkdir -p "$results"
$CC -O1 -c $here/dump.c -o "$BUILD/dump.o"
counting="-O0 -g --coverage -fprofile-update=atomic"
wrapped="-Wl,--wrap=abort,--wrap=_exit,$BUILD/dump.o"
sweep=verify/faults # below a build's folder, as faults.mk puts it

programs() { # the names of all test programs, the slowest first
    local source
    echo suite/stage06_orphanage
    for source in tests/stress/*.c; do echo "stress/$(basename "$source" .c)"; done
    for source in tests/stage0[1-5]_*/; do echo "suite/$(basename "$source")"; done | sort -r
    for source in tests/headline/*.c; do echo "headline/$(basename "$source" .c)"; done
}

# out FLAVOUR  The folder of a flavour's library.
out() {
    local folder=$BUILD/$stage/$1
    echo "${folder%/default}"
}

# compile FLAVOUR  The library, all test programs, and the sweep.
compile() {
    local flavour=${1#default} folder
    folder=$(out "$1")
    BUILD=$BUILD CFLAGS=$counting LDFLAGS=--coverage tests/tools/build "$STAGE" "$1" &&
        programs | sed "s|^|$folder/forked/|" |
        CFLAGS="-O1 -DUNDER_COVERAGE=1" LDFLAGS="--coverage $wrapped" xargs make --silent \
            -j "$(nproc)" -f tests/tools/tests.mk BUILD="$BUILD" CC="$CC" STAGE="$stage" \
            FLAVOUR="$flavour" RUNNER=forked &&
        make --silent -j "$(nproc)" -f tests/verify/faults/faults.mk BUILD="$BUILD" STAGE="$stage" \
            FLAVOUR="$flavour" CC="$CC --coverage $wrapped" CFLAGS="${counting/--coverage/}" \
            "$BUILD/$sweep${flavour:+/$flavour}/sweep"
}

# misuses FLAVOUR  The programs of tests/verify/misuse, which call malloc; here they call ours by its
# own name, for gcov calls malloc too, and must not meet a heap that was misused.
misuses() {
    local source name names="" folder=$BUILD/misuses/$1
    for name in malloc free calloc realloc aligned_alloc posix_memalign; do
        names+=" -D$name=bitslab_$name"
    done
    mkdir -p "$folder"
    for source in tests/verify/misuse/*.c; do
        [ "${source##*/}" != judge.c ] || continue
        # shellcheck disable=SC2086
        $CC -std=c11 -g -O1 -w -fno-builtin -pthread $names -Dmalloc_usable_size=bitslab_usable_size \
            -c "$source" -o "$folder/$(basename "$source" .c).o"
    done
    $CC -pthread --coverage "$wrapped" "$folder"/*.o "$(out "$1")/libbitslab.a" -o "$folder/all"
}

# misuse_all PROGRAM  Each misuse in a process of its own. How it ends is for tests/verify/misuse.
misuse_all() {
    local list name bytes
    ulimit -c 0
    "$1" | while read -r list name bytes _; do
        timeout 10 "$1" "$list" "$name" "$bytes" </dev/null || [ $? -ne 124 ] || return
    done
}

# Each line is one job: NAME PROGRAM ARGUMENTS. The sweeps that take a second are whole, the others
# take longer strides.
jobs() {
    local program path stride
    for program in $(programs); do
        echo "checked-$program $(out checked)/forked/$program"
        echo "default-$program $(out default)/forked/$program"
    done
    echo "default-misuses misuse_all $BUILD/misuses/default/all"
    echo "checked-misuses misuse_all $BUILD/misuses/checked/all"
    for path in $("$BUILD/$sweep/sweep"); do
        stride=8
        case $path in wide | huge | aligned | threads | heapless | late) stride=1 ;; esac
        echo "default-sweep-$path $BUILD/$sweep/sweep $path $stride"
        echo "checked-sweep-$path $BUILD/$sweep/checked/sweep $path 10"
    done
}

run_one() { # NAME PROGRAM ARGUMENTS...  Leaves NAME.ok or NAME.failed.
    local log=$results/${1//\//-} limit="timeout -k 5 600" # against a hang, however busy the machine
    [ "$2" != misuse_all ] || limit=
    if $limit "${@:2}" >"$log" 2>&1 </dev/null; then mv "$log" "$log.ok"; else
        mv "$log" "$log.failed"
    fi
}

for flavour in default checked; do
    progress "compile the $flavour build"
    { compile $flavour && misuses $flavour; } >"$results/compile.log" 2>&1 || {
        tail -n 20 "$results/compile.log"
        fail "the $flavour build does not compile"
    }
done
export -f run_one misuse_all
export results FORKED_JOBS=1 FORKED_SECONDS=180 GCOV_ERROR_FILE=$results/gcov.errors
jobs >"$BUILD/jobs"
# Twice as many as there are processors: many wait for a delay to pass, and count little.
progress "$(wc -l <"$BUILD/jobs") programs"
xargs -P $(($(nproc) * 2)) -L 1 bash -c 'run_one "$@"' run_one <"$BUILD/jobs"

failed=$(find "$results" -name '*.failed')
[ -z "$failed" ] || { tail -n 20 $failed; fail "these programs fail: $(basename -a -s .failed $failed | tr '\n' ' ')"; }
[ ! -s "$GCOV_ERROR_FILE" ] || fail "gcov: $(sort "$GCOV_ERROR_FILE" | uniq -c | head -n 5)"

progress "sum up"
counters=$(find "$BUILD/$stage" "$BUILD/$sweep" -name '*.gcno' |
    grep -v -E '/((override|observe|option)[a-z_]*|exit_report|bitslab-[a-z_]*)\.gcno$' | sort)
sums() { # COMMAND REASONS
    python3 $here/sum.py "$1" "$SRC" "$2" $counters >"$BUILD/sums"
}

# A line without its reason must be told, and so must a reason for a line that is reached, for one
# that is gone, and, without any counters, a text that the source does not have.
controls() {
    local control=$BUILD/control.txt reached="malloc.c bitslab_malloc line: return block;"
    sed '0,/^    .* line: /{/^    .* line: /d}' $here/missing.txt >"$control"
    ! sums measure "$control" && grep -q '^not reached, without' "$BUILD/sums" ||
        fail "control: a line without a reason is not seen"
    { cat $here/missing.txt && printf '\nOS: control\n    %s\n' "$reached"; } >"$control"
    ! sums measure "$control" && grep -qxF "reached, or gone, but has a reason: $reached" \
        "$BUILD/sums" || fail "control: a reason for a line that is reached is not seen"
    ! python3 $here/sum.py check "$SRC" <(sed 's/return block;/return lock;/' "$control") \
        >"$BUILD/sums" && grep -q '^not in the source' "$BUILD/sums" ||
        fail "control: a reason for a line that is gone is not seen"
}

command=measure
[ -z "${UPDATE:-}" ] || command=update
sums $command $here/missing.txt || fail "$(cat "$BUILD/sums")
If it is meant to be so: UPDATE=1 make verify RUNG=coverage, then give the reasons in $here/missing.txt"
figure=$(tail -n 1 "$BUILD/sums")
controls
result "$figure; $(wc -l <"$BUILD/jobs") programs"
