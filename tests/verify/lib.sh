# lib.sh -- what the rungs of tests/verify share; sourced, never run.
#
# After it, the current folder is the project's top folder, and these are set:
#   BUILD  this rung's folder for everything that it builds     root   the folder of all builds
#   stage  06_orphanage                                         SRC    stages/06_orphanage
#   CC     the C compiler                                       CLANG  clang, or nothing
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rung=$(basename "$(dirname "$0")")
STAGE=${STAGE:-6}
SRC=$(echo stages/0"$STAGE"_*)
stage=$(basename "$SRC")
CC=${CC:-cc}
case $CC in *clang*) CLANG=$CC ;; *) CLANG=$(command -v clang || true) ;; esac
root=${VERIFY_ROOT:-build}
case $root in /*) ;; *) root=$PWD/$root ;; esac
BUILD=$root/verify/$rung
mkdir -p "$BUILD"

# progress TEXT  What is being done: one line that replaces itself on a terminal.
progress() {
    if [ -t 2 ]; then
        printf '\r\e[K  %s: %s' "$rung" "$*" >&2
    else
        printf '  %s: %s\n' "$rung" "$*" >&2
    fi
}

clear_progress() {
    [ ! -t 2 ] || printf '\r\e[K' >&2
}

# result TEXT  The rung's last line: what was measured.
result() {
    clear_progress
    echo "$*"
}

# fail TEXT...  What is wrong, and stop. skip: why the rung cannot be tried here.
fail() {
    clear_progress
    echo "$rung: $*"
    exit 1
}

skip() {
    clear_progress
    echo "skipped: $*"
    exit 77
}

# library FLAVOUR  Build a flavour of the stage; $library is its libbitslab.a.
library() {
    BUILD=$root CC=$CC tests/tools/build "$STAGE" "$1" >"$BUILD/library.log" 2>&1 || {
        cat "$BUILD/library.log"
        fail "stage $STAGE does not compile"
    }
    library=$root/$stage/libbitslab.a
    [ "$1" = default ] || library=$root/$stage/$1/libbitslab.a
}
