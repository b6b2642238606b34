/* shared.h -- which locations are worth a stop. */
#ifndef SHARED_H
#define SHARED_H

#include "explore.h"

/** Whether other threads may notice when this access happens. */
bool shared_access(const volatile void *at, bool writes);
/** Whether the last run showed a location to be shared that was not known as such; from now on it
 *  is known. */
bool shared_learnt(void);

#endif
