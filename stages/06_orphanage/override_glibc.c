/* override_glibc.c -- what glibc adds to the names of malloc.
 *
 * A program that asks for one of these would otherwise get glibc's, and a static link would bring
 * glibc's whole malloc with it.
 */
#include <features.h>

#if defined(__GLIBC__)
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "bitslab.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int malloc_trim(size_t pad) {
    (void)pad;
    return bitslab_trim();
}

/* There is nothing that mallopt could change; 1 says that the call succeeded. */
EXPORT int mallopt(int parameter, int value) {
    (void)parameter, (void)value;
    return 1;
}

EXPORT struct mallinfo2 mallinfo2(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    struct mallinfo2 info;
    memset(&info, 0, sizeof info);
    info.arena = now.mapped_bytes;
    info.hblks = now.huge_blocks;
    info.usmblks = now.mapped_peak_bytes;
    return info;
}

EXPORT struct mallinfo mallinfo(void) {
    struct mallinfo2 wide = mallinfo2();
    struct mallinfo info;
    memset(&info, 0, sizeof info);
    info.arena = (int)wide.arena;
    info.hblks = (int)wide.hblks;
    info.usmblks = (int)wide.usmblks;
    return info;
}

EXPORT int malloc_info(int options, FILE *stream) {
    struct bitslab_stats now;
    if (options != 0) return EINVAL;
    bitslab_stats(&now);
    int printed = fprintf(stream,
                          "<malloc version=\"bitslab-" BITSLAB_VERSION "\">"
                          "<system type=\"current\" size=\"%zu\"/>"
                          "<system type=\"max\" size=\"%zu\"/></malloc>\n",
                          now.mapped_bytes, now.mapped_peak_bytes);
    return printed < 0 ? -1 : 0;
}

EXPORT void malloc_stats(void) {
    struct bitslab_stats now;
    bitslab_stats(&now);
    fprintf(stderr, "bitslab: %zu bytes mapped, %zu at the peak, %zu superpages, %zu huge blocks\n",
            now.mapped_bytes, now.mapped_peak_bytes, now.superpages, now.huge_blocks);
}

/* The internal names, which some programs that wrap malloc call. */
EXPORT void *__libc_malloc(size_t size) { return bitslab_malloc(size); }
EXPORT void __libc_free(void *block) { bitslab_free(block); }
EXPORT void *__libc_calloc(size_t count, size_t size) { return bitslab_calloc(count, size); }
EXPORT void *__libc_realloc(void *block, size_t size) { return bitslab_realloc(block, size); }
EXPORT void *__libc_memalign(size_t align, size_t size) { return memalign(align, size); }
EXPORT void *__libc_valloc(size_t size) { return valloc(size); }
EXPORT void *__libc_pvalloc(size_t size) { return pvalloc(size); }
EXPORT void __libc_cfree(void *block) { bitslab_free(block); }

EXPORT int __posix_memalign(void **out, size_t align, size_t size) {
    return bitslab_posix_memalign(out, align, size);
}

#endif
