#!/bin/sh
# python3.sh -- every object a block of its own (PYTHONMALLOC=malloc), threads that pass objects
# on, threads that live only briefly, a fork while threads exist.
# Stages: 4-6
. "$(dirname "$0")/lib.sh"
need python3

# What is called python3 may be a shell script that looks for the real one.
python=$(python3 -c 'import sys; print(sys.executable)')
unset PYTHONPATH PYTHONSTARTUP PYTHONHOME
export PYTHONMALLOC=malloc PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
both "words.py" "$python" -X utf8 "$input/words.py"
served 'python*'
passed "the output is identical"
