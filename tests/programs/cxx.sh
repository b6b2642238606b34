#!/bin/sh
# cxx.sh -- the C++ compiler makes the same object file and executable, and what it made runs: all
# forms of new and delete, containers, exceptions, over-aligned objects, threads.
# Stages: 3-6
. "$(dirname "$0")/lib.sh"
need "$CXX"

silent=yes
both "compiling words.cpp" "$CXX" -std=c++17 -O2 -g -c "$input/words.cpp" -o words.o
both "linking words.o" "$CXX" words.o -o words -pthread
same words.o "$work/without/words.o" "$work/with/words.o"
same "the executable" "$work/without/words" "$work/with/words"
silent=no
threads=
[ "$STAGE" -lt 4 ] || threads=threads
both "running words" ./words $threads

case $("$CXX" --version) in
*clang*) served 'clang*' ;;
*) served cc1plus ;;
esac
served words
passed "object file, executable and its output are identical"
