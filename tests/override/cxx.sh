# cxx.sh -- C++'s operators new and delete: preloaded, linked to the library, linked in.
#
# Stages: 6
# Seconds: 8
. "$(dirname "$0")/lib.sh"
command -v "$CXX" >/dev/null || skip "$CXX not installed; make setup installs it"

# clang declares sized deallocation only if it is asked for.
compile plain cxx.cc -fsized-deallocation -ldl
preloaded 1 "$work/plain" libbitslab
compile linked cxx.cc -fsized-deallocation "$LIB" -Wl,-rpath,"$(dirname "$LIB")" -ldl
serves 1 "$work/linked" libbitslab
compile archive cxx.cc -fsized-deallocation "$ARCHIVE" -ldl
serves 1 "$work/archive" archive
echo "all twenty operators, in three programs"
