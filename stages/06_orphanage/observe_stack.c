/* observe_stack.c -- walking the stack. */
#include "observe_stack.h"

#include <unwind.h>

#include "bitslab.h"
#include "block.h"
#include "wide.h"

#define OWN_MAX 8 /* at most so many frames of ours are on top */

__attribute__((weak)) int backtrace(void **frames, int count);
__attribute__((weak)) _Unwind_Reason_Code _Unwind_Backtrace(_Unwind_Trace_Fn look, void *argument);
#ifndef _Unwind_GetIP /* a macro on 32-bit ARM */
__attribute__((weak)) _Unwind_Ptr _Unwind_GetIP(struct _Unwind_Context *context);
#endif

struct walked {
    void **frames;
    int count, depth;
};

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *argument) {
    struct walked *walked = (struct walked *)argument;
    if (walked->depth == walked->count) return _URC_END_OF_STACK;
    walked->frames[walked->depth++] = (void *)_Unwind_GetIP(context);
    return _URC_NO_REASON;
}

static int walk(void **frames, int count) {
    struct walked walked = {frames, count, 0};
    if (backtrace != NULL) return backtrace(frames, count);
    _Unwind_Backtrace(look_at_frame, &walked);
    return walked.depth;
}

bool stack_prepare(void) {
    void *frames[2];
    if (backtrace == NULL && _Unwind_Backtrace == NULL) return false; /* both or none */
    return walk(frames, 2) > 0;
}

/* Our code lies together, in a library of its own and in a program: so an address between two
 * functions of ours is ours. */
static bool ours(const void *address) {
    const uintptr_t some[] = {(uintptr_t)bitslab_aligned_alloc, (uintptr_t)block_alloc,
                              (uintptr_t)stack_here, (uintptr_t)wide_resize};
    bool above = false, below = false;
    for (unsigned i = 0; i < sizeof some / sizeof some[0]; i++) {
        above |= (uintptr_t)address >= some[i];
        below |= (uintptr_t)address <= some[i];
    }
    return above && below;
}

uint32_t stack_here(void **frames) {
    void *all[STACK_DEPTH + OWN_MAX];
    int depth = walk(all, STACK_DEPTH + OWN_MAX), own = 0;
    uint32_t kept = 0;
    while (own < depth && ours(all[own])) own++;
    for (int i = own < depth ? own : 0; i < depth && kept < STACK_DEPTH; i++)
        frames[kept++] = all[i];
    if (kept == 0) frames[kept++] = __builtin_return_address(0);
    return kept;
}
