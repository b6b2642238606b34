# outside.sh -- the library as it is, preloaded, and a kernel that refuses. Sourced by rung.sh.
#
# Under ulimit, under strace, which answers for the kernel, and under a seccomp filter; with our
# own program (outside.c), and with programs that we did not write: these end in their own words,
# never by a signal, and never in a message of bitslab.
#
# Leaves in $outside what was done; where strace or seccomp is forbidden, it says so.
# shellcheck shell=bash

# under COMMAND...  One run, with the library in it; its output is in $BUILD/outside.log.
under() {
    local status=0
    timeout 60 "$@" >"$BUILD/outside.log" 2>&1 </dev/null || status=$?
    [ "$status" -ne 77 ] || return 77
    if [ "$status" -ne 0 ] || grep -q bitslab: "$BUILD/outside.log"; then
        tail -n 5 "$BUILD/outside.log"
        fail "status $status: $*"
    fi
}

# A shell of its own, since a limit cannot be taken back.
limited() { # LIMIT COMMAND...
    under sh -c 'ulimit $0 && LD_PRELOAD=$1 && shift && export LD_PRELOAD && exec "$@"' "$1" "$so" \
        "${@:2}"
    limits=$((limits + 1))
}

# says TEXT  What the last run must have printed.
says() {
    grep -q "$1" "$BUILD/outside.log" || {
        tail -n 5 "$BUILD/outside.log"
        fail "a program under a limit does not say '$1'"
    }
}

# Each runs out of memory, says so or recovers, and goes on.
programs_under() { # LIMIT
    local python
    if command -v python3 >/dev/null; then # it may be a script that looks for the real one
        python=$(python3 -c 'import sys; print(sys.executable)')
        PYTHONMALLOC=malloc limited "$1" "$python" -c '
def fill(bytes):
    kept = []
    try:
        while True: kept.append(bytearray(bytes))
    except MemoryError: return len(kept)
print("recovered" if fill(1 << 20) > 50 and fill(1000) > 50000 and fill(1 << 20) > 50 else "lost")'
        says recovered
    fi
    if command -v lua5.4 >/dev/null; then
        limited "$1" lua5.4 -e '
function fill() local t = {} for i = 1, 1e9 do t[i] = ("x"):rep(100000 + i) end end
for _ = 1, 3 do local ok, what = pcall(fill) collectgarbage() print(ok, what) end
print("recovered")'
        says 'not enough memory'
        says recovered
    fi
    if command -v perl >/dev/null; then
        limited "$1" perl -e '
system($^X, "-e", q(push @a, "x" x 1e6 while 1)); # Out of memory cannot be caught
print "recovered\n" if $? == 256'
        says 'Out of memory'
        says recovered
    fi
    if command -v sqlite3 >/dev/null; then
        limited "$1" sh -c '! sqlite3 :memory: "select length(randomblob(600000000))"
            sqlite3 :memory: "select length(randomblob(100000000)) = 100000000, 6 * 7"'
        says 'out of memory'
        says '1|42'
    fi
}

under_limits() {
    local limit
    limits=0
    for limit in '-v 400000' '-d 400000'; do
        progress "under ulimit $limit"
        limited "$limit" "$BUILD/outside" fill
        says 'refused [1-9]'
        limited "$limit" "$BUILD/outside" fill threads
        programs_under "$limit"
    done
    outside="$limits ulimit"
}

# traced OPTION... -- ARGUMENT...  Our program under strace; the trace is in $BUILD/trace.
traced() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    under strace -f -o "$BUILD/trace" "${options[@]}" -E LD_PRELOAD="$so" "$BUILD/outside" "${@:2}"
}

# nth CALL  Which of its calls of CALL is the first, and which the last, between the two marks.
nth() {
    awk -v call="$1(" -v count=0 '
        index($2, call) == 1 { count++ }
        $2 == "sched_yield()" && ++marks == 1 { first = count + 1 }
        $2 == "sched_yield()" && marks == 2 { last = count }
        END { print first, last }' "$BUILD/trace.whole"
}

# refusals CALL  How many of its calls the last run saw refused, and how many it made in all.
refusals() {
    awk -v call="$1(" -v refused=0 -v count=0 '
        index($2, call) == 1 { count++ }
        /INJECTED/ { refused++ }
        END { print refused, count }' "$BUILD/trace"
}

