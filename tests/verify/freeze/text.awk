# text.awk -- from a disassembly of the library: a line with address and function per instruction.
#
# What pads functions and loops to a boundary is not counted: it does nothing.
/^[0-9a-f]+ <.*>:$/ { function_name = substr($2, 2, length($2) - 3) }
/^ +[0-9a-f]+:\t/ {
    if (/nop|xchg +%ax,%ax|int3/) next
    sub(/:.*/, "", $1)
    print $1, function_name
}
