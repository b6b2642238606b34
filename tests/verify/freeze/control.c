/* control.c -- the library behind a lock: what the test must find.
 *
 * The linker sends each call of the library through here. With -DSPIN the lock is a spinlock, else
 * a mutex. A thread that is frozen in the library holds it, so nobody else gets on.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#ifdef SPIN
static atomic_flag spinlock = ATOMIC_FLAG_INIT;

static void lock(void) {
    while (atomic_flag_test_and_set_explicit(&spinlock, memory_order_acquire)) {
    }
}

static void unlock(void) { atomic_flag_clear_explicit(&spinlock, memory_order_release); }
#else
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void lock(void) { pthread_mutex_lock(&mutex); }

static void unlock(void) { pthread_mutex_unlock(&mutex); }
#endif

void *__real_bitslab_malloc(size_t size);
void *__real_bitslab_calloc(size_t count, size_t size);
void *__real_bitslab_realloc(void *block, size_t size);
void __real_bitslab_free(void *block);

void *__wrap_bitslab_malloc(size_t size) {
    lock();
    void *block = __real_bitslab_malloc(size);
    unlock();
    return block;
}

void *__wrap_bitslab_calloc(size_t count, size_t size) {
    lock();
    void *block = __real_bitslab_calloc(count, size);
    unlock();
    return block;
}

void *__wrap_bitslab_realloc(void *block, size_t size) {
    lock();
    block = __real_bitslab_realloc(block, size);
    unlock();
    return block;
}

void __wrap_bitslab_free(void *block) {
    lock();
    __real_bitslab_free(block);
    unlock();
}
