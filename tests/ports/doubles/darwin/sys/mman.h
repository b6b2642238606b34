/* sys/mman.h -- macOS's, as far as the port uses it; pages of 16 KiB, as on ARM. */
#include_next <sys/mman.h>
#include "bsd.h"

#define MADV_FREE 5
#define MADV_FREE_REUSABLE 7
#define MADV_FREE_REUSE 8
#define MODEL_PAGE_BYTES 16384
#define MODEL_ALIGNS 0
#define MODEL_LOSES(advice) ((advice) == MADV_FREE || (advice) == MADV_FREE_REUSABLE)
#define MODEL_REUSES(advice) ((advice) == MADV_FREE_REUSE)
/* By turns "again", after which the next try may work, and a refusal for good. */
#define MODEL_REFUSES_WITH (kernel_turn() ? EAGAIN : EINVAL)
