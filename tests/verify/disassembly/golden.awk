# golden.awk -- a function's instructions as text that changes only if they do.
#
# Usage  awk -f golden.awk -v functions="bitslab_malloc bitslab_free" LISTING   (see listing.awk)
#
# The listing must be that of an object file: there a name stands for each address that only the
# linker knows. Places inside the function become numbers; padding is left out.

BEGIN {
    FS = "\t"
    wanted_count = split(functions, wanted, " ")
}

{
    n = ++count[$1]
    for (i = 2; i <= 8; i++) field[$1, n, i] = $i
    if ($6 == $1 && $7 != "") aimed[$1, $7] = 1
}

function show(name,    i, labels, text, label) {
    for (i = 1; i <= count[name]; i++)
        if ((name, field[name, i, 2]) in aimed) label[field[name, i, 2]] = ++labels
    print ""
    print name ":"
    for (i = 1; i <= count[name]; i++) {
        if (field[name, i, 2] in label) print label[field[name, i, 2]] ":"
        if (field[name, i, 5] == "nop") continue
        text = field[name, i, 4]
        if (field[name, i, 6] == name) sub(/[0-9a-f]+ <[^>]*>$/, label[field[name, i, 7]], text)
        else if (field[name, i, 6] != "") sub(/[0-9a-f]+ <[^>]*>$/, field[name, i, 6], text)
        else if (field[name, i, 8] != "") text = text "  [" field[name, i, 8] "]"
        sub(/ <[^>]*>/, "", text)
        if (text == "") print "    " field[name, i, 3]
        else printf "    %-7s %s\n", field[name, i, 3], text
    }
}

END { for (w = 1; w <= wanted_count; w++) show(wanted[w]) }
