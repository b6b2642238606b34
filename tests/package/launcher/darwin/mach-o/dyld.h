/* dyld.h -- of macOS's header of this name, what system_darwin.c calls; darwin.c stands in for it. */
#include <stdint.h>

int _NSGetExecutablePath(char *path, uint32_t *bytes);
