# launcher.sh -- bitslab run, check and info, from an installed tree that was moved.
#
# check must tell active from not active for each reason there is, of files and of processes.
#
# Stages: 6
# Seconds: 15
. "$(dirname "$0")/lib.sh"
needs mktemp

project install PREFIX="$work/made"
mv "$work/made" "$work/usr"
bitslab=$work/usr/bin/bitslab
lib=$work/usr/lib
strict="-std=gnu11 -O1 -Wall -Wextra -Werror -fno-builtin"
make_program() { # NAME SOURCE... [OPTION...]
    out=$1
    shift
    (cd "$here/launcher" && quietly "$CC" $strict "$@" -o "$work/$out")
}
make_program plain waits.c -ldl
make_program fixed waits.c -DTAKE_ADDRESS -fno-pic -no-pie -ldl
make_program own waits.c own.c -ldl -rdynamic
make_program plugin.so plugin.c -shared -fPIC
make_program own.so own.c -shared -fPIC
make_program linked waits.c -ldl -L"$lib" -lbitslab -Wl,-rpath,"$lib"
make_program inside waits.c "$lib/libbitslab-malloc.a" -ldl -pthread
has_static=no
echo 'int main(void) { return 0; }' >"$work/empty.c"
if "$CC" -static "$work/empty.c" -o "$work/empty" 2>/dev/null; then
    has_static=yes
    make_program static waits.c -DSTATIC -static
    make_program static_inside waits.c -DSTATIC -static "$lib/libbitslab-malloc.a" -pthread
fi

cases=0
# says STATUS WORDS COMMAND...  The status, and a line that begins with the words.
says() {
    wanted=$1 words=$2
    shift 2
    status=0
    "$@" >"$log" 2>&1 </dev/null || status=$?
    [ "$status" -eq "$wanted" ] && grep -q "^$words" "$log" || {
        cat "$log" >&2
        fail "status $status instead of $wanted, or not '$words': $*"
    }
    cases=$((cases + 1))
}

# process STATUS WORDS COMMAND...  The same of check PID, while the command runs and waits.
process() {
    wanted=$1 words=$2
    shift 2
    rm -f "$work/ready"
    mkfifo "$work/ready"
    "$@" >"$work/ready" 2>"$log" &
    pid=$!
    read -r ready <"$work/ready" || fail "it did not start: $*: $(cat "$log")"
    says "$wanted" "$words" "$bitslab" check $pid
    kill $pid
    wait $pid 2>/dev/null || true
}

says 0 "active: .*libbitslab.so.0" "$bitslab" check "$work/plain"
says 0 "active: .*libbitslab.so.0" "$bitslab" check "$work/linked"
says 0 "active: .*linked in" "$bitslab" check "$work/inside"
says 1 "not active: .*its own malloc" "$bitslab" check "$work/own"
printf '#!%s\n' "$work/own" >"$work/script"
printf '#!/usr/bin/env %s\n' sh >"$work/env_script"
printf 'no program\n' >"$work/text"
chmod +x "$work/script" "$work/env_script" "$work/text"
says 1 "not active: .*its own malloc" "$bitslab" check "$work/script"
says 0 "active: .*/sh would" "$bitslab" check "$work/env_script"
says 4 "unknown: " "$bitslab" check "$work/text"

process 0 "active: " "$bitslab" run "$work/plain"
process 0 "active: " "$bitslab" run --checked "$work/plain"
process 0 "active: " "$bitslab" run "$work/fixed"
process 0 "active: " "$work/linked"
process 0 "active: .*/inside" "$work/inside"
process 1 "not active: .*started without" "$work/plain"
process 1 "not active: .*comes before" "$bitslab" run "$work/own"
process 1 "not active: .*own.so comes before" env LD_PRELOAD="$work/own.so:$lib/libbitslab.so" "$work/plain"
process 1 "not active: .*did not load it" env LD_PRELOAD=/nowhere/libbitslab.so "$work/plain"
process 3 "partly active: " "$bitslab" run "$work/plain" "$work/plugin.so"
if [ $has_static = yes ]; then
    says 1 "not active: .*static" "$bitslab" check "$work/static"
    says 0 "active: .*linked in" "$bitslab" check "$work/static_inside"
    process 1 "not active: .*static" "$work/static"
    process 0 "active: .*linked in" "$work/static_inside"
fi
if [ "$(id -u)" -eq 0 ]; then # a program that is somebody else's, with the set-user-ID bit
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    cp "$work/plain" "$folder/setuid"
    chmod 755 "$folder"
    chown 65534 "$folder/setuid"
    chmod 4755 "$folder/setuid"
    says 1 "not active: .*setuid" "$bitslab" check "$folder/setuid"
    if command -v setpriv >/dev/null; then # of somebody else's process nothing can be told
        cp "$bitslab" "$folder/bitslab"
        says 4 "unknown: .*may not be looked at" setpriv --reuid 65534 --regid 65534 --clear-groups \
            "$folder/bitslab" check $$
    fi
    says 1 "bitslab: .*runs without bitslab: it is setuid" "$bitslab" run "$folder/setuid" /nowhere
fi

says 0 "build *bitslab $(version)" "$bitslab" info
says 0 "run *gives programs its malloc" "$bitslab" info
says 0 "limit=0 " "$bitslab" info --options
says 0 "bitslab $(version)" "$bitslab" --version
says 0 "usage: " "$bitslab" --help
says 7 "served" "$bitslab" run sh -c 'grep -q libbitslab /proc/$$/maps && echo served; exit 7'
says 0 "$lib/libbitslab.so.*:$work/own.so\$" env LD_PRELOAD="$work/own.so" "$bitslab" run \
    sh -c 'echo "$LD_PRELOAD"'

refused() { # STATUS ARGUMENT...  One line, on standard error.
    wanted=$1
    shift
    says "$wanted" "bitslab: " "$bitslab" "$@"
    [ "$(wc -l <"$log")" -eq 1 ] || fail "not one line: bitslab $*"
}
refused 2 frobnicate
refused 2 run
refused 2 run --
refused 2 run --fast true
refused 127 run no-such-program
refused 127 run "$work/text/below"
refused 126 run "$work/text"
refused 2 check
refused 2 check no-such-program
refused 2 check 99999999999999999999
refused 2 info --frob
mkdir "$work/a b"
cp -r "$work/usr" "$work/a b/usr"
bitslab="$work/a b/usr/bin/bitslab"
refused 1 run true
rm "$work/a b/usr/lib/"libbitslab.so*
refused 1 info
echo "$cases cases of run, check and info"
