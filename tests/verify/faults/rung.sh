#!/usr/bin/env bash
# rung.sh -- the stage over an OS that refuses: call n, for each n; at random; and from outside.
#
# Rung: every call of the OS refused in turn, alone, for good, at random and from outside
# Order: 7
# Seconds: 120
. "$(dirname "$0")/../lib.sh"
here=tests/verify/faults
jobs=$(nproc 2>/dev/null || echo 2)
. $here/outside.sh
. $here/mutants.sh

build() { # [VARIABLE=value...]
    make --silent -f tests/verify/faults/faults.mk STAGE="$stage" BUILD="$root" CC="$CC" "$@"
}

# sum WORD FILE...  The numbers that follow a word, added up.
sum() {
    local word=$1
    shift
    cat "$@" | awk -v word="$word" '{ for (i = 1; i < NF; i++) if ($i == word) sum += $(i + 1) }
                                    END { print sum + 0 }'
}

# sweeps FOLDER [STEP]  Each path in a process of its own, `jobs` at a time.
sweeps() {
    local folder=$1
    progress "sweeps over $("$folder/sweep" | wc -l) paths, ${folder##*/}"
    rm -f "$folder"/*.swept
    "$folder/sweep" |
        xargs -P "$jobs" -I{} sh -c '"$0/sweep" {} $1 >"$0/{}.swept" 2>&1' "$folder" "${2:-}" ||
        fail "$(cat "$folder"/*.swept | grep -v '^place\|^points')"
}

# The places in the code that call a function of the OS which may fail; all must have been refused.
all_places_refused() {
    objdump -d --no-show-raw-insn "$BUILD/sweep" |
        awk '/<os_(map|purge|unpurge|protect|resize|move|on_thread_exit)>$/ { getline; print $1 }' |
        tr -d : | sort >"$BUILD/places"
    sed -n 's/^place //p' "$BUILD"/*.swept | sort -u >"$BUILD/places.refused"
    [ -s "$BUILD/places" ] || fail "objdump shows no call of the OS"
    [ -z "$(comm -23 "$BUILD/places" "$BUILD/places.refused")" ] ||
        fail "never refused: $(comm -23 "$BUILD/places" "$BUILD/places.refused" |
            addr2line -s -e "$BUILD/sweep" | tr '\n' ' ')"
    places=$(wc -l <"$BUILD/places")
}

storms() {
    progress "threads and forks under random refusals"
    "$BUILD/storm" >"$BUILD/storm.log" 2>&1 || fail "$(tail -n 5 "$BUILD/storm.log")"
    timeout 120 "$BUILD/forks" >"$BUILD/forks.log" 2>&1 || fail "$(tail -n 5 "$BUILD/forks.log")"
}

progress "compiling"
for flavour in '' checked; do
    build -j "$jobs" FLAVOUR=$flavour >"$BUILD/build.log" 2>&1 ||
        fail "$(tail -n 20 "$BUILD/build.log")"
done
sweeps "$BUILD"
sweeps "$BUILD/checked" 4 # it calls the OS so often that each call would take minutes
all_places_refused
storms
from_outside
check_mutants

swept=("$BUILD"/*.swept "$BUILD"/checked/*.swept)
clear_progress
echo "swept: $(sum runs "${swept[@]}") runs, $(sum calls "${swept[@]}") calls, $(sum refused \
    "${swept[@]}") refusals, $(sum nulls "${swept[@]}") NULLs"
echo "storms: $(cat "$BUILD/storm.log" | wc -l) kinds, $(sum calls "$BUILD/storm.log") calls," \
    "$(sum refused "$BUILD/storm.log") refusals, $(sum nulls "$BUILD/storm.log") NULLs"
echo "forks: $(cat "$BUILD/forks.log")"
echo "outside: $outside"
result "$(sum points "${swept[@]}") failing points at all $places OS calls," \
    "$(sum forks "$BUILD/forks.log") forks, $outside, $caught mutants caught"
