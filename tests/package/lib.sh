# lib.sh -- what the scripts of this folder share; it is sourced, never run.
#
# They are outside projects: each takes the library as a user gets it (installed, or as a source
# folder), and knows nothing else of this one. consumer.c is the program that most of them build; it
# fails unless malloc is whose it is told to be.
#
# Environment  BUILD a scratch folder; CC CXX compilers
# Exit status  0 passed; 77 skipped; else failed, with a reason
# shellcheck shell=sh

set -eu
: "${BUILD:?is not set}"
CC=${CC:-cc}
CXX=${CXX:-c++}
name=$(basename "$0" .sh)
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
stage=$(ls -d "$top"/stages/0?_* | tail -n 1)
mkdir -p "$BUILD"
scratch=$(cd "$BUILD" && pwd)
work=$scratch/$name
rm -rf "$work"
mkdir -p "$work"
log=$work/log
unset LD_PRELOAD LD_LIBRARY_PATH BITSLAB_REPORT BITSLAB_OPTIONS MAKEFLAGS MFLAGS MAKELEVEL
unset PKG_CONFIG_PATH CMAKE_PREFIX_PATH PREFIX DESTDIR BINDIR LIBDIR INCLUDEDIR MANDIR
export LC_ALL=C CC CXX

fail() {
    echo "$name: FAILED: $*" >&2
    exit 1
}

skip() {
    echo "skipped: $*"
    exit 77
}

needs() { # PROGRAM...
    for program in "$@"; do
        command -v "$program" >/dev/null || skip "there is no $program (make setup installs it)"
    done
}

# quietly COMMAND...  What it prints is shown only if it fails.
quietly() {
    "$@" >"$log" 2>&1 || {
        quiet_status=$?
        tail -n 30 "$log" >&2
        fail "status $quiet_status from: $*"
    }
}

# project VARIABLE=... GOAL  The commands of the project's own Makefile, built apart from the tests'.
project() {
    quietly make -C "$top" BUILD="$scratch/build" "$@"
}

version() {
    sed -n 's/^#define BITSLAB_VERSION "\(.*\)"/\1/p' "$stage/bitslab.h"
}
