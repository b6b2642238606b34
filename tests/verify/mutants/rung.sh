#!/usr/bin/env bash
# rung.sh -- faults planted in the real sources, every memory order among them: each must be caught.
#
# Rung: planted faults in the real code, and each memory order weakened: the explorer must catch them
# Order: 4
# Seconds: 90
#
# Two lists. catalogue.txt has faults of thought, each with the scenario that must fail. orders.txt
# has an entry for every memory order of stages 5 and 6 made weaker by one step (orders.py finds
# them): the scenario that catches it, or the reason why none can. An order that has no entry fails,
# so whoever writes one shows that it is needed, or says why it is there.
# MUTANT=name tries one, and shows the story of the schedule that catches it. UPDATE=1 tries all
# orders that have no killer yet, and those that are said to need none, on all scenarios, and writes
# orders.txt anew. Other rungs plant faults of their own: those are for what they look at.
. "$(dirname "$0")/../lib.sh"
. tests/verify/schedules/build.sh
here=tests/verify/mutants
command -v python3 >/dev/null || skip "there is no python3"
export LC_ALL=C

for number in 5 6; do
    progress "building the explorer over stage $number"
    explorer $number "$BUILD/stage$number"
done

# Every weakening in the sources, sorted, one a line: STAGE<tab>FILE OPERATION OPERAND OLD>NEW
# Of stage 5, what it brings; its other files have come to stage 6 as they are. The OS layers are left
# out: the explorer has its own.
weakenings() {
    {
        python3 $here/orders.py list stages/05_*/remote_free.c | sed "s/^/5\t/"
        find stages/06_*/*.[ch] ! -name 'os_*' -exec python3 $here/orders.py list {} + | sed "s/^/6\t/"
    } | sort
}

# What orders.txt says of each: STAGE<tab>WEAKENING<tab>KILLER, or nothing where a reason stands.
said() {
    awk '/^ +[0-9] / { gsub(/^ +| +$/, ""); stage = $1; sub(/^[0-9] +/, "")
        split($0, part, " = "); print stage "\t" part[1] "\t" part[2] }' $here/orders.txt | sort
}

# The mutants of the catalogue, likewise.
catalogue() {
    awk '$1 == "mutant" { name = $2; stage = 6 } $1 == "stage" { stage = $2 }
        $1 == "killer" { killer[name] = $2 } $1 == "sed" && !(name in seen) {
            seen[name]; print stage "\t" name "\t" killer[name] }' $here/catalogue.txt
}

complain() { # TEXT  About each line on stdin.
    sed "s|\t| |; s|^|stage |; s|\$|: $1|"
}

# Each weakening has one entry, and each entry is a weakening.
compare() {
    weakenings >"$BUILD/weakenings"
    said | cut -f 1,2 >"$BUILD/said"
    comm -23 "$BUILD/weakenings" "$BUILD/said" |
        complain "has no entry in $here/orders.txt; UPDATE=1 make verify RUNG=mutants writes one"
    comm -13 "$BUILD/weakenings" "$BUILD/said" | complain "stands in orders.txt, not in the sources"
}

# Which are tried: those with a killer; with UPDATE=1 all orders, whatever is said of them.
chosen() {
    if [ -n "${UPDATE:-}" ]; then
        join -t "$(printf '\t')" -a 1 -o 0,2.2 <(sed 's/\t/ /' "$BUILD/weakenings" | sort) \
            <(said | sed 's/\t/ /' | sort) | sed 's/ /\t/'
    else
        catalogue
        said | awk -F '\t' '$3 != ""'
    fi | awk -F '\t' -v only="${MUTANT:-}" 'only == "" || $2 == only { print $1; print $2
        print $3 == "" ? "-" : $3 }'
}

# orders.txt anew: what was caught, then what was not, below its reason.
write_down() {
    local fault
    sed '/^caught/,$d' $here/orders.txt
    echo caught
    cut -f 1-3 "$BUILD/report" | sort | sed 's/^\(.\)\t\(.*\)\t/    \1 \2 = /'
    cut -f 1,2 "$BUILD/report" | sort | comm -23 "$BUILD/weakenings" - | sed 's/\t/ /' |
        awk 'FNR == NR && /^(not caught|TODO)/ { reason = $0 }
            FNR == NR && /^ / { sub(/^ +/, ""); sub(/ = .*/, ""); why[$0] = reason; next }
            FNR != NR { if (why[$0] == "") why[$0] = "TODO: a reason"
                if (!(why[$0] in text)) order[++n] = why[$0]
                text[why[$0]] = text[why[$0]] "    " $0 "\n" }
            END { for (i = 1; i <= n; i++) printf "\n%s\n%s", order[i], text[order[i]] }' \
            $here/orders.txt -
}

compare >"$BUILD/complaints"
[ ! -s "$BUILD/complaints" ] || [ -n "${UPDATE:-}" ] || fail "$(cat "$BUILD/complaints")"
rm -rf "$BUILD/tried" "$BUILD/planted"
mkdir -p "$BUILD/tried" "$BUILD/planted"
export BUILD CC MUTANT=${MUTANT:-}
chosen | tr '\n' '\0' | xargs -0 -r -P "$(nproc)" -n 3 bash $here/try.sh
clear_progress
cat "$BUILD"/tried/* 2>/dev/null | grep -P '\t' | sort >"$BUILD/report" || true
[ -z "$MUTANT" ] || { cat "$BUILD"/tried/* | tr "\t" " "; exit; }
if [ -n "${UPDATE:-}" ]; then
    write_down >"$BUILD/orders.txt"
    cp "$BUILD/orders.txt" $here/orders.txt
    result "$(wc -l <"$BUILD/report") weakened orders are caught; the others need a reason in $here/orders.txt"
    exit
fi
awk -F '\t' '{ printf "%s %-62s %-15s run %-7s %s\n", $1, $2, $3, $4, $5 }' "$BUILD/report"
survivors=$(find "$BUILD/tried" -name '*.failed')
[ -z "$survivors" ] || { cat $survivors; fail "$(echo "$survivors" | wc -l) mutants are not caught"; }
! grep -q '^TODO' $here/orders.txt || fail "orders.txt has no reason for some of its entries"
reasons=$(($(wc -l <"$BUILD/weakenings") - $(grep -c '>' "$BUILD/report")))
result "$(grep -vc '>' "$BUILD/report") planted faults and $(grep -c '>' "$BUILD/report") weakened" \
    "orders, each caught by a scenario; $reasons weakened orders have a reason why none can"
