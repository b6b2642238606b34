# thread_key.sh -- a thread's variable by the OS layer, where each look at a key allocates (flavour key).
#
# macOS and OpenBSD have it so; here the program makes glibc's keys allocate.
#
# Stages: 6
# Seconds: 20
. "$(dirname "$0")/lib.sh"

root=$(cd "$here/../.." && pwd)
build=$(dirname "$(dirname "$LIB")")
(cd "$root" && BUILD=$build tests/tools/build "$STAGE" key) >"$work/log" 2>&1 || {
    cat "$work/log" >&2
    fail "the flavour key does not compile"
}
LIB=$(dirname "$LIB")/key/libbitslab.so
compile thread_key thread_key.c -ldl -rdynamic
preloaded 1 "$work/thread_key"
said=$(tail -n 1 "$work/output")
# Heaps are used again, also when a thread's last frees come behind its exit hook.
heaps=$(sed -n 's/.* heaps=\([0-9]*\).*/\1/p' "$report")
ended=$(sed -n 's/.* threads_ended=\([0-9]*\).*/\1/p' "$report")
[ "$ended" -eq 2000 ] || fail "$ended threads of 2000 gave up their heap"
[ "$heaps" -le 12 ] || fail "$heaps heaps were made for 4 threads at a time"
# The programs that other tests of this folder use.
compile early early.c -ldl
preloaded 1 "$work/early"
compile threads threads.c
preloaded 41 "$work/threads"
echo "$said, 2000 threads, $heaps heaps"
