#!/usr/bin/env bash
# try.sh -- STAGE FAULT KILLER: one mutant, and the schedule that catches it. Run by rung.sh.
#
# FAULT is the name of a mutant in catalogue.txt, or a weakening as orders.py lists them. Its killer
# is tried first; if that finds nothing, all scenarios are, for a fault may be found elsewhere once
# the sources have changed. Leaves one line in $BUILD/tried/.
set -euo pipefail
CC=${CC:-cc}
. tests/verify/schedules/build.sh
here=tests/verify/mutants
number=$1 fault=$2 killer=$3
name=$number-${fault//[^A-Za-z0-9_]/-}
folder=$BUILD/planted/$name
[ -t 2 ] || printf '  mutants: %s\n' "$fault" >&2
[ ! -t 2 ] || printf '\r\e[K  mutants: %s' "$fault" >&2

stop() { # TEXT
    echo "$fault: $*" >"$BUILD/tried/$name.failed"
    rm -rf "$folder"
    exit 0
}

entry() { # FIELD: the field's lines of a mutant
    awk -v name="$fault" -v field="$1" '
        $1 == "mutant" { inside = $2 == name }
        inside && $1 == field { sub(/^[a-z]+ +/, ""); print }' $here/catalogue.txt
}

plant() { # The file must become another one.
    local file=${fault%% *}
    if [ "$file" != "$fault" ]; then
        python3 $here/orders.py plant "$folder/src/$file" "$fault" || stop "cannot be planted"
        return
    fi
    file=$folder/src/$(entry file)
    [ -f "$file" ] || stop "there is no such file"
    entry sed >"$folder/fault.sed"
    sed -i.before -f "$folder/fault.sed" "$file"
    ! cmp -s "$file" "$file.before" ||
        stop "its sed changes nothing in ${file##*/}; bring $here/catalogue.txt up to date"
}

# caught SCENARIO  A schedule is found that shows the fault, not just any failure.
caught() {
    timeout 120 "$folder/schedules" "$1" >"$folder/story" 2>&1 || true
    grep -q 'replay:' "$folder/story"
}

rm -rf "$folder"
cp -rp "$BUILD/stage$number" "$folder"
plant
make_explorer "$number" "$folder" || stop "does not compile: $(tail -n 20 "$folder/make.log")"
for scenario in $killer $("$folder/schedules" --list | cut -d ' ' -f 1 | grep -vxF "$killer"); do
    caught "$scenario" || continue
    [ -z "${MUTANT:-}" ] || cat "$folder/story"
    run=$(sed -n 's/^[a-z_]*, run \([0-9]*\):$/\1/p' "$folder/story")
    why=$(tail -n 2 "$folder/story" | head -n 1 | cut -c 3-90)
    printf '%s\t%s\t%s\t%s\t%s\n' "$number" "$fault" "$scenario" "$run" "$why" >"$BUILD/tried/$name"
    rm -rf "$folder"
    exit 0
done
stop "survives every scenario"
