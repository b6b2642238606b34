/* darwin.c -- mach_vm_map, by the rules of XNU (osfmk/vm/vm_map.c); the rest is in bsd.c. */
#include <mach/mach.h>

#include "kernel.h"

kern_return_t mach_vm_map(vm_map_t task, mach_vm_address_t *address, mach_vm_size_t size,
                          mach_vm_offset_t mask, int flags, mem_entry_name_port_t object,
                          memory_object_offset_t offset, boolean_t copy, vm_prot_t protection,
                          vm_prot_t max_protection, vm_inherit_t inheritance);

vm_map_t mach_task_self(void) { return 1; }

kern_return_t mach_vm_map(vm_map_t task, mach_vm_address_t *address, mach_vm_size_t size,
                          mach_vm_offset_t mask, int flags, mem_entry_name_port_t object,
                          memory_object_offset_t offset, boolean_t copy, vm_prot_t protection,
                          vm_prot_t max_protection, vm_inherit_t inheritance) {
    unsigned tag = (unsigned)flags >> 24;
    /* Bits 16 to 18 ask for superpages, which only Intel has. */
    if ((flags & 0x70000) != 0 || (mask & (mask + 1)) != 0 || size == 0)
        return KERN_INVALID_ARGUMENT;
    if (task != 1 || (flags & 0xffff) != VM_FLAGS_ANYWHERE || tag < 240 || object != 0 ||
        offset != 0 || copy || protection != (VM_PROT_READ | VM_PROT_WRITE) ||
        max_protection != VM_PROT_ALL || inheritance != VM_INHERIT_COPY)
        kernel_wrong("mach_vm_map with these arguments");
    if (kernel_refuses() || size > SIZE_MAX / 2) return KERN_NO_SPACE;
    void *at = kernel_map(NULL, size, mask + 1, true);
    if (at == NULL) return KERN_NO_SPACE;
    *address = (uintptr_t)at;
    return KERN_SUCCESS;
}
