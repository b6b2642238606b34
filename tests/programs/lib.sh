# lib.sh -- what the scripts of this folder share. It is sourced, never run.
#
# Each script runs one program that we did not write, on the C library's malloc and on bitslab, and
# compares what the two runs produced. A library that was never loaded would pass that, so each
# script also demands proof: at its end every process on bitslab appends a line to the file that
# BITSLAB_REPORT names. LD_PRELOAD is set for the program under test only, never for our own tools.
#
# Environment  STAGE   number of the stage under test
#              LIB     absolute path of the libbitslab.so to preload
#              BUILD   scratch folder, made if it is missing
#              CC CXX  compilers (cc and c++ if unset)
#              LIMIT   seconds after which a run counts as stuck (120 if unset)
# Exit status  0 passed; 77 skipped, with the name of what is missing; else failed, with a reason.
# shellcheck shell=sh

set -eu
: "${STAGE:?is not set: give the number of the stage under test}"
: "${LIB:?is not set: give the absolute path of the libbitslab.so to preload}"
: "${BUILD:?is not set: give a scratch folder}"
CC=${CC:-cc}
CXX=${CXX:-c++}
LIMIT=${LIMIT:-120}

name=$(basename "$0" .sh)
programs=$(cd "$(dirname "$0")" && pwd)
input=$programs/input
mkdir -p "$BUILD"
work=$(cd "$BUILD" && pwd)/$name
report=$work/report
as_user=                  # command prefix that changes the user; set by the scripts that need it
unset LD_PRELOAD BITSLAB_REPORT
export LC_ALL=C TZ=UTC

fail() {
    echo "$name: FAILED: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $1 not installed; make setup installs it"
    exit 77
}

# need PROGRAM...  Skip the test, by name, unless all of them are installed.
need() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || skip "$program"
    done
}

# The two ways to run a command. `timeout` and `env` themselves stay on the C library's malloc.
without_bitslab() {
    timeout "$LIMIT" $as_user env "$@"
}

with_bitslab() {
    timeout "$LIMIT" $as_user env LD_PRELOAD="$LIB" BITSLAB_REPORT="$report" "$@"
}

# explain STATUS  Say what an exit status means.
explain() {
    case $1 in
    124) echo "was still running after $LIMIT s" ;;
    134) echo "ended in abort()" ;;
    139) echo "ended in a segmentation fault" ;;
    *) echo "ended with status $1" ;;
    esac
}

# both WHAT COMMAND...  Run a command without and with the library. Each run has a folder of its
# own, $work/without and $work/with, which goes by the same name, $work/here, while it is in use,
# since programs write their folder's name into what they make. Both runs must succeed and write
# the same to standard output and standard error.
both() {
    what=$1
    shift
    for run in without with; do
        mkdir -p "$work/$run"
        mv "$work/$run" "$work/here"
        status=0
        (cd "$work/here" && "${run}_bitslab" "$@") >"$work/$what.$run" 2>"$work/$what.$run.err" ||
            status=$?
        mv "$work/here" "$work/$run"
        if [ "$status" -ne 0 ]; then
            tail -n 20 "$work/$what.$run.err" >&2
            fail "$what, run $run bitslab, $(explain "$status")"
        fi
    done
    [ -s "$work/$what.without" ] || [ -s "$work/$what.without.err" ] || [ "${silent:-no}" = yes ] ||
        fail "$what wrote nothing, so there is nothing to compare"
    same "the output of $what" "$work/$what.without" "$work/$what.with"
    same "the messages of $what" "$work/$what.without.err" "$work/$what.with.err"
}

# same WHAT PLAIN_FILE BITSLAB_FILE
same() {
    cmp -s "$2" "$3" && return
    diff -a "$2" "$3" | cut -c 1-200 | head -n 10 >&2 || true
    fail "$1 differs from the run without bitslab: $2 and $3"
}

# served PATTERN [COUNT]  Demand that at least COUNT processes whose name matches the shell pattern
# have reported memory obtained by bitslab.
served() {
    wanted=${2:-1}
    found=0
    [ -f "$report" ] || fail "no process reported to $report: $LIB was not loaded or does not serve"
    while IFS= read -r line; do
        who=${line#program=}
        who=${who%% pid=*}
        peak=${line##* mapped_peak_bytes=}
        peak=${peak%% *}
        # shellcheck disable=SC2254 # the pattern is meant as one
        case $who in
        $1) if [ "$peak" -gt 0 ] 2>/dev/null; then found=$((found + 1)); fi ;;
        esac
    done <"$report"
    [ "$found" -ge "$wanted" ] || fail "bitslab served $found processes named $1 instead of" \
        "$wanted; reported: $(sed 's/^program=//; s/ pid=.*//' "$report" | sort | uniq -c |
            tr -s ' \n' ' ')"
}

# loaded PID  Demand that a running process has the library mapped.
loaded() {
    grep -qF "$LIB" "/proc/$1/maps" || fail "process $1 does not have $LIB in its memory map"
}

# passed WHAT...  Print the one line of a test that passed.
passed() {
    peak=$(sed 's/.* mapped_peak_bytes=//; s/ .*//' "$report" | sort -n | tail -n 1)
    echo "$name: $*; $(wc -l <"$report" | tr -d ' ') processes served," \
        "the largest with $((peak / 1024)) KiB"
}

case $LIB in
/*) [ -r "$LIB" ] || fail "$LIB cannot be read" ;;
*) fail "LIB must be an absolute path, not $LIB" ;;
esac
LIB=$(readlink -f "$LIB") # as the kernel writes it in a process's memory map
rm -rf "$work"
mkdir -p "$work"
