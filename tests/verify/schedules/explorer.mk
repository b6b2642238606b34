# explorer.mk -- builds the explorer over one copy of a stage's sources.
#
#   make -C FOLDER -f .../explorer.mk HERE=.../tests/verify/schedules NUMBER=6
#
# FOLDER/src holds the copy. The sources under test are compiled as they stand there, with our
# atomic.h before theirs, and with the calls that -fsanitize=thread puts before each access; those
# calls are ours (plain.c). A folder can be copied and one file in it changed: only what depends on
# it is compiled again, and that makes a mutant in a second.

CC     ?= cc
COMMON := -std=gnu11 -g -Wall -Wextra -Werror -MMD -MP -I$(HERE)
FEWER  := $(if $(filter 6,$(NUMBER)),-DHUGE_CACHED_COUNT=4)
TESTED := $(COMMON) $(FEWER) -O1 -include $(HERE)/atomic.h -Isrc -DSTAGE=$(NUMBER) -fno-builtin

sources   := $(filter-out src/os_% src/override% src/exit_report.c src/observe%.c,$(wildcard src/*.c))
scenarios := scenarios scenario_free $(if $(filter 6,$(NUMBER)),$(patsubst $(HERE)/%.c,%,\
             $(filter-out %/scenario_free.c %/scenarios.c,$(wildcard $(HERE)/scenario_*.c))))
engine    := fiber memory plain shared search story main
ours      := glue os_explore

tested := $(sources:src/%.c=stage_%.o) $(scenarios:=.o)
others := $(engine:=.o) $(ours:=.o)

schedules: $(tested) $(others)
	$(CC) -no-pie $^ -o $@

$(engine:=.o): %.o: $(HERE)/%.c
	$(CC) $(COMMON) -O2 -c $< -o $@
$(ours:=.o): %.o: $(HERE)/%.c
	$(CC) $(TESTED) -c $< -o $@
stage_%.o: src/%.c
	$(CC) $(TESTED) -fsanitize=thread -c $< -o $@
	objcopy --redefine-sym memset=explore_memset --redefine-sym memcpy=explore_memcpy $@
$(scenarios:=.o): %.o: $(HERE)/%.c
	$(CC) $(TESTED) -fsanitize=thread -c $< -o $@
	objcopy --redefine-sym memset=explore_memset --redefine-sym memcpy=explore_memcpy $@

-include $(wildcard *.d)
