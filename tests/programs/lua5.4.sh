#!/bin/sh
# lua5.4.sh -- tables, strings, closures and coroutines; everything goes through realloc.
# Stages: 1-6
. "$(dirname "$0")/lib.sh"
need lua5.4

both "words.lua" lua5.4 "$input/words.lua"
served 'lua5.4'
passed "the output is identical"
