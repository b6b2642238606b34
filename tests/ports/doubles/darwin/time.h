#include_next <time.h>
#define CLOCK_MONOTONIC_RAW_APPROX CLOCK_MONOTONIC
