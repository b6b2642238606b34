#!/bin/sh
# node.sh -- worker threads that come and go, buffers that change threads, compression and hashing
# in node's thread pool, the collector's own threads.
# Stages: 6
. "$(dirname "$0")/lib.sh"
need node

node=$(node -p process.execPath)
both "words.js" "$node" "$input/words.js"
served 'node*'
passed "the output is identical"
