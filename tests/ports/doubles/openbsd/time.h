#include_next <time.h>
