/* limit.c -- the limit, and the last attempts before it. */
#include "limit.h"

#include "bitslab.h"
#include "huge_cache.h"
#include "stats.h"

static _Atomic(bitslab_out_of_memory *) out_of_memory;
static _Atomic(bitslab_error *) error;

bool limit_set(size_t bytes) {
    size_t wanted = bytes == 0 ? SIZE_MAX : bytes;
    size_t before = atom_swap(&stats.limit, wanted, seq_cst);           /* [LM-1] */
    if (atom_load(&stats.mapped_bytes, seq_cst) <= wanted) return true; /* [LM-1] */
    /* Unless somebody else has set another one meanwhile. */
    atom_cas(&stats.limit, &wanted, before, seq_cst, relaxed); /* [LM-1] */
    return false;
}

bool memory_wanted(size_t size, unsigned round) {
    size_t limit = atom_load(&stats.limit, relaxed);
    if (round == 0 && limit != SIZE_MAX && size <= limit) {
        bitslab_trim();
        return true;
    }
    bitslab_out_of_memory *callback = atom_load(&out_of_memory, relaxed);
    if (callback == NULL || callback(size) == 0) return false;
    huge_cache_trim(); /* what it freed may wait there */
    return true;
}

void error_reported(const char *message) {
    bitslab_error *callback = atom_load(&error, relaxed);
    if (callback != NULL) callback(message);
}

bitslab_out_of_memory *bitslab_on_out_of_memory(bitslab_out_of_memory *callback) {
    return atom_swap(&out_of_memory, callback, relaxed);
}

bitslab_error *bitslab_on_error(bitslab_error *callback) {
    return atom_swap(&error, callback, relaxed);
}
