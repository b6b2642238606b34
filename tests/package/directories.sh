# directories.sh -- make install with DESTDIR and GNU's directories; wrong ones are refused.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"

project install DESTDIR="$work/root" PREFIX=/opt/b LIBDIR=/opt/b/lib/x86 INCLUDEDIR=/opt/h MANDIR=/opt/m
(cd "$work/root" && find . ! -type d | sed 's/^\.//' | sort) >"$work/found"
for file in /opt/b/lib/x86/libbitslab.so /opt/b/lib/x86/libbitslab.so.0 \
    "/opt/b/lib/x86/libbitslab.so.$(version)" /opt/b/lib/x86/libbitslab-dl.so.0 \
    /opt/b/lib/x86/libbitslab.a /opt/b/lib/x86/libbitslab-malloc.a /opt/h/bitslab.h /opt/h/bitslab_heap.h /opt/h/bitslab_observe.h \
    /opt/b/lib/x86/pkgconfig/bitslab.pc /opt/b/lib/x86/cmake/bitslab/bitslab-config.cmake; do
    grep -qxF "$file" "$work/found" || fail "$file was not installed"
done
surplus=$(grep -v '^/opt/\(b\|h\|m\)/' "$work/found" || true)
[ -z "$surplus" ] || fail "installed elsewhere: $surplus"
if grep -rq "$work" "$work/root" --include='*.pc' --include='*.cmake'; then
    fail "what was installed speaks of DESTDIR"
fi

refused() { # WHAT VARIABLE=...
    what=$1
    shift
    ! make -s -C "$top" BUILD="$scratch/build" install "$@" >"$log" 2>&1 || fail "$what was accepted"
    [ "$(grep -vc '^make' "$log")" -eq 1 ] || {
        cat "$log" >&2
        fail "$what: not one line"
    }
}
refused "a relative prefix" PREFIX=usr
refused "a prefix with a space" PREFIX="$work/a b"
refused "a prefix that cannot be" PREFIX=/proc/nowhere
echo "$(wc -l <"$work/found") files in the directories asked for; three wrong ones refused in a line"
