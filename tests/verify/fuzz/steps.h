/* steps.h -- from bytes to operations. */
#ifndef FUZZ_STEPS_H
#define FUZZ_STEPS_H

#include "run.h"

/** Do what a step says. */
void step_do(const struct step *step);

#endif
