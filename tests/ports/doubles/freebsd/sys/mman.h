/* sys/mman.h -- FreeBSD's, as far as the port uses it; pages of 4 KiB. */
#include_next <sys/mman.h>
#include "bsd.h"

#define MAP_ALIGNED(n) ((n) << MAP_ALIGNMENT_SHIFT)
#define MAP_ALIGNED_SUPER MAP_ALIGNED(1)
#define MADV_FREE 5
#define MODEL_PAGE_BYTES 4096
#define MODEL_ALIGNS 1
#define MODEL_LOSES(advice) ((advice) == MADV_FREE)
#define MODEL_REUSES(advice) 0
#define MODEL_REFUSES_WITH EINVAL
