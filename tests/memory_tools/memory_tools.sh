#!/bin/sh
# memory_tools.sh -- AddressSanitizer, UBSan, ThreadSanitizer and Valgrind see a client's mistakes.
#
# Stages: 6
# Seconds: 20
#
# Each mistake is planted in client.c. A tool that stays silent fails, and so does one that speaks
# of the correct client. What no tool can be told: AddressSanitizer looks for leaks of libc's blocks
# only, so of ours Valgrind alone does; ThreadSanitizer knows no owner of a block, so it sees the
# race of two that use it, and not the use after the free itself.
set -eu
cd "$(dirname "$0")/../.."
root=$(dirname "$(dirname "$LIB")")
stage=$(basename "$(dirname "$LIB")")
mkdir -p "$BUILD"
checks=0

client() { # FLAVOUR FLAGS: build the library and the client
    BUILD=$root tests/tools/build "$STAGE" "$1" >"$BUILD/build.log" 2>&1 || {
        cat "$BUILD/build.log"
        exit 1
    }
    flavour=$1
    shift
    "$CC" -g -gdwarf-4 -fno-builtin "-Istages/$stage" "$@" tests/memory_tools/client.c \
        "$root/$stage/$flavour/libbitslab.a" -pthread -o "$BUILD/$flavour"
}

expect() { # WORDS COMMAND...: the command's output must have the words
    words=$1
    shift
    "$@" >"$BUILD/log" 2>&1 || true
    checks=$((checks + 1))
    grep -q -e "$words" "$BUILD/log" && return
    echo "expected '$words' of: $*"
    tail -n 20 "$BUILD/log"
    exit 1
}

silent() { # COMMAND...: the command must succeed and say nothing
    checks=$((checks + 1))
    "$@" >"$BUILD/log" 2>&1 && [ ! -s "$BUILD/log" ] && return
    echo "expected silence of: $*"
    tail -n 20 "$BUILD/log"
    exit 1
}

# 32 bytes, 1024 and 320 KiB less 16 fill their bins or slots but for the red zone.
client asan_ubsan -fsanitize=address,undefined -fno-sanitize-recover=all
silent "$BUILD/asan_ubsan"
for size in 20 32 1024 100000 300000 327664 3145000; do
    expect 'use-after-poison' "$BUILD/asan_ubsan" overflow $size
    expect 'use-after-poison' "$BUILD/asan_ubsan" use-after-free $size
done
expect 'use-after-poison' "$BUILD/asan_ubsan" overflow-of-next 32
expect 'use-after-poison' "$BUILD/asan_ubsan" underflow 32
silent "$BUILD/asan_ubsan" kept-in-a-block
expect 'LeakSanitizer: detected memory leaks' "$BUILD/asan_ubsan" lost-with-a-block
expect 'signed integer overflow' "$BUILD/asan_ubsan" undefined
expect 'misaligned address' "$BUILD/asan_ubsan" misaligned

# ThreadSanitizer gives up where the kernel scatters addresses more than it knows.
fixed=
! setarch -R true 2>/dev/null || fixed="setarch -R"
client tsan -fsanitize=thread
silent $fixed "$BUILD/tsan"
expect 'data race' $fixed "$BUILD/tsan" race
expect 'data race' $fixed "$BUILD/tsan" race-with-next-owner

if command -v valgrind >/dev/null; then
    client valgrind
    silent valgrind -q --error-exitcode=1 "$BUILD/valgrind"
    for size in 20 32 327664 3145000; do
        expect "0 bytes after a block of size" valgrind "$BUILD/valgrind" overflow $size
        expect "a block of size .* free'd" valgrind "$BUILD/valgrind" use-after-free $size
    done
    expect 'Invalid write of size 1' valgrind "$BUILD/valgrind" overflow-of-next 32
    expect 'Invalid write of size 1' valgrind "$BUILD/valgrind" underflow 32
    expect 'uninitialised value' valgrind "$BUILD/valgrind" uninitialised
    expect 'definitely lost: 20 bytes' valgrind --leak-check=full "$BUILD/valgrind" leak
fi
echo "$checks runs: every planted mistake is seen, and nothing else"
