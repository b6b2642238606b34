# systems.mk -- what each OS wants of a library; included by library.mk.
#
#   overrides  the files that take a program's malloc over, beside the port, os_$(OS).c
#   observes   the file through which the heap is looked at on it (observe_os.h); posix if none is named
#   code       how code is compiled: position, thread-local storage
#   shared     the ending of a shared library's name, if there is one; share: how it is linked
#   launcher   the files of the launcher beside those of every system's, if it has one; launcher_link:
#              what it is linked with
#   private    how objcopy makes the internal names of an archive's only object local; without it
#              the archive holds all objects, and hides what the object format can hide
#   merge      how that object is made: a group of sections cannot be shared once its name is local

elf_code  := -fPIC -ftls-model=initial-exec
# Never unloaded: threads that end later still call the library's exit hook.
elf_share  = -Wl,-soname,libbitslab$(FLAVOUR:%=-%).so.$(SOVERSION) -Wl,-z,defs,-z,relro,-z,now,-z,nodelete \
             $(addprefix -Wl$(comma)--version-script=,$(wildcard $(SRC)/package/bitslab.map))

# malloc and free become other names of bitslab_malloc and bitslab_free, not functions that jump there:
# the jumps cost a pair of calls 0.3 ns and more.
elf_names  = $(if $(filter %/override.o,$^),-Wl$(comma)--defsym=malloc=bitslab_malloc$(comma)--defsym=free=bitslab_free)

overrides_linux := override override_cxx override_glibc exit_report
code_linux      := $(elf_code)
shared_linux    := .so
share_linux      = $(elf_share) -Wl,-Bsymbolic-functions $(elf_names)
private_linux   := --localize-hidden
launcher_linux   := check_program elf_file check_loader check_process process system_linux
launcher_link_linux := -ldl
merge_linux      = -Wl,--force-group-allocation $(elf_names)

# The BSDs' malloc is taken over in the same way, with fewer names. OpenBSD's first use of a thread-local
# variable calls malloc, so the OS layer finds the thread.
bsds := freebsd netbsd openbsd
overrides_freebsd := override override_cxx
overrides_netbsd  := override override_cxx
overrides_openbsd := override override_cxx override_openbsd
$(foreach os,$(bsds),$(eval code_$(os) := $(elf_code)))
$(foreach os,$(bsds),$(eval shared_$(os) := .so))
$(foreach os,$(bsds),$(eval share_$(os) = $$(elf_share) -Wl$$(comma)-Bsymbolic))
$(foreach os,$(bsds),$(eval launcher_$(os) := check_program elf_file check_no_process system_bsd system_$(os)))
$(foreach os,$(bsds),$(eval private_$(os) := --localize-hidden))

code_openbsd += -DBITSLAB_THREAD_KEY=1

# macOS: dyld interposes our names, and the zone is the default one; thread-local variables are as on
# OpenBSD. Names that are hidden stay so in an archive, of which a program must take every object
# (-Wl,-force_load), since it asks for none of them by name.
overrides_darwin := override_darwin override_darwin_zone
code_darwin   := -fPIC -DBITSLAB_THREAD_KEY=1 -DBITSLAB_OBSERVED=1
shared_darwin := .dylib
launcher_darwin := check_no_process system_darwin
share_darwin   = -Wl,-install_name,@rpath/$(@F)

# Windows: a static library with the explicit functions.
code_windows     := -Wno-attributes -DBITSLAB_OBSERVED=1 # "hidden" means nothing there
observes_windows := windows
