#!/usr/bin/env bash
# rung.sh -- the kept inputs once more, faults that must be found, and new inputs for a while.
#
# Rung: sequences of calls on virtual threads against a shadow model, by libFuzzer
# Order: 8
# Seconds: 150
#
# FUZZ_SECONDS  how long each build is fuzzed for new inputs: 30, in CI 120
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/targets.sh"

FUZZ_SECONDS=${FUZZ_SECONDS:-${CI:+120}}
FUZZ_SECONDS=${FUZZ_SECONDS:-30}

[ -n "$CLANG" ] || skip "no clang"
echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' >"$BUILD/probe.c"
"$CLANG" -fsanitize=fuzzer,undefined "$BUILD/probe.c" -o "$BUILD/probe" 2>/dev/null ||
    skip "clang without libFuzzer (libclang-rt-dev)"

# The kept corpus, everything checked after every step, pages closed for real.
replay() { # TARGET
    local log=$BUILD/$1.replay.log found=$BUILD/$1/found
    rm -rf "$found" && mkdir -p "$found"
    FUZZ_THOROUGH=1 "$BUILD/$1/fuzz" -runs=0 -artifact_prefix="$found/" "$BUILD/corpus" >"$log" 2>&1
}

# New inputs; what is found on the way is kept in the build folder, for `update-corpus`.
search() { # TARGET SEED
    local log=$BUILD/$1.search.log found=$BUILD/$1/found
    mkdir -p "$BUILD/$1/new"
    "$BUILD/$1/fuzz" -seed="$2" -max_total_time="$FUZZ_SECONDS" -max_len=512 -len_control=100 \
        -timeout=20 -artifact_prefix="$found/" -print_final_stats=1 \
        "$BUILD/$1/new" "$BUILD/corpus" >"$log" 2>&1
}

# for_all COMMAND ARGUMENT...  Run it for all targets at once; explain the first that fails.
for_all() {
    local target failed="" log=${1#search}
    for target in $targets; do "$@" "$target" "${seed:-}" & eval "pid_$target=$!"; done
    for target in $targets; do eval "wait \$pid_$target" || failed=${failed:-$target}; done
    [ -n "$failed" ] || return 0
    clear_progress
    explain "$BUILD/$failed.$1.log" "$BUILD/$failed/fuzz" "$BUILD/$failed/found"
    fail "the $failed build fails ($1${seed:+, seed $seed})"
}

# plant TARGET FILE EXPRESSION WHAT  A fault in the real source must be found: by the corpus, or soon.
plant() {
    local out=$BUILD/$1 source=$SRC/$2.c
    sed "$3" "$source" >"$out/control.c"
    ! cmp -s "$source" "$out/control.c" || fail "the control '$4' changes nothing in $source"
    fuzz_make "$1" MUTANT="$2" "$out/control"
    mkdir -p "$out/controls"
    local fuzz=("$out/control" -timeout=10 -artifact_prefix="$out/controls/" -max_len=512)
    if ! "${fuzz[@]}" -runs=0 "$BUILD/corpus" >"$out/control.log" 2>&1; then
        by_corpus=$((by_corpus + 1))
    elif ! "${fuzz[@]}" -seed=1 -len_control=100 -max_total_time=30 "$BUILD/corpus" \
        >"$out/control.log" 2>&1; then
        by_search=$((by_search + 1))
    else
        fail "nobody notices that $4 ($source, $1 build)"
    fi
}

plant_all() {
    local target file what expression
    while read -r target file what; do
        case $target in '#'* | '') continue ;; esac
        IFS= read -r expression
        progress "control $((by_corpus + by_search + 1)): $what"
        plant "$target" "$file" "$expression" "$what"
    done <$folder/controls.txt
}

figure() { sed -n "s/^stat::$2: *//p" "$BUILD/$1.search.log"; }

build_targets $targets plain
unpack_corpus
inputs=$(ls "$BUILD/corpus" | wc -l)
progress "replaying $inputs inputs"
seed="" for_all replay
by_corpus=0 by_search=0
plant_all
seed=$((RANDOM * 32768 + RANDOM))
progress "new inputs for $FUZZ_SECONDS s, seed $seed"
for_all search
"$BUILD/plain/fuzz" -runs=0 "$BUILD/corpus" >"$BUILD/plain.log" 2>&1 || fail "the plain build fails"
edges=$(sed -n 's/.*DONE *cov: \([0-9]*\).*/\1/p' "$BUILD/plain.log")
all=$(sed -n 's/.*(\([0-9]*\) inline 8-bit counters).*/\1/p' "$BUILD/plain.log")
speed=0 made=0
for target in $targets; do
    speed=$((speed + $(figure $target average_exec_per_sec)))
    made=$((made + $(figure $target number_of_executed_units)))
done
echo "$by_corpus controls were found by the kept inputs, $by_search by short searches"
result "$inputs kept inputs, $edges of $all edges; $((by_corpus + by_search)) controls;" \
    "$made new inputs, $speed/s, seed $seed"
