# probe.sh -- looks for the things listed in tools.txt; sourced after common.sh.
# shellcheck shell=bash

venv=.cache/book-venv # PyPI's packages; not in build/, which `make clean` empties

# listed  The rows of tools.txt: need, probe, package, purpose.
listed() {
    grep -v '^#' $tools/tools.txt
}

# found PROBE  Succeed if it is there.
found() {
    case $1 in
    cmd:*) command -v "${1#cmd:}" >/dev/null 2>&1 ;;
    inc:*) echo "#include <${1#inc:}>" | "$(compiler)" -E -x c - >/dev/null 2>&1 ;;
    inc32:*) echo "#include <${1#inc32:}>" | gcc -m32 -E -x c - >/dev/null 2>&1 ;;
    libc:*) echo '#include <stdlib.h>' | "${1#libc:}-gcc" -E -x c - >/dev/null 2>&1 ;;
    pg:*) [ -n "$(postgres_program "${1#pg:}")" ] ;;
    lib:*) compgen -G "/usr/lib/*/${1#lib:}*" >/dev/null || compgen -G "/usr/lib/${1#lib:}*" >/dev/null ;;
    rt:clang) echo 'int main(void) { return 0; }' |
        clang -fsanitize=thread -x c - -o /dev/null >/dev/null 2>&1 ;;
    file:*) [ -e "${1#file:}" ] ;;
    pip:*) compgen -G "$venv/lib/python*/site-packages/${1#pip:}" >/dev/null ;;
    *) die "tools.txt: unknown probe $1" ;;
    esac
}

# label PROBE  How to call it.
label() {
    case $1 in
    rt:clang) echo "clang's sanitizers" ;;
    libc:*) echo "libc's headers for ${1#libc:}" ;;
    file:*) basename "$1" ;;
    *) echo "${1#*:}" ;;
    esac
}

# version PROBE  One line that tells the version of what was found.
version() {
    local program=${1#*:}
    case $1 in
    pg:*) "$(postgres_program "$program")" --version ;;
    cmd:dh | cmd:mandoc) echo "found" ;; # they have no --version
    cmd:pdfinfo) pdfinfo -v ;;
    cmd:chromium) chromium --version 2>/dev/null ;;
    cmd:pyftsubset | cmd:wine) echo found ;;
    cmd:javac | cmd:redis-server | cmd:[a-km-rt-z]* | cmd:s[a-oq-z]*) "$program" --version ;;
    cmd:lua*) "$program" -v ;;
    cmd:spin) "$program" -V ;;
    *) echo "found" ;;
    esac 2>&1 | grep -m 1 '[0-9]\|found' | sed 's/^This is //' | cut -c 1-60
}

# package PROBE NAME  The package to install. The run-time library must match the clang at hand.
package() {
    local major
    case $1 in
    rt:clang)
        major=$(clang -dumpversion 2>/dev/null | cut -d. -f1)
        echo "${major:+libclang-rt-$major-dev}${major:-$2}" | sed "s/-dev$major\$/-dev/"
        ;;
    *) echo "$2" ;;
    esac
}

# missing NEED...  The rows of these needs that are not installed.
missing() {
    local need probe package purpose
    listed | while read -r need probe package purpose; do
        case " $* " in *" $need "*) found "$probe" || echo "$need $probe $package $purpose" ;; esac
    done
}

compiler() {
    local name
    for name in "$CC" cc gcc clang; do
        if command -v "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo cc
}

# Debian keeps PostgreSQL's programs out of PATH.
postgres_program() {
    local path
    for path in "$(command -v "$1" || true)" /usr/lib/postgresql/*/bin/"$1"; do
        if [ -x "$path" ]; then
            echo "$path"
            return
        fi
    done
}
