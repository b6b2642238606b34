# compare.awk -- which cells of a table differ in what they count for.
#
#   awk -f compare.awk STORED NEW
#
# Writes a line for each: worse, better, changed (still counted, but otherwise) or a row that only
# one table has. Cells that chance decides may come out any way, and a rare miss is no loss. Among
# those that do not count, the way they miss may depend on the machine.

BEGIN { FS = " *[|] *" }

function counts(verdict) { return verdict ~ /^(caught|crash|safe|either)$/ }

/^#/ { part = $0; sub(/:.*/, "", part) }

FNR == 1 { file++ }

# The heads of the columns: "default: 8 B", and "4 KiB" for the next ones of the same build.
$3 == "name there" {
    build = ""
    for (i = 4; i < NF; i++) {
        if ($i ~ /:/) {
            build = $i
            sub(/:.*/, ":", build)
        }
        head[part, i] = $i ~ /:/ || build == "" ? $i : build " " $i
    }
}

/^[|]/ && $3 ~ /^`/ {
    row = part " " $3
    if (file == 1) {
        fields[row] = NF
        for (i = 4; i < NF; i++) stored[row, i] = $i
        next
    }
    met[row] = 1
    if (!(row in fields)) {
        print "new row: " $3
        next
    }
    for (i = 4; i < NF; i++) {
        old = stored[row, i]
        if (old == $i || old ~ /^(varies|mostly)$/ || old == "either" && counts($i)) continue
        if (counts(old) && $i ~ /^(mostly|either)$/) continue
        if (counts(old) && !counts($i)) what = "worse"
        else if (!counts(old) && counts($i)) what = "better"
        else if (counts(old)) what = "changed"
        else continue
        print what ": " $3 ", " head[part, i] ": " old " -> " $i
    }
}

END {
    for (row in fields)
        if (!(row in met)) print "row is gone: " row
}
