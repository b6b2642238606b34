# threads.sh -- a program with threads, which forks, executes, and opens pipes.
#
# Stages: 6
# Seconds: 5
. "$(dirname "$0")/lib.sh"

compile threads threads.c
# The program, 20 that it forks and 20 that it starts through a shell.
preloaded 41 "$work/threads"
compile archive threads.c "$ARCHIVE"
serves 41 "$work/archive"
echo "$(wc -l <"$report") processes on bitslab"
