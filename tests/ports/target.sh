#!/usr/bin/env bash
# target.sh -- tries one target of targets.txt: target.sh "Linux aarch64".
#
# Leaves NAME.result in the folder of results: the verdict, the seconds it took, and what was seen,
# never more. All else that is printed is for NAME.log.
. "$(dirname "${BASH_SOURCE[0]}")/../tools/common.sh"
. $tools/probe.sh
here=tests/ports
. $here/rows.sh
. $here/kernel.sh
stage=06_orphanage
SRC=stages/$stage
target=${1%#*}
IFS='|' read -r _ evidence OS compiler binutils run link programs < <(row "$1")
name=${1//[ ,#]/-}
out=$BUILD/ports/$name
results=$BUILD/ports/results
mkdir -p "$out" "$results"
export OS FORKED_JOBS=1 FORKED_SECONDS=300 WINEPREFIX=$(realpath "$BUILD")/ports/wine WINEDEBUG=-all
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder=' ZIG_GLOBAL_CACHE_DIR=$PWD/.cache/zig

case $compiler in
zig*) CC="$venv/bin/python3 -m ziglang cc -target ${compiler#zig }" AR="$venv/bin/python3 -m ziglang ar" ;;
*) CC=$compiler AR=${binutils}ar ;;
esac
FLAGS="-std=c11 -O2 -g -Wall -Wextra -Werror -pthread -I$SRC -I$here"
world=$here/world_posix.c
[ "$OS" != windows ] || [ "$evidence" = model ] || world=$here/world_windows.c
# As systems.mk has it.
case $OS in darwin | openbsd) FLAGS+=" -DBITSLAB_THREAD_KEY=1" ;; esac
exe=
[ "$evidence" != wine ] || exe=.exe
conformance=("$here"/conformance*.c)
started=$(now)

verdict() { # ok|skip|FAIL WHAT
    printf '%s|%s|%s|%s|%s\n' "$1" "$target" "$evidence" "$(since "$started")" "$2" >"$results/$name.result"
    [ "$1" != FAIL ] # a subshell that fails must end its parent, too
    exit
}
fail() { verdict FAIL "$*"; }

# missing_tool  The first thing that the target needs and that is not there.
missing_tool() {
    local word
    for word in ${compiler%% *} ${binutils:+${binutils}objcopy} ${run%% *}; do
        [ "$word" = zig ] || command -v "$word" >/dev/null || echo "$word is missing"
    done
    case $compiler in
    zig*) found pip:ziglang || echo "ziglang is missing" ;;
    *-m32*) found inc32:stdio.h || echo "libc6-dev-i386 is missing" ;;
    *-linux-gnu*-gcc) found "libc:${compiler%-gcc}" || echo "the C library for ${compiler%-gcc} is missing" ;;
    esac
    [ "$evidence" != kernel ] || found cmd:cpio || echo "cpio is missing"
    [ "$evidence" != node ] || found cmd:wasm-ld || echo "wasm-ld is missing"
    [ "$evidence" != wine ] || found file:/usr/lib/wine/wine64 || echo "wine64 is missing"
}

library() {
    make --silent -f tests/tools/library.mk STAGE=$stage BUILD="$out" OS="$OS" CC="$CC" AR="$AR" \
        OBJCOPY="${binutils}objcopy" || fail "the library does not compile"
}

# link NAME SOURCE...  A program of the test's, linked with what the target needs beside.
program() {
    local file=$1
    shift
    # shellcheck disable=SC2086 # flags are words
    $CC $FLAGS "$@" $world $link -o "$out/$file$exe" || fail "$file does not link"
}

# said COMMAND...  Run it; its last line.
said() {
    # shellcheck disable=SC2086 # the emulator may have arguments
    timeout -k 5 300 $run "$@" >"$out/said" 2>&1 || {
        cat "$out/said" >&2
        fail "$(basename "$1"): $(tail -n 1 "$out/said" | tr -cd '[:print:]')"
    }
    cat "$out/said" >&2
    tail -n 1 "$out/said" | tr -d '\r'
}

conforms() {
    program conformance "${conformance[@]}" $SRC/os_"$OS".c
    seen="VM conformance ($(said "$out/conformance$exe" | sed 's/;.*//'))" || exit
}

exercises() {
    program exercise $here/exercise.c "$out/$stage/libbitslab.a"
    seen+=", exercise ($(said "$out/exercise$exe" | sed 's/,.*//'))" || exit
}

# What stands in for taking over the program's malloc, where that cannot be done.
overrides() {
    program overridden -include bitslab_override.h $here/overridden.c "$out/$stage/libbitslab.a"
    seen+=", $(said "$out/overridden$exe")" || exit
}

