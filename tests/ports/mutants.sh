#!/usr/bin/env bash
# mutants.sh -- plants the faults of mutants.txt in the ports: the conformance test must find each, or,
# where malloc is taken over (OS "darwin+malloc"), the test of that.
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

# As systems.mk has it.
key() { # OS
    case $1 in darwin | openbsd) echo -DBITSLAB_THREAD_KEY=1 ;; esac
}

# The tests, and the doubles of an OS, are compiled once.
$CC $FLAGS -I$d -c $d/kernel.c -o "$out/kernel.o" || verdict FAIL "kernel.c does not compile"

doubles() { # OS  Their objects, made if need be
    local source sources="$d/bsd.c" object
    case $1 in
    linux) return ;;
    windows) sources=$d/windows.c ;;
    darwin) sources+=" $d/darwin.c $d/darwin_threads.c" ;;
    openbsd) sources+=" $d/openbsd_threads.c" ;;
    esac
    for source in $sources; do
        object=$out/$1-$(basename "$source" .c).o
        [ "$object" -nt "$source" ] ||
            $CC $FLAGS -D_DEFAULT_SOURCE -I$d/"$1" -I$d -c "$source" -o "$object" || return
        echo "$object"
    done
    echo "$out/kernel.o"
}

# conformance OS  Its objects; they ask for more where the OS layer finds the thread.
conformance() {
    local source object
    for source in $here/conformance*.c $here/world_posix.c; do
        object=$out/conformance$(key "$1")-$(basename "$source" .c).o
        [ "$object" -nt "$source" ] || $CC $FLAGS $(key "$1") -c "$source" -o "$object" || return
        echo "$object"
    done
    doubles "$1"
}

# malloc OS  Of a test that malloc is taken over: all but the files that faults are planted in.
malloc() {
    local source object sources flags="-fno-builtin $(key "$1")"
    local model="-D_GNU_SOURCE= -D_DEFAULT_SOURCE -I$d/$1 -I$d"
    sources="$here/taken_over_$1.c $(ls $SRC/*.c | grep -v -e /os_ -e /override -e /exit_report -e _windows -e /thread_key)"
    case $1 in
    darwin) sources+=" $d/darwin_malloc.c" ;;
    *) sources+=" $SRC/override.c" ;;
    esac
    for source in $sources $here/world_posix.c; do
        object=$out/$1-malloc-$(basename "$source" .c).o
        # shellcheck disable=SC2046,SC2086 # flags are words
        [ "$object" -nt "$source" ] ||
            $CC $FLAGS $flags $(case $source in "$here"/taken* | "$d"/* | */override.c) echo $model ;; esac) \
                -c "$source" -o "$object" || return
        echo "$object"
    done
    doubles "$1"
}

caught=0 count=0
while IFS='|' read -r name os command; do
    mkdir -p "$out/$name"
    rm -f "$out/$name"/*
    test=conformance
    [ "${os%+malloc}" = "$os" ] || test=malloc
    os=${os%+malloc}
    cp $SRC/os_bsd*.h $SRC/os_thread_table.h $SRC/os_"$os".c "$out/$name"
    [ $test = conformance ] || cp $SRC/thread_key.c $SRC/override_"$os"* "$out/$name"
    cat "$out/$name"/* >"$out/before"
    sed -i "$command" "$out/$name"/*
    cat "$out/$name"/* | cmp -s - "$out/before" && verdict FAIL "$name plants nothing"
    # shellcheck disable=SC2046 # a list of files
    $CC $FLAGS -fno-builtin -D_DEFAULT_SOURCE $([ "$os" = linux ] || echo -I$d/"$os" -I$d) $(key "$os") \
        "$out/$name"/*.c $($test "$os") -o "$out/$name/test" ||
        verdict FAIL "$name does not compile"
    count=$((count + 1))
    if { timeout 60 "$out/$name/test" && MODEL_OLD=1 timeout 60 "$out/$name/test"; } \
        >"$out/$name/said" 2>&1; then
        verdict FAIL "$name is not found"
    fi
    caught=$((caught + 1))
    echo "$name: $(tail -n 1 "$out/$name/said")"
done < <(grep -v "^#" $here/mutants.txt | sed -E "s/^([^ ]+) *\| *([^ ]+) *\| */\1|\2|/")
verdict ok "$caught of $count in the ports are found by the conformance test or that of malloc"
