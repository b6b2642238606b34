/* seccomp.h -- a kernel that has no memory any more, for this process and its children.
 *
 * A filter of system calls answers ENOMEM to those named by KIND, a sum of:
 *   1 mmap of anonymous memory of at least LEAST bytes   2 mremap   4 madvise   8 munmap   16 mprotect
 * It cannot be taken back.
 */
#ifndef SECCOMP_H
#define SECCOMP_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define OWN_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_ARCH AUDIT_ARCH_AARCH64
#else
#define OWN_ARCH 0 /* the filter refuses nothing there */
#endif

#define FIELD(name) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, name))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOMEM)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Skip so many statements unless what was loaded last is (is at least) the value. */
#define EQUALS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip)
#define AT_LEAST(value, skip) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, 0, skip)

/** False: this kernel, or whoever set up this process, does not let us. */
static inline bool refuse_by_seccomp(unsigned kind, unsigned least) {
    unsigned none = ~0u; /* the number of no call */
    /* clang-format off */
    struct sock_filter program[] = {
        FIELD(arch),
        EQUALS(OWN_ARCH, 15),
        FIELD(nr),
        EQUALS(kind & 2 ? SYS_mremap : none, 1), REFUSE,
        EQUALS(kind & 4 ? SYS_madvise : none, 1), REFUSE,
        EQUALS(kind & 8 ? SYS_munmap : none, 1), REFUSE,
        EQUALS(kind & 16 ? SYS_mprotect : none, 1), REFUSE,
        EQUALS(kind & 1 ? SYS_mmap : none, 5),
        FIELD(args[4]), EQUALS(~0u, 3), /* the file is -1 */
        FIELD(args[1]), AT_LEAST(least, 1), REFUSE,
        ALLOW,
    };
    /* clang-format on */
    struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    return OWN_ARCH != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

#endif
