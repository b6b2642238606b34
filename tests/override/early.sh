# early.sh -- allocating in constructors, freeing in exit handlers and destructors.
#
# Stages: 6
# Seconds: 3
. "$(dirname "$0")/lib.sh"

all_of_it() { # the program must have come to its very end
    grep -q 'the last destructor ran' "$work/output" || fail "$1: its last destructor did not run"
}

compile early early.c
compile now early.c -Wl,-z,now
compile linked early.c "$LIB" -Wl,-rpath,"$(dirname "$LIB")"
compile archive early.c "$ARCHIVE"
compile pie early.c "$ARCHIVE" -fPIE -pie
for program in early now; do
    preloaded 1 "$work/$program"
    all_of_it "$program"
    preloaded 1 env LD_BIND_NOW=1 "$work/$program"
    all_of_it "$program with LD_BIND_NOW"
done
for program in linked archive pie; do
    serves 1 "$work/$program"
    all_of_it "$program"
    serves 1 env LD_BIND_NOW=1 "$work/$program"
    all_of_it "$program with LD_BIND_NOW"
done
echo "before main and after exit, bound lazily and at once"
