# paths.awk -- how many instructions a function takes from its entry to a return, if it calls
# nothing on the way.
#
# Usage  awk -f paths.awk -v functions="bitslab_malloc bitslab_free" LISTING   (see listing.awk)
# Writes FUNCTION  SHORTEST  LONGEST. For malloc these are the magazine's way and the cursor's.
#
# What leaves the function, a call or a jump to another one, is the slow path and ends no way;
# nor does a way that comes round to where it was. 0 0: there is no way at all.

BEGIN {
    FS = "\t"
    wanted_count = split(functions, wanted, " ")
}

$5 != "nop" {
    n = ++count[$1]
    kind[$1, n] = $5
    target[$1, n] = $6
    at[$1, n] = $7
    index_of[$1, $2] = n
    waiting[$1] = 0
}

# A jump may go to padding: the instruction behind it is the one that counts.
$5 == "nop" { padding[$1, $2] = count[$1] + 1 }

function where(name, i,    address) {
    address = at[name, i]
    if (target[name, i] != name || address == "") return 0
    if ((name, address) in index_of) return index_of[name, address]
    if ((name, address) in padding) return padding[name, address]
    return 0
}

# Sets low[] and high[]: instructions from i to a return, this one included. 0: never.
function measure(name, i,    k, next_one, other) {
    if (i < 1 || i > count[name]) return
    if ((name, i) in state) return # known, or on the way: a circle
    state[name, i] = 1
    k = kind[name, i]
    if (k == "ret") {
        low[name, i] = high[name, i] = 1
        return
    }
    if (k == "call" || k == "stop") return
    next_one = k == "jump" ? 0 : i + 1
    other = k == "plain" ? 0 : where(name, i)
    measure(name, next_one)
    measure(name, other)
    extend(name, i, next_one)
    extend(name, i, other)
}

function extend(name, i, by) {
    if (by == 0 || !low[name, by]) return
    if (!low[name, i] || low[name, by] + 1 < low[name, i]) low[name, i] = low[name, by] + 1
    if (high[name, by] + 1 > high[name, i]) high[name, i] = high[name, by] + 1
}

END {
    for (w = 1; w <= wanted_count; w++) {
        measure(wanted[w], 1)
        print wanted[w], low[wanted[w], 1] + 0, high[wanted[w], 1] + 0
    }
}
