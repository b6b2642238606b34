#!/bin/sh
# cc.sh -- the C compiler compiles the allocator's own sources and a generated file; the object
# files must be the same bytes as without bitslab.
# Stages: 2-6
. "$(dirname "$0")/lib.sh"
need "$CC" awk

# A file with many functions, a long initialiser and a switch with many cases: the compiler's own
# tables grow to many MiB, its temporary blocks come in all sizes.
awk 'BEGIN {
    print "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
    print "struct item { int id; const char *name; double weight; unsigned char flags[12]; };"
    for (f = 0; f < 220; f++) {
        printf "static unsigned f%d(unsigned n, unsigned *v) {\n    unsigned s = %dU;\n", f, f * 2654435761 % 4294967291
        printf "    for (unsigned i = 0; i < n; i++) {\n        switch ((v[i] + s) %% 7) {\n"
        for (c = 0; c < 6; c++)
            printf "        case %d: s = s * %dU + (v[i] >> %d); break;\n", c, 2 * f + 3 + c, c
        print "        default: s ^= v[n - 1 - i];\n        }\n    }\n    return s;\n}\n"
    }
    print "static const struct item items[] = {"
    for (i = 0; i < 6000; i++)
        printf "    {%d, \"item number %d\", %d.25, {%d, %d}},\n", i, i * 7919, i, i % 256, i * 3 % 256
    print "};\n\nint main(void) {\n    unsigned v[64], s = 0;"
    print "    for (unsigned i = 0; i < 64; i++) v[i] = (unsigned)items[i * 90].id * 40503U;"
    for (f = 0; f < 220; f++) printf "    s += f%d(64, v);\n", f
    print "    printf(\"%u %s\\n\", s, items[sizeof items / sizeof *items - 1].name);\n    return 0;\n}"
}' >"$work/generated.c"

sources=
for source in "$programs"/../../stages/0"$STAGE"_*/*.c; do
    case ${source##*/} in
    os_linux.c) ;;
    os_* | *_windows.c | override_darwin* | override_openbsd.c) continue ;; # for another operating system
    esac
    sources="$sources $source"
done
# shellcheck disable=SC2086 # a list of files whose names we chose ourselves
set -- $sources
silent=yes
both "compiling generated.c" "$CC" -std=c11 -O2 -g -c ../generated.c -o generated.o
both "linking" "$CC" generated.o -o generated
both "compiling stage $STAGE" "$CC" -std=c11 -D_GNU_SOURCE -O2 -g -fPIC -c "$@"
for made in "$work"/without/*; do
    same "$(basename "$made")" "$made" "$work/with/$(basename "$made")"
done
silent=no
both "the compiled program" ./generated

# gcc's driver starts cc1 and as; clang compiles in its own process.
case $("$CC" --version) in
*clang*) served 'clang*' ;;
*)
    served cc1 $(($# + 1))
    served as $(($# + 1))
    ;;
esac
served 'ld*'
passed "$(($# + 1)) object files and an executable are identical"
