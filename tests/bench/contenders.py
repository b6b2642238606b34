"""contenders.py -- who takes part: bitslab, the allocators that this machine has, and PEER=.

A contender is a name and a library to preload; the C library's own malloc preloads none.
"""
import glob
import os
import platform
import subprocess

# name, where Debian puts it
KNOWN = (
    ("glibc", ()),
    ("jemalloc", ("/usr/lib/*/libjemalloc.so.2", "/usr/lib/libjemalloc.so.2")),
    ("mimalloc", ("/usr/lib/*/libmimalloc.so.2", "/usr/lib/*/libmimalloc.so.2.*")),
    ("tcmalloc", ("/usr/lib/*/libtcmalloc_minimal.so.4",)),
    ("scudo", ("/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.scudo_standalone-{arch}.so",)),
)
# Those whose memory is compared; the C library's and scudo's heaps are lean and slow.
LEAN = ("mimalloc", "jemalloc", "tcmalloc", "rpmalloc", "snmalloc")


class BenchError(Exception):
    """What was asked for cannot be done; the text says what to type instead."""


class Contender:
    def __init__(self, name, path):
        self.name = name
        self.path = os.path.realpath(path) if path else None
        self.lean = name.startswith(LEAN)

    def environment(self):
        clean = {k: v for k, v in os.environ.items()
                 if k not in ("LD_PRELOAD", "MAKEFLAGS", "MFLAGS", "BITSLAB_REPORT")}
        if self.path:
            clean["LD_PRELOAD"] = self.path
        return clean

    def version(self):
        if not self.path:
            return os.confstr("CS_GNU_LIBC_VERSION") or "the C library"
        try:
            owner = subprocess.run(["dpkg-query", "-S", self.path], capture_output=True, text=True,
                                   check=True).stdout.split(": ")[0]
            return subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}", owner],
                                  capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return self.path


def found():
    """The peers of this machine."""
    peers = []
    for name, patterns in KNOWN:
        paths = [path for pattern in patterns
                 for path in sorted(glob.glob(pattern.format(arch=platform.machine())))]
        if paths or not patterns:
            peers.append(Contender(name, paths[-1] if paths else None))
    return peers


def given(text):
    """PEER="name=/path/lib.so other=/path": peers that were built by hand."""
    peers = []
    for word in text.replace(",", " ").split():
        name, equals, path = word.partition("=")
        if not (name and equals and path):
            raise BenchError(f"PEER={word}: type PEER=name=/path/lib.so (several in quotes)")
        if not os.path.isfile(path):
            raise BenchError(f"PEER={word}: there is no file {path}")
        peers.append(Contender(name, path))
    return peers


def choose(vs, extra):
    """All peers, or those that VS names, and in any case those given by PEER."""
    peers, more = found(), given(extra)
    names = [peer.name for peer in peers + more]
    if len(set(names)) < len(names):
        raise BenchError(f"two peers have one name: {' '.join(names)}")
    words = vs.replace(",", " ").split()
    if not words:
        return peers + more
    for word in words:
        if word != "none" and not any(name.startswith(word) for name in names):
            raise BenchError(f"VS={word}: no such peer. Here are: {' '.join(names)}; "
                             "add one by PEER=name=/path/lib.so, or type: make setup")
    return [peer for peer in peers if peer.name.startswith(tuple(words))] + more
