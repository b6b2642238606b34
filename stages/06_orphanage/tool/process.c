/* process.c -- reading from a process's memory where its objects' calls of malloc go. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "process.h"

struct process process;

bool process_open(int *file, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/%s", process.number, name);
    *file = open(path, O_RDONLY | O_CLOEXEC);
    return *file >= 0;
}

static bool read_at(uintptr_t address, void *to, size_t bytes) {
    return pread(process.memory, to, bytes, (off_t)address) == (ssize_t)bytes;
}

static bool string_is(uintptr_t address, const char *text) {
    char there[32];
    size_t length = strlen(text) + 1;
    return read_at(address, there, length) && memcmp(there, text, length) == 0;
}

/* One line of /proc/PID/maps. Pieces of one file follow each other. */
static void add_mapping(const char *line) {
    unsigned long start, end, offset;
    char path[512];
    if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %511[^\n]", &start, &end, &offset, path) != 4) return;
    struct object *last = process.count > 0 ? &process.objects[process.count - 1] : NULL;
    if (last != NULL && offset != 0 && strcmp(last->path, path) == 0) last->end = end;
    if (path[0] != '/' || offset != 0 || process.count == OBJECTS) return;
    last = &process.objects[process.count++];
    last->start = start;
    last->end = end;
    snprintf(last->path, sizeof last->path, "%s", path);
}

bool process_read_maps(void) {
    int file;
    char line[1024];
    if (!process_open(&file, "maps")) return false;
    FILE *maps = fdopen(file, "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL) add_mapping(line);
    if (maps != NULL) fclose(maps);
    return true;
}

/* The parts of an object's dynamic section that are needed, as addresses in the process. */
struct dynamic {
    uintptr_t base, symbols, names, names_bytes;
    uintptr_t tables[2], bytes[2], stride[2]; /* relocations: of data, and of calls */
};

/* Most dynamic linkers write addresses over what were offsets. */
static uintptr_t based(const struct dynamic *dynamic, ElfW(Dyn) entry) {
    return entry.d_un.d_ptr < dynamic->base ? entry.d_un.d_ptr + dynamic->base : entry.d_un.d_ptr;
}

static void note_entry(struct dynamic *to, ElfW(Dyn) entry) {
    switch (entry.d_tag) {
    case DT_SYMTAB: to->symbols = based(to, entry); break;
    case DT_STRTAB: to->names = based(to, entry); break;
    case DT_STRSZ: to->names_bytes = entry.d_un.d_val; break;
    case DT_RELA:
    case DT_REL: to->tables[0] = based(to, entry); break;
    case DT_RELASZ:
    case DT_RELSZ: to->bytes[0] = entry.d_un.d_val; break;
    case DT_RELAENT:
    case DT_RELENT: to->stride[0] = entry.d_un.d_val; break;
    case DT_JMPREL: to->tables[1] = based(to, entry); break;
    case DT_PLTRELSZ: to->bytes[1] = entry.d_un.d_val; break;
    case DT_PLTREL:
        to->stride[1] = entry.d_un.d_val == DT_RELA ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
        break;
    }
}

/* Find the dynamic section by the program headers. False: not an object of ours to look at. */
static bool read_dynamic(const struct object *object, struct dynamic *to) {
    ElfW(Ehdr) header;
    ElfW(Phdr) part;
    ElfW(Dyn) entry;
    uintptr_t section = 0, first = UINTPTR_MAX;
    *to = (struct dynamic){0};
    if (!read_at(object->start, &header, sizeof header)) return false;
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
    if (header.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)) return false;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        if (!read_at(object->start + header.e_phoff + i * sizeof part, &part, sizeof part))
            return false;
        if (part.p_type == PT_DYNAMIC) section = part.p_vaddr;
        if (part.p_type == PT_LOAD && first == UINTPTR_MAX)
            first = part.p_vaddr & ~(uintptr_t)0xfff;
    }
    if (section == 0) return false;
    to->base = object->start - first;
    for (section += to->base; read_at(section, &entry, sizeof entry); section += sizeof entry) {
        if (entry.d_tag == DT_NULL) break;
        note_entry(to, entry);
    }
    return to->symbols != 0 && to->names != 0;
}

static bool is_malloc(const struct dynamic *dynamic, const ElfW(Sym) * symbol) {
    static const char *const names[] = {"malloc", "calloc", "realloc", "free"};
    if (symbol->st_name >= dynamic->names_bytes) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (string_is(dynamic->names + symbol->st_name, names[i])) return true;
    return false;
}

/* The table of symbols ends where their names begin. */
bool object_defines(const struct object *object, const char *name) {
    struct dynamic dynamic;
    ElfW(Sym) symbol;
    if (!read_dynamic(object, &dynamic)) return false;
    for (uintptr_t at = dynamic.symbols; at + sizeof symbol <= dynamic.names; at += sizeof symbol) {
        if (!read_at(at, &symbol, sizeof symbol)) return false;
        if (symbol.st_shndx != SHN_UNDEF && symbol.st_name < dynamic.names_bytes &&
            string_is(dynamic.names + symbol.st_name, name))
            return true;
    }
    return false;
}

static const struct object *object_at(uintptr_t address) {
    for (size_t i = 0; i < process.count; i++)
        if (address >= process.objects[i].start && address < process.objects[i].end)
            return &process.objects[i];
    return NULL;
}

/* The object that an object's calls of malloc go to; NULL: it has none, or none is bound yet. */
static const struct object *calls(const struct object *object) {
    struct dynamic dynamic;
    if (!read_dynamic(object, &dynamic)) return NULL;
    for (int table = 0; table < 2; table++) {
        size_t stride = dynamic.stride[table];
        for (size_t at = 0; stride >= sizeof(ElfW(Rel)) && at < dynamic.bytes[table];
             at += stride) {
            ElfW(Rel) relocation;
            ElfW(Sym) symbol;
            uintptr_t target;
            if (!read_at(dynamic.tables[table] + at, &relocation, sizeof relocation)) break;
            size_t number =
                sizeof(void *) == 8 ? (uint64_t)relocation.r_info >> 32 : relocation.r_info >> 8;
            if (number == 0) continue;
            if (!read_at(dynamic.symbols + number * sizeof symbol, &symbol, sizeof symbol))
                continue;
            if (!is_malloc(&dynamic, &symbol)) continue;
            if (!read_at(dynamic.base + relocation.r_offset, &target, sizeof target)) continue;
            const struct object *there = object_at(target);
            if (there != NULL && (there != object || symbol.st_shndx != SHN_UNDEF)) return there;
        }
    }
    return NULL;
}

/* A program at a fixed address that takes the address of
 * malloc has others come to a stub of its own, which goes on to where it calls itself. */
const struct object *object_served_by(const struct object *object) {
    const struct object *there = calls(object);
    bool is_stub =
        there != NULL && !object_defines(there, "malloc") && !object_defines(there, "free");
    return is_stub ? calls(there) : there;
}
