# cxx_throwing_handler.sh -- nothrow new gives null even if the new handler throws.
#
# Stages: 6
# Seconds: 2
. "$(dirname "$0")/lib.sh"
command -v "$CXX" >/dev/null || skip "$CXX not installed; make setup installs it"

compile plain cxx.cc -fsized-deallocation -ldl
"$work/plain" throw || fail "the C++ library's own operators do not do it either"
preloaded 1 "$work/plain" throw
compile archive cxx.cc -fsized-deallocation "$ARCHIVE" -ldl
serves 1 "$work/archive" throw
echo "nothrow new gives null"
