# profile.sh -- a heap profile of a program as it is, read by gperftools' pprof.
#
# Stages: 6
# Seconds: 5
. "$(dirname "$0")/lib.sh"

# run OPTIONS PROGRAM...
run() {
    options=$1
    shift
    BITSLAB_OPTIONS=$options LD_PRELOAD=$LIB "$@" >"$work/out" 2>"$work/err" ||
        fail "$* ends with status $? (BITSLAB_OPTIONS=$options)"
}

# near NAME BYTES  pprof says that about so many bytes that live were allocated in a function, give or
# take what chance allows: a quarter is more than five standard deviations here.
near() {
    seen=$(awk -v name="$1" '$6 == name { print $4 }' "$work/text")
    awk -v seen="${seen:-0}" -v want="$2" 'BEGIN { exit !(seen > want * .75 && seen < want * 1.25) }' ||
        fail "pprof finds ${seen:-nothing} MB below $1, not $2"
}

compile client profiled.c -O0
compile linked profiled.c -O0 "$ARCHIVE"
compile static profiled.c -O0 -static "$ARCHIVE" -Wl,-u,backtrace
run "profile=$work/heap,profile_rate=32K" "$work/client"
[ ! -s "$work/err" ] || fail "it says: $(cat "$work/err")"
grep -q '^heap profile: .*@ heap_v2/32768$' "$work/heap" || fail "no profile, or of another rate"
grep -q "$(basename "$LIB")" "$work/heap" || fail "it does not say what is mapped where"

by=
pprof=$(command -v google-pprof || command -v pprof || true)
if [ -n "$pprof" ]; then
    # flat, %, sum, cumulative, %, name
    "$pprof" --text "$work/client" "$work/heap" >"$work/text" 2>"$work/err" || fail "pprof cannot read it"
    near keep_small 16
    near keep_large 40
    ! grep -q use_and_free "$work/text" || fail "what was freed counts as live"
    "$pprof" --text --alloc_space "$work/client" "$work/heap" >"$work/text" 2>"$work/err"
    near use_and_free 17
    by="; $(basename "$pprof") finds the functions that hold memory"
fi
# Linked into the program there are no frames of another module to leave out.
for program in linked static; do
    BITSLAB_OPTIONS=profile=$work/$program.heap,profile_rate=32K "$work/$program" ||
        fail "$program ends with status $?"
    [ "$(grep -c '@ 0x' "$work/$program.heap")" -ge 2 ] || fail "$program: no samples"
    [ -n "$pprof" ] || continue
    "$pprof" --text "$work/$program" "$work/$program.heap" >"$work/text" 2>"$work/err"
    near keep_small 16
    near keep_large 40
    awk '$6 == "stack_here" || $6 == "malloc_slow" { exit 1 }' "$work/text" ||
        fail "$program: frames of the allocator are left"
done

compile alone profiled.c -O0 -static "$ARCHIVE"
BITSLAB_OPTIONS=profile=$work/alone.heap "$work/alone" 2>"$work/err" || fail "a static program breaks"
grep -q "'profile' ignored: the program has nothing to walk its stack with" "$work/err" ||
    grep -q '@ 0x' "$work/alone.heap" || fail "neither a profile nor a reason: $(cat "$work/err")"

# Nothing is written, and nothing breaks, where the file cannot be.
for path in /nowhere/heap "$work" /dev/null/heap; do
    run "profile=$path" "$work/client"
    [ "$(grep -c "'profile' ignored: " "$work/err")" = 1 ] || fail "no line about profile=$path"
done
run "profile=$work/%p.heap,dump=exit" sh -c "$work/client; $work/client"
[ "$(ls "$work" | grep -c '^[0-9]*\.heap$')" -ge 2 ] || fail "processes share a profile in spite of %p"
echo "a profile at exit, linked, static and preloaded$by"
