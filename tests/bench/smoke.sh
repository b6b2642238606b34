#!/bin/sh
# smoke.sh -- the bench itself: every workload runs on bitslab, with tiny counts, and what the bench
# must notice (noise, a missed bar, a malloc that is not the one it claims) it notices.
#
# Stages: 6
# Seconds: 20
set -eu
command -v python3 >/dev/null || {
    echo "skipped: python3 not installed; make setup installs it"
    exit 77
}
here=$(cd "$(dirname "$0")" && pwd)
export BUILD PYTHONDONTWRITEBYTECODE=1
python3 "$here/selftest.py"
for wrong in WORK=nothing-like-it VS=nobody PEER=nameless ROUNDS=none; do
    if env "$wrong" python3 "$here/bench" >"$BUILD.out" 2>&1; then
        echo "make bench $wrong was accepted"
        exit 1
    fi
    grep -q '^bitslab: ' "$BUILD.out" || {
        cat "$BUILD.out"
        echo "make bench $wrong: no message"
        exit 1
    }
done
rm -f "$BUILD.out"
python3 "$here/smoke.py" "$LIB"
