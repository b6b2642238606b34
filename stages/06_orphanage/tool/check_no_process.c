/* check_no_process.c -- `bitslab check PID`, where no system lets others look into a process. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

#include "tool.h"

int check_process(const char *number) {
    errno = 0;
    long process = strtol(number, NULL, 10);
    bool is_one = errno == 0 && process > 0 && process == (long)(pid_t)process &&
                  (kill((pid_t)process, 0) == 0 || errno == EPERM);
    if (!is_one) die(BAD_USAGE, "there is no process %s", number);
    return found(
        UNKNOWN,
        "whose malloc process %s calls cannot be found out on this system; of the program, "
        "bitslab check PROGRAM may tell",
        number);
}
