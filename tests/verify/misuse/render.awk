# render.awk -- table.md from what judge wrote of two builds.
#
#   awk -f render.awk default.tsv checked.tsv     (list, name there, bytes, our name, verdict)
#
# Also sums up: awk -v sums=1 writes "BUILD BENCH OF LARGE OF HARDENED OF" for each file.

BEGIN {
    FS = "\t"
    sizes = split("8 4096 262144 4194304", size, " ")
}

FNR == 1 {
    build = FILENAME
    sub(/.*\//, "", build)
    sub(/\.tsv$/, "", build)
    builds[++build_count] = build
}

{
    # 4 MiB is ours: there is no such program in the suite.
    part = $1 == "bench" && $3 == 4194304 ? "large" : $1
    of[build, part]++
    if ($5 ~ /^(caught|crash|safe|either)$/) counted[build, part]++
    verdict[build, $1, $2, $1 == "bench" ? $3 : ""] = $5
    if (($1, $2) in seen) next
    seen[$1, $2] = 1
    rows[$1, ++row_count[$1]] = $2
    words[$1, $2] = $4
}

function score(b, part) { return counted[b, part] + 0 " of " of[b, part] }

function scores(part,    i, text) {
    for (i = 1; i <= build_count; i++)
        text = text (i > 1 ? ", " : "") builds[i] " " score(builds[i], part)
    return text
}

function rule(columns,    i, text) {
    text = "|---|---|"
    for (i = 1; i <= columns; i++) text = text "---|"
    return text
}

function bench(    i, j, k, line, there) {
    print "## mimalloc-bench's security suite: " scores("bench")
    print ""
    print "At 4 MiB, which are ours and counted apart: " scores("large") "."
    print ""
    line = "| misuse | name there |"
    for (j = 1; j <= build_count; j++)
        line = line " " builds[j] ": 8 B | 4 KiB | 256 KiB | 4 MiB |"
    print line
    print rule(build_count * sizes)
    for (i = 1; i <= row_count["bench"]; i++) {
        there = rows["bench", i]
        line = "| " words["bench", there] " | `" there "` |"
        for (j = 1; j <= build_count; j++)
            for (k = 1; k <= sizes; k++)
                line = line " " verdict[builds[j], "bench", there, size[k]] " |"
        print line
    }
}

function hardened(    i, j, line, there) {
    print "## hardened_malloc's tests: " scores("hardened")
    print ""
    line = "| misuse, or promise | name there |"
    for (j = 1; j <= build_count; j++) line = line " " builds[j] " |"
    print line
    print rule(build_count)
    for (i = 1; i <= row_count["hardened"]; i++) {
        there = rows["hardened", i]
        line = "| " words["hardened", there] " | `" there "` |"
        for (j = 1; j <= build_count; j++)
            line = line " " verdict[builds[j], "hardened", there, ""] " |"
        print line
    }
}

function intro() {
    print "# Which misuses are caught"
    print ""
    print "Written by `UPDATE=1 make verify RUNG=misuse`; that rung compares it. What the lists are"
    print "and how they count stands in `misuse.h`, each word in `judge.c`: caught, crash, safe and"
    print "either count, the others do not. A cell counts if every run of many does."
    print ""
    print "Two rows need a word. `realloc_reuse` compares a pointer with itself there, so it is"
    print "caught only where realloc does not return. `delete_type_size_mismatch` is optimized away"
    print "there by g++ -O3, new and delete together. Ours calls them, so a figure measured with"
    print "those binaries is lower by one."
    print ""
}

END {
    if (sums) {
        for (j = 1; j <= build_count; j++) {
            b = builds[j]
            print b, counted[b, "bench"] + 0, of[b, "bench"], counted[b, "large"] + 0, \
                of[b, "large"], counted[b, "hardened"] + 0, of[b, "hardened"]
        }
        exit
    }
    intro()
    bench()
    print ""
    hardened()
}
