#!/usr/bin/env bash
# rung.sh -- what the compilers made of the atomic operations, and of the fast paths.
#
# Rung: remote free has no retry loop where it is called wait-free; fast paths as in golden files
# Order: 2
# Seconds: 60
#
# Wait-free  A free by a stranger sets its bits by an atomic OR. x86-64 (lock or) and ARM from 8.1
#            on (ldset) have an instruction for that, so it ends after a bounded number of steps,
#            whatever others do. They have one for the swap by which the owner collects, too. Every
#            function that can be called on the way is looked through, in the library that programs
#            load, up to those in boundaries.txt: a compare-and-swap or an exclusive load fails.
# Lock-free  ARMv8.0 has no such instruction. There each atomic OR and each swap is a loop of an
#            exclusive load and an exclusive store, which goes round again when another core writes
#            to the same line in between: a remote free, and the owner's collecting, are only
#            lock-free. Compiled for ARMv8.0 with outlined atomics, as gcc and clang do by default,
#            the library chooses at run time, and is wait-free on processors that have ARMv8.1.
# Golden     golden/*.txt hold the instructions of malloc and free, and how many of them a call
#            takes that finds the cache as it should be. With the compiler and the disassembler
#            that the file names, the instructions must be the same; with others, no call may take
#            more than the budget. UPDATE=1 make verify RUNG=disassembly writes them anew: read
#            what git diff says then.
# Controls   The same checks must fail for faults planted in a copy of the sources.
. "$(dirname "$0")/../lib.sh"
here=tests/verify/disassembly
gcc=gcc
case $CC in *gcc*) gcc=$CC ;; esac
fast="bitslab_malloc bitslab_free"
roots="bitslab_free remote_flush heap_collect heap_collect_all"

# Name, what is claimed, whether there is a golden file, compiler.
targets() {
    local gcc_arm=aarch64-linux-gnu-gcc clang_arm="$CLANG --target=aarch64-linux-gnu"
    local lse="-march=armv8.1-a -mno-outline-atomics"
    local old="-march=armv8-a -mno-outline-atomics"
    local both="-march=armv8-a -moutline-atomics"
    echo "gcc-x86-64       wait-free golden  $gcc"
    echo "clang-x86-64     wait-free golden  $CLANG"
    echo "gcc-arm8.1       wait-free -       $gcc_arm $lse"
    echo "clang-arm8.1     wait-free -       $clang_arm $lse"
    echo "gcc-arm8.0       lock-free golden  $gcc_arm $old"
    echo "clang-arm8.0     lock-free golden  $clang_arm $old"
    echo "gcc-arm          run-time  -       $gcc_arm $both"
    echo "clang-arm        run-time  -       $clang_arm $both"
}

# make_with FOLDER COMPILER WHAT [VARIABLE=...]  Build libbitslab.so or an object of the stage.
make_with() {
    local folder=$1 compiler=$2 what=$3
    shift 3
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make --silent -j "$(nproc)" -f tests/tools/library.mk \
        STAGE="$stage" BUILD="$folder" CC="$compiler" CFLAGS=-O2 LDFLAGS= "$@" \
        "$folder/$stage/$what" >"$folder.log" 2>&1 || {
        tail -n 20 "$folder.log"
        fail "$what does not compile with $compiler"
    }
}

# listing FILE  Its instructions, one a line (listing.awk).
listing() {
    local objdump=objdump
    case $(od -An -tx1 -j18 -N2 "$1") in *b7*) objdump=aarch64-linux-gnu-objdump ;; esac
    $objdump -d ${2:+"$2"} --no-show-raw-insn "$1" | awk -f $here/listing.awk
}

has() { grep -qE "$1" "$2"; }

