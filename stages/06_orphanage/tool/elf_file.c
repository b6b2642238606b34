/* elf_file.c -- reading headers and the dynamic symbol table of an ELF file.
 *
 * The file may be anything, so every offset is compared with its size.
 */
#define _GNU_SOURCE
#include "elf_file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool.h"

static const void *at(const struct elf_file *file, size_t offset, size_t bytes) {
    return offset <= file->size && bytes <= file->size - offset ? file->bytes + offset : NULL;
}

/* This program is of the machine and the class that it can look at. */
static bool same_machine(const ElfW(Ehdr) * header) {
    static ElfW(Ehdr) ours;
    if (ours.e_machine == 0) {
        const char *program = system_program();
        int file = program == NULL ? -1 : open(program, O_RDONLY | O_CLOEXEC);
        if (file < 0 || read(file, &ours, sizeof ours) != (ssize_t)sizeof ours) return false;
        close(file);
    }
    return header->e_ident[EI_CLASS] == ours.e_ident[EI_CLASS] &&
           header->e_ident[EI_DATA] == ours.e_ident[EI_DATA] && header->e_machine == ours.e_machine;
}

static enum elf_kind kind_of(const struct elf_file *file) {
    if (at(file, 0, SELFMAG) == NULL || memcmp(file->bytes, ELFMAG, SELFMAG) != 0) return ELF_NONE;
    if (at(file, 0, sizeof *file->header) == NULL) return ELF_NONE;
    return same_machine(file->header) ? ELF_OURS : ELF_OTHER_MACHINE;
}

enum elf_kind elf_open(struct elf_file *file, const char *path) {
    struct stat about;
    int number = open(path, O_RDONLY | O_CLOEXEC);
    if (number < 0) return ELF_UNREADABLE;
    *file = (struct elf_file){NULL, 0, NULL};
    if (fstat(number, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, number, 0);
        if (bytes != MAP_FAILED) *file = (struct elf_file){bytes, (size_t)about.st_size, bytes};
    }
    close(number);
    enum elf_kind kind = kind_of(file);
    if (kind != ELF_OURS) elf_close(file);
    return kind;
}

void elf_close(struct elf_file *file) {
    if (file->bytes != NULL) munmap((void *)file->bytes, file->size);
    file->bytes = NULL;
}

const char *elf_interpreter(const struct elf_file *file) {
    for (unsigned i = 0; i < file->header->e_phnum; i++) {
        const ElfW(Phdr) *part =
            at(file, file->header->e_phoff + i * sizeof(ElfW(Phdr)), sizeof(ElfW(Phdr)));
        if (part == NULL) return NULL;
        if (part->p_type != PT_INTERP || part->p_filesz == 0) continue;
        const char *name = at(file, part->p_offset, part->p_filesz);
        return name != NULL && name[part->p_filesz - 1] == '\0' ? name : NULL;
    }
    return NULL;
}

/* The section of dynamic symbols, and that of their names. */
static const ElfW(Sym) *
    symbols(const struct elf_file *file, size_t *count, const char **names, size_t *bytes) {
    const ElfW(Ehdr) *header = file->header;
    const ElfW(Shdr) *sections =
        at(file, header->e_shoff, (size_t)header->e_shnum * sizeof(ElfW(Shdr)));
    for (unsigned i = 0; sections != NULL && i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_DYNSYM || sections[i].sh_link >= header->e_shnum) continue;
        const ElfW(Shdr) *text = &sections[sections[i].sh_link];
        *count = sections[i].sh_size / sizeof(ElfW(Sym));
        *bytes = text->sh_size;
        *names = at(file, text->sh_offset, text->sh_size);
        if (*names == NULL || *bytes == 0 || (*names)[*bytes - 1] != '\0') return NULL;
        return at(file, sections[i].sh_offset, sections[i].sh_size);
    }
    return NULL;
}

static bool has_symbol(const struct elf_file *file, const char *name, bool defined) {
    size_t count, bytes;
    const char *names;
    const ElfW(Sym) *symbol = symbols(file, &count, &names, &bytes);
    for (size_t i = 0; symbol != NULL && i < count; i++)
        if (symbol[i].st_name < bytes && (symbol[i].st_shndx != SHN_UNDEF) == defined &&
            strcmp(names + symbol[i].st_name, name) == 0)
            return true;
    return false;
}

bool elf_defines(const struct elf_file *file, const char *name) {
    return has_symbol(file, name, true);
}

bool elf_wants(const struct elf_file *file, const char *name) {
    return has_symbol(file, name, false);
}

bool elf_file_defines(const char *path, const char *name) {
    struct elf_file file;
    if (elf_open(&file, path) != ELF_OURS) return false;
    bool defines = elf_defines(&file, name);
    elf_close(&file);
    return defines;
}

bool elf_has_mark(const struct elf_file *file) {
    static const char mark[] = "@(#)malloc is bitslab "; /* override.c */
    return memmem(file->bytes, file->size, mark, sizeof mark - 1) != NULL;
}
