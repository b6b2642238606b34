# launcher_elsewhere.sh -- the launcher's files for OpenBSD and macOS, compiled and run here.
#
# OpenBSD's ask for nothing that Linux lacks: that launcher is whole. macOS's get stand-ins for two
# functions, and no dyld: what they say and put into the environment is looked at.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"

project install PREFIX="$work/usr"
lib=$work/usr/lib
tool=$stage/tool
common="$tool/bitslab.c $tool/info.c $tool/library.c $tool/rights.c $tool/script.c"
strict="-std=c11 -O1 -Wall -Wextra -Wpedantic -Werror -D_DEFAULT_SOURCE -ldl"
rm "$work/usr/bin/bitslab"
# shellcheck disable=SC2086 # lists of words
quietly "$CC" $common "$tool/check_program.c" "$tool/elf_file.c" "$tool/check_no_process.c" \
    "$tool/system_bsd.c" "$tool/system_openbsd.c" $strict \
    -o "$work/usr/bin/bitslab"
# shellcheck disable=SC2086
quietly "$CC" -I"$here/launcher/darwin" $common "$tool/check_no_process.c" "$tool/system_darwin.c" \
    "$here/launcher/darwin.c" $strict -o "$work/usr/bin/bitslab_macos"
cp "$lib/libbitslab.so.0" "$lib/libbitslab.dylib"
cp "$lib/libbitslab-checked.so.0" "$lib/libbitslab-checked.dylib"
quietly "$CC" -O1 "$here/launcher/waits.c" -ldl -o "$work/plain"
quietly "$CC" -O1 "$here/launcher/waits.c" "$here/launcher/own.c" -ldl -rdynamic -o "$work/own"
printf '#!%s\n' "$work/own" >"$work/script"
printf '#!/usr/bin/env sh\n' >"$work/env_script"
chmod +x "$work/script" "$work/env_script"

cases=0
# says STATUS LINE COMMAND...  The status, and a line that is as the pattern says.
says() {
    wanted=$1 line=$2
    shift 2
    status=0
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq "$wanted" ] && grep -qx "$line" "$log" || {
        cat "$log" >&2
        fail "status $status instead of $wanted, or no line '$line': $*"
    }
    cases=$((cases + 1))
}

bitslab=$work/usr/bin/bitslab
says 0 "run *gives programs its malloc" "$bitslab" info
says 0 "library *$lib/libbitslab.so.*" "$bitslab" info
says 0 "run *gives programs its malloc" env PATH="$work/usr/bin:$PATH" bitslab info
says 0 "limit=0 .*" "$bitslab" info --options
says 7 "served" "$bitslab" run sh -c 'grep -q libbitslab.so /proc/$$/maps && echo served; exit 7'
says 7 "served" "$bitslab" run --checked sh -c 'grep -q libbitslab-checked /proc/$$/maps && echo served; exit 7'
says 0 "active: .*/plain would call the malloc of $lib/libbitslab.so.*" "$bitslab" check "$work/plain"
says 1 "not active: .*/own brings its own malloc.*" "$bitslab" check "$work/own"
says 1 "not active: .*/own brings its own malloc.*" "$bitslab" check "$work/script"
says 4 "unknown: whose malloc process $$ calls cannot be found out.*" "$bitslab" check $$
says 2 "bitslab: there is no process 99999999999" "$bitslab" check 99999999999
says 2 "bitslab: there is no process 0" "$bitslab" check 0
says 127 "bitslab: there is no program 'no-such-program'" "$bitslab" run no-such-program
# A library that brings no malloc gives no program its own.
mv "$lib/libbitslab.so.0" "$work/kept"
cp "$lib/libbitslab-dl.so.0" "$lib/libbitslab.so.0"
says 1 "not active: .*/plain would call the malloc of its C library" "$bitslab" check "$work/plain"
mv "$work/kept" "$lib/libbitslab.so.0"

macos=$work/usr/bin/bitslab_macos
protected="it is a program of the system, protected by SIP: the loader ignores DYLD_INSERT_LIBRARIES"
sh=$(command -v sh)
cp "$(realpath "$sh")" "$work/sh"
says 0 "$lib/libbitslab.dylib:other" env DYLD_INSERT_LIBRARIES=other "$macos" run "$work/sh" \
    -c 'echo "$DYLD_INSERT_LIBRARIES"'
says 0 "$lib/libbitslab-checked.dylib" "$macos" run --checked "$work/sh" -c 'echo "$DYLD_INSERT_LIBRARIES"'
"$macos" run "$work/sh" -c : >"$log" 2>&1 && [ ! -s "$log" ] || fail "run says something: $(cat "$log")"
says 0 "bitslab: .* runs without bitslab: $protected" "$macos" run sh -c :
says 1 "not active: $(command -v sh): $protected" "$macos" check sh
says 1 "not active: $work/env_script: $protected" "$macos" check "$work/env_script"
says 4 "unknown: $work/plain: nothing speaks against it.*" "$macos" check "$work/plain"
says 4 "unknown: whose malloc process $$ calls cannot be found out.*" "$macos" check $$
# Without dyld, the library is not loaded; preloaded by hand, it is.
says 1 "run *does NOT give programs its malloc here" "$macos" info
says 1 "environment *DYLD_INSERT_LIBRARIES is not set" "$macos" info
cp "$lib/libbitslab-dl.so.0" "$lib/libbitslab.dylib" # by its zone alone
says 0 "run *gives programs its malloc" env LD_PRELOAD="$lib/libbitslab.dylib" "$macos" info
cp -r "$work/usr" "$work/a b"
says 0 "$work/a b/lib/libbitslab.dylib" "$work/a b/bin/bitslab_macos" run "$work/sh" \
    -c 'echo "$DYLD_INSERT_LIBRARIES"'
cp -r "$work/usr" "$work/a:b"
says 1 "bitslab: DYLD_INSERT_LIBRARIES cannot hold .*: it has a colon in it" \
    "$work/a:b/bin/bitslab_macos" run "$work/sh"
echo "$cases cases of the files for OpenBSD and macOS, run here"
