#include_next <unistd.h>
#include "bsd.h"

pid_t getthrid(void);
