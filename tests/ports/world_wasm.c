/* world_wasm.c -- the conformance test's view of WebAssembly, as far as host.js lets it see. */
#include <stdint.h>

#include "world.h"

#define HOST(name) __attribute__((import_module("world"), import_name(#name)))

HOST(print) void host_print(const char *text);
HOST(exit) _Noreturn void host_exit(int status);

extern int last_error; /* of os_wasm.c */

int world_refuse(unsigned nth, unsigned count) {
    (void)nth, (void)count;
    return -1;
}

enum readable world_readable(const void *at) {
    (void)at;
    return UNKNOWN;
}

size_t world_mapped_bytes(void) { return 0; }

bool world_threads(void (*run)(void *), void *argument, unsigned count) {
    (void)run, (void)argument, (void)count;
    return false;
}

size_t world_thread_number(void) { return 1; }
int world_error(void) { return last_error; }
void world_set_error(int error) { last_error = error; }
bool world_open_stderr(bool open) {
    (void)open;
    return false;
}

void world_print(const char *text) { host_print(text); }
_Noreturn void world_exit(int status) { host_exit(status); }
