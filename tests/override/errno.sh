# errno.sh -- free preserves errno, success too, and failure sets ENOMEM or EINVAL.
#
# Stages: 6
# Seconds: 1
. "$(dirname "$0")/lib.sh"

compile errno errno.c
preloaded 1 "$work/errno"
compile archive errno.c "$ARCHIVE"
serves 1 "$work/archive"
echo "errno is as it should be after every function"
