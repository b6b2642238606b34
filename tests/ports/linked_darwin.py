#!/usr/bin/env python3
"""linked_darwin.py -- what dyld will find in libbitslab.dylib, read from the file as it is.

Usage: linked_darwin.py FILE. Fails unless the names of malloc, and no others, are interposed by functions
of the library; only bitslab_* is exported; the zone takes over when the library is loaded; and nothing is
thread-local. The last line says what was found.
"""
import struct
import sys

NAMES = ("aligned_alloc calloc free malloc malloc_good_size malloc_size posix_memalign realloc reallocf "
         "valloc").split()
SEGMENT, DYLD_INFO = 0x19, 0x80000022


def leb128(data, at, signed=False):
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 0x7f) << shift
        shift += 7
        if byte < 0x80:
            return (value - (1 << shift) if signed and byte & 0x40 else value), at


def text(data, at):
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


def load_commands(data):
    """The segments' addresses, the sections by name, and where dyld's tables are."""
    magic, count = struct.unpack_from("<I12xI", data)
    assert magic == 0xfeedfacf, "no 64-bit Mach-O file"
    at, segments, sections, tables = 32, [], {}, None
    for _ in range(count):
        command, size = struct.unpack_from("<II", data, at)
        if command == SEGMENT:
            segments.append(struct.unpack_from("<Q", data, at + 24)[0])
            for i in range(struct.unpack_from("<I", data, at + 64)[0]):
                name, address, length = struct.unpack_from("<16s16xQQ", data, at + 72 + 80 * i)
                sections[name.rstrip(b"\0").decode()] = (address, length)
        if command == DYLD_INFO:
            tables = struct.unpack_from("<10I", data, at + 8)
        at += size
    assert tables is not None, "no table of what dyld binds, in the form that this reads"
    return segments, sections, tables


def bound(data, segments):
    """Address -> symbol, by the opcodes of <mach-o/loader.h>."""
    at, address, symbol, out = 0, 0, "", {}
    while at < len(data):
        code, low, at = data[at] & 0xf0, data[at] & 0xf, at + 1
        times, skip = 0, 0
        if code == 0x20 or code == 0x60:
            _, at = leb128(data, at, code == 0x60)
        elif code == 0x40:
            symbol, at = text(data, at)
        elif code == 0x70:
            offset, at = leb128(data, at)
            address = segments[low] + offset
        elif code == 0x80:
            offset, at = leb128(data, at)
            address = address + offset & (1 << 64) - 1
        elif code == 0x90:
            times = 1
        elif code == 0xa0:
            skip, at = leb128(data, at)
            times = 1
        elif code == 0xb0:
            times, skip = 1, 8 * low
        elif code == 0xc0:
            times, at = leb128(data, at)
            skip, at = leb128(data, at)
        for _ in range(times):
            out[address] = symbol
            address = address + 8 + skip & (1 << 64) - 1
    return out


def exported(data, node=0, prefix=""):
    """The names of a trie of exports."""
    size, at = leb128(data, node)
    names = [prefix] if size else []
    at += size
    count, at = data[at], at + 1
    for _ in range(count):
        edge, at = text(data, at)
        child, at = leb128(data, at)
        names += exported(data, child, prefix + edge)
    return names


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    segments, sections, tables = load_commands(data)
    start, length = sections["__interpose"]
    table = bound(data[tables[2]:tables[2] + tables[3]], segments)
    theirs = [table.get(at) for at in range(start + 8, start + length, 16)]
    assert sorted(theirs, key=str) == ["_" + name for name in NAMES], f"interposed are {theirs}"
    ours = [at for at in range(start, start + length, 16) if at in table]
    assert not ours, "what takes a name's place is a function of another library"
    names = exported(data[tables[8]:tables[8] + tables[9]])
    linkers = ("___dso_handle", "__mh_dylib_header")
    names = [name for name in names if name not in linkers]
    surplus = [name for name in names if not name.startswith("_bitslab_")]
    assert "_bitslab_malloc" in names and not surplus, f"exported, and must not be: {surplus}"
    assert "__mod_init_func" in sections or "__init_offsets" in sections, "no zone takes over"
    local = [name for name in sections if name.startswith("__thread")]
    assert not local, f"thread-local, which calls malloc: {local}"
    print(f"{len(theirs)} names interposed, {len(names)} exported")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"linked_darwin: {error}")
