# mutants.sh -- would the rung notice? Sourced by rung.sh.
#
# Each line of mutants.txt is a fault in the stage's own source. The sweep of one path, or the
# forks, must fail with it; without it they have passed by then.
# shellcheck shell=bash

mutants() {
    sed -nE 's/^([^# |]+) *\| *([^ |]+) *\| *([^ |]+) *\| */\1|\2|\3|/p' "$here/mutants.txt"
}

# try_mutant LINE  Build one and let the sweep catch it; prints "NAME: what was noticed".
try_mutant() {
    local name file path script work program=sweep status=0
    IFS='|' read -r name file path script <<<"$1"
    work=$BUILD/mutants/$name
    [ "$path" != forks ] || program=forks
    rm -rf "$work"
    mkdir -p "$work"
    sed "$script" "$SRC/$file.c" >"$work/$file.c"
    cmp -s "$SRC/$file.c" "$work/$file.c" && {
        echo "$name: $file.c has no such line any more; mend mutants.txt"
        return 1
    }
    build MUTANT="$name" FILE="$file" PROGRAM=$program >"$work/log" 2>&1 || {
        tail -n 5 "$work/log"
        echo "$name: does not compile"
        return 1
    }
    SWEEP_SECONDS=2 FORKS_SECONDS=5 "$work/$program" "$path" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq 1 ] || {
        echo "$name: not caught by the path '$path' (status $status)"
        return 1
    }
    echo "$name: caught: $(head -n 1 "$work/log")"
}

# All of them, two at a time; $caught is how many there were.
check_mutants() {
    export -f try_mutant build
    export BUILD SRC CC root stage
    progress "$(mutants | wc -l) mutants"
    mutants | tr '\n' '\0' | xargs -0 -P "$jobs" -I{} bash -c 'try_mutant "$1"' - {} \
        >"$BUILD/mutants.log" || fail "$(grep -v ': caught: ' "$BUILD/mutants.log")"
    caught=$(grep -c ': caught: ' "$BUILD/mutants.log")
}
