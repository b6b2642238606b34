/* story.c -- a run in words: who did what, where in the source, and what it saw. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "explore.h"

static const char *const operations[] = {"start", "load", "store", "swap",
                                         "add",   "or",   "and",   "cas"};
static const char *const orders[] = {"relaxed", "acquire", "release", "acq_rel", "seq_cst"};

void tell(const char *format, ...) {
    va_list arguments;
    if (!run.telling) return;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
}

void tell_step(const struct place *place, const volatile void *at, const char *format, ...) {
    va_list arguments;
    char what[200];
    if (!run.telling) return;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *file = strrchr(place->file, '/');
    char source[60];
    snprintf(source, sizeof source, "%s:%d", file ? file + 1 : place->file, place->line);
    printf("  %4u  %u %-9s %-18s %-18s %-5s %-7s %-24s %s  (%#lx)\n", run.steps, run.current,
           run.scenario->role[run.current], source, place->function, operations[place->operation],
           orders[place->order], place->operand, what, (unsigned long)at);
}

/* The line of source that a return address belongs to, as addr2line knows it. */
void tell_source(const char *what, const void *code) {
    char command[200], function[100] = "?", line[300] = "?";
    char self[200] = "";
    if (!run.telling || readlink("/proc/self/exe", self, sizeof self - 1) < 0) return;
    snprintf(command, sizeof command, "addr2line -f -e '%.120s' %p", self,
             (const void *)((const char *)code - 1));
    FILE *pipe = popen(command, "r");
    if (pipe == NULL) return;
    if (fgets(function, sizeof function, pipe) && fgets(line, sizeof line, pipe)) {
        function[strcspn(function, "\n")] = line[strcspn(line, "\n")] = '\0';
        const char *file = strrchr(line, '/');
        printf("        %s: %s in %s\n", what, file ? file + 1 : line, function);
    }
    pclose(pipe);
}
