#!/usr/bin/env bash
# rung.sh -- every schedule, and every value that a weak memory model lets a read return.
#
# Rung: schedule explorer over the real code: all schedules, stale reads, races, frozen threads
# Order: 3
# Seconds: 60
#
# SCENARIO=name explores one of them; RUN=number tells the story of one of its runs.
. "$(dirname "$0")/../lib.sh"
. tests/verify/schedules/build.sh

for number in 5 6; do
    progress "building the explorer over stage $number"
    explorer $number "$BUILD/stage$number"
done
if [ -n "${SCENARIO:-}" ]; then
    if [ -n "${RUN:-}" ]; then set -- --replay "$SCENARIO" "$RUN"; else set -- "$SCENARIO"; fi
    exec "$BUILD/stage${NUMBER:-6}/schedules" "$@"
fi

# Each scenario is a job, as many at a time as there are processors.
explore_one() { # NUMBER SCENARIO
    local out=$BUILD/explored/$1-$2
    [ -t 2 ] || printf '  schedules: stage %s, %s\n' "$1" "$2" >&2
    [ ! -t 2 ] || printf '\r\e[K  schedules: stage %s, %s' "$1" "$2" >&2
    "$BUILD/stage$1/schedules" "$2" >"$out" 2>&1 || mv "$out" "$out.failed"
}
export -f explore_one
export BUILD
rm -rf "$BUILD/explored"
mkdir -p "$BUILD/explored"
jobs() {
    for number in 5 6; do
        "$BUILD/stage$number/schedules" --list | awk -v number=$number '{ print number, $1 }'
    done
}
jobs | xargs -P "$(nproc)" -L 1 bash -c 'explore_one "$@"' explore_one
clear_progress
: >"$BUILD/log"
while read -r number scenario; do
    one=$BUILD/explored/$number-$scenario
    if [ ! -f "$one" ]; then
        cat "$one.failed"
        fail "stage $number: $scenario fails; again: make verify RUNG=schedules SCENARIO=$scenario NUMBER=$number"
    fi
    sed "s/^/stage $number  /" "$one" >>"$BUILD/log"
done < <(jobs)
cat "$BUILD/log"
result "$(awk '{ runs += $4; steps += $6 } END {
    printf "%d scenarios, %d schedules, %.0f million steps, no failure", NR, runs, steps / 1e6 }' "$BUILD/log")"
