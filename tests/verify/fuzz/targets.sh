# targets.sh -- building the fuzzer, replaying and unpacking the corpus; sourced after lib.sh.
#
# Three builds of the allocator are fuzzed:
#   default   as programs have it
#   checked   with everything that a checked build adds
#   bare      checked, but not hardened: exact maps, and slab-wide blocks
# A fourth, `plain`, is the default one without sanitizers: its edges are counted.
# shellcheck shell=bash

folder=tests/verify/fuzz
targets="default checked bare"

fuzz_make() { # TARGET ARGUMENT...  Run fuzz.mk for it.
    local target=$1 options=()
    shift
    case $target in
    default) options=(SANITIZE=undefined) ;;
    checked) options=(SANITIZE=undefined CHECKED=1) ;;
    bare) options=(SANITIZE=undefined CHECKED=1 BARE=1) ;;
    plain) options=("OPTIMISE=-O1 -fno-inline") ;;
    esac
    make -s -j "$(nproc)" -f $folder/fuzz.mk STAGE="$stage" CLANG="$CLANG" OUT="$BUILD/$target" \
        "${options[@]}" "$@" >"$BUILD/$target.make.log" 2>&1 || {
        cat "$BUILD/$target.make.log"
        fail "$target: does not compile"
    }
}

# All variables of the allocator must be where begin() sets them back.
check_variables() { # TARGET
    local strays
    strays=$(objdump -t "$BUILD/$1"/stage/*.o | awk '$0 ~ / O \.(data|bss)/ && $0 !~ / \.data\.rel\.ro/ && $NF !~ /^\.L/ { print $NF }')
    [ -z "$strays" ] || fail "$1: variables of the allocator that would survive an input: $strays"
}

build_targets() { # TARGET...
    local target
    for target in "$@"; do
        progress "compiling the $target build"
        mkdir -p "$BUILD/$target"
        fuzz_make "$target"
        check_variables "$target"
    done
}

unpack_corpus() {
    rm -rf "$BUILD/corpus"
    mkdir -p "$BUILD/corpus"
    "$BUILD/default/fuzz" --unpack $folder/corpus.txt "$BUILD/corpus" || fail "corpus.txt is damaged"
}

# shrink PROGRAM FOUND SMALLER  Leave out of an input what it does not need to fail, for a while.
# Killed, since libFuzzer may hang when it is asked to end while it prints.
shrink() {
    { UBSAN_OPTIONS=symbolize=0 timeout -s KILL 60 "$1" -minimize_crash=1 -max_total_time=20 \
        -timeout=10 -exact_artifact_path="$3" "$2" >/dev/null 2>&1; } 2>/dev/null || true
}

# explain LOG PROGRAM FOLDER  What was found: the story of the input that libFuzzer left there.
explain() {
    local found smaller
    found=$(ls -t "$3"/crash-* "$3"/timeout-* "$3"/oom-* 2>/dev/null | head -n 1 || true)
    if [ -z "$found" ]; then
        tail -n 20 "$1"
        return
    fi
    smaller=$3/smaller-$(basename "$found")
    shrink "$2" "$found" "$smaller"
    [ ! -s "$smaller" ] || found=$smaller
    "$2" --story "$found" 2>&1 | tail -n 40 || true
    echo "The whole story: $2 --story $found"
    echo "To keep it:      $2 --pack $found >>$folder/corpus.txt"
}
