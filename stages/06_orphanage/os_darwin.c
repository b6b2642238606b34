/* os_darwin.c -- the OS layer on macOS: Mach maps aligned memory, and keeps books on what is reusable.
 *
 * Pages are 16 KiB on ARM and 4 KiB on Intel.
 */
#include <crt_externs.h>
#include <sys/random.h>
#include <time.h>

#define OS_CLOCK CLOCK_MONOTONIC_RAW_APPROX
#define OS_ENVIRON (*_NSGetEnviron()) /* a dylib has no environ */
#include "os_bsd.h"

#include <mach/mach.h>

/* Of <mach/mach_vm.h>, which not every toolchain has. */
kern_return_t mach_vm_map(vm_map_t task, mach_vm_address_t *address, mach_vm_size_t size,
                          mach_vm_offset_t mask, int flags, mem_entry_name_port_t object,
                          memory_object_offset_t offset, boolean_t copy, vm_prot_t protection,
                          vm_prot_t max_protection, vm_inherit_t inheritance);

#define OUR_TAG 240 /* the first that is for applications: tools such as vmmap show it */
#define TRIES 8     /* when the kernel says "again"                                    */

void *os_map(size_t bytes, size_t align) {
    mach_vm_address_t at = 0;
    mach_vm_offset_t mask = align > os_page_bytes() ? align - 1 : 0;
    int saved = errno;
    kern_return_t result = mach_vm_map(
        mach_task_self(), &at, bytes, mask, VM_FLAGS_ANYWHERE | VM_MAKE_TAG(OUR_TAG),
        MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_READ | VM_PROT_WRITE, VM_PROT_ALL, VM_INHERIT_COPY);
    errno = saved;
    return result == KERN_SUCCESS ? (void *)(uintptr_t)at : NULL;
}

/* A key costs no memory there, and its value outlives its destructor if that sets it again: it is read
 * in the place of a thread-local variable, whose first use in a thread has dyld call malloc, and which may
 * be gone before the last free. */
void *os_thread_argument(void) {
    uintptr_t known = atom_load(&exit_key, acquire); /* [TX-1] */
    return known == 0 ? NULL : pthread_getspecific((pthread_key_t)(known - 1));
}

void os_thread_ended(void (*callback)(void *), void *argument) {
    (void)os_on_thread_exit(callback, argument);
}

static bool advise(void *base, size_t bytes, int advice) {
    int saved = errno;
    int failed = -1;
    for (unsigned tries = 0; tries < TRIES && failed != 0; tries++) {
        failed = madvise(base, bytes, advice);
        if (failed != 0 && errno != EAGAIN) break;
    }
    errno = saved;
    return failed == 0;
}

/* Reusable memory counts as given back at once, and as used again when the kernel is told. */
enum os_purged os_purge(void *base, size_t bytes) {
    return advise(base, bytes, MADV_FREE_REUSABLE) ? OS_PURGE_UNDEFINED : OS_PURGE_FAILED;
}

/* What may be written to meanwhile is no reusable memory, only free to be lost. */
enum os_purged os_reset(void *base, size_t bytes) {
    return advise(base, bytes, MADV_FREE) ? OS_PURGE_UNDEFINED : OS_PURGE_FAILED;
}

/* If the kernel refuses, only its books are wrong: the memory can be used. */
bool os_unpurge(void *base, size_t bytes) {
    (void)advise(base, bytes, MADV_FREE_REUSE);
    return true;
}
