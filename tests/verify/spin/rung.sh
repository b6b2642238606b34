#!/usr/bin/env bash
# rung.sh -- models of the algorithms, in every interleaving, with threads that stop for ever.
#
# Rung: Promela models of remote free, orphanage and stack: all interleavings, stopping threads
# Order: 5
# Seconds: 90
#
# A model's header says how it is run, and which faults it must find:
#     Run     FREERS=3 SLABS=2           settings to explore all states with
#     Cycles  FREERS=2 SLABS=1           settings to look for endless loops with
#     Small   FREERS=2 SLABS=1           settings that are enough for the mutants
#     Mutant  NAME VERDICT what is wrong a fault, perhaps with other settings (NAME,SLABS=2);
#                                        VERDICT is lost (an assertion fails), waits (an end state
#                                        is invalid), circles (a cycle without progress), or
#                                        passes (a control, in which no fault shows)
# MODEL=name runs one model; MUTANT=name tries one fault, and tells its story.
. "$(dirname "$0")/../lib.sh"
models=$PWD/tests/verify/spin
command -v spin >/dev/null || skip "spin is missing: apt-get install spin"

settings() { # A,B=1 -> -DA -DB=1
    local word words
    IFS=', ' read -ra words <<<"$*"
    for word in "${words[@]}"; do printf -- '-D%s ' "$word"; done
}

# explore FOLDER MODEL SAFETY|NP SETTINGS...  Build and run the checker; what it says is FOLDER/log.
# It is not optimized: that takes longer than what it saves.
explore() {
    local folder=$1 model=$models/$2.pml kind=$3 search=
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    [ "$kind" = SAFETY ] || search=-l
    (
        cd "$folder"
        echo "$model $*" >settings
        # shellcheck disable=SC2046,SC2086
        spin -a ${unmerged:-} $(settings "$@") "$model" >spin.log 2>&1 || { cat spin.log; exit 1; }
        "$CC" -w -O0 -D"$kind" -o pan pan.c 2>&1 || exit 1
        # shellcheck disable=SC2086
        ./pan -m20000 -w22 $search >log 2>&1
    ) || fail "$(basename "$folder"): the checker cannot be built"
}

# verdict LOG  What the checker found. A search that was cut short is no verdict.
verdict() {
    case $(cat "$1") in
    *'assertion violated'*) echo lost ;;
    *'invalid end state (at depth'*) echo waits ;;
    *'non-progress cycle (at depth'*) echo circles ;;
    *'search depth too small'* | *'Search not completed'* | *'out of memory'*) echo unfinished ;;
    *'errors: 0'*) echo passes ;;
    *) echo unknown ;;
    esac
}

# story FOLDER LINES  The last steps that lead to what was found. `(1)` and `goto stopped` are what
# MAY_STOP chose.
story() {
    (
        cd "$1"
        read -r model names <settings
        # shellcheck disable=SC2046
        spin -t -k "$(basename "$model").trail" -p $(settings "$names") "$model" |
            sed "s|$models/||; s/ (state -*[0-9]*)//" | tail -n "$2"
    )
}

# steps FOLDER  A checker's steps, each with its line and text: `yes` if this run reached it. An
# inline is as many steps as there are places where it stands: one of them is enough. The settings
# are numbers in the text. pan.c knows the lines, pan.t the texts, and the log what was not reached.
steps() {
    awk '
        FNR == 1 { process = -1; lines = "" }
        FILENAME ~ /log$/ && /^unreached in/ { process++ }
        FILENAME ~ /log$/ && match($0, /, state [0-9]+, "/) {
            missed[process, substr($0, RSTART + 8, RLENGTH - 11) + 0] = 1
        }
        FILENAME ~ /pan.c$/ && match($0, /^short src_ln[0-9]+ /) {
            lines = substr($0, 13) + 0
            state = 0
            next
        }
        FILENAME ~ /pan.c$/ && /^}/ { lines = "" }
        FILENAME ~ /pan.c$/ && lines != "" {
            count = split($0, numbers, /[ \t]*,[ \t]*/)
            for (i = 1; i < count; i++) line[lines, state++] = numbers[i] + 0
        }
        FILENAME ~ /pan.t$/ && match($0, /trans\[ *[0-9]+\]\[[0-9]+\].*settr\(/) {
            split(substr($0, RSTART), numbers, /[][ ]+/)
            text = $0
            sub(/^[^"]*"/, "", text)
            sub(/"[^"]*$/, "", text)
            gsub(/[0-9]+/, "N", text)
            key = numbers[2] SUBSEP numbers[3] + 0
            print (key in missed) ? "no" : "yes", line[key], text
        }' "$1/log" "$1/pan.c" "$1/pan.t" |
        grep -v ' \(\.(goto)\|sub-sequence\|(N)\|else\|IF\|DO\)$'
}

