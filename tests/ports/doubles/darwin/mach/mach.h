/* mach/mach.h -- Mach's types and constants, as far as the port uses them. */
#ifndef TESTS_PORTS_DOUBLES_MACH_H
#define TESTS_PORTS_DOUBLES_MACH_H

#include <stdint.h>

typedef int kern_return_t, boolean_t, vm_prot_t;
typedef uintptr_t vm_address_t;
typedef unsigned task_t, vm_map_t, mem_entry_name_port_t, vm_inherit_t;
typedef uint64_t mach_vm_address_t, mach_vm_size_t, mach_vm_offset_t, memory_object_offset_t;

#define KERN_SUCCESS 0
#define KERN_NO_SPACE 3
#define KERN_INVALID_ARGUMENT 4
#define FALSE 0
#define VM_FLAGS_ANYWHERE 1
#define VM_MAKE_TAG(tag) ((int)((unsigned)(tag) << 24))
#define MEMORY_OBJECT_NULL 0
#define VM_PROT_READ 1
#define VM_PROT_WRITE 2
#define VM_PROT_ALL 7
#define VM_INHERIT_COPY 1

vm_map_t mach_task_self(void);

#endif
