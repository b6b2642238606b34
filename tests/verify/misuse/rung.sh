#!/usr/bin/env bash
# rung.sh -- every misuse of two public lists, on two builds, against the stored table.
#
# Rung: misuses that are caught, of mimalloc-bench's 116 and hardened_malloc's 51
# Order: 9
# Seconds: 40
#
# UPDATE=1 stores the table. PEER=glibc, or PEER with a library to preload, runs the very same
# objects on another allocator, prints its score and stores nothing: PEER=jemalloc PEER=/a/lib.so.
# RUNS=n: how often each cell is tried; it counts only if it is caught each time.
#
# Calibration, on Debian 12: glibc 68 of 116, mimalloc 2.0.9 27 to 31 (by chance), tcmalloc 2.10 26,
# jemalloc 5.3.0 22. The suite's own programs say the same of these and of bitslab, in every cell
# that chance does not decide but one; table.md names it.
. "$(dirname "$0")/../lib.sh"

here=tests/verify/misuse
RUNS=${RUNS:-${UPDATE:+50}}
RUNS=${RUNS:-5}
case $CC in
*clang*) CXX=${CXX:-${CC/clang/clang++}} ;;
*) CXX=${CXX:-g++} ;;
esac

# The compiler may not use what it knows of malloc and free: the misuses must happen.
common="-g -O1 -Wall -Wextra -Werror -fno-builtin -pthread"

compile() {
    local source name objects=$BUILD/objects
    rm -rf "$objects"
    mkdir -p "$objects/c" "$objects/cxx"
    for source in "$here"/*.c; do
        name=$(basename "$source" .c)
        [ "$name" != judge ] || continue
        # shellcheck disable=SC2086
        $CC -std=c11 $common -c "$source" -o "$objects/c/$name.o"
    done
    # shellcheck disable=SC2086
    $CC -std=c11 $common -DCASES_IN_CXX -c $here/main.c -o "$objects/cxx/main.o"
    # shellcheck disable=SC2086
    $CXX -std=c++17 $common -fsized-deallocation -c $here/operators.cc \
        -o "$objects/cxx/operators.o"
    $CC -std=c11 -O1 -Wall -Wextra -Werror $here/judge.c -o "$BUILD/judge"
}

# programs NAME [ARCHIVE]  The same objects, on another malloc or on libc's.
programs() {
    $CC -pthread "$BUILD"/objects/c/*.o ${2+"$2"} -o "$BUILD/$1.c"
    $CXX -pthread "$BUILD"/objects/cxx/*.o ${2+"$2"} -o "$BUILD/$1.cxx"
}

# judged NAME RUNS START PROGRAMS [PRELOAD]  Writes NAME.tsv.
judged() {
    local language
    for language in c cxx; do
        "$BUILD/judge" "$2" "$3" "$BUILD/$4.$language" ${5+"$5"} || return
    done >"$BUILD/$1.tsv" 2>"$BUILD/$1.log"
}

# sums NAME  Sets bench, large, hardened; all programs must be there.
sums() {
    local bench_of large_of hardened_of
    read -r _ bench bench_of large large_of hardened hardened_of <<<"$(
        awk -v sums=1 -f $here/render.awk "$BUILD/$1.tsv"
    )"
    [ "$bench_of $large_of $hardened_of" = "116 30 51" ] ||
        fail "$1: $bench_of of 116 programs, $large_of of 30, $hardened_of of 51"
}

# differences STORED NEW
differences() { awk -f $here/compare.awk "$1" "$2"; }

# The comparison must see a cell that got worse, one that got better, and a row that is missing.
control() {
    local new=$BUILD/table.md control=$BUILD/control.md
    sed '0,/| - |/s//| caught |/' "$new" >"$control"
    differences "$control" "$new" | grep -q '^worse: ' || fail "control: a worse cell is not seen"
    sed '0,/| caught |/s//| - |/' "$new" >"$control"
    differences "$control" "$new" | grep -q '^better: ' || fail "control: a better cell is not seen"
    sed '/^| .*`double_free_small`/d' "$new" >"$control"
    differences "$control" "$new" | grep -q '^new row: ' || fail "control: a new row is not seen"
    differences "$new" "$control" | grep -q '^row is gone: ' ||
        fail "control: a lost row is not seen"
    [ -z "$(differences "$new" "$new")" ] || fail "control: a table differs from itself"
}

# peer NAME  The score of another allocator.
peer() {
    local preload=$1
    if [ "$1" = glibc ]; then
        preload=
    elif [ ! -f "$1" ]; then
        preload=$(ldconfig -p | sed -n "s/.*lib$1\.so[.0-9]* .* => //p" | head -n 1)
        [ -n "$preload" ] || skip "there is no library of the name $1"
    fi
    programs peer
    judged peer "$RUNS" "" peer ${preload:+"$preload"} || fail "$(cat "$BUILD/peer.log")"
    sums peer
    grep -P '\t(-|late|slow|absent|mostly|varies)$' "$BUILD/peer.tsv" | cut -f 1-3,5 || true
    result "$1: $bench of 116; hardened_malloc's list: $hardened of 51; at 4 MiB: $large of 30"
    exit
}

progress "compiling"
compile
[ -z "${PEER:-}" ] || peer "$PEER"

for build in default checked; do
    library $build
    programs $build "${library%.a}-malloc.a"
done
progress "each misuse $RUNS times, on two builds"
judged checked "$RUNS" "bitslab: " checked &
other=$!
judged default "$RUNS" "bitslab: " default || fail "$(cat "$BUILD/default.log")"
wait $other || fail "$(cat "$BUILD/checked.log")"

awk -f $here/render.awk "$BUILD/default.tsv" "$BUILD/checked.tsv" >"$BUILD/table.md"
sums default
line="default $bench of 116" list=$hardened
sums checked
line+=", checked $bench of 116; hardened_malloc's list: $list/$hardened of 51"

if [ -n "${UPDATE:-}" ]; then
    cp "$BUILD/table.md" $here/table.md
else
    found=$(differences $here/table.md "$BUILD/table.md")
    [ -z "$found" ] || fail "$line
$found
If it is meant to be so, update it by: UPDATE=1 make verify RUNG=misuse"
fi
control
result "$line"
