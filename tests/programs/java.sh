#!/bin/sh
# java.sh -- openjdk compiles a program (identical class files) and runs it: compiler threads,
# direct buffers freed by the cleaner, compressors, threads that come and go.
# Stages: 6
. "$(dirname "$0")/lib.sh"
need java javac

# Small pages of metadata, so that the machine's own memory settings don't matter.
silent=yes
both "javac" javac -J-Xmx256m -d . "$input/Words.java"
for class in "$work"/without/*.class; do
    same "$(basename "$class")" "$class" "$work/with/$(basename "$class")"
done
silent=no
both "java Words" java -Xmx256m -XX:+UseG1GC -cp . Words
served javac
served java
passed "class files and output are identical"
