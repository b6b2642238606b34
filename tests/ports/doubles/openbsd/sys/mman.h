/* sys/mman.h -- OpenBSD's, as far as the port uses it: no MAP_ALIGNED, and EPERM for what is
 * immutable. */
#include_next <sys/mman.h>
#include "bsd.h"

#define MADV_FREE 6
#define MODEL_PAGE_BYTES 4096
#define MODEL_ALIGNS 0
#define MODEL_LOSES(advice) ((advice) == MADV_FREE)
#define MODEL_REUSES(advice) 0
#define MODEL_REFUSES_WITH EPERM
