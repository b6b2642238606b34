# debian.sh -- make deb, then a program that is built and run with what the packages bring.
#
# The packages are installed into a root of their own by dpkg; no other user's files are touched.
#
# Stages: 6
# Seconds: 60
. "$(dirname "$0")/lib.sh"
needs dpkg-buildpackage dh dpkg git
git -C "$top" rev-parse 2>/dev/null || skip "git does not know which files are ours"

quietly make -C "$top" BUILD="$work/build" deb
packages=$(ls "$work"/build/deb/*.deb | grep -v dbgsym)
[ "$(echo "$packages" | wc -l)" -eq 3 ] || fail "these packages were built: $packages"
[ -s "$work/build/deb/bitslab_$(version)-1.dsc" ] || fail "there is no source package"
! grep -i 'dpkg.*warning\|dh_.*warning' "$work/build/deb/build.log" || fail "the build warns"

root=$work/root
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info" "$root/var/log"
touch "$root/var/lib/dpkg/status"
quietly dpkg --root="$root" --force-not-root --force-depends --force-script-chrootless -i $packages
for package in libbitslab0 libbitslab-dev bitslab; do
    dpkg --root="$root" -s $package | grep -q '^Status: install ok installed' ||
        fail "$package is not installed"
done

triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
lib=$root/usr/lib/$triplet
strict="-O2 -Wall -Wextra -Werror -fno-builtin -pthread"
use() { # MALLOC|FUNCTIONS LIBRARY...
    wanted=$1
    shift
    quietly "$CC" $strict -I"$root/usr/include" "$here/consumer.c" "$@" -o "$work/consumer"
    quietly env LD_LIBRARY_PATH="$lib" "$work/consumer" "$wanted"
}
use malloc -L"$lib" -lbitslab
use malloc "$lib/libbitslab-malloc.a"
use functions "$lib/libbitslab.a"
quietly "$root/usr/bin/bitslab" info # finds the library from where it lies
quietly "$root/usr/bin/bitslab" run --checked true
zcat "$root/usr/share/man/man1/bitslab.1.gz" | grep -q '^\.Sh NAME' || fail "no manual page"
quietly dpkg --root="$root" --force-not-root --force-script-chrootless -P bitslab libbitslab-dev libbitslab0
left=$(find "$root/usr" ! -type d 2>/dev/null || true)
[ -z "$left" ] || fail "purging left: $left"
echo "built $(echo "$packages" | wc -l) packages and their source, installed, used, purged"
