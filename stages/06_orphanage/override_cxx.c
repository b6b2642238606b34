/* override_cxx.c -- C++'s operators new and delete, by their mangled names.
 *
 * They are written in C, so that the library needs no C++ runtime; what they need of one when
 * memory runs out (the new handler, throwing) they find by weak names, if the program has it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

#include "bitslab.h"
#include "os.h"

#define EXPORT __attribute__((visibility("default")))

#if SIZE_MAX > UINT32_MAX
#define NEW(prefix, suffix) prefix##m##suffix /* size_t is unsigned long */
#define SIZED(prefix) prefix##m
#else
#define NEW(prefix, suffix) prefix##j##suffix
#define SIZED(prefix) prefix##j
#endif

typedef void handler(void);
__attribute__((weak)) handler *_ZSt15get_new_handlerv(void);         /* std::get_new_handler()   */
__attribute__((weak, noreturn)) void _ZSt17__throw_bad_allocv(void); /* libstdc++'s own thrower */

static void *allocate(size_t align, size_t size) {
    return align == 0 ? bitslab_malloc(size) : bitslab_aligned_alloc(align, size);
}

/* Call the new handler until there is memory, or there is no handler. A handler may throw. */
static void *allocate_or_handle(size_t align, size_t size) {
    for (;;) {
        void *block = allocate(align, size);
        handler *handle = NULL;
        if (block != NULL) return block;
        if (_ZSt15get_new_handlerv) handle = _ZSt15get_new_handlerv();
        if (handle == NULL) return NULL;
        handle();
    }
}

static void *allocate_or_throw(size_t align, size_t size) {
    void *block = allocate_or_handle(align, size);
    if (block != NULL) return block;
    if (_ZSt17__throw_bad_allocv) _ZSt17__throw_bad_allocv();
    static const char text[] = "bitslab: operator new: out of memory, and nothing to throw with\n";
    os_write(text, sizeof text - 1);
    os_abort();
}

/* A nothrow operator must survive a handler that throws, and C cannot catch. The C++ runtime's own
 * operator can: it calls the throwing one, which is ours, and catches. A static program has no
 * runtime behind us; there a handler must not throw out of a nothrow operator. */
static void *allocate_or_null(const char *name, size_t align, size_t size, const void *nothrow) {
    void *block = allocate(align, size);
    if (block != NULL) return block;
    void *next = dlsym(RTLD_NEXT, name);
    if (next == NULL) return allocate_or_handle(align, size);
    if (align == 0) return ((void *(*)(size_t, const void *))next)(size, nothrow);
    return ((void *(*)(size_t, size_t, const void *))next)(size, align, nothrow);
}

#define NAME_OF(symbol) #symbol
#define NAME(symbol) NAME_OF(symbol)

/* new, new[]: plain, nothrow, aligned, aligned nothrow. */
#define NEW_OPERATORS(prefix)                                                                  \
    EXPORT void *NEW(prefix, )(size_t size) {                                                  \
        void *block = bitslab_malloc(size);                                                    \
        return __builtin_expect(block != NULL, 1) ? block : allocate_or_throw(0, size);        \
    }                                                                                          \
    EXPORT void *NEW(prefix, RKSt9nothrow_t)(size_t size, const void *nothrow) {               \
        return allocate_or_null(NAME(NEW(prefix, RKSt9nothrow_t)), 0, size, nothrow);          \
    }                                                                                          \
    EXPORT void *NEW(prefix, St11align_val_t)(size_t size, size_t align) {                     \
        return allocate_or_throw(align, size);                                                 \
    }                                                                                          \
    EXPORT void *NEW(prefix, St11align_val_tRKSt9nothrow_t)(size_t size, size_t align,         \
                                                            const void *nothrow) {             \
        return allocate_or_null(NAME(NEW(prefix, St11align_val_tRKSt9nothrow_t)), align, size, \
                                nothrow);                                                      \
    }

/* delete, delete[]: plain, nothrow, aligned, sized, sized and aligned, aligned nothrow. */
#define DELETE_OPERATORS(prefix)                                                             \
    EXPORT void prefix(void *block) { bitslab_free(block); }                                 \
    EXPORT void prefix##RKSt9nothrow_t(void *block, const void *nothrow) {                   \
        (void)nothrow;                                                                       \
        bitslab_free(block);                                                                 \
    }                                                                                        \
    EXPORT void prefix##St11align_val_t(void *block, size_t align) {                         \
        (void)align;                                                                         \
        bitslab_free(block);                                                                 \
    }                                                                                        \
    EXPORT void SIZED(prefix)(void *block, size_t size) { bitslab_free_sized(block, size); } \
    EXPORT void NEW(prefix, St11align_val_t)(void *block, size_t size, size_t align) {       \
        bitslab_free_aligned_sized(block, align, size);                                      \
    }                                                                                        \
    EXPORT void prefix##St11align_val_tRKSt9nothrow_t(void *block, size_t align,             \
                                                      const void *nothrow) {                 \
        (void)align, (void)nothrow;                                                          \
        bitslab_free(block);                                                                 \
    }

NEW_OPERATORS(_Znw)
NEW_OPERATORS(_Zna)
DELETE_OPERATORS(_ZdlPv)
DELETE_OPERATORS(_ZdaPv)