# with OPTIONS WORD...  What observed says on standard error with these options; it must succeed.
with() {
    local options=$1
    shift
    # shellcheck disable=SC2086 # the emulator may have arguments
    BITSLAB_OPTIONS=$options timeout -k 5 300 $run "$out/observed$exe" "$@" 2>&1 >>"$out/said" | tr -d '\r'
    [ "${PIPESTATUS[0]}" -eq 0 ] || fail "observed $*, with $options: $(tail -n 1 "$out/said" | tr -cd '[:print:]')"
}

# expect TEXT OPTIONS  The text is the only line that the program says, and it goes on.
expect() {
    local line
    line=$(with "$2" work) || exit
    [ "$line" = "$1" ] || fail "with $2 it says '$line', not '$1'"
}

# The heap is looked at: at exit, by calls, and where files cannot be written. Names of files are
# relative, since Wine has others for the same; paths are part of what is said.
observes() {
    local files=$out/files every=profile=$out/files/heap.prof,profile_rate=4K
    rm -rf "$files" && mkdir -p "$files"
    : >"$out/said"
    program observed $here/observed.c $here/observed_judge.c "$out/$stage/libbitslab.a"
    expect '' "$every,picture=$files/heap.svg,stats=exit,stats_format=json,stats_file=$files/stats.json"
    seen+=", $(said "$out/observed$exe" look "$files")" || exit
    with "$every,stats=exit" work >"$out/text" || exit
    grep -q '^mapped  *[0-9]' "$out/text" || fail "no statistics on standard error"
    expect '' "$every,stats=exit,stats_file=$files/%p.txt"
    compgen -G "$files/[0-9]*.txt" >/dev/null || fail "%p does not stand for the process"
    expect "bitslab: BITSLAB_OPTIONS: 'picture' ignored: there is no such folder" "$every,picture=$files/none/heap.svg"
    expect "bitslab: BITSLAB_OPTIONS: 'picture' ignored: it is a folder" "$every,picture=$files"
    expect "bitslab: BITSLAB_OPTIONS: 'picture' ignored: part of the path is no folder" "$every,picture=$files/stats.json/heap.svg"
    [ "$OS" != windows ] ||
        expect "bitslab: BITSLAB_OPTIONS: 'signal' ignored: Windows has no signals; there is exit, and there are calls" "$every,stats=signal"
}

# The suites of all stages, with a fork per test, and headline tests; and some stress programs.
suites() {
    local list source title passed=0 count=0 except
    list=$(for source in tests/stage0*_*/; do echo "suite/$(basename "$source")"; done
        for source in tests/headline/*.c; do echo "headline/$(basename "$source" .c)"; done
        for source in $programs; do echo "stress/$source"; done)
    sed "s|^|$out/$stage/forked/|" <<<"$list" | xargs make --silent -f tests/tools/tests.mk \
        STAGE=$stage BUILD="$out" CC="$CC" LDFLAGS="$link" RUNNER=forked || fail "the tests do not compile"
    except=$(awk -v e="$evidence" -v t="$target" '!/^#/ && ($1 == e || index(t, $1)) { print $2 }' $here/except.txt)
    export FORKED_EXCEPT="$except"
    for title in $list; do
        said "$out/$stage/forked/$title" >"$out/line" || exit
        case $title in
        suite/*) passed=$((passed + $(sed 's/ .*//' "$out/line"))) ;;
        *) count=$((count + 1)) ;;
        esac
    done
    seen+=", $passed${except:+ of $((passed + $(wc -w <<<"$except")))} tests, $count programs"
}

# Preload the shared library into a program that knows nothing of it.
preloads() {
    $CC -O2 $here/preloaded.c -pthread -o "$out/preloaded" || fail "preloaded.c does not link"
    BITSLAB_REPORT=$out/report LD_PRELOAD=$(realpath "$out/$stage/libbitslab.so") "$out/preloaded" ||
        fail "a program with the library preloaded ends with status $?"
    [ -s "$out/report" ] || fail "the preloaded library was not used"
    seen+=", preloaded"
}

