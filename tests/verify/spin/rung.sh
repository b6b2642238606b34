#!/usr/bin/env bash
# rung.sh -- models of the algorithms, in every interleaving, with threads that stop for ever.
#
# Rung: Promela models of remote free, orphanage and stack: all interleavings, stopping threads
# Order: 5
# Seconds: 30
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

# explore FOLDER MODEL SAFETY|NP -On SETTINGS...  Build and run the checker; its words are in FOLDER/log.
explore() {
    local folder=$1 model=$models/$2.pml kind=$3 optimized=$4 search=
    shift 4
    rm -rf "$folder"
    mkdir -p "$folder"
    [ "$kind" = SAFETY ] || search=-l
    (
        cd "$folder"
        echo "$model $*" >settings
        # shellcheck disable=SC2046
        spin -a $(settings "$@") "$model" >spin.log 2>&1 || { cat spin.log; exit 1; }
        "$CC" -w "$optimized" -D"$kind" -o pan pan.c 2>&1 || exit 1
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

run_model() { # MODEL SAFETY|NP SETTINGS
    local folder="$BUILD/$1-$2-${3//[ ,]/-}" found
    progress "$1 $3 ($2)"
    explore "$folder" "$1" "$2" -O1 "$3"
    found=$(verdict "$folder/log")
    [ "$found" = passes ] || {
        story "$folder"
        head -n 3 "$folder/log"
        fail "$1 with $3: $found"
    }
    # A step that no schedule of any run reaches proves nothing.
    sed -n 's/^\t\(.*pml:[0-9]*\), .*/\1/p' "$folder/log" | sort -u >"$folder/unreached"
    if [ -f "$BUILD/unreached" ]; then
        comm -12 "$folder/unreached" "$BUILD/unreached" >"$BUILD/still"
        mv "$BUILD/still" "$BUILD/unreached"
    else
        cp "$folder/unreached" "$BUILD/unreached"
    fi
    printf '%-12s %-7s %-44s %9d states %6.2f s\n' "$1" "$2" "$3" \
        "$(awk '/states, stored/ { print $1 }' "$folder/log")" \
        "$(awk '/elapsed time/ { print $4 }' "$folder/log")" >>"$BUILD/report"
}

try_mutant() { # MODEL SETTINGS NAME VERDICT WHAT
    local kind=SAFETY folder="$BUILD/$1-${3//,/-}" found
    [ "$4" != circles ] || kind=NP
    progress "$1 $3"
    explore "$folder" "$1" $kind -O0 "$2" "$3" # compiling takes longer than running
    found=$(verdict "$folder/log")
    [ -z "${MUTANT:-}" ] || story "$folder" 200
    [ "$found" = "$4" ] || fail "$1: the mutant $3 ($5) gives '$found', not '$4'"
    printf '%-12s %-34s %-8s %s\n' "$1" "$3" "$4" "$5" >>"$BUILD/mutants"
}

entries() { # MODEL KIND  The lines of a kind in a model's header.
    sed -n "s/^ \* $2  *//p" "$models/$1.pml"
}

: >"$BUILD/report"
: >"$BUILD/mutants"
for file in "$models"/${MODEL:-*}.pml; do
    model=$(basename "$file" .pml)
    small=$(entries "$model" Small)
    if [ -z "${MUTANT:-}" ]; then
        rm -f "$BUILD/unreached"
        while read -r run; do run_model "$model" SAFETY "$run"; done < <(entries "$model" Run)
        while read -r run; do run_model "$model" NP "$run"; done < <(entries "$model" Cycles)
        [ ! -s "$BUILD/unreached" ] || fail "$model: steps never reached: $(cat "$BUILD/unreached")"
    fi
    while read -r name wanted what; do
        case ${MUTANT:-$name} in "$name") try_mutant "$model" "$small" "$name" "$wanted" "$what" ;; esac
    done < <(entries "$model" Mutant)
done
clear_progress
cat "$BUILD/report" "$BUILD/mutants"
result "$(awk '{ states += $(NF - 3) } END { printf "%d", states }' "$BUILD/report") states," \
    "$(grep -vc ' passes ' "$BUILD/mutants") mutants caught, $SECONDS s"
