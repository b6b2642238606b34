#!/usr/bin/env bash
# update-corpus.sh -- makes corpus.txt anew: what was kept, what rung.sh found since, and more.
#
#   FUZZ_SECONDS=600 tests/verify/fuzz/update-corpus.sh
#
# Kept are few inputs that together reach every edge that any input reached, in each build, and
# these are short; the longest ones of each build; and for each control that these don't find, one
# that does.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/targets.sh"

FUZZ_SECONDS=${FUZZ_SECONDS:-300}
kept=$BUILD/kept
rm -rf "$kept" && mkdir -p "$kept"

build_targets $targets plain
unpack_corpus
progress "fuzzing for $FUZZ_SECONDS s"
for target in $targets; do
    mkdir -p "$BUILD/$target/new"
    [ "$FUZZ_SECONDS" -gt 0 ] || continue
    "$BUILD/$target/fuzz" -max_total_time="$FUZZ_SECONDS" -max_len=512 -len_control=100 \
        -artifact_prefix="$BUILD/$target/" "$BUILD/$target/new" "$BUILD/corpus" \
        >"$BUILD/$target.update.log" 2>&1 &
done
wait
for target in plain $targets; do
    progress "choosing for $target"
    "$BUILD/$target/fuzz" -merge=1 -use_counters=0 "$kept" "$BUILD/corpus" "$BUILD"/*/new \
        >"$BUILD/$target.merge.log" 2>&1
done
for target in $targets; do
    ls -S "$BUILD/$target/new" | head -n 20 | while read -r input; do
        cp "$BUILD/$target/new/$input" "$kept/"
    done
done
while read -r target file what; do
    case $target in '#'* | '') continue ;; esac
    IFS= read -r expression
    progress "$what"
    out=$BUILD/$target
    sed "$expression" "$SRC/$file.c" >"$out/control.c"
    fuzz_make "$target" MUTANT="$file" "$out/control"
    "$out/control" -runs=0 -timeout=10 -artifact_prefix="$out/" "$kept" >/dev/null 2>&1 || continue
    rm -f "$out/input" "$out/smaller"
    "$out/control" -timeout=10 -max_total_time=200 -max_len=512 -len_control=100 \
        -exact_artifact_path="$out/input" "$BUILD/$target/new" "$kept" >/dev/null 2>&1 ||
        shrink "$out/control" "$out/input" "$out/smaller"
    for input in "$out/smaller" "$out/input"; do
        [ ! -s "$input" ] || { mv "$input" "$kept/$(sha1sum <"$input" | cut -c 1-40)" && break; }
    done
done <$folder/controls.txt
"$BUILD/default/fuzz" --pack "$kept"/* 2>/dev/null | awk '{ print length, $0 }' | sort -n |
    cut -d ' ' -f 2 >$folder/corpus.txt
result "$(wc -l <$folder/corpus.txt) inputs are kept, $(wc -c <$folder/corpus.txt) bytes"
