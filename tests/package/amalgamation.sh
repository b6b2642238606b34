# amalgamation.sh -- the one-file library: compiled alone by each compiler and standard, and used.
#
# Stages: 6
# Seconds: 50
. "$(dirname "$0")/lib.sh"
needs python3

project amalgamation
cp "$scratch/build/bitslab.c" "$scratch/build/bitslab.h" "$work"
cd "$work" || exit
strict="-O1 -Wall -Wextra -Werror -pthread"
count=0
quietly "$CC" -std=c11 $strict -fno-builtin -I. -c "$here/consumer.c" -o consumer.o

# use TITLE COMPILER...  functions alone, and with malloc: compiled, linked with a program, run.
use() {
    title=$1
    shift
    for malloc in 0 1; do
        quietly "$@" $strict -DBITSLAB_MALLOC=$malloc -c bitslab.c -o bitslab.o
        names=$(nm -g bitslab.o | awk 'NF == 3 && $2 !~ /[VWw]/ { print $3 }' |
            grep -v '^bitslab_' || true)
        case $malloc in
        0) [ -z "$names" ] || fail "$title shows: $names" ;;
        1) [ "$(echo "$names" | grep -cx 'malloc\|free\|_Znwm\|_Znwj')" -eq 3 ] || fail "$title: no malloc" ;;
        esac
        case $title in *++*) link=$CXX ;; *) link=$CC ;; esac
        quietly "$link" -pthread consumer.o bitslab.o -o consumer
        quietly ./consumer "$([ $malloc = 1 ] && echo malloc || echo functions)"
        count=$((count + 1))
    done
}

for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for standard in c11 c17 c2x gnu11; do use "$compiler $standard" $compiler -std=$standard; done
done
if command -v clang++ >/dev/null; then
    for standard in c++14 c++17 c++20; do use "clang++ $standard" clang++ -x c++ -std=$standard; done
fi
use "checked" "$CC" -std=c11 -DBITSLAB_CHECKED=1
use "shared" "$CC" -std=c11 -fPIC -ftls-model=initial-exec
# For Windows it is compiled here, no more than that.
if [ -f "$stage/os_windows.c" ] && command -v x86_64-w64-mingw32-gcc >/dev/null; then
    quietly x86_64-w64-mingw32-gcc -std=c11 $strict -Wno-attributes -c bitslab.c -o windows.o
fi

# As a shared library it is the malloc of a program, too.
quietly "$CC" -O1 -fPIC -ftls-model=initial-exec -DBITSLAB_MALLOC=1 -shared bitslab.c -pthread -o one.so
quietly "$CC" -pthread consumer.o -L. -l:one.so -o consumer
quietly env LD_LIBRARY_PATH=. ./consumer malloc
[ "$count" -gt 4 ] || skip "no gcc or clang here"
echo "$(wc -l <bitslab.c) lines; $count ways to compile it, each used by a program"