# Where the kernel lays mappings decides whether one can grow where it is, so that a run may make a
# call less than the one that was counted: then, and only then, there was nothing to refuse.
injected() { # CALL WHEN ARGUMENT...
    local refused count
    traced -e "trace=$1" -e "inject=$1:error=ENOMEM:when=$2" -- "${@:3}"
    read -r refused count < <(refusals "$1")
    [ "$refused" -gt 0 ] || [ "$count" -lt "${2%%+*}" ] ||
        fail "strace did not refuse $1, when=$2, though there were $count of them"
    injections=$((injections + (refused > 0)))
}

# strace counts the calls of each thread, the loader's too, hence the marks.
under_strace() {
    local call first last n step before
    injections=0
    if ! strace -f -o /dev/null true 2>/dev/null; then
        outside="$outside, no strace here (or ptrace is forbidden)"
        return
    fi
    traced -e trace=mmap,munmap,mremap,madvise,mprotect,sched_yield -- mix
    mv "$BUILD/trace" "$BUILD/trace.whole"
    for call in mmap munmap mremap madvise mprotect; do
        progress "$call refused by strace"
        read -r first last < <(nth $call)
        [ "$last" -ge "$first" ] || fail "the program never calls $call"
        step=$(((last - first) / 10 + 1))
        before=$injections
        for ((n = first; n <= last; n += step)); do injected $call "$n" mix; done
        injected $call "$first+" mix
        injected $call "$first+2" mix
        injected $call "$first+3" mix threads
        [ "$injections" -gt "$before" ] || fail "no $call was refused at all"
    done
    outside="$outside, $injections strace"
}

under_seccomp() {
    local kind program filters=0
    progress "under seccomp"
    for kind in 1 2 4 8 16 3 5 9 17 31; do
        under env LD_PRELOAD="$so" "$BUILD/outside" $kind threads || {
            outside="$outside, seccomp is forbidden here"
            return
        }
        filters=$((filters + 1))
    done
    # From its start a program gets no superpage at all.
    for program in ls bash perl lua5.4 sqlite3 sort; do
        command -v $program >/dev/null || continue
        under sh -c '"$@" -e ""; test $? -le 2' - "$BUILD/refuse" 1 1048576 "$so" $program
        filters=$((filters + 1))
    done
    outside="$outside, $filters seccomp"
}

# noticed WORDS COMMAND...  A control: the command must fail, with these words.
noticed() {
    local status=0
    timeout 60 "${@:2}" >"$BUILD/outside.log" 2>&1 </dev/null || status=$?
    [ "$status" -ne 1 ] || ! grep -q "$1" "$BUILD/outside.log" || return 0
    tail -n 5 "$BUILD/outside.log"
    fail "a library with planted faults gives status $status and not '$1': ${*:2}"
}

# The same with a library that forgets errno, and takes a purge that was refused for one that was
# done: each way to refuse from outside must bring that to light.
outside_notices() {
    local copy=$BUILD/planted
    progress "planted faults, from outside"
    rm -rf "$copy"
    mkdir -p "$copy"
    cp "$SRC"/*.[ch] "$copy"
    sed -i 's/if (block == NULL) os_set_error(OS_NO_MEMORY);/if (0) (void)0;/' "$copy"/{malloc,aligned}.c
    sed -i 's/ purged = \(os_purge(.*)\);/ purged = (\1, OS_PURGE_ZEROED);/' "$copy/superpage.c"
    for file in malloc aligned superpage; do
        ! cmp -s "$SRC/$file.c" "$copy/$file.c" || fail "$file.c has no place for a planted fault"
    done
    make --silent -j "$jobs" -f tests/tools/library.mk STAGE="$stage" SRC="$copy" OUT="$copy/out" \
        CC="$CC" "$copy/out/libbitslab.so" >"$BUILD/planted.log" 2>&1 ||
        fail "$(tail -n 5 "$BUILD/planted.log")"
    so=$copy/out/libbitslab.so
    noticed 'memory did not run out' \
        sh -c 'ulimit -v 400000; LD_PRELOAD=$1 exec "$0" fill' "$BUILD/outside" "$so"
    case $outside in *'no strace'*) ;; *)
        noticed 'not zero' strace -f -o "$BUILD/trace" -e trace=madvise \
            -e inject=madvise:error=ENOMEM -E LD_PRELOAD="$so" "$BUILD/outside" mix
        ;;
    esac
    case $outside in *'seccomp is forbidden'*) ;; *)
        noticed 'NULL without ENOMEM' env LD_PRELOAD="$so" "$BUILD/outside" 1
        noticed 'not zero' env LD_PRELOAD="$so" "$BUILD/outside" 4
        ;;
    esac
}

from_outside() {
    library default
    so=$root/$stage/libbitslab.so
    under_limits
    under_strace
    under_seccomp
    outside_notices
}
