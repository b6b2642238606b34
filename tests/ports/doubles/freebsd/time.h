#include_next <time.h>
#define CLOCK_MONOTONIC_FAST CLOCK_MONOTONIC
