# fuzz.mk -- builds the fuzzer: the sources of the stage and the files of this folder, in one program.
#
#   make -f tests/verify/fuzz/fuzz.mk OUT=folder CLANG=clang [CHECKED=1 [BARE=1]] [SANITIZE=undefined]
#   make -f tests/verify/fuzz/fuzz.mk OUT=folder ... MUTANT=heap $OUT/control
#
# The second form takes heap.c from OUT/control.c instead: a fault planted on purpose.

STAGE    ?= 06_orphanage
CHECKED  ?= 0
SANITIZE ?=
OPTIMISE ?= -O2
SRC      := stages/$(STAGE)
HERE     := tests/verify/fuzz

sources := $(filter-out $(SRC)/os_%.c $(SRC)/override%.c $(SRC)/exit_report.c $(SRC)/observe%.c,$(wildcard $(SRC)/*.c))
stage   := $(sources:$(SRC)/%.c=$(OUT)/stage/%.o)
own     := $(patsubst $(HERE)/%.c,$(OUT)/own/%.o,$(wildcard $(HERE)/*.c))

# A checked build without what hardens it: exact maps, and slab-wide blocks.
NOTHING := $(patsubst %,-DBITSLAB_%=0,CANARY ZERO_ON_FREE QUARANTINE RANDOM_ORDER GUARD_PAGES)

COMPILE := $(CLANG) -std=c11 $(OPTIMISE) -g -Wall -Wextra -Werror -I$(SRC) -I$(HERE) \
           -DBITSLAB_CHECKED=$(CHECKED) $(if $(BARE),$(NOTHING)) -fvisibility=hidden -ftls-model=initial-exec -fno-builtin-malloc -fno-builtin-free \
           -fno-builtin-calloc -fno-builtin-realloc -fno-builtin-aligned_alloc -MMD -MP \
           $(SANITIZE:%=-fsanitize=% -fno-sanitize-recover=all)
# What only checks the allocator needs no covering; it would be mistaken for progress.
UNCOVERED := check survey
COVER     := -fsanitize-coverage=inline-8bit-counters,pc-table
STAGED     = $(COMPILE) -include $(HERE)/environment.h $(if $(filter $(UNCOVERED),$*),,$(COVER))

# One function reads every word of a bin; it would take half of the time if it were instrumented.
BARE_LOOPS := $(HERE)/bare_loops.txt
$(OUT)/stage/harden.o: COMPILE += -fno-inline -fsanitize-ignorelist=$(BARE_LOOPS)
$(OUT)/stage/harden.o: COVER += -fsanitize-coverage-ignorelist=$(BARE_LOOPS)

.DELETE_ON_ERROR:
$(OUT)/fuzz: $(stage) $(own)
	$(CLANG) -fsanitize=fuzzer$(SANITIZE:%=,%) $^ -o $@

$(OUT)/stage/%.o: $(SRC)/%.c
	@mkdir -p $(@D)
	$(STAGED) -c $< -o $@

$(OUT)/own/%.o: $(HERE)/%.c
	@mkdir -p $(@D)
	$(COMPILE) -c $< -o $@

$(OUT)/control.o: COMPILE += -w
$(OUT)/control.o: $(OUT)/control.c
	$(STAGED) -c $< -o $@

$(OUT)/control: $(filter-out $(OUT)/stage/$(MUTANT).o,$(stage)) $(OUT)/control.o $(own)
	$(CLANG) -fsanitize=fuzzer$(SANITIZE:%=,%) $^ -o $@

-include $(stage:.o=.d) $(own:.o=.d)
