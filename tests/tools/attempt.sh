# attempt.sh -- runs one test, judges it, and keeps the score; sourced by run-tests.
#
# An attempt leaves: status, its exit status; took, its seconds; log, a file with all it printed.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
failures=()
log=$(mktemp)
trap 'rm -f "$log" "$log".*' EXIT

# field FILE NAME DEFAULT  The text after `NAME: ` in the comments of a file's first 60 lines.
field() {
    local text
    text=$(sed -n "1,60s|^[/* #]*$2: *||p" "$1" | sed -n '1s| *\(\*/\)\{0,1\} *$||p')
    echo "${text:-${3:-}}"
}

seconds() { # FILE DEFAULT
    local text
    text=$(field "$1" Seconds "$2")
    echo "${text%%[!0-9]*}"
}

# for_stage FILE  Succeed if its `Stages:` (6, 4-6, 3-, or a list of these) names stage n. A file
# without the line is no test but something that tests share.
for_stage() {
    local part
    for part in $(field "$1" Stages | tr ',' ' '); do
        case $part in
        *-*) [ "$n" -ge "${part%-*}" ] && { [ -z "${part#*-}" ] || [ "$n" -le "${part#*-}" ]; } && return 0 ;;
        *) [ "$n" = "$part" ] && return 0 ;;
        esac
    done
    return 1
}

wanted() { # NAME  Is it among what ONLY asks for?
    local word
    [ -n "${ONLY:-}" ] || return 0
    for word in $ONLY; do case $1 in *$word*) return 0 ;; esac done
    return 1
}

wanted_in() { # FOLDER  May a Criterion test of this folder be wanted?
    local word
    wanted "$1" && return 0
    for word in $ONLY; do grep -qF -- "${word##*/}" "$1"*.c && return 0; done
    return 1
}

# record RESULT NAME SECONDS [REMARK]  One line per test; counts it.
record() {
    local colour=$green
    case $1 in
    ok) passed=$((passed + 1)) ;;
    skip) skipped=$((skipped + 1)) colour=$yellow ;;
    FAIL) failed=$((failed + 1)) colour=$red failures+=("${n:+stage $n: }$2: ${4:-}") ;;
    esac
    printf '  %s%-4s%s %s %6.2f s  %s%s\n' "$colour" "$1" "$plain" "${n:- }" "$3" "$2" "${4:+: $4}"
}

show() { # the end of what a failed test printed
    [ ! -s "$log" ] || tail -n "${SHOW_LINES:-40}" "$log" | cut -c 1-300 | sed 's/^/       | /'
}

# compile NAME FLAVOUR PROGRAM  Build a test program; a failure is recorded.
compile() {
    $tools/build "$n" "$2" >"$log" 2>&1 &&
        make --silent -j "$(nproc 2>/dev/null || echo 2)" -f $tools/tests.mk STAGE="$name" \
            FLAVOUR="${2#default}" "$3" >"$log" 2>&1 && return 0
    record FAIL "$1" 0 "does not compile"
    show
    return 1
}

# attempt LIMIT COMMAND...  Run a test; after LIMIT seconds it is killed and its status is 124.
attempt() {
    local limit=$1 start
    shift
    start=$(now) status=0
    # timeout dies by its command's signal, and the shell must not remark on that.
    { timeout -k 5 "$limit" "$@" >"$log" 2>&1 </dev/null 8>&-; } 2>/dev/null || status=$?
    took=$(since "$start")
    [ "$status" -ne 137 ] || [ "${took%.*}" -lt "$limit" ] || status=124
}

explain() { # STATUS
    case $1 in
    124) echo "still running when its time was up" ;;
    134) echo "ended in abort()" ;;
    139) echo "ended in a segmentation fault" ;;
    *) echo "ended with status $1" ;;
    esac
}

last_line() { # of what the attempt printed, which tells what was seen
    tail -n 1 "$log" | tr -cd '[:print:]' | cut -c "1-${REMARK_CHARS:-110}"
}

# judge NAME  Record the attempt just made.
judge() {
    case $status in
    0) record ok "$1" "$took" "$(last_line | sed "s|^${1##*/}: ||")" ;;
    77) record skip "$1" "$took" "$(last_line)" ;;
    *)
        record FAIL "$1" "$took" "$(explain "$status")"
        show
        ;;
    esac
}

# judge_failure NAME SOURCE  The same for a test that this stage must fail, as its file says.
judge_failure() {
    local expect
    expect=$(field "$2" Expect)
    if [ "$status" -eq 0 ]; then
        record FAIL "$1" "$took" "passes on stage $n, which must fail it: $(field "$2" Reason)"
    elif [ -z "$expect" ] || ! grep -qF -- "$expect" "$log"; then
        record FAIL "$1" "$took" "fails as it must, but without saying '${expect:-Expect: is missing}'"
        show
    else
        record ok "$1" "$took" "expected failure of stage $n: $(field "$2" Reason)"
    fi
}

# criterion PROGRAM TEST TITLE  Run one test of a Criterion program, and read its verdict.
criterion() {
    local verdict
    rm -f "$log.tap"
    attempt "${TEST_SECONDS:-60}" "$1" "--tap=$log.tap" -j1 --filter "$2"
    verdict=$(grep -a "ok - ${2/\//::} " "$log.tap" 2>/dev/null || true)
    case $status:$verdict in
    0:ok*'# SKIP'*) record skip "$3" "$took" "${verdict##*# SKIP }" ;;
    0:ok*) record ok "$3" "$took" ;;
    *)
        case $verdict in
        'not ok'*unexpected*) verdict="crashed" ;;
        'not ok'*'timed out'*) verdict="timed out" ;;
        'not ok'*) verdict="failed" ;;
        *) verdict=$(explain "$status") ;;
        esac
        record FAIL "$3" "$took" "$verdict"
        show
        ;;
    esac
}

# closing_line SECONDS  The failures once more, the score, and the exit status.
closing_line() {
    echo
    if [ "$failed" -gt 0 ]; then
        echo "${red}Failed:${plain}"
        printf '  %s\n' "${failures[@]}"
    fi
    [ -z "${TOTALS:-}" ] || echo "$passed $failed $skipped" >>"$TOTALS"
    echo "Took $1 s."
    echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
    [ $((passed + failed)) -gt 0 ] || [ -z "${ONLY:-}" ] || die "no test that ran has one of these words in its name: $ONLY"
    [ "$failed" -eq 0 ]
}
