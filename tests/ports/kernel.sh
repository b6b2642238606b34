# kernel.sh -- for bash: boots Debian's kernel of a target in qemu-system, with test programs in its
# initramfs.
#
# Sourced by target.sh; a row's last field is: the architecture, a pattern of the kernel's package, of
# which the newest is taken, and words for the kernel's command line, some of them for init.c.
# shellcheck shell=bash disable=SC2154,SC2034 # the variables are target.sh's

# unpack_kernel ARCH PATTERN  Into $own. apt's own lists and packages are left alone.
unpack_kernel() {
    mkdir -p "$own"/{state,cache/archives}/partial "$own/state/lists/partial"
    : >"$own/state/status"
    local options=(-q -o "APT::Architecture=$1" -o "APT::Architectures=$1" -o "Dir::State=$own/state"
        -o "Dir::State::status=$own/state/status" -o "Dir::Cache=$own/cache" -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update || true # the part of the lists that came may be enough
    package=$(apt-cache "${options[@]}" pkgnames linux-image- | grep -E "^$2\$" | sort -V | tail -n 1)
    (cd "$own" && apt-get "${options[@]}" download "$package") || fail "$2 cannot be fetched"
    dpkg-deb --fsys-tarfile "$own/$package"_*.deb | tar -x -C "$own" ./boot || fail "$package has no kernel"
    rm -rf "$own"/*.deb "$own/state" "$own/cache"
}

# fetch_kernel ARCH PATTERN  Debian's kernel, of another architecture, too: $image.
fetch_kernel() {
    local own package
    own=$(realpath -m ".cache/kernels/$1")
    mkdir -p "$own"
    exec 7>"$own/lock" # two targets may want the same
    flock 7
    compgen -G "$own/boot/vmlinu[xz]-*" >/dev/null || unpack_kernel "$1" "$2"
    exec 7>&-
    image=$(compgen -G "$own/boot/vmlinu[xz]-*" | head -n 1)
}

boots() {
    local arch package words root=$out/root word wrong image
    read -r arch package words <<<"$programs"
    fetch_kernel "$arch" "$package"
    library
    rm -rf "$root"
    mkdir -p "$root/run"
    program conformance "${conformance[@]}" $SRC/os_"$OS".c
    program exercise $here/exercise.c "$out/$stage/libbitslab.a"
    $CC -O2 $here/init.c -static -o "$root/init" || fail "init.c does not link"
    cp "$out/conformance" "$root/run/1-conformance"
    cp "$out/exercise" "$root/run/2-exercise"
    (cd "$root" && find . | cpio --quiet -o -H newc) | gzip -1 >"$out/initrd"
    # shellcheck disable=SC2086 # words of a command
    timeout -k 5 900 $run -kernel "$image" -initrd "$out/initrd" -append "panic=-1 quiet $words" \
        -nographic -no-reboot </dev/null >"$out/raw" 2>&1 || true
    tr -d '\r' <"$out/raw" >"$out/console"
    cat "$out/console"
    grep -q '^init: all done' "$out/console" || fail "$(basename "$image") did not come to the end"
    for word in $words; do
        case $word in
        thp=*) grep -q "hugepage/enabled is .*\[${word#thp=}\]" "$out/console" || fail "not so: $word" ;;
        overcommit=*) grep -q "overcommit_memory is ${word#*=}" "$out/console" || fail "not so: $word" ;;
        esac
    done
    wrong=$(grep -c '^init: ended .* [1-9]' "$out/console" || true)
    [ "$wrong" = 0 ] || fail "$(sed -n 's/^init: ended \(.*\) [1-9].*/\1/p' "$out/console" | tr '\n' ' ')failed"
    seen="$(basename "$image"): VM conformance ($(sed -n 's/^\(pages of .*checks\);.*/\1/p' "$out/console"))"
    seen+=", exercise ($(sed -n 's/^\([0-9]* threads in .*\),.*/\1/p' "$out/console"))"
}
