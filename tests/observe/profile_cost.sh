# profile_cost.sh -- what a heap profile costs: off and on in turn, the medians of seven rounds.
#
# Stages: 6
# Seconds: 5
. "$(dirname "$0")/lib.sh"

cat >"$work/loop.py" <<'END'
import time
begin = time.process_time()
for _ in range(800):
    objects = [object() for _ in range(1000)]
    strings = ["%d" % i for i in range(300)]
print("%.3f" % ((time.process_time() - begin) * 1e3))
END
compile cost profile_cost.c -O2 -fno-builtin
python=$(command -v python3 || true)

for round in 1 2 3 4 5 6 7; do
    for profile in off on; do
        options=
        [ $profile = off ] || options=profile=$work/heap
        BITSLAB_OPTIONS=$options LD_PRELOAD=$LIB "$work/cost" >>"$work/loops.$profile" || fail "the loop breaks"
        [ -n "$python" ] || continue
        BITSLAB_OPTIONS=$options LD_PRELOAD=$LIB PYTHONMALLOC=malloc "$python" "$work/loop.py" \
            >>"$work/python.$profile" || fail "python3 breaks"
    done
done
grep -q '^heap profile: .*@ heap_v2/' "$work/heap" || fail "nothing was profiled"

# median FILE COLUMN
median() { awk -v column="$2" '{ print $column }' "$1" | sort -n | sed -n 4p; }
# cost FILE COLUMN  in percent of the time without a profile
cost() {
    awk -v off="$(median "$work/$1.off" "$2")" -v on="$(median "$work/$1.on" "$2")" \
        'BEGIN { printf "%+.0f %%", (on / off - 1) * 100 }'
}
said="one block at a time $(cost loops 1), 1000 $(cost loops 2)"
[ -z "$python" ] || said="$said, objects in Python $(cost python 1)"
echo "CPU time: $said"
