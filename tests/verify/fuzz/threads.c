/* threads.c -- saved threads, and their ends. */
#include "threads.h"

#include "calls.h"
#include "harden.h"
#include "os_fuzz.h"
#include "run.h"

struct virtual_thread {
    struct thread self;       /* what the allocator knows of it, while it does not run */
    void (*callback)(void *); /* at its end                                           */
    void *argument;
};

static const struct virtual_thread fresh = {.self = {.heap = &empty_heap}};

static struct virtual_thread threads[THREADS];
static struct virtual_thread stopped[STOPPED_MAX];
static unsigned current, stopped_count;

void threads_reset(void) {
    for (unsigned i = 0; i < THREADS; i++) threads[i] = fresh;
    current = stopped_count = 0;
    this_thread = fresh.self;
}

unsigned threads_current(void) { return current; }

void threads_run(unsigned number) {
    if (number == current) return;
    threads[current].self = this_thread;
    current = number;
    this_thread = threads[current].self;
}

void threads_on_exit(void (*callback)(void *), void *argument) {
    threads[current].callback = callback;
    threads[current].argument = argument;
    if (fuzz_os.hook_allocates) call_from_hook();
}

void threads_exit(void) {
    struct virtual_thread *thread = &threads[current];
    void (*callback)(void *) = thread->callback;
    say("T%u  exits%s\n", current, callback == NULL ? "; no hook is set" : "");
    thread->callback = NULL;
    if (callback != NULL) callback(thread->argument);
}

void threads_start(void) {
    threads_exit();
    if (this_thread.heap != &empty_heap) violated("T%u ended, and its heap is lost", current);
    threads[current] = fresh;
    this_thread = fresh.self;
    say("T%u  starts\n", current);
}

bool threads_stop(void) {
    if (stopped_count == STOPPED_MAX) return false;
    threads[current].self = this_thread;
    stopped[stopped_count++] = threads[current];
    say("T%u  stops for ever; another T%u starts\n", current, current);
    threads[current] = fresh;
    this_thread = fresh.self;
    return true;
}

bool threads_can_run(const struct heap *heap) {
    threads[current].self = this_thread;
    for (unsigned i = 0; i < THREADS; i++)
        if (threads[i].self.heap == heap) return true;
    return false;
}

bool threads_stopped_with(const void *bin) {
    for (unsigned i = 0; i < stopped_count; i++)
        if (harden_holds(stopped[i].self.heap, bin)) return true;
    return false;
}

unsigned threads_finish(bool revive) {
    for (unsigned i = 0; i < THREADS; i++) {
        threads_run(i);
        threads_start();
    }
    if (!revive) return stopped_count;
    while (stopped_count > 0) {
        threads[current] = stopped[--stopped_count];
        this_thread = threads[current].self;
        say("T%u  is now one that was stopped\n", current);
        threads_start();
    }
    return 0;
}
