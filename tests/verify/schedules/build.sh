# build.sh -- builds the explorer; sourced by the rungs that use it, after lib.sh.
# shellcheck shell=bash

schedules=$PWD/tests/verify/schedules

# explorer NUMBER FOLDER  The explorer over a copy of a stage, as FOLDER/schedules.
explorer() {
    mkdir -p "$2/src"
    cp -pu stages/0"$1"_*/*.[ch] "$2/src/"
    make_explorer "$1" "$2" || {
        tail -n 20 "$2/make.log"
        fail "the explorer does not compile over stage $1"
    }
}

make_explorer() { # NUMBER FOLDER
    make --silent -j "$(nproc 2>/dev/null || echo 2)" -C "$2" -f "$schedules/explorer.mk" \
        HERE="$schedules" NUMBER="$1" CC="$CC" >"$2/make.log" 2>&1
}
