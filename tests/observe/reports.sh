# reports.sh -- statistics and pictures at exit and at a signal; files that cannot be written.
#
# Stages: 6
# Seconds: 3
. "$(dirname "$0")/lib.sh"

# run OPTIONS COMMAND...  On the library; what it says is in err.
run() {
    options=$1
    shift
    BITSLAB_OPTIONS=$options LD_PRELOAD=$LIB "$@" >"$work/out" 2>"$work/err" ||
        fail "$* ends with status $? (BITSLAB_OPTIONS=$options)"
}

said() { # TEXT  The only line on standard error contains it.
    grep -qF "$1" "$work/err" && [ "$(wc -l <"$work/err")" -eq 1 ] || {
        cat "$work/err" >&2
        fail "expected one line with: $1"
    }
}

is_xml() { # FILE
    ! command -v xmllint >/dev/null || xmllint --noout "$1" || fail "$1 is not well formed"
    grep -q '</svg>' "$1" || fail "$1 is no whole picture"
}

is_json() { # FILE
    python3 -c 'import json, sys
whole = json.load(open(sys.argv[1]))
parts = ("live_bin_bytes", "live_wide_bytes", "live_huge_bytes", "freed_bytes", "free_slot_bytes",
         "tail_bytes", "cached_bytes", "header_bytes")
assert whole["mapped_bytes"] == sum(whole[part] for part in parts) > 0, whole
assert whole["classes"]' "$1" || fail "$1 does not add up"
}

compile sleeper sleeper.c

run stats=exit "$work/sleeper" ends
grep -q '^mapped ' "$work/err" || fail "no statistics at exit"
run "stats=exit,stats_format=json,stats_file=$work/stats.json" "$work/sleeper" ends
is_json "$work/stats.json"
[ ! -s "$work/err" ] || fail "they were to go to a file"
run "stats=exit,stats_file=$work/%p.txt" "$work/sleeper" ends
ls "$work" | grep -q '^[0-9][0-9]*\.txt$' || fail "%p does not stand for the process"
run "picture=$work/exit.svg" "$work/sleeper" ends
is_xml "$work/exit.svg"

# A program whose threads all sleep writes at the signal, goes on, and ends as it would have.
BITSLAB_OPTIONS=stats=signal,stats_format=json,stats_file=$work/signal.json,picture=$work/signal.svg \
    LD_PRELOAD=$LIB "$work/sleeper" >"$work/out" &
sleeper=$!
while ! grep -q ready "$work/out"; do sleep 0.05; done
kill -USR2 $sleeper
tries=0
while ! grep -q '</svg>' "$work/signal.svg" 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || fail "nothing was written at the signal"
    sleep 0.05
done
kill -TERM $sleeper
wait $sleeper 2>/dev/null || true
is_xml "$work/signal.svg"
is_json "$work/signal.json"

# What cannot be had is said in one line, and the program runs on.
for option in stats_file picture; do
    run "$option=/nowhere/file" "$work/sleeper" ends
    said "'$option' ignored: there is no such folder"
    run "$option=$work" "$work/sleeper" ends
    said "'$option' ignored: it is a folder"
    run "$option=/etc/passwd/file" "$work/sleeper" ends
    said "'$option' ignored: part of the path is no folder"
done
if [ "$(id -u)" != 0 ]; then
    run picture=/etc/file "$work/sleeper" ends
    said "'picture' ignored: permission denied"
fi
run "stats=signal,signal=9" "$work/sleeper" ends
said "'signal' ignored: that signal cannot be caught"
if [ -w /dev/full ]; then # a disk that is full
    run "stats=exit,stats_file=/dev/full" "$work/sleeper" ends
fi
run verbose,thp=never "$work/sleeper" ends
said "thp=never, verbose=1"

# A program's own handler, set later, takes the place of ours.
run stats=signal "$work/sleeper" own
grep -q 'own handler' "$work/out" || fail "the program's handler was not called"
echo "at exit, at a signal, and one line for each file that cannot be written"
