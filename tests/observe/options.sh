# options.sh -- BITSLAB_OPTIONS: good values work, bad ones are reported in one line and ignored.
#
# Stages: 6
# Seconds: 2
. "$(dirname "$0")/lib.sh"

# with OPTIONS  What a program prints that reports the option's value and whether malloc works.
with() {
    BITSLAB_OPTIONS=$1 LD_PRELOAD=$LIB "$work/client" >"$work/out" 2>"$work/err" ||
        fail "the program fails with BITSLAB_OPTIONS=$1"
}

# expect TEXT  Standard error is exactly this line, or empty.
expect() {
    printf '%s' "$1" >"$work/expected"
    [ -z "$1" ] || echo >>"$work/expected"
    cmp -s "$work/expected" "$work/err" || {
        cat "$work/err" >&2
        fail "expected on standard error: $1"
    }
}

# value NAME VALUE
value() {
    grep -qx "$1=$2" "$work/out" || fail "$1 is not $2 but $(grep "^$1=" "$work/out")"
}

compile client client.c "$LIB" -Wl,-rpath,"$(dirname "$LIB")"
compile static client.c -static "$ARCHIVE"

with ''
expect ''
value limit 0
with 'limit=64M,thp=never,verbose=0'
expect ''
value limit 64M
value thp never
value malloc null # of 100 MB
with 'thp=never,,limit=1G,'
expect ''
value limit 1G
value malloc block
while IFS='|' read -r options message; do
    with "$options,thp=never"
    expect "bitslab: BITSLAB_OPTIONS: '$options' ignored: $message"
    value thp never # the rest of the list holds
    value limit 0
done <<'END'
colour=red|there is no such option (help=1 lists all)
limit|it has no value (0 to 9223372036850581503 bytes)
limit=|it has no value (0 to 9223372036850581503 bytes)
limit=-5|negative (0 to 9223372036850581503 bytes)
limit=99999999999999999999|too large (0 to 9223372036850581503 bytes)
limit=lots|not a number (0 to 9223372036850581503 bytes)
=3|there is no such option (help=1 lists all)
profile_rate=0|too small (1 to 1G bytes)
verbose=maybe|not a number (0 or 1)
stats=now|not one of its values (off, exit, signal, both)
END
with "profile=/$(printf '%0600d' 0)"
grep -q 'ignored: the text is too long' "$work/err" || fail "a path of 600 characters is taken"
[ "$(wc -l <"$work/err")" = 1 ] || fail "more than a line about it"

# Before main, and without a dynamic linker.
BITSLAB_OPTIONS=limit=64M,nothing=1 "$work/static" >"$work/out" 2>"$work/err" || fail "static"
value limit 64M
expect "bitslab: BITSLAB_OPTIONS: 'nothing=1' ignored: there is no such option (help=1 lists all)"

with help=1
[ "$(grep -c = "$work/err")" -ge 10 ] || fail "help=1 lists too few options"
grep -q '^limit=0 .*(0 to 9223372036850581503 bytes)$' "$work/err" || fail "help=1 lacks limit"

# A program with more rights than its user listens to nobody.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    chmod 4755 "$work/static"
    chmod a+rx "$work"
    BITSLAB_OPTIONS=limit=64M setpriv --reuid=65534 --clear-groups "$work/static" >"$work/out" ||
        fail "it cannot be run as another user"
    value limit 0
fi
echo "options hold before main and in static programs; $(grep -c = "$work/err") are listed"
