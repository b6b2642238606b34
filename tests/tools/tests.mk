# tests.mk -- builds the test programs of one stage. Called by tests/tools/run-tests:
#
#   make -f tests/tools/tests.mk STAGE=06_orphanage [FLAVOUR=tsan] PROGRAM...
#
#   build/06_orphanage/tests/suite/stage05_x      tests/stage05_x/*.c, one Criterion program
#   build/06_orphanage/tests/headline/stage05_x   tests/headline/stage05_x.c
#   build/06_orphanage/tests/stress/x             tests/stress/x.c
#
# With RUNNER=forked a suite is a program without Criterion that forks for each test (tests/support/
# forked), for tools under which Criterion would be too slow; it lies in build/.../forked/.
#
# The same sources are compiled for each stage, with that stage's header and -DSTAGE=number, and
# with -fno-builtin, for else the compiler deletes a malloc whose block is never used.

include tests/tools/flags.mk

BIN := $(OUT)/$(or $(RUNNER),tests)
LIB := $(OUT)/libbitslab.a
COMPILE := $(CC) -std=gnu11 $(CFLAGS) $(STRICT) -I$(SRC) -Itests $(RUNNER:%=-Itests/support/%) \
           -DSTAGE=$(NUMBER) -fno-builtin -pthread $(FLAVOUR_FLAGS)
LINK    := $(CC) -pthread $(FLAVOUR_FLAGS) -Wl,--as-needed $(LDFLAGS)

$(BIN)/flags: FORCE
	$(call remember,$(COMPILE))

$(BIN)/object/%.o: tests/%.c $(BIN)/flags
	@mkdir -p $(@D)
	$(COMPILE) -MMD -MP -c $< -o $@

# Every test program of the last stage looks, at its end, whether the heap is whole.
AFTER  := $(if $(filter 6,$(NUMBER)),$(BIN)/object/support/after.o)
runner := $(if $(RUNNER),$(BIN)/object/support/$(RUNNER)/$(RUNNER).o)

.SECONDEXPANSION:
$(BIN)/suite/%: $$(subst tests/,$(BIN)/object/,$$(subst .c,.o,$$(wildcard tests/$$*/*.c))) \
                $(runner) $(AFTER) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ $(if $(RUNNER),,-lcriterion) -lm -o $@

$(BIN)/headline/%: $(BIN)/object/headline/%.o $(AFTER) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ -lm -o $@

$(BIN)/stress/%: $(BIN)/object/stress/%.o $(AFTER) $(LIB)
	@mkdir -p $(@D)
	$(LINK) $^ -lm -o $@

-include $(wildcard $(BIN)/object/*/*.d $(BIN)/object/*/*/*.d)
