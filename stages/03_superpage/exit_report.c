/* exit_report.c -- one line of statistics for each process, where BITSLAB_REPORT says.
 *
 * `make stage` and the tests of real programs read it: proof that the program ran on bitslab.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bitslab.h"

struct field {
    const char *name;
    size_t value;
};

/* One write appends the whole line, so processes do not mix theirs. */
static void report(int file) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    const struct field fields[] = {
        {"mallocs", now.mallocs},
        {"frees", now.frees},
        {"mapped_bytes", now.mapped_bytes},
        {"mapped_peak_bytes", now.mapped_peak_bytes},
        {"superpages", now.superpages},
        {"huge_blocks", now.huge_blocks},
        {"superpages_purged", now.superpages_purged},
    };
    char line[1024];
    int length = snprintf(line, sizeof line, "program=%s pid=%ld", program_invocation_short_name,
                          (long)getpid());
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        length += snprintf(line + length, sizeof line - (size_t)length, " %s=%zu", fields[i].name,
                           fields[i].value);
    line[length++] = '\n';
    if (write(file, line, (size_t)length) < 0) perror("bitslab: cannot write the report");
}

__attribute__((destructor)) static void report_at_exit(void) {
    const char *path = getenv("BITSLAB_REPORT");
    if (path == NULL) return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0) {
        fprintf(stderr, "bitslab: cannot write BITSLAB_REPORT=%s: %m\n", path);
        return;
    }
    report(file);
    close(file);
}