# A step that no schedule of any run reaches proves nothing.
all_reached() { # MODEL
    cat "$BUILD"/"$1"-SAFETY-*/reached | awk '
        { word = $1; sub(/^[a-z]+ /, ""); all[$0]; if (word == "yes") reached[$0] }
        END { for (step in all) if (!(step in reached)) print step }' | sort >"$BUILD/unreached"
    [ ! -s "$BUILD/unreached" ] || fail "$1: steps never reached: $(cat "$BUILD/unreached")"
}

explore_all() { # MODEL SAFETY|NP SETTINGS
    local folder="$BUILD/$1-$2-${3//[ ,]/-}" found unmerged=
    # Of steps that spin merges, it does not tell all that were not reached.
    [ "$2" = NP ] || unmerged=-o3
    explore "$folder" "$1" "$2" "$3"
    found=$(verdict "$folder/log")
    [ "$found" = passes ] || {
        story "$folder" 100
        head -n 3 "$folder/log"
        fail "$1 with $3: $found"
    }
    [ "$2" = NP ] || steps "$folder" >"$folder/reached"
    awk -v run="$(printf '%-12s %-7s %s' "$1" "$2" "$3")" '
        /states, stored/ { states = $1 }
        /elapsed time/ { printf "%9d states %6.2f s  %s\n", states, $4, run }' "$folder/log"
}

try_mutant() { # MODEL SETTINGS NAME VERDICT WHAT
    local kind=SAFETY folder="$BUILD/$1-${3//,/-}" found
    [ "$4" != circles ] || kind=NP
    explore "$folder" "$1" $kind "$2" "$3"
    found=$(verdict "$folder/log")
    [ -z "${MUTANT:-}" ] || story "$folder" 500
    [ "$found" = "$4" ] || fail "$1: the mutant $3 ($5) gives '$found', not '$4'"
    printf '%-7s  %-12s %-22s %s\n' "$4" "$1" "${3%%,*}" "$5"
}

entries() { # MODEL KIND  The lines of a kind in a model's header.
    sed -n "s/^ \* $2  *//p" "$models/$1.pml"
}

tasks=0
# task COMMAND...  In the background, as many at a time as there are processors.
task() {
    tasks=$((tasks + 1))
    progress "$2 ${*:3:3}"
    [ "$(jobs -rp | wc -l)" -lt "$(nproc)" ] || wait -n
    { ("$@") >"$BUILD/task.$tasks" || mv "$BUILD/task.$tasks" "$BUILD/failed.$tasks"; } &
}

rm -rf "${BUILD:?}"/*
chosen=${MODEL:-$(basename -s .pml "$models"/*.pml)}
for model in $chosen; do
    [ -z "${MUTANT:-}" ] || continue
    while read -r run; do task explore_all "$model" SAFETY "$run"; done < <(entries "$model" Run)
    while read -r run; do task explore_all "$model" NP "$run"; done < <(entries "$model" Cycles)
done
for model in $chosen; do
    small=$(entries "$model" Small)
    while read -r name wanted what; do
        case ${MUTANT:-$name} in
        "$name" | "${name%%,*}") task try_mutant "$model" "$small" "$name" "$wanted" "$what" ;;
        esac
    done < <(entries "$model" Mutant)
done
wait
clear_progress
for ((i = 1; i <= tasks; i++)); do
    [ ! -f "$BUILD/task.$i" ] || cat "$BUILD/task.$i"
done | tee "$BUILD/report"
if compgen -G "$BUILD/failed.*" >/dev/null; then
    cat "$BUILD"/failed.*
    exit 1
fi
[ "$tasks" -gt 0 ] || fail "there is no mutant '${MUTANT:-}' in ${MODEL:-any model}"
if [ -z "${MUTANT:-}" ]; then
    for model in $chosen; do all_reached "$model"; done
fi
result "$(awk -v seconds="$SECONDS" '
    $2 == "states" { runs++; states += $1 }
    $1 ~ /^(lost|waits|circles)$/ { mutants++ }
    END { printf "%d states in %d runs, %d mutants caught, %d s", states, runs, mutants, seconds }
    ' "$BUILD/report")"
