# library.mk -- builds one stage in one flavour. Called by tests/tools/build:
#
#   make -f tests/tools/library.mk STAGE=06_orphanage [FLAVOUR=counted] [CC=clang]
#
#   libbitslab.so         malloc for programs, by LD_PRELOAD
#   libbitslab-malloc.a   malloc for programs, linked in
#   libbitslab.a          the functions bitslab_malloc ... alone; what the tests use
#
# Only override*.c and exit_report.c know of the program's malloc; libbitslab.a is built without
# them. Each archive holds a single object whose internal names are made local, so nothing but the
# public functions can clash with a program's names.

include tests/tools/flags.mk

sources := $(filter-out $(SRC)/os_%.c,$(wildcard $(SRC)/*.c)) $(wildcard $(SRC)/os_$(OS).c)
objects := $(sources:$(SRC)/%.c=$(OUT)/%.o)
plain   := $(filter-out $(OUT)/override%.o $(OUT)/exit_report.o,$(objects))

COMPILE := $(CC) -std=c11 $(CFLAGS) $(STRICT) -I$(SRC) -fPIC -fvisibility=hidden \
           -ftls-model=initial-exec -fno-builtin-malloc -fno-builtin-free -fno-builtin-calloc \
           -fno-builtin-realloc -fno-builtin-aligned_alloc -pthread $(FLAVOUR_FLAGS)

archives := $(OUT)/libbitslab.a $(if $(filter-out $(plain),$(objects)),$(OUT)/libbitslab-malloc.a)
# A sanitizer's run-time library brings its own malloc: no preloading those.
shared   := $(if $(filter asan tsan ubsan asan_ubsan,$(FLAVOUR)),,$(OUT)/libbitslab.so)

all: $(archives) $(shared)

$(OUT)/flags: FORCE
	$(call remember,$(COMPILE) $(sources))

# A new handler may throw through these, and C has unwind tables only where they are asked for.
$(OUT)/override_cxx.o: COMPILE += -fexceptions

$(OUT)/%.o: $(SRC)/%.c $(OUT)/flags
	$(COMPILE) -MMD -MP -c $< -o $@

$(OUT)/libbitslab.so: $(objects)
	$(CC) -shared -pthread -Wl,-soname,libbitslab.so -Wl,-z,defs -Wl,-z,relro,-z,now \
	    -Wl,-Bsymbolic-functions $(LDFLAGS) $^ -o $@

$(OUT)/libbitslab.a: $(plain)
$(OUT)/libbitslab-malloc.a: $(objects)
$(archives):
	$(CC) -nostdlib -r $^ -o $(@:.a=.one.o)
	$(OBJCOPY) --localize-hidden $(@:.a=.one.o)
	rm -f $@ && $(AR) rcs $@ $(@:.a=.one.o)

-include $(objects:.o=.d)