# judge_loops CLAIM REPORT  What contradicts the claim, in words; nothing if it holds.
judge_loops() {
    grep '^unknown' "$2" || true
    for name in $(sed -n 's/^\([a-z_]\{1,\}\) .*/\1/p' $here/boundaries.txt); do
        has "^boundary $name\$" "$2" ||
            echo "$name is never called: bring boundaries.txt up to date"
    done
    case $1 in
    wait-free)
        grep '^retry' "$2" || true
        has '^atomic .* (lock or|ldset)' "$2" || echo "no atomic OR is to be seen"
        has '^atomic .* (xchg|swp)' "$2" || echo "no swap is to be seen"
        ;;
    lock-free) has '^retry .* stl?xr' "$2" || echo "no loop is to be seen: is it wait-free now?" ;;
    run-time)
        grep '^retry' "$2" | grep -v '^retry __aarch64_\(ldset\|swp\|ldadd\|ldclr\)[48]_' || true
        has '^atomic __aarch64_ldset8_[a-z_]* ldset' "$2" ||
            echo "no choice at run time is to be seen"
        ;;
    esac
}

# judge_fast LISTING  Fast paths are plain loads and stores.
judge_fast() {
    awk -f $here/reach.awk -v roots="$fast" $here/boundaries.txt "$1" |
        grep -E "^(retry|atomic|fence) (${fast/ /|}) " || true
}

versions() { # COMPILER
    local objdump=objdump
    case $1 in *aarch64*) objdump=aarch64-linux-gnu-objdump ;; esac
    # shellcheck disable=SC2086
    echo "$($1 --version | head -n 1); $($objdump --version | head -n 1)"
}

golden_text() { # LISTING COMPILER
    echo "# The fast paths of stage 6. Written by: UPDATE=1 make verify RUNG=disassembly"
    echo "# made with: $(versions "$2")"
    awk -f $here/paths.awk -v functions="$fast" "$1" | while read -r name low high; do
        echo "# budget: $name $((low + low / 4)) $((high + high / 4)), taken: $low $high" \
            "(instructions of its shortest and longest way that calls nothing)"
    done
    awk -f $here/golden.awk -v functions="$fast" "$1"
}

# judge_golden LISTING COMPILER FILE  What is wrong; `how` tells by which measure.
judge_golden() {
    local name low high budget
    golden_text "$1" "$2" >"$1.golden"
    if [ "$(sed -n 2p "$1.golden")" = "$(sed -n 2p "$3")" ]; then
        how=exactly
        diff "$3" "$1.golden" || true
        return
    fi
    how="by budget"
    awk -f $here/paths.awk -v functions="$fast" "$1" | while read -r name low high; do
        budget=$(sed -n "s/^# budget: $name \([0-9]* [0-9]*\),.*/\1/p" "$3")
        [ "$low" -gt 0 ] && [ "$low" -le "${budget% *}" ] && [ "$high" -le "${budget#* }" ] ||
            echo "$name takes $low to $high instructions; its budget is $budget"
    done
}

complain() { # TARGET WHAT TEXT
    clear_progress
    echo "$1: $2"
    echo "$3" | head -n 40 | sed 's/^/    /'
    wrong=$((wrong + 1))
}

examine() { # NAME CLAIM GOLDEN COMPILER
    local folder=$BUILD/$1 text
    mkdir -p "$folder"
    make_with "$folder" "$4" libbitslab.so
    listing "$folder/$stage/libbitslab.so" >"$folder.all"
    listing "$folder/$stage/malloc.o" -r >"$folder.fast"
    awk -f $here/reach.awk -v roots="$roots" $here/boundaries.txt "$folder.all" >"$folder.reach"
    looked=$((looked + $(grep -c '^reached' "$folder.reach")))
    text=$(judge_loops "$2" "$folder.reach")
    [ -z "$text" ] || complain "$1" "remote free is not $2" "$text"
    text=$(judge_fast "$folder.fast")
    [ -z "$text" ] || complain "$1" "a fast path is not plain loads and stores" "$text"
    [ "$3" = golden ] || return 0
    if [ -n "${UPDATE:-}" ]; then
        golden_text "$folder.fast" "$4" >$here/golden/"$1".txt
    fi
    judge_golden "$folder.fast" "$4" $here/golden/"$1".txt >"$folder.differs"
    [ ! -s "$folder.differs" ] || complain "$1" \
        "not as in $here/golden/$1.txt; if it should be: UPDATE=1 make verify RUNG=disassembly" \
        "$(cat "$folder.differs")"
    case $how in exactly) same=$((same + 1)) ;; *) within=$((within + 1)) ;; esac
}

# must_show WHAT TEXT  A check that finds nothing in a faulty build checks nothing.
must_show() {
    [ -n "$2" ] || complain controls "a planted fault is not seen: $1" "(nothing)"
    faults=$((faults + 1))
}

# fault NAME COMMAND-FOR-SED  A copy of the sources with a fault in remote_free.c.
fault() {
    rm -rf "${BUILD:?}/$1"
    cp -r "$SRC" "$BUILD/$1"
    sed -i "$2" "$BUILD/$1/remote_free.c"
    ! cmp -s "$SRC/remote_free.c" "$BUILD/$1/remote_free.c" ||
        fail "the fault $1 changes nothing in remote_free.c: bring rung.sh up to date"
}

remote_loops() { # FAULT NAME CLAIM COMPILER: the loops of the faulty library that contradict it
    local folder=$BUILD/$2.$1
    mkdir -p "$folder"
    make_with "$folder" "$4" remote_free.o SRC="$BUILD/$1" WERROR=
    # shellcheck disable=SC2046,SC2086
    $4 -shared $(find "$BUILD/$2/$stage" -name '*.o' ! -name remote_free.o) \
        "$folder/$stage/remote_free.o" -o "$folder/faulty.so"
    listing "$folder/faulty.so" >"$folder.all"
    awk -f $here/reach.awk -v roots="$roots" $here/boundaries.txt "$folder.all" >"$folder.reach"
    judge_loops "$3" "$folder.reach" | grep '^retry' || true
}

# On ARM the old value costs nothing, so there a loop by hand is planted.
control() { # NAME CLAIM GOLDEN COMPILER
    local folder=$BUILD/$1.control
    mkdir -p "$folder"
    case $1:$2 in
    *x86*) must_show "the old value of the OR, $1" "$(remote_loops old_value "$1" "$2" "$4")" ;;
    *:lock-free) must_show "$1 called wait-free" \
        "$(judge_loops wait-free "$BUILD/$1.reach" | grep '^retry')" ;;
    *) must_show "compare-and-swap by hand, $1" "$(remote_loops by_hand "$1" "$2" "$4")" ;;
    esac
    [ "$3" = golden ] || return 0
    make_with "$folder" "$4" malloc.o FLAVOUR_FLAGS=-DBITSLAB_COUNTED=1
    listing "$folder/$stage/malloc.o" -r >"$folder.fast"
    must_show "calls are counted by an atomic addition, $1" "$(judge_fast "$folder.fast")"
    must_show "the same, held against the golden file, $1" \
        "$(judge_golden "$folder.fast" "$4" "$BUILD/$1.fast.golden")"
    make_with "$folder" "$4" malloc.o CFLAGS=-O0
    listing "$folder/$stage/malloc.o" -r >"$folder.fast"
    sed '2s/.*/# made with: another compiler/' "$BUILD/$1.fast.golden" >"$folder.golden"
    must_show "without optimization, held against the budget, $1" \
        "$(judge_golden "$folder.fast" "$4" "$folder.golden")"
}

fault old_value 's/if (!BITSLAB_CHECKED) atom_or/if (BITSLAB_CHECKED) atom_or/'
loop='for (uint64_t o = 0; !atom_cas(\&remote_map(slab)[word], \&o, o | bins, seq_cst, relaxed);) {}'
fault by_hand "s/if (!BITSLAB_CHECKED) atom_or(.*/$loop\n    if (!BITSLAB_CHECKED) (void)0;/"
wrong=0 looked=0 same=0 within=0 faults=0 tried=0
missing=
while read -r name claim golden compiler; do
    program=${compiler%% *}
    case $name:$(command -v "$program" >/dev/null && $program -dumpmachine) in
    *:) missing="$missing $name" && continue ;;
    *x86*:x86_64* | *arm*:*) ;;
    *) missing="$missing $name" && continue ;;
    esac
    progress "$name"
    examine "$name" "$claim" "$golden" "$compiler"
    control "$name" "$claim" "$golden" "$compiler"
    tried=$((tried + 1))
done < <(targets)
[ $tried -gt 0 ] || skip "no compiler for x86-64 or aarch64"
[ $wrong -eq 0 ] || fail "$wrong of the checks fail"
result "$tried targets, $looked functions; fast paths: $same exactly, $within by budget;" \
    "$faults faults seen${missing:+; no compiler for$missing}"
