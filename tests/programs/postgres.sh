#!/bin/sh
# postgres.sh -- postgres under pgbench with a connection, so a process, per transaction; then
# joins, sorts and JSON in parallel workers. The tables must end up the same as without bitslab.
# Stages: 6
. "$(dirname "$0")/lib.sh"

# Debian keeps the server's programs out of PATH.
latest=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
PATH=${latest:+$latest:}$PATH
need postgres initdb pg_ctl psql pgbench

# postgres refuses to run as root. Another user may not reach our scratch folder, and the socket's
# path must be short: so the data, the socket and a copy of the library live in a folder in /tmp.
home=$(mktemp -d /tmp/bitslab-postgres.XXXXXX)
data=
stop() {
    [ -z "$data" ] || $as_user pg_ctl -D "$data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM
cp "$LIB" "$home/libbitslab.so"
LIB=$home/libbitslab.so
report=$home/report
chmod 755 "$home" "$LIB"
if [ "$(id -u)" = 0 ]; then
    need setpriv
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    as_user="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
    chown "$user" "$home"
fi
cd "$home"
export PGHOST="$home" PGUSER=bench PGDATABASE=postgres PGTZ=UTC
unset PGPORT PGDATA PGOPTIONS PGSERVICE

# --no-sync and fsync=off: we test an allocator, not the disk.
$as_user initdb -D "$home/start" -U bench --auth=trust --no-sync --no-instructions -E UTF8 \
    --locale=C >"$work/initdb" 2>&1 || fail "initdb failed: $(tail -n 3 "$work/initdb")"
cat >>"$home/start/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$home'
fsync = off
shared_buffers = 32MB
max_connections = 30
jit = off
autovacuum = off
work_mem = 8MB
min_parallel_table_scan_size = 0
parallel_setup_cost = 0
parallel_tuple_cost = 0
END

clients=4
transactions=60
for run in without with; do
    data=$home/$run
    cp -pR "$home/start" "$data"
    "${run}_bitslab" postgres -D "$data" >"$work/log.$run" 2>&1 &
    job=$!
    tries=0
    until psql -qAtc 'SELECT 1' >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$job" 2>/dev/null; then
            tail -n 20 "$work/log.$run" >&2
            fail "postgres, run $run bitslab, did not start"
        fi
        sleep 0.1
    done
    [ "$run" = without ] || loaded "$(head -n 1 "$data/postmaster.pid")"

    {
        pgbench -q -i -s 1 && pgbench -C -c "$clients" -j 2 -t "$transactions" --random-seed=42
    } >"$work/pgbench.$run" 2>&1 || {
        tail -n 10 "$work/log.$run" >&2
        fail "pgbench, run $run bitslab, failed: $(tail -n 3 "$work/pgbench.$run")"
    }
    grep 'actually processed' "$work/pgbench.$run" >"$work/results.$run"
    psql -qAt -v ON_ERROR_STOP=1 -f "$input/words.psql" >>"$work/results.$run" 2>&1 || {
        tail -n 10 "$work/log.$run" >&2
        fail "psql, run $run bitslab, failed: $(tail -n 3 "$work/results.$run")"
    }
    $as_user pg_ctl -D "$data" -m smart -w stop >/dev/null 2>&1 || fail "postgres did not stop"
    status=0
    wait "$job" || status=$?
    data=
    [ "$status" -eq 0 ] || fail "postgres, run $run bitslab, $(explain "$status")"
    if grep -E 'terminated by signal|out of memory|PANIC' "$work/log.$run" >&2; then
        fail "a postgres process, run $run bitslab, died: see $work/log.$run"
    fi
done
cp "$report" "$work/report" 2>/dev/null || true
same "the tables and query results" "$work/results.without" "$work/results.with"
served 'postgres*' $((clients * transactions))
passed "$((clients * transactions)) connections and transactions, the same tables and results"
