#!/usr/bin/env bash
# rung.sh -- every schedule, and every value that a weak memory model lets a read return.
#
# Rung: schedule explorer over the real code: all schedules, stale reads, races, frozen threads
# Order: 3
# Seconds: 70
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

: >"$BUILD/log"
for number in 5 6; do
    for scenario in $("$BUILD/stage$number/schedules" --list | cut -d ' ' -f 1); do
        progress "stage $number, $scenario"
        "$BUILD/stage$number/schedules" "$scenario" >"$BUILD/one" || {
            cat "$BUILD/one"
            fail "stage $number: $scenario fails; again: make verify RUNG=schedules SCENARIO=$scenario NUMBER=$number"
        }
        sed "s/^/stage $number  /" "$BUILD/one" >>"$BUILD/log"
    done
done
clear_progress
cat "$BUILD/log"
result "$(awk '{ runs += $4; steps += $6 } END {
    printf "%d scenarios, %d schedules, %.0f million steps, no failure", NR, runs, steps / 1e6 }' "$BUILD/log")"
