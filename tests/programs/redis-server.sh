#!/bin/sh
# redis-server.sh -- redis-server under redis-benchmark, with lazy freeing in its own threads and
# saving in a child process; then a fixed data set must have the digest it has without bitslab.
# redis asks for the usable size of each block and writes to all of it.
# Stages: 6
. "$(dirname "$0")/lib.sh"
need redis-server redis-cli redis-benchmark awk

stop() {
    [ ! -s "$work/pid" ] || kill -9 "$(cat "$work/pid")" 2>/dev/null || true
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

# The data set: strings, lists, hashes, sets, sorted sets and streams that grow, then shrink.
awk 'BEGIN {
    for (i = 0; i < 12000; i++) {
        value = ""
        for (k = i * 7919 % 61; k >= 0; k--) value = value "value" i * k % 1009
        printf "SET string:%d %s\n", i, value
        printf "APPEND string:%d %s\n", i * 31 % 12000, substr(value, 1, 40)
        printf "RPUSH list:%d %s %d\n", i % 97, substr(value, 1, 90), i
        printf "HSET hash:%d field%d %s\n", i % 301, i % 700, substr(value, 1, i % 150 + 1)
        printf "SADD set:%d member%d\n", i % 53, i * 17 % 5000
        printf "ZADD sorted:%d %d member%d\n", i % 41, i * 13 % 10007, i
        printf "XADD stream:%d %d-1 text %s\n", i % 19, i + 1, substr(value, 1, 30)
        if (i % 5 == 0) printf "UNLINK string:%d\nLTRIM list:%d 5 -5\n", i * 3 % 12000, i % 97
        if (i % 7 == 0) printf "SETRANGE string:%d %d end\n", i * 11 % 12000, i % 3000
    }
}' >"$work/commands"

# broke WHAT  The test fails; what the server has to say about it comes first.
broke() {
    grep -vE '^[[:space:]]*$' "$work/$run/log" | cut -c 1-160 | tail -n 30 >&2
    fail "redis-server, run $run bitslab: $*"
}

for run in without with; do
    folder=$work/$run
    mkdir "$folder"
    cd "$folder" # the socket's name is relative: a long path would not fit into its address
    "${run}_bitslab" redis-server --port 0 --unixsocket redis.sock --dir "$folder" --save '' \
        --pidfile "$work/pid" --daemonize no --appendonly no --enable-debug-command local \
        --lazyfree-lazy-user-del yes --lazyfree-lazy-user-flush yes \
        --lazyfree-lazy-server-del yes --hash-max-listpack-entries 8 >"$folder/log" 2>&1 &
    job=$!
    tries=0
    until redis-cli -s redis.sock ping >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$job" 2>/dev/null; then
            broke "it did not start"
        fi
        sleep 0.1
    done
    [ "$run" = without ] || loaded "$(cat "$work/pid")"

    redis-benchmark -s redis.sock -q --csv -n 30000 -r 20000 -d 200 -c 20 -P 8 \
        -t set,get,incr,lpush,rpush,lpop,sadd,hset,spop,zadd,zpopmin,lrange_100,mset \
        >"$folder/benchmark" 2>&1 || broke "redis-benchmark failed"
    redis-benchmark -s redis.sock -q --csv -n 3000 -r 500 -d 40000 -c 20 -t set,get \
        >>"$folder/benchmark" 2>&1 || broke "redis-benchmark failed"
    cut -d , -f 1 "$folder/benchmark" >"$work/benchmark.$run"
    redis-cli -s redis.sock flushall async >/dev/null

    redis-cli -s redis.sock --pipe <"$work/commands" >"$work/replies.$run" 2>&1 ||
        broke "loading the data set failed"
    {
        redis-cli -s redis.sock debug digest
        redis-cli -s redis.sock dbsize
        redis-cli -s redis.sock save
        redis-cli -s redis.sock debug reload
        redis-cli -s redis.sock debug digest
        redis-cli -s redis.sock eval 'local n = 0
            for _, key in ipairs(redis.call("KEYS", "list:*")) do
                for _, v in ipairs(redis.call("LRANGE", key, 0, -1)) do n = n + #v end
            end
            return n' 0
        redis-cli -s redis.sock bgsave schedule
    } >"$work/digest.$run" 2>&1
    while [ "$(redis-cli -s redis.sock info persistence |
        sed -n 's/^rdb_bgsave_in_progress:\([01]\).*/\1/p')" = 1 ]; do sleep 0.1; done
    redis-cli -s redis.sock info persistence | grep '^rdb_last_bgsave_status' >>"$work/digest.$run"
    redis-cli -s redis.sock shutdown nosave >/dev/null 2>&1 || true
    status=0
    wait "$job" || status=$?
    rm -f "$work/pid"
    [ "$status" -eq 0 ] || broke "it $(explain "$status")"
done
grep -q '^[0-9a-f]\{40\}$' "$work/digest.without" || fail "no digest: $(head -n 1 "$work/digest.without")"
same "the list of finished benchmarks" "$work/benchmark.without" "$work/benchmark.with"
same "the replies" "$work/replies.without" "$work/replies.with"
same "the data set" "$work/digest.without" "$work/digest.with"
served 'redis-server*'
passed "$(wc -l <"$work/benchmark.with" | tr -d ' ') benchmarks, and the same data set after them"
