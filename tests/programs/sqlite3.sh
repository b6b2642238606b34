#!/bin/sh
# sqlite3.sh -- a database in memory and one on disk: indexes, sorting, JSON, windows; from
# stage 4 on with sorting in several threads.
# Stages: 2-6
. "$(dirname "$0")/lib.sh"
need sqlite3

threads=0
[ "$STAGE" -lt 4 ] || threads=3
for database in :memory: words.db; do
    both "sqlite3 $database" sqlite3 -bail -init /dev/null "$database" \
        "PRAGMA threads=$threads" ".read '$input/words.sql'"
done
cmp -s "$work/without/words.db" "$work/with/words.db" ||
    fail "the database files differ: $work/without/words.db and $work/with/words.db"
served sqlite3 2
passed "the results and the database files are identical"
