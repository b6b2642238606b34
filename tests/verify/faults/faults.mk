# faults.mk -- builds the stage over an OS layer that refuses. Called by the rung:
#
#   make -f tests/verify/faults/faults.mk STAGE=06_orphanage BUILD=... [FLAVOUR=checked]
#   ... MUTANT=name FILE=huge PROGRAM=sweep   with DIR/mutants/name/huge.c for the stage's
#
# Nothing in the stage is changed: its os_linux.c is compiled with other names for its functions,
# and os_faults.c, which has the names that the stage calls, passes calls on to them.

include tests/tools/flags.mk

HERE := tests/verify/faults
DIR  := $(BUILD)/verify/faults$(FLAVOUR:%=/%)

# No tail calls, so that each call of the OS comes back to the place that made it.
COMPILE := $(CC) $(CFLAGS) $(STRICT) -I$(SRC) -Itests -I$(HERE) -DSTAGE=$(NUMBER) -DEMPTY_SUPERPAGES_KEPT=8 -pthread \
           -fno-builtin-malloc -fno-builtin-free -fno-builtin-calloc -fno-builtin-realloc \
           -fno-builtin-aligned_alloc -fno-optimize-sibling-calls $(FLAVOUR_FLAGS)
wrapped := map unmap purge reset unpurge protect resize move on_thread_exit

not_core := $(SRC)/os_%.c $(SRC)/override%.c $(SRC)/exit_report.c $(SRC)/observe%.c
core     := $(filter-out $(not_core),$(wildcard $(SRC)/*.c))
objects  := $(core:$(SRC)/%.c=$(DIR)/stage/%.o) $(DIR)/stage/os_linux.o
support  := $(DIR)/os_faults.o $(DIR)/careful.o

ifdef MUTANT
mutated := $(DIR)/mutants/$(MUTANT)
all: $(mutated)/$(PROGRAM)
$(mutated)/$(PROGRAM): $(mutated)/$(FILE).o $(filter-out $(DIR)/stage/$(FILE).o,$(objects)) \
                       $(support) $(DIR)/paths.o $(DIR)/$(PROGRAM).o
	$(CC) -no-pie -pthread $^ -o $@
$(mutated)/$(FILE).o: $(mutated)/$(FILE).c
	$(COMPILE) -w -std=c11 -c $< -o $@
else
all: $(DIR)/sweep $(DIR)/storm $(DIR)/forks $(DIR)/outside $(DIR)/refuse
endif

$(DIR)/flags: FORCE
	$(call remember,$(COMPILE) $(wrapped) $(core))

$(DIR)/stage/os_linux.o: COMPILE += $(foreach name,$(wrapped),-Dos_$(name)=real_os_$(name))
$(DIR)/stage/%.o: $(SRC)/%.c $(DIR)/flags
	@mkdir -p $(@D)
	$(COMPILE) -std=c11 -MMD -MP -c $< -o $@

$(DIR)/outside.o: COMPILE += -fno-builtin
$(DIR)/%.o: $(HERE)/%.c $(DIR)/flags
	$(COMPILE) -std=gnu11 -MMD -MP -c $< -o $@

$(DIR)/sweep: $(objects) $(support) $(DIR)/paths.o $(DIR)/sweep.o
$(DIR)/storm: $(objects) $(support) $(DIR)/storm.o
$(DIR)/forks: $(objects) $(support) $(DIR)/forks.o
$(DIR)/outside: $(DIR)/outside.o
$(DIR)/refuse: $(DIR)/refuse.o
$(DIR)/sweep $(DIR)/storm $(DIR)/forks $(DIR)/outside $(DIR)/refuse:
	$(CC) -no-pie -pthread $^ -o $@

-include $(wildcard $(DIR)/stage/*.d $(DIR)/*.d)
