# cxx_header.sh -- bitslab.hpp, as C++11 and C++20, and as C++17 with clang.
#
# Stages: 6
# Seconds: 12
. "$(dirname "$0")/lib.sh"
command -v "$CXX" >/dev/null || skip "$CXX not installed; make setup installs it"

header=$here/../../stages/06_orphanage
prefixed=$(dirname "$ARCHIVE")/libbitslab.a
runs=0

tried() { # COMPILER STANDARD
    "$1" "-std=$2" $strict -Wpedantic -I"$header" "$here/cxx_header.cc" "$prefixed" \
        -o "$work/header" || fail "does not compile: $1 -std=$2"
    [ "$(timeout 60 "$work/header")" = ok ] || fail "$1 -std=$2: wrong result"
    runs=$((runs + 1))
}

tried "$CXX" c++11
tried "$CXX" c++20
if command -v clang++ >/dev/null; then tried clang++ c++17; fi
echo "$runs programs with containers in bitslab's heaps"
