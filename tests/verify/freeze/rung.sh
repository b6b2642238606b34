#!/usr/bin/env bash
# rung.sh -- a thread is frozen before each instruction of the library, and the others must get on.
#
# Rung: a thread frozen at any instruction holds up no other (ptrace)
# Order: 6
# Seconds: 50
. "$(dirname "$0")/../lib.sh"

here=tests/verify/freeze
passes=${PASSES:-6}
wrapped=mmap,munmap,madvise,mremap,memset,memcpy
wrapped+=,write,abort,pthread_key_create,pthread_key_delete,pthread_setspecific
# No call of malloc or free runs these: they report, or read options, when somebody asks.
outside='/(observe_[a-z]+|option[a-z_]*)[.]c:'

[ "$(uname -s)" = Linux ] || skip "needs Linux's ptrace"
# Elsewhere a pair of load-exclusive and store-exclusive never succeeds when it is stepped through.
[ "$(uname -m)" = x86_64 ] || skip "needs an x86-64: other processors' atomics cannot be stepped"

# wraps NAME...  The linker's options that send the calls of functions through __wrap_NAME.
wraps() {
    local name
    for name; do printf -- '-Wl,--wrap=%s\n' "$name"; done
}

# sources  The watcher and its child. How they get at the library is a matter of linking.
sources() {
    local file
    for file in "$here"/*.c; do
        [ "${file##*/}" != control.c ] || continue
        "$CC" -std=gnu11 -O2 -g -Wall -Wextra -Werror -I"$SRC" -fno-pie -fno-builtin \
            -fno-stack-protector -pthread -c "$file" -o "$BUILD/$(basename "$file" .c).o" ||
            fail "$file does not compile"
    done
}

# program NAME LIBRARY SOURCE-OR-OPTION...  Link the watcher and its child with a library whose text
# is a section of its own, and list that section's instructions in NAME.text.
program() {
    local name=$1 from=$2
    shift 2
    objcopy --rename-section .text=bitslab_text --rename-section .text.unlikely=bitslab_text \
        --rename-section .text.startup=bitslab_text --rename-section .text.hot=bitslab_text \
        --rename-section .text.exit=bitslab_text \
        "$from" "$BUILD/$name.a"
    objdump -h "$BUILD/$name.a" | awk '$2 ~ /^\.text/ && $3 !~ /^0+$/ { exit 1 }' ||
        fail "some of the library's text would not be watched in $name"
    # shellcheck disable=SC2046
    "$CC" -no-pie -pthread -Wl,-z,now $(wraps ${wrapped//,/ }) "$@" "$BUILD"/*.o "$BUILD/$name.a" \
        -o "$BUILD/$name" || fail "$name cannot be linked"
    nm -l "$BUILD/$name" | awk -v outside="$outside" '$0 ~ outside { print $1 }' >"$BUILD/$name.outside"
    objdump -d --no-show-raw-insn -j bitslab_text "$BUILD/$name" |
        awk -v outside="$BUILD/$name.outside" -f $here/text.awk >"$BUILD/$name.text"
    [ -s "$BUILD/$name.text" ] || fail "the library's instructions are not found in $name"
}

# watch NAME PASSES LIMIT  Run; what it prints is in NAME.out.
watch() {
    local status=0
    timeout 300 "$BUILD/$1" "$BUILD/$1.text" "$BUILD/$1.log" "$2" "$3" >"$BUILD/$1.out" \
        2>"$BUILD/$1.err" || status=$?
    cat "$BUILD/$1.err" >>"$BUILD/$1.out"
    return $status
}

# control NAME WHAT  A build with a lock: it must be found blocked, because of the frozen thread.
control() {
    local status=0
    progress "control: $2"
    watch "$1" 1 2 || status=$?
    local last
    last=$(tail -n 1 "$BUILD/$1.out")
    [ $status = 3 ] || fail "control $1 ($2) was not found blocked (status $status): $last"
    case $last in
        blocked*"lets the others go on") ;;
        *) fail "control $1 ($2) was blocked by something else: $last" ;;
    esac
}

progress "compiling"
library default
rm -f "$BUILD"/*.o
sources
program freeze "$library"

progress "freezing"
watch freeze "$passes" 10 &
freezing=$! # in the meantime, the controls
calls=$(wraps bitslab_malloc bitslab_calloc bitslab_realloc bitslab_free)
# shellcheck disable=SC2086
program mutex "$library" $calls $here/control.c
# shellcheck disable=SC2086
program spinlock "$library" $calls -DSPIN $here/control.c
flags="-O2 -D_GNU_SOURCE= -I$PWD/$SRC -include $PWD/$here/locked_stack.h"
CFLAGS=$flags BUILD=$BUILD/locked CC=$CC tests/tools/build "$STAGE" >"$BUILD/locked.log" 2>&1 ||
    fail "stack.h with a lock does not compile"
program locked_stack "$BUILD/locked/$stage/libbitslab.a"

status=0
wait $freezing || status=$?
case $status in
    0) ;;
    77) skip "$(tail -n 1 "$BUILD/freeze.out")" ;;
    2) fail "too little was visited: $(tail -n 1 "$BUILD/freeze.out")" ;;
    3) cat "$BUILD/freeze.out"; fail "a frozen thread holds up others" ;;
    *) cat "$BUILD/freeze.out"; fail "the watcher ended with status $status" ;;
esac

control mutex "every call behind a mutex"
control spinlock "every call behind a spinlock"
control locked_stack "stacks behind a spinlock"

result "$(tail -n 1 "$BUILD/freeze.out"); controls blocked: mutex, spinlock, stack with a spinlock"