# The port file as it is, over the doubles; then the whole library.
models() {
    local d=$here/doubles core
    local flags="$FLAGS -D_DEFAULT_SOURCE -I$d/$OS -I$d" double=($d/bsd.c)
    [ "$OS" != darwin ] || double+=($d/darwin.c $d/darwin_threads.c)
    [ "$OS" != openbsd ] || double+=($d/openbsd_threads.c)
    [ "$OS" != windows ] || double=($d/windows.c)
    rm -f "$out"/*.o
    $CC $FLAGS -I$d -c $d/kernel.c -o "$out/kernel.o" || fail "kernel.c does not compile"
    for source in ${PORT:-$SRC/os_$OS.c} "${double[@]}"; do
        $CC $flags -c "$source" -o "$out/$(basename "$source" .c).o" || fail "$source does not compile"
    done
    program conformance "${conformance[@]}" "$out"/*.o
    seen="VM conformance ($(said "$out/conformance$exe" | sed 's/;.*//'))" || exit
    [ "$OS" != windows ] || {
        seen+=", $(MODEL_OLD=1 said "$out/conformance$exe" | sed 's/.*; calls/as Windows 7: calls/')" || exit
    }
    core=$(ls $SRC/*.c | grep -v -e /os_ -e /override -e /exit_report -e /observe)
    # shellcheck disable=SC2086 # a list of files
    program exercise -Wno-attributes $core $here/exercise.c "$out"/*.o
    seen+=", exercise ($(said "$out/exercise$exe" | sed 's/,.*//'))" || exit
    [ ! -f $here/taken_over_"$OS".c ] || takes_over
}

# The overrides as they are, in a program that has the model's malloc, or is the model's malloc.
takes_over() {
    local overrides=("${OVERRIDES:-$SRC}"/override_"$OS"*.c) core
    core=$(ls $SRC/*.c | grep -v -e /os_ -e /override -e /exit_report -e _windows)
    case $OS in
    darwin) overrides+=($d/darwin_malloc.c) ;;
    *) overrides+=($SRC/override.c $SRC/override_cxx.c) ;;
    esac
    mkdir -p "$out/override"
    rm -f "$out"/override/*.o
    for source in "${overrides[@]}" $here/taken_over_"$OS".c; do
        # shellcheck disable=SC2086 # a list of flags
        $CC $flags -D_GNU_SOURCE= -fno-builtin -c "$source" -o "$out/override/$(basename "$source" .c).o" ||
            fail "$source does not compile"
    done
    # shellcheck disable=SC2086 # a list of files
    program taken_over -fno-builtin $core "$out"/*.o "$out"/override/*.o
    seen+=", $(said "$out/taken_over")" || exit
}

# The whole library, as the OS wants it, and two programs with it.
links() {
    program conformance "${conformance[@]}" $SRC/os_"$OS".c
    program exercise $here/exercise.c "$out/$stage/libbitslab.a"
    seen="$(cd "$out/$stage" && shopt -s nullglob && echo libbitslab*.{a,so,dylib})"
    [ ! -x "$out/$stage/bitslab" ] || seen+=", the launcher"
    seen+=" and 2 programs"
    case $OS in
    darwin) seen+="; $(said python3 $here/linked_darwin.py "$out/$stage/libbitslab.dylib")" || exit ;;
    openbsd) exports_malloc "$out/$stage/libbitslab.so" || exit ;;
    esac
}

# exports_malloc FILE  Every name that OpenBSD's libc has, the C++ operators, and none of our own; and
# nothing is thread-local: the emulation calls malloc.
exports_malloc() {
    local names name operators
    names=$(nm -D --defined-only "$1" | awk '$2 != "A" && $2 != "V" { print $3 }' | sed 's/@.*//' | grep -v '^bitslab_')
    for name in malloc calloc realloc free reallocarray recallocarray freezero aligned_alloc posix_memalign \
        malloc_conceal calloc_conceal; do
        grep -qx "$name" <<<"$names" || fail "libbitslab.so does not export $name"
    done
    operators=$(grep -c '^_Z[nd]' <<<"$names")
    [ "$operators" -eq 20 ] || fail "libbitslab.so exports $operators C++ operators"
    names=$(grep -vE '^_Z[nd]|alloc|memalign|free|freezero|malloc_usable_size|conceal$' <<<"$names")
    [ -z "$names" ] || fail "libbitslab.so exports $names"
    ! nm "$1" | grep emutls || fail "libbitslab.so has thread-local variables"
    seen+="; malloc and $operators operators exported"
}

in_node() {
    local core
    core=$(ls $SRC/*.c | grep -v -e /os_ -e /override -e /exit_report -e /observe)
    # shellcheck disable=SC2086 # lists of files
    for program in conformance exercise; do
        local sources="$here/$program.c $core"
        [ $program = exercise ] || sources="${conformance[*]}"
        clang --target=wasm32 -mbulk-memory -ftls-model=local-exec -nostdlib -ffreestanding -Dmain=world_main -std=c11 -O2 -Wall -Wextra -Werror \
            -I$SRC -I$here $sources $SRC/os_wasm.c $here/world_wasm.c -Wl,--no-entry \
            -Wl,--export=world_main -o "$out/$program.wasm" ||
            fail "$program does not compile"
        seen+="${seen:+, }$([ $program = exercise ] && echo exercise || echo VM conformance) ($(said \
            $here/host.js "$out/$program.wasm" | sed 's/[;,] .*//'))" || exit
    done
}

missing=$(missing_tool | head -n 1)
[ -z "$missing" ] || verdict skip "$missing (make setup installs it)"
seen=
case $evidence in
native | emulated)
    library
    conforms
    suites
    [ "$compiler" != gcc ] || observes
    [ -n "$link" ] || [ "$target" = "Linux i386" ] || preloads
    ;;
wine)
    library
    conforms
    exercises
    overrides
    observes
    ;;
model) models ;;
linked)
    library
    links
    ;;
node) in_node ;;
kernel) boots ;;
esac
verdict ok "$seen"
