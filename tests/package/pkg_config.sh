# pkg_config.sh -- make install into a prefix, then a project with a Makefile and pkg-config.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"
needs pkg-config

prefix=$work/usr
project install PREFIX="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
[ "$(pkg-config --modversion bitslab)" = "$(version)" ] || fail "pkg-config tells another version"
quietly make -C "$here/makefile" OUT="$work"
quietly env LD_LIBRARY_PATH="$prefix/lib" "$work/shared" malloc
quietly "$work/malloc" malloc
quietly "$work/static" functions
! "$work/static" malloc 2>"$log" || fail "the program does not notice whose malloc it calls"

# The program asks for the interface, not for this very version.
readelf -d "$work/shared" | grep -q 'NEEDED.*\[libbitslab\.so\.0\]' ||
    fail "the program does not ask for libbitslab.so.0"
# Each library has a name of its own, or ldconfig would take one for the other.
for library in "$prefix"/lib/lib*.so; do
    readelf -d "$library" | grep -q "soname: \[${library##*/}\.0\]" || fail "$library has another soname"
done
project uninstall PREFIX="$prefix"
left=$(find "$prefix" ! -type d)
[ -z "$left" ] || fail "uninstall left: $left"
echo "shared, malloc, static: linked with what pkg-config says, and run; uninstall left nothing"
