# static.sh -- a static program with the archive: every name of malloc is ours, or it won't link.
#
# Stages: 6
# Seconds: 3
. "$(dirname "$0")/lib.sh"

echo 'int main(void) { return 0; }' >"$work/empty.c"
"$CC" -static "$work/empty.c" -o "$work/empty" 2>/dev/null || skip "no static C library for $CC"
compile static static.c -static "$ARCHIVE"
if command -v file >/dev/null; then
    file "$work/static" | grep -q 'statically linked' || fail "the program is not static"
fi
serves 1 "$work/static"
# Order must not matter: the library may stand before what uses it.
compile whole static.c -static -Wl,--whole-archive "$ARCHIVE" -Wl,--no-whole-archive
serves 1 "$work/whole"
with=
if command -v musl-gcc >/dev/null; then
    # Our archive was compiled with glibc's headers, so build its sources again for musl.
    stage=$(echo "$here"/../../stages/0"$STAGE"_*)
    musl-gcc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$stage" -fno-builtin -ftls-model=initial-exec \
        -static -pthread "$here/static.c" \
        $(find "$stage" -maxdepth 1 -name '*.c' ! -name 'os_*.c' ! -name '*_windows.c' \
            ! -name 'override_darwin*' ! -name 'override_openbsd.c') \
        "$stage/os_linux.c" -o "$work/musl" ||
        fail "it does not link with musl"
    serves 1 "$work/musl"
    with=" and musl"
fi
echo "linked and run, static, with the C library$with"
