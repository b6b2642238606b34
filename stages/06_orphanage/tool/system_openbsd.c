/* system_openbsd.c -- where this program is, on OpenBSD, which does not tell: where its shell found it. */
#include "tool.h"

const char *system_program(void) { return find_program(called_as); }
