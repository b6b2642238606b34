/* bsd.c -- mmap and its kin as the BSDs have them; compiled with the headers of one of them. */
#include <errno.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "kernel.h"

const size_t kernel_page_bytes = MODEL_PAGE_BYTES;
const size_t kernel_grain_bytes = MODEL_PAGE_BYTES;

static int fail(int error) {
    errno = error;
    return -1;
}

/* FreeBSD, sys/vm/vm_mmap.c: an alignment of 1 is MAP_ALIGNED_SUPER, others must be a page at least.
 * Whether a hint is taken is the kernel's affair. */
void *bsd_mmap(void *wanted, size_t bytes, int protection, int flags, int file, off_t offset) {
    unsigned shift = (unsigned)flags >> MAP_ALIGNMENT_SHIFT;
    unsigned least = (unsigned)__builtin_ctzll(kernel_page_bytes);
    int rest = flags & ((1 << MAP_ALIGNMENT_SHIFT) - 1);
    bool valid = rest == (MAP_PRIVATE | MAP_ANON) && file == -1 && offset == 0 && bytes != 0 &&
                 protection == (PROT_READ | PROT_WRITE);
    if (!valid) kernel_wrong("mmap with these arguments");
    if (shift != 0 && (!MODEL_ALIGNS || shift < least || shift >= 64)) {
        errno = EINVAL;
        return MAP_FAILED;
    }
    size_t align = shift != 0 ? (size_t)1 << shift : 1;
    void *at = NULL;
    if (!kernel_refuses() && bytes <= SIZE_MAX / 2)
        at = kernel_map(wanted != NULL && kernel_turn() ? wanted : NULL, bytes, align, true);
    if (at == NULL) errno = ENOMEM;
    return at == NULL ? MAP_FAILED : at;
}

/* A mapping that must be split may find no memory for the second entry. */
int bsd_munmap(void *base, size_t bytes) {
    if (!kernel_pages(base, bytes)) return fail(EINVAL);
    if (!kernel_whole(base, bytes) && kernel_refuses()) return fail(ENOMEM);
    kernel_unmap(base, bytes);
    return 0;
}

int bsd_mprotect(void *base, size_t bytes, int protection) {
    if (!kernel_pages(base, bytes)) return fail(EINVAL);
    if (!kernel_mapped(base, bytes)) return fail(ENOMEM);
    if (kernel_refuses()) return fail(EACCES);
    kernel_protect(base, bytes, protection != PROT_NONE);
    return 0;
}

int bsd_madvise(void *base, size_t bytes, int advice) {
    if (!kernel_pages(base, bytes)) return fail(EINVAL);
    if (!kernel_mapped(base, bytes)) return fail(ENOMEM);
    if (!MODEL_LOSES(advice) && !MODEL_REUSES(advice)) return fail(EINVAL);
    if (kernel_refuses()) return fail(MODEL_REFUSES_WITH);
    if (MODEL_LOSES(advice)) kernel_lose_some(base, bytes);
    return 0;
}

int issetugid(void) { return 0; }

long bsd_sysconf(int name) {
    if (name != _SC_PAGESIZE) kernel_wrong("sysconf of this");
    return (long)kernel_page_bytes;
}
