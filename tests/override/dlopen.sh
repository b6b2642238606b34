# dlopen.sh -- a program opens the library at run time and uses its prefixed functions.
#
# The C library keeps about 1,600 bytes of thread-local storage for libraries opened late; the
# library must fit into what is left of it.
#
# Stages: 6
# Seconds: 2
. "$(dirname "$0")/lib.sh"

compile dlopen dlopen.c -ldl
serves 1 "$work/dlopen" "$LIB"
preloaded 1 "$work/dlopen" "$LIB"
bytes=$(readelf -lW "$LIB" | awk '$1 == "TLS" { print $6 }')
[ $((${bytes:-0})) -le 64 ] || fail "$((bytes)) bytes of thread-local storage"
echo "opened, and used from two threads; $((${bytes:-0})) bytes of thread-local storage"
