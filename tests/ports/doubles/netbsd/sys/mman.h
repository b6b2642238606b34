/* sys/mman.h -- NetBSD's, as far as the port uses it; pages of 8 KiB, as on some machines. */
#include_next <sys/mman.h>
#include "bsd.h"

#define MAP_ALIGNED(n) ((int)((unsigned)(n) << MAP_ALIGNMENT_SHIFT))
#define MADV_FREE 6
#define MODEL_PAGE_BYTES 8192
#define MODEL_ALIGNS 1
#define MODEL_LOSES(advice) ((advice) == MADV_FREE)
#define MODEL_REUSES(advice) 0
#define MODEL_REFUSES_WITH EINVAL
