#!/usr/bin/env bash
# mutants.sh -- plants the faults of mutants.txt in the ports: the conformance test must find each.
. "$(dirname "${BASH_SOURCE[0]}")/../tools/common.sh"
here=tests/ports
d=$here/doubles
SRC=stages/06_orphanage
out=$BUILD/ports/mutants
results=$BUILD/ports/results
mkdir -p "$out" "$results"
started=$(now)
FLAGS="-std=c11 -O1 -g -w -pthread -I$SRC -I$here"

verdict() { # ok|FAIL WHAT
    printf '%s|%s|%s|%s|%s\n' "$1" "planted faults" mutants "$(since "$started")" "$2" >"$results/planted-faults-mutants.result"
    [ "$1" != FAIL ]
    exit
}

# The test, and the doubles of an OS, are compiled once.
for source in $here/conformance*.c $here/world_posix.c; do
    $CC $FLAGS -c "$source" -o "$out/$(basename "$source" .c).o" || verdict FAIL "$source does not compile"
done
$CC $FLAGS -I$d -c $d/kernel.c -o "$out/kernel.o" || verdict FAIL "kernel.c does not compile"

doubles() { # OS  Their objects, made if need be
    local source sources="$d/bsd.c" object
    case $1 in
    linux) return ;;
    windows) sources=$d/windows.c ;;
    darwin) sources+=" $d/darwin.c" ;;
    esac
    for source in $sources; do
        object=$out/$1-$(basename "$source" .c).o
        [ "$object" -nt "$source" ] ||
            $CC $FLAGS -D_DEFAULT_SOURCE -I$d/"$1" -I$d -c "$source" -o "$object" || return
        echo "$object"
    done
    echo "$out/kernel.o"
}

caught=0 count=0
while IFS='|' read -r name os command; do
    mkdir -p "$out/$name"
    rm -f "$out/$name"/*
    cp $SRC/os_bsd*.h $SRC/os_"$os".c "$out/$name"
    cat "$out/$name"/* >"$out/before"
    sed -i "$command" "$out/$name"/*
    cat "$out/$name"/* | cmp -s - "$out/before" && verdict FAIL "$name plants nothing"
    # shellcheck disable=SC2046 # a list of files
    $CC $FLAGS -D_DEFAULT_SOURCE $([ "$os" = linux ] || echo -I$d/"$os" -I$d) "$out/$name/os_$os.c" \
        "$out"/conformance*.o "$out/world_posix.o" $(doubles "$os") -o "$out/$name/test" ||
        verdict FAIL "$name does not compile"
    count=$((count + 1))
    if { timeout 60 "$out/$name/test" && MODEL_OLD=1 timeout 60 "$out/$name/test"; } \
        >"$out/$name/said" 2>&1; then
        verdict FAIL "$name is not found"
    fi
    caught=$((caught + 1))
    echo "$name: $(tail -n 1 "$out/$name/said")"
done < <(grep -v "^#" $here/mutants.txt | sed -E "s/^([^ ]+) *\| *([^ ]+) *\| */\1|\2|/")
verdict ok "$caught of $count in the ports are found by the conformance test"
