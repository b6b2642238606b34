#!/usr/bin/env bash
# rung.sh -- faults planted in the real sources: each must be caught.
#
# Rung: planted faults in the real code, each of which the schedule explorer must catch
# Order: 4
# Seconds: 90
#
# MUTANT=name tries one, and shows the story of the schedule that catches it. Other rungs plant
# faults of their own: those are for what they look at.
. "$(dirname "$0")/../lib.sh"
. tests/verify/schedules/build.sh
catalogue=tests/verify/mutants/catalogue.txt

entry() { # NAME FIELD: the field's lines of a mutant
    awk -v name="$1" -v field="$2" '
        $1 == "mutant" { inside = $2 == name }
        inside && $1 == field { sub(/^[a-z]+ +/, ""); print }' $catalogue
}

plant() { # NAME FOLDER FILE: change the file; it must become another one
    entry "$1" sed >"$2/fault.sed"
    sed -i.before -f "$2/fault.sed" "$2/src/$3"
    ! cmp -s "$2/src/$3" "$2/src/$3.before" ||
        fail "$1: its sed changes nothing in $3; bring $catalogue up to date"
}

for number in 5 6; do
    progress "building the explorer over stage $number"
    explorer $number "$BUILD/stage$number"
done

: >"$BUILD/report"
for name in ${MUTANT:-$(awk '$1 == "mutant" { print $2 }' $catalogue)}; do
    file=$(entry "$name" file)
    [ -n "$file" ] || fail "there is no mutant '$name' in $catalogue"
    number=$(entry "$name" stage)
    number=${number:-6}
    scenario=$(entry "$name" killer)
    progress "$name"
    folder=$BUILD/mutant
    rm -rf "$folder"
    cp -rp "$BUILD/stage$number" "$folder"
    plant "$name" "$folder" "$file"
    make_explorer "$number" "$folder" || {
        tail -n 20 "$folder/make.log"
        fail "$name does not compile"
    }
    timeout 120 "$folder/schedules" "$scenario" >"$folder/story" 2>&1 || true
    [ -z "${MUTANT:-}" ] || cat "$folder/story"
    # Caught means that a schedule was found which shows it, not just any failure.
    if ! grep -q 'replay:' "$folder/story"; then
        echo "$name survives: $(entry "$name" what)"
        tail -n 5 "$folder/story"
        survivors=$((${survivors:-0} + 1))
        continue
    fi
    run=$(sed -n 's/^[a-z_]*, run \([0-9]*\):$/\1/p' "$folder/story")
    why=$(tail -n 2 "$folder/story" | head -n 1 | cut -c 3-90)
    printf '%-32s %-16s run %-7s %s\n' "$name" "$scenario" "$run" "$why" >>"$BUILD/report"
done
clear_progress
cat "$BUILD/report"
[ -z "${survivors:-}" ] || fail "$survivors mutants survive"
result "$(wc -l <"$BUILD/report") planted faults, each caught by the scenario that $catalogue names"
