# library.mk -- builds one stage in one flavour. Called by tests/tools/build:
#
#   make -f tests/tools/library.mk STAGE=06_orphanage [FLAVOUR=counted] [CC=clang]
#
#   libbitslab.so         malloc for programs, by LD_PRELOAD
#   libbitslab-malloc.a   malloc for programs, linked in
#   libbitslab.a          the functions bitslab_malloc ... alone; what the tests use
#   libbitslab-dl.so      the same as a shared library, for dlopen; in the flavour `dl` only
#
# A shared library of macOS is a .dylib. Only override*.c and exit_report.c know of the program's malloc;
# libbitslab.a is built without them. Each archive holds a single object whose internal names are made local, so nothing but the
# public functions can clash with a program's names. OS=freebsd ... builds for another OS, if CC does;
# what differs then stands in systems.mk.

include tests/tools/flags.mk
include tests/tools/systems.mk

# Of the files through which the heap is looked at, the one for this OS.
not_here := $(filter-out $(or $(observes_$(OS)),posix),posix windows)
others  := os_% override% exit_report $(not_here:%=observe_%)
core    := $(filter-out $(others:%=$(SRC)/%.c),$(wildcard $(SRC)/*.c))
sources := $(core) $(wildcard $(patsubst %,$(SRC)/%.c,os_$(OS) $(overrides_$(OS))))
objects := $(sources:$(SRC)/%.c=$(OUT)/%.o)
plain   := $(filter-out $(OUT)/override%.o $(OUT)/exit_report.o,$(objects))

COMPILE := $(CC) -std=c11 $(CFLAGS) $(STRICT) -I$(SRC) -fvisibility=hidden $(code_$(OS)) \
           -fno-builtin-malloc -fno-builtin-free -fno-builtin-calloc \
           -fno-builtin-realloc -fno-builtin-aligned_alloc -pthread $(FLAVOUR_FLAGS)

archives := $(OUT)/libbitslab.a $(if $(filter-out $(plain),$(objects)),$(OUT)/libbitslab-malloc.a)
# A sanitizer's run-time library brings its own malloc: no preloading those.
shared   := $(if $(filter asan tsan ubsan asan_ubsan,$(FLAVOUR)),,$(shared_$(OS):%=$(OUT)/libbitslab%))
shared   := $(if $(filter dl,$(FLAVOUR)),$(OUT)/libbitslab-dl.so,$(shared))
# Of the interface: a program runs with any library that has the same.
SOVERSION := 0

# The launcher, beside the default build.
launcher := bitslab info library rights script $(launcher_$(OS))
tool     := $(if $(and $(launcher_$(OS)),$(wildcard $(SRC)/tool/bitslab.c),$(if $(FLAVOUR),,1)),$(OUT)/bitslab)

all: $(archives) $(shared) $(tool)

$(OUT)/flags: FORCE
	$(call remember,$(COMPILE) $(sources))

# A new handler may throw through these, and C has unwind tables only where they are asked for.
$(OUT)/override_cxx.o: COMPILE += -fexceptions

$(OUT)/%.o: $(SRC)/%.c $(OUT)/flags
	$(COMPILE) -MMD -MP -c $< -o $@

$(shared_$(OS):%=$(OUT)/libbitslab%): $(objects)
$(OUT)/libbitslab-dl.so: $(plain)
$(shared): tests/tools/library.mk tests/tools/systems.mk
	$(CC) -shared -pthread $(share_$(OS)) $(LDFLAGS) $(filter %.o,$^) -o $@
	ln -sf $(@F) $@.$(SOVERSION)

$(OUT)/libbitslab.a: $(plain)
$(OUT)/libbitslab-malloc.a: $(objects)
$(archives):
	$(if $(private_$(OS)),$(CC) -nostdlib -r $(merge_$(OS)) $^ -o $(@:.a=.one.o))
	$(if $(private_$(OS)),$(OBJCOPY) $(private_$(OS)) $(@:.a=.one.o))
	rm -f $@ && $(AR) rcs $@ $(if $(private_$(OS)),$(@:.a=.one.o),$^)

# Where it finds the library: LIBDIR, and the way there from its own folder, say so (see install).
COMPILE_TOOL = $(CC) -std=c11 $(CFLAGS) $(STRICT) $(LIBDIR:%=-DBITSLAB_LIBDIR=\"%\") \
               $(LIB_FROM_BIN:%=-DBITSLAB_LIB_FROM_BIN=\"%\")

$(OUT)/tool.flags: FORCE
	$(call remember,$(COMPILE_TOOL))

$(tool): $(launcher:%=$(SRC)/tool/%.c) $(wildcard $(SRC)/tool/*.h) $(wildcard $(SRC)/bitslab*.h) $(OUT)/tool.flags
	$(COMPILE_TOOL) $(filter %.c,$^) $(LDFLAGS) $(launcher_link_$(OS)) -o $@

-include $(objects:.o=.d)
