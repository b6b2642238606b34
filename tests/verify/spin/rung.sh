#!/usr/bin/env bash
# rung.sh -- models of the algorithms, in every interleaving, with threads that stop for ever.
#
# Rung: Promela models of remote free, orphanage and stack: all interleavings, stopping threads
# Order: 5
# Seconds: 30
#
# A model's header says how it is run, and which faults it must find:
#     Run     FREERS=3 COLLECTS=2        its settings
#     Mutant  NAME VERDICT what is wrong its fault, with the settings of the first run or of its
#                                        own (NAME,SLABS=2); VERDICT is lost (an assertion fails),
#                                        waits (an end state is invalid), circles (a cycle without
#                                        progress) or passes (a control: no fault is found)
# MODEL=name runs one model; MUTANT=name tries one fault, and tells its story.
. "$(dirname "$0")/../lib.sh"
models=$PWD/tests/verify/spin
command -v spin >/dev/null || skip "spin is missing: apt-get install spin"

settings() { # A,B=1 -> -DA -DB=1
    local word words
    IFS=', ' read -ra words <<<"$*"
    for word in "${words[@]}"; do printf -- '-D%s ' "$word"; done
}

# explore FOLDER MODEL SAFETY|NP SETTINGS...  Build and run the checker; its words are in FOLDER/log.
explore() {
    local folder=$1 model=$models/$2.pml kind=$3 search=
    shift 3
    rm -rf "$folder"
    mkdir -p "$folder"
    [ "$kind" = SAFETY ] || search=-l
    (
        cd "$folder"
        echo "$model $*" >settings
        # shellcheck disable=SC2046
        spin -a $(settings "$@") "$model" >spin.log 2>&1 || { cat spin.log; exit 1; }
        "$CC" -w -O1 -D"$kind" -o pan pan.c 2>&1 || exit 1
        # shellcheck disable=SC2086
        ./pan -m200000 -w22 $search >log 2>&1
    ) || fail "$(basename "$folder"): the checker cannot be built"
}

# verdict LOG  What the checker found. A search that was cut short is no verdict.
verdict() {
    case $(cat "$1") in
    *'assertion violated'*) echo lost ;;
    *'invalid end state (at depth'*) echo waits ;;
    *'non-progress cycle (at depth'*) echo circles ;;
    *'max search depth too small'* | *'Search not completed'* | *'out of memory'*) echo unfinished ;;
    *'errors: 0'*) echo passes ;;
    *) echo unknown ;;
    esac
}

story() { # FOLDER  The steps that lead to what was found.
    # shellcheck disable=SC2046
    (cd "$1" && read -r model names <settings && spin -t -p -g -l $(settings "$names") "$model" | tail -n "${2:-60}")
}

run_model() { # MODEL SETTINGS
    local kind folder="$BUILD/$1-${2//[ ,]/-}" found
    for kind in SAFETY NP; do
        progress "$1 $2 ($kind)"
        explore "$folder" "$1" "$kind" "$2"
        found=$(verdict "$folder/log")
        [ "$found" = passes ] || {
            story "$folder"
            head -n 3 "$folder/log"
            fail "$1 with $2: $found"
        }
        # A step that no schedule reaches proves nothing.
        if grep -q 'line [0-9]' "$folder/log"; then
            grep 'line [0-9]' "$folder/log" >>"$BUILD/unreached.$1.$kind"
        fi
        count=$(awk '/states, stored/ { print $1 }' "$folder/log")
        printf '%-12s %-7s %-24s %9d states\n' "$1" "$kind" "$2" "$count" >>"$BUILD/report"
    done
}

try_mutant() { # MODEL NAME VERDICT SETTINGS WHAT
    local kind=SAFETY folder="$BUILD/$1-${2//,/-}" found
    [ "$3" != circles ] || kind=NP
    progress "$1 $2"
    explore "$folder" "$1" $kind "$4" "$2"
    found=$(verdict "$folder/log")
    [ -z "${MUTANT:-}" ] || story "$folder" 200
    [ "$found" = "$3" ] || fail "$1: the mutant $2 ($5) gives '$found', not '$3'"
    printf '%-12s %-32s %-8s %s\n' "$1" "$2" "$3" "$5" >>"$BUILD/mutants"
}

: >"$BUILD/report"
: >"$BUILD/mutants"
for file in "$models"/${MODEL:-*}.pml; do
    model=$(basename "$file" .pml)
    rm -f "$BUILD"/unreached."$model".*
    first=$(sed -n '/^ \* Run  */{s///p;q}' "$file")
    if [ -z "${MUTANT:-}" ]; then
        while read -r run; do run_model "$model" "$run"; done < <(sed -n 's/^ \* Run  *//p' "$file")
    fi
    while read -r name wanted what; do
        case ${MUTANT:-$name} in "$name") try_mutant "$model" "$name" "$wanted" "$first" "$what" ;; esac
    done < <(sed -n 's/^ \* Mutant  *//p' "$file")
done
clear_progress
cat "$BUILD/report" "$BUILD/mutants"
result "$(awk '{ states += $(NF - 1) } END { printf "%d", states }' "$BUILD/report") states," \
    "$(grep -vc ' passes ' "$BUILD/mutants") mutants caught, $SECONDS s"
