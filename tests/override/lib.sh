# lib.sh -- what the scripts of this folder share; it is sourced, never run.
#
# They test bitslab as the malloc of a program, preloaded or linked, with small programs of ours.
# A program that is served by another malloc would pass most of it, so serves() demands the report
# that each process on bitslab writes at its end.
#
# Environment  STAGE the stage under test; LIB its libbitslab.so; ARCHIVE its libbitslab-malloc.a;
#              BUILD a scratch folder; CC CXX compilers
# Exit status  0 passed; 77 skipped; else failed, with a reason
# shellcheck shell=sh

set -eu
: "${STAGE:?is not set}" "${LIB:?is not set}" "${ARCHIVE:?is not set}" "${BUILD:?is not set}"
CC=${CC:-cc}
CXX=${CXX:-c++}
name=$(basename "$0" .sh)
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$BUILD"
work=$(cd "$BUILD" && pwd)/$name
rm -rf "$work"
mkdir -p "$work"
report=$work/report
unset LD_PRELOAD BITSLAB_REPORT
export LC_ALL=C
strict="-g -O1 -Wall -Wextra -Werror -fno-builtin -pthread"

fail() {
    echo "$name: FAILED: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

[ -f "$LIB" ] || fail "there is no $LIB"
[ -f "$ARCHIVE" ] || fail "there is no $ARCHIVE"

# compile OUTPUT SOURCE [OPTION...]  The language follows from the source's name.
compile() {
    out=$1 source=$here/$2
    shift 2
    case $source in
    *.cc) "$CXX" -std=c++17 $strict "$source" "$@" -o "$work/$out" ;;
    *) "$CC" -std=gnu11 $strict "$source" "$@" -o "$work/$out" ;;
    esac || fail "$source does not compile or link"
}

# serves LEAST COMMAND...  The command must succeed, and LEAST processes report bitslab at their end.
serves() {
    least=$1
    shift
    : >"$report"
    status=0
    BITSLAB_REPORT=$report timeout -k 5 60 "$@" >"$work/output" 2>&1 || status=$?
    [ "$status" -eq 0 ] || {
        cat "$work/output" >&2
        fail "status $status from: $*"
    }
    lines=$(wc -l <"$report")
    [ "$lines" -ge "$least" ] || fail "$lines processes instead of $least were on bitslab: $*"
}

# The same with the library preloaded, in the program only.
preloaded() {
    least=$1
    shift
    serves "$least" env LD_PRELOAD="$LIB" "$@"
}
