# dlopen.sh -- libbitslab-dl.so is opened where libbitslab.so no longer can be, on glibc and on musl.
#
# Stages: 6
# Seconds: 10
. "$(dirname "$0")/lib.sh"

strict="-std=gnu11 -O1 -Wall -Wextra -Werror"
# musl wants nothing of glibc's, so there the library is built with musl-gcc.
try() { # TITLE COMPILER LIBRARY-FOLDER FILLERS
    title=$1 compiler=$2 folder=$3 fillers=
    quietly $compiler $strict "$here/dlopen/host.c" -o "$work/host" -ldl -pthread
    for bytes in $4; do # large ones first, then what fits into the rest
        filler=$work/filler$(echo $fillers | wc -w).so
        quietly $compiler $strict -DBYTES=$bytes -shared -fPIC "$here/dlopen/filler.c" -o "$filler"
        fillers="$fillers $filler"
    done
    quietly "$work/host" "$folder/libbitslab-dl.so"
    quietly "$work/host" "$folder/libbitslab-dl.so" $fillers
    status=0
    "$work/host" "$folder/libbitslab.so" $fillers >"$log" 2>&1 || status=$?
    [ $status -eq 3 ] && grep -qi 'tls\|thread' "$log" || {
        cat "$log" >&2
        fail "$title: libbitslab.so should no longer find room for its thread-local storage"
    }
    done="${done:+$done, }$title"
}

done=
project install PREFIX="$work/usr"
try glibc "$CC" "$work/usr/lib" "1024 512 256 128 64 64 32 16 8 8 8"
if command -v musl-gcc >/dev/null; then
    project install PREFIX="$work/musl" CC=musl-gcc BUILD="$scratch/build-musl"
    try musl musl-gcc "$work/musl/lib" ""
    quietly "$work/musl/bin/bitslab" check "$work/host" # musl's libc is its dynamic linker, too
    quietly "$work/musl/bin/bitslab" run "$work/host" "$work/musl/lib/libbitslab-dl.so"
fi
for name in malloc free _Znwm; do
    ! nm -D --defined-only "$work/usr/lib/libbitslab-dl.so" | grep -qw $name ||
        fail "libbitslab-dl.so exports $name, which would be found by others"
done
echo "opened, used by threads that outlive it, with no room left for libbitslab.so: $done"
