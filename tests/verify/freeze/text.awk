# text.awk -- from a disassembly of the library: a line with address and function per instruction.
#
# What pads functions and loops to a boundary is not counted: it does nothing. Nor are functions whose
# addresses stand in the file `outside`.
BEGIN { while ((getline address < outside) > 0) skip[address] = 1 }
/^[0-9a-f]+ <.*>:$/ { function_name = substr($2, 2, length($2) - 3); skipping = $1 in skip }
/^ +[0-9a-f]+:\t/ {
    if (skipping || /nop|xchg +%ax,%ax|int3/) next
    sub(/:.*/, "", $1)
    print $1, function_name
}
