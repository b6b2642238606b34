#!/usr/bin/env bash
# rung.sh -- each switch of config.h: that it does what it says, and what it costs.
#
# Rung: the switches of the hardened build: on, off, and what each costs
# Order: 10
# Seconds: 55
#
# A switch is turned on alone in a default build (or off, if it is on there). Its probe must notice
# with it and must not without. The cost is the median, over ROUNDS interleaved runs, of a program's
# processor time and peak memory, as ratios to the default build. The slow ones take fewer steps.
. "$(dirname "$0")/../lib.sh"
here=tests/verify/hardening
ROUNDS=${ROUNDS:-7}

# name, what is defined, probe, and whether the default build has it
switches="canary        -DBITSLAB_CANARY=1           canary     no
zero          -DBITSLAB_ZERO_ON_FREE=1     zero       no
quarantine    -DBITSLAB_QUARANTINE=1       quarantine no
random        -DBITSLAB_RANDOM_ORDER=1     random     no
guard         -DBITSLAB_GUARD_PAGES=1      guard      no
no-size0      -DBITSLAB_GUARD_ZERO_SIZE=0  size0      yes
no-unused     -DBITSLAB_GUARD_UNUSED=0     unused     yes
checked       -DBITSLAB_CHECKED=1          canary     no"

build_with() { # NAME DEFINITIONS
    BUILD=$BUILD/$1 CFLAGS="-O2 -g $2" CC=$CC tests/tools/build "$STAGE" >"$BUILD/build.log" 2>&1 || {
        cat "$BUILD/build.log"
        fail "does not compile with $2"
    }
    for program in cost probe; do
        "$CC" -O1 -Wall -Wextra -Werror -Wno-free-nonheap-object -Wno-use-after-free -fno-builtin $here/$program.c \
            "$BUILD/$1/$stage/libbitslab-malloc.a" -pthread -o "$BUILD/$program-$1"
    done
}

notices() { # NAME PROBE
    ! (ulimit -c 0; "$BUILD/probe-$1" "$2") >/dev/null 2>&1
}

names="default $(awk '{ print $1 }' <<<"$switches")"
progress "building $(wc -w <<<"$names") ways"
build_with default ""
while read -r name define probe in_default; do
    progress "building: $name"
    build_with "$name" "$define"
    with=$name without=default
    [ "$in_default" = no ] || with=default without=$name
    notices "$with" "$probe" || fail "$define: its probe, $probe, notices nothing"
    ! notices "$without" "$probe" || fail "$define: its probe, $probe, notices something without it"
done <<<"$switches"

: >"$BUILD/times"
for round in $(seq "$ROUNDS"); do
    progress "round $round of $ROUNDS"
    for name in $names; do
        case $name in zero | canary | checked) steps=600000 ;; *) steps=6000000 ;; esac
        echo "$name $("$BUILD/cost-$name" $steps)" >>"$BUILD/times"
    done
done
# Medians, as ratios to the default build of the same rounds.
sort -k1,1 -k2,2n "$BUILD/times" | awk '
    { n[$1]++; time[$1, n[$1]] = $2; if (n[$1] == 1 || $3 > peak[$1]) peak[$1] = $3 }
    END { for (name in n) { m = int((n[name] + 1) / 2)
        printf "%-12s %6.1f ns  %4.2f x time  %4.2f x memory\n", name, time[name, m],
            time[name, m] / time["default", int((n["default"] + 1) / 2)], peak[name] / peak["default"] } }' |
    sort -k2,2n >"$BUILD/table"
clear_progress
cat "$BUILD/table"
result "$(awk '$1 != "default" { printf "%s%s %s x", sep, $1, $4; sep = ", " }' "$BUILD/table")"
