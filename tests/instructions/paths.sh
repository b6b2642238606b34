#!/bin/sh
# paths.sh -- instructions of calloc with its free, realloc in place and a free by another thread.
#
# Stages: 6
# Seconds: 15
#
# As in pingpong.sh; the budgets are what each took when it was last looked at, and a little room.
set -eu
command -v valgrind >/dev/null || {
    echo "skipped: valgrind not installed; make setup installs it"
    exit 77
}
cd "$(dirname "$0")/../.."
folder=$(echo stages/0"$STAGE"_*)
mkdir -p "$BUILD"
program=$BUILD/paths
$CC -std=gnu11 -O2 -Wall -Wextra -Werror -fno-builtin "-I$folder" tests/instructions/paths.c \
    "$(dirname "$LIB")/libbitslab.a" -pthread -s -o "$program" # valgrind 3.19 stumbles over clang's -g

total() { # PATH TIMES: instructions of a whole run
    valgrind --tool=callgrind --callgrind-out-file="$program.out" "$program" "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : //p'
}

each() { # PATH: instructions of one time
    less=$(total "$1" 10000)
    more=$(total "$1" 30000)
    echo $(((more - less) / 20000))
}

calloc=$(each calloc)
realloc=$(each realloc)
remote=$(($(each remote) - $(each handed)))
echo "stage $STAGE: calloc and free $calloc (budget 84), realloc in place $realloc (122)," \
    "free by another thread $remote (120)"
[ "$calloc" -gt 0 ] && [ "$calloc" -le 84 ] && [ "$realloc" -gt 0 ] && [ "$realloc" -le 122 ] &&
    [ "$remote" -gt 0 ] && [ "$remote" -le 120 ]
