# flags.mk -- how bitslab and its tests are compiled; included by library.mk and tests.mk.
#
# A flavour is one way to compile a stage:
#   (none)   what programs use
#   counted  counts calls, which costs an instruction each
#   checked  catches every misuse at once, at a price in time
#   asan, tsan, ubsan   under the compiler's sanitizers; asan_ubsan under two of them at once
#   valgrind tells Valgrind of each block
#   key      finds the thread's variable by the OS layer, as on macOS and OpenBSD
#   dl       for dlopen: thread-local storage is not taken from what libc keeps for libraries

BUILD   ?= build
OS      ?= linux
CFLAGS  ?= -O2 -g
WERROR  ?= -Werror
AR      ?= ar
OBJCOPY ?= objcopy
NUMBER  := $(patsubst 0%,%,$(firstword $(subst _, ,$(STAGE))))
SRC     := stages/$(STAGE)
OUT     := $(BUILD)/$(STAGE)$(FLAVOUR:%=/%)

FLAVOURS := counted checked asan tsan ubsan asan_ubsan valgrind key dl
counted_flags := -DBITSLAB_COUNTED=1
checked_flags := -DBITSLAB_CHECKED=1
asan_flags    := -fsanitize=address -fno-omit-frame-pointer
tsan_flags    := -fsanitize=thread
ubsan_flags   := -fsanitize=undefined -fno-sanitize-recover=all
asan_ubsan_flags := $(asan_flags) $(ubsan_flags)
valgrind_flags := -DBITSLAB_VALGRIND=1 -gdwarf-4
key_flags     := -DBITSLAB_THREAD_KEY=1
dl_flags      := -ftls-model=local-dynamic
comma         := ,
ifneq ($(filter-out $(FLAVOURS),$(FLAVOUR)),)
$(error there is no flavour '$(FLAVOUR)'; choose one of: $(FLAVOURS))
endif

STRICT  := -Wall -Wextra $(WERROR)
FLAVOUR_FLAGS := $($(FLAVOUR)_flags)

# $(call remember,TEXT) is the recipe of a file that keeps TEXT and is rewritten only when TEXT
# changes. What is made with TEXT depends on it, so `make CC=clang` after `make` compiles again.
define remember
@mkdir -p $(@D)
@printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@
endef

.DEFAULT_GOAL := all
.SUFFIXES:
.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: FORCE
FORCE:
