# listing.awk -- from objdump's text to one line for each instruction, with its fields split.
#
# Reads  objdump -d --no-show-raw-insn, with -r for an object file; x86-64 or aarch64
# Writes FUNCTION  ADDRESS  INSTRUCTION  OPERANDS  KIND  TARGET  TARGET'S ADDRESS  RELOCATION
#        separated by tabs. KIND: plain, nop, branch (may go on behind itself), jump, call,
#        ret, or stop. TARGET: the function that a branch, jump or call goes to, or "indirect".

BEGIN { FS = "\t"; OFS = "\t" }

function flush() {
    if (relocation != "" && kind ~ /branch|jump|call/) {
        target = relocation
        at = ""
    }
    if (address != "") print name, address, instruction, operands, kind, target, at, relocation
    address = relocation = ""
}

# Prefixes stand before the instruction; only lock changes what it does to others.
function split_prefixes(text,    word, kept) {
    kept = ""
    while (match(text, /^(lock|rep|repz|repnz|data16|cs|ds|es|bnd|notrack|addr32|rex\.W) +/)) {
        word = substr(text, 1, RLENGTH)
        text = substr(text, RLENGTH + 1)
        if (word ~ /^lock/) kept = "lock "
    }
    match(text " ", / /)
    instruction = kept substr(text, 1, RSTART - 1)
    operands = substr(text, RSTART)
    sub(/^ +/, "", operands)
}

function kind_of(i) {
    if (i ~ /^nop[wl]?$/ || i == "xchg" && operands == "%ax,%ax") return "nop"
    if (i ~ /^(ret|retq|retaa|retab)$/) return "ret"
    if (i ~ /^(ud2|udf|hlt|brk|int3)$/) return "stop"
    if (i ~ /^(call|callq|bl|blr)$/) return "call"
    if (i ~ /^(jmp|jmpq|b|br)$/) return "jump"
    if (i ~ /^(j[a-z]+|b\.[a-z]+|cbn?z|tbn?z)$/) return "branch"
    return "plain"
}

/^[0-9a-f]+ <.*>:$/ {
    flush()
    match($0, /<.*>/)
    name = substr($0, RSTART + 1, RLENGTH - 2)
    next
}

# A relocation belongs to the instruction above it. x86 counts from the instruction's end: -0x4.
/^\t\t\t[0-9a-f]+: R_/ {
    relocation = $5
    sub(/^\*ABS\*/, "", relocation)
    sub(/-0x[4-9]$/, "", relocation)
    next
}

/^ *[0-9a-f]+:\t/ {
    flush()
    address = $1
    gsub(/[ :]/, "", address)
    text = $2
    for (i = 3; i <= NF; i++) text = text " " $i
    sub(/ +(#|\/\/) .*$/, "", text) # objdump's remarks; arm's immediates have no space behind #
    sub(/ +$/, "", text)
    split_prefixes(text)
    kind = kind_of(instruction)
    target = at = ""
    if (kind ~ /branch|jump|call/) {
        if (match(operands, /[0-9a-f]+ <[^>]*>$/)) {
            at = target = substr(operands, RSTART, RLENGTH)
            sub(/ <.*/, "", at)
            sub(/^[^<]*</, "", target)
            sub(/(\+0x[0-9a-f]+)?>$/, "", target)
        } else target = "indirect"
    }
}

END { flush() }
