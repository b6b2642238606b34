/* elf_file.h -- the few questions that the launcher asks of an ELF file. */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

#ifndef ElfW /* the types of this machine's word size; OpenBSD has names for them, but not this one */
#define ElfW(type) Elf_##type
#endif

/** An ELF file of this machine, mapped. */
struct elf_file {
    const char *bytes;
    size_t size;
    const ElfW(Ehdr) * header;
};

enum elf_kind { ELF_OURS, ELF_OTHER_MACHINE, ELF_NONE, ELF_UNREADABLE };

/** Map a file. Only ELF_OURS leaves something to close. */
enum elf_kind elf_open(struct elf_file *file, const char *path);
void elf_close(struct elf_file *file);

/** The program's dynamic linker; NULL: it is static, or no program. */
const char *elf_interpreter(const struct elf_file *file);

/** Whether the dynamic symbol table defines a function, or asks for one. */
bool elf_defines(const struct elf_file *file, const char *name);
bool elf_wants(const struct elf_file *file, const char *name);

/** The same of a file that is not open. */
bool elf_file_defines(const char *path, const char *name);

/** Whether bitslab's malloc was linked in. */
bool elf_has_mark(const struct elf_file *file);

#endif
