# reach.awk -- all that a function can call, and the loops that its atomic operations are made of.
#
# Usage  awk -f reach.awk -v roots="free collect" boundaries.txt LISTING   (see listing.awk)
# Writes reached FUNCTION              it was looked through
#        boundary FUNCTION             it is called, and not looked into: see boundaries.txt
#        unknown FUNCTION TARGET       a call to what is not in the listing, or cannot be told
#        retry FUNCTION INSTRUCTION    part of a loop that another thread can send round again
#        atomic FUNCTION INSTRUCTION   one read-modify-write that always succeeds
#        fence FUNCTION INSTRUCTION    a barrier, or an access that is one by itself
#
# Functions of one name in several files are looked through together.

BEGIN { FS = "\t" }

FNR == NR { # the boundaries
    if ($0 !~ /^(#|$)/) {
        split($0, part, / /)
        boundary[part[1]] = 1
    }
    next
}

{
    defined[$1] = 1
    if ($5 == "nop") next
    count[$1]++
    text[$1, count[$1]] = $3 ($4 == "" ? "" : " " $4)
    code[$1, count[$1]] = $3
    target[$1, count[$1]] = $6
}

# Compare-and-swap is no loop by itself, but nobody writes one without; and all that ARMv8.0 has
# for any read-modify-write are exclusive loads and stores.
function class_of(i) {
    if (i ~ /cmpxchg/) return "retry"
    if (i ~ /^casp?(a|l|al)?[bh]?$/) return "retry"
    if (i ~ /^(ld|st)[al]?x(r|rb|rh|p)$/) return "retry"
    if (i ~ /^lock /) return "atomic"
    if (i ~ /^(ld|st)(add|clr|eor|set|smax|smin|umax|umin)(a|l|al)?[bh]?$/) return "atomic"
    if (i ~ /^swpp?(a|l|al)?[bh]?$/) return "atomic"
    if (i ~ /^([ml]fence|dmb|dsb|ldap?r[bh]?|stlr[bh]?)$/) return "fence"
    return ""
}

function follow(name,    i, what, to) {
    if (name in seen) return
    seen[name] = 1
    if (name in boundary) {
        print "boundary", name
        return
    }
    print "reached", name
    for (i = 1; i <= count[name]; i++) {
        what = class_of(code[name, i])
        # xchg with memory locks by itself.
        if (code[name, i] == "xchg" && text[name, i] ~ /\(/) what = "atomic"
        if (what != "") print what, name, text[name, i]
    }
    for (i = 1; i <= count[name]; i++) {
        to = target[name, i]
        if (to == "" || to == name) continue
        if (!(to in defined) && !(to in boundary) || to ~ /@plt$/ && !(to in boundary)) {
            if (!((name, to) in complained)) print "unknown", name, to
            complained[name, to] = 1
        } else follow(to)
    }
}

END {
    n = split(roots, root, " ")
    for (k = 1; k <= n; k++) {
        if (root[k] in defined) follow(root[k])
        else print "unknown", "(root)", root[k]
    }
}
