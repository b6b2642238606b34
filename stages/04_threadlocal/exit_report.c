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

/* A line of up to 512 bytes is appended by one write, so processes do not mix theirs. */
__attribute__((destructor)) static void report_at_exit(void) {
    const char *path = getenv("BITSLAB_REPORT");
    if (path == NULL) return;
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0) {
        fprintf(stderr, "bitslab: cannot write BITSLAB_REPORT=%s: %m\n", path);
        return;
    }
    struct bitslab_stats now;
    char line[512];
    bitslab_stats(&now);
    int length =
        snprintf(line, sizeof line,
                 "program=%s pid=%ld mallocs=%zu frees=%zu mapped_bytes=%zu mapped_peak_bytes=%zu "
                 "superpages=%zu huge_blocks=%zu heaps=%zu superpages_purged=%zu "
                 "frees_set_aside=%zu\n",
                 program_invocation_short_name, (long)getpid(), now.mallocs, now.frees,
                 now.mapped_bytes, now.mapped_peak_bytes, now.superpages, now.huge_blocks,
                 now.heaps, now.superpages_purged, now.frees_set_aside);
    if (length > 0) (void)!write(file, line, (size_t)length);
    close(file);
}
