# Makefile -- the commands of bitslab. Type `make` for the list.
#
# Each command is one small script in tests/tools; this file only checks what was typed and calls
# it. What is compiled how stands in tests/tools/library.mk (a stage) and tests/tools/tests.mk (its
# tests). Useful variables: CC=clang, CFLAGS=-O3, BUILD=folder, V=1 (show the compiler's command
# lines), WERROR= (warnings are no errors).

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.SUFFIXES:
.NOTPARALLEL: # the goals of one line run in turn; each uses all processors by itself
export BUILD ?= build
export CC

COMMANDS := help stage test verify ports bench book book-check setup doctor install uninstall amalgamation deb \
            diff parity forward check lines format compile_commands.json clean
NUMBERED := stage test diff lines
GOALS    := $(MAKECMDGOALS)
NUMBERS  := $(patsubst stages/0%,%,$(wildcard stages/0?_*))
NUMBERS  := $(sort $(foreach name,$(NUMBERS),$(firstword $(subst _, ,$(name)))))
RANGE    := $(firstword $(NUMBERS)) to $(lastword $(NUMBERS))

ifeq ($(firstword $(GOALS)),run)
MAKEFLAGS += --silent
# Everything after `run` belongs to the program, so no word of it may become a goal of this file.
run:
	@tests/tools/run-on --made-by $$PPID
%: FORCE
	@:
FORCE Makefile: ;

else

# `make stage 6`: the word after the command is the number. `make stage N=6` means the same.
COMMAND := $(firstword $(filter $(NUMBERED),$(GOALS)))
ifneq ($(COMMAND),)
WORD := $(join $(addsuffix /,$(GOALS)),$(wordlist 2,$(words $(GOALS)),$(GOALS)))
WORD := $(filter-out $(COMMANDS),$(patsubst $(COMMAND)/%,%,$(filter $(COMMAND)/%,$(WORD))))
override N := $(or $(WORD),$(N))
ifneq ($(filter-out all,$(N))$(filter stage diff,$(COMMAND)),)
ifeq ($(N),)
$(error Which stage? Type: make $(COMMAND) 6 (or any number from $(RANGE)))
else ifneq ($(words $(N)) $(filter $(N),$(NUMBERS)),1 $(N))
$(error There is no stage '$(N)'. Type: make $(COMMAND) 6 (or any number from $(RANGE)))
endif
endif
ifneq ($(WORD),)
.PHONY: $(WORD)
$(WORD): ; @:
endif
endif

ifneq ($(filter run,$(GOALS)),)
$(error 'run' comes first, and alone. Type: make run 6 -- PROGRAM ARGS)
endif
UNKNOWN := $(firstword $(filter-out $(COMMANDS) $(WORD),$(GOALS)))
ifneq ($(UNKNOWN),)
$(error There is no command '$(UNKNOWN)'. Type: make (it lists all commands))
endif

ifneq ($(filter stage,$(GOALS)),)
ifeq ($(shell command -v $(firstword $(CC))),)
$(error There is no C compiler '$(CC)'. Type: make setup (installs one), or make stage $(N) CC=gcc)
endif
ifeq ($(shell command -v objcopy),)
$(error There is no 'objcopy', which builds libbitslab.a. Type: make setup (installs binutils))
endif
endif

.PHONY: $(COMMANDS)

help: ## this list
	@tests/tools/help

stage: ## (make stage 6) builds a stage, runs the C compiler on it, shows what it did
	@tests/tools/stage-report $(N)

test: ## tests the current stage, or all six; `make test 4`, `make test all`
	@tests/tools/run-tests $(N)

verify: ## lists the rungs of proof about the final stage; RUNG=freeze climbs one, RUNG=all all
	@tests/tools/verify $(RUNG)

ports: ## what can be proven here of other OSes and machines; ONLY=musl, SLOW=1, README=1
	@tests/tools/ports

bench: ## times bitslab and its peers; WORK=larson VS=mimalloc for one, LIST=1 lists
	@tests/bench/bench

book: ## the book as site, PDF and EPUB; FORMAT=html for one; TODO=4 lists what a chapter owes
	@book/tools/make-book

book-check: ## checks the book: code shown, links, HTML, accessibility, exercises; PART=links for one
	@python3 book/tools/book.py check $(PART)

deb: ## Debian's packages of the final stage, in build/deb
	@tests/tools/deb

setup: ## installs what bitslab's tests use, from the system's package manager
	@tests/tools/setup

doctor: ## lists each tool, its version, or how to install it and what it is for
	@tests/tools/doctor

install: ## installs the final stage for programs: PREFIX=/usr/local DESTDIR= LIBDIR= ...
	@tests/tools/install

uninstall: ## removes what install with the same variables put there
	@tests/tools/install --uninstall

amalgamation: ## the final stage as one file, build/bitslab.c, with build/bitslab.h
	@python3 tests/tools/amalgamate $(lastword $(sort $(wildcard stages/0?_*))) "$(BUILD)"

diff: ## (make diff 4) the lesson of a stage: what it changed against the one before
	@tests/tools/stage-diff $(N)

# run: ## (make run 6 -- PROGRAM ARGS) runs a program on a stage; also `make run 6 CMD="..."`

parity: ## compares the stages with stages/MANIFEST; UPDATE=1 rewrites it
	@tests/tools/parity

forward: ## (make forward FROM=3) merges what you changed in a stage into the later ones
	@tests/tools/forward $(FROM)

check: ## all that CI checks: parity, sizes, symbols, format, tests of all stages
	@tests/tools/check

lines: ## counts the lines of each stage
	@tests/tools/count-lines $(N)

format: ## lays out all C files as .clang-format says
	@tests/tools/check-format --fix

compile_commands.json: ## tells editors and clangd how each file is compiled
	@tests/tools/compile-commands > $@ && echo "wrote $@"

clean: ## removes all that was built, and forgets the current stage
	@rm -rf "$(BUILD)" compile_commands.json

endif
