#include_next <unistd.h>
#include "bsd.h"
