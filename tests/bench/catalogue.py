"""catalogue.py -- the workloads: names, arguments, groups, and the bars of each.

A bar is the most that bitslab's CPU time may be, as a multiple of the best peer's. Arguments are
chosen so that one run takes 0.1 to 0.5 s on an allocator that is good at it.
"""
from typing import NamedTuple


class Work(NamedTuple):
    name: str            # group/what/...; prefixes of it select
    argv: list           # program and arguments
    bar: float = 1.0     # CPU time over that of the best peer
    metric: str = "cpu"  # what is compared: cpu or wall time, or the program's own figure
    threads: int = 1
    heavy_mib: int = 0   # skipped unless that much memory is free
    kind: str = "ops"    # ops: per operation; curve: points; program: whole runs; latency

    @property
    def group(self):
        return self.name.split("/")[0]


def short(count):
    """1000000 -> 1M, 10000 -> 10k."""
    for unit, letter in ((1000000, "M"), (1000, "k")):
        if count % unit == 0:
            return f"{count // unit}{letter}"
    return str(count)


def size(count):
    """65536 -> 64KiB."""
    for unit, letters in ((1 << 20, "MiB"), (1 << 10, "KiB")):
        if count % unit == 0:
            return f"{count // unit}{letters}"
    return f"{count}B"


def pingpong():
    counts = {16: "20M", 64: "20M", 256: "20M", 1024: "20M", 4096: "10M", 8192: "10M", 32768: "10M"}
    for bytes_, count in counts.items():
        yield Work(f"pingpong/{size(bytes_)}", ["pingpong", "size", bytes_, count])
    yield Work("pingpong/mix/1KiB", ["pingpong", "mix", 16, 1024, "16M"])
    yield Work("pingpong/mix/32KiB", ["pingpong", "mix", 16, "32K", "12M"])
    for bytes_ in (64 << 10, 128 << 10, 256 << 10, 1 << 20, 8 << 20, 64 << 20):
        yield Work(f"pingpong/{size(bytes_)}", ["pingpong", "size", bytes_, "200K"])


def batch():
    rounds = {  # n: {bytes: rounds}
        100: {16: 150000, 64: 150000, 256: 150000, 1024: 150000, 8192: 100000, 32768: 30000,
              65536: 10000, 131072: 3000, 262144: 2000, 1 << 20: 500},
        10000: {16: 1000, 64: 1000, 256: 800, 1024: 600, 8192: 100, 32768: 12, 65536: 8,
                131072: 4, 262144: 4},
        1000000: {16: 6, 64: 5, 256: 3},
    }
    for n, sizes in rounds.items():
        for bytes_, count in sizes.items():
            for order in ("forwards", "backwards", "random"):
                bar = 0.7 if n == 1000000 and order == "random" else 1.0
                yield Work(f"batch/{size(bytes_)}/{short(n)}/{order}",
                           ["batch", bytes_, n, order, count], bar)


def original():
    """The counts of the original's benchmark, once and from a cold start, as it did."""
    counts = {8: 10000000, 16: 10000000, 32: 10000000, 64: 10000000, 512: 10000000,
              8192: 100000, 16384: 100000, 65536: 100000, 131072: 100000, 262144: 10000}
    for bytes_, n in counts.items():
        for order in ("forwards", "backwards", "random"):
            heavy = 9000 if bytes_ == 512 else 3000
            yield Work(f"original/{size(bytes_)}/{short(n)}/{order}",
                       ["batch", bytes_, n, order, 1, "cold"], 1.0, heavy_mib=heavy)


def replacement():
    for level, slots, count, bar in (("L1", 60, "14M", 1.0), ("L2", 2000, "12M", 0.8),
                                     ("L3", "32K", "7M", 0.8), ("DRAM", "1M", "2M", 0.8)):
        yield Work(f"replace/mix/{level}", ["replace", slots, 16, 512, count], bar)
    for level, slots, count, bar in (("L1", 250, "14M", 1.0), ("L2", 8000, "12M", 0.8),
                                     ("L3", "128K", "7M", 0.8), ("DRAM", "4M", "2M", 0.8)):
        yield Work(f"replace/64B/{level}", ["replace", slots, 64, 64, count], bar)


def others():
    for bytes_, n, rounds in ((64, 1000, 15000), (1024, 1000, 4000), ("16K", 100, 4000),
                              ("256K", 16, 1000), ("1M", 8, 600)):
        yield Work(f"calloc/{bytes_}", ["calloc", bytes_, n, rounds])
    yield Work("realloc/eighth/64MiB", ["realloc", "eighth", "64M", 12])
    yield Work("realloc/append/1MiB", ["realloc", "append", "1M", 16, 150])
    yield Work("realloc/many/64KiB", ["realloc", "many", "64K", 64, 50])
    for align, bytes_, n, rounds in ((64, 100, 1000, 8000), (4096, 4096, 100, 20000),
                                     ("64K", "64K", 100, 3000)):
        yield Work(f"aligned/{align}", ["aligned", align, bytes_, n, rounds])
    yield Work("curve/pingpong", ["curve", 1, 4000], kind="curve")
    yield Work("curve/batch", ["curve", 4096, 4000], kind="curve")


def threads():
    for t in (1, 2, 4):
        yield Work(f"larson/{t}T", ["larson", t, 1000, 10, 500, 20, 800000 // t], threads=t)
    for t in (1, 2, 4):
        for bytes_ in (16, 64, 512, 8192):
            for order in ("inorder", "shuffled"):
                rounds = 8000 if bytes_ < 1024 else 2000
                yield Work(f"prodcons/{size(bytes_)}/{order}/{t}T",
                           ["prodcons", t - 1, bytes_, order, rounds], 0.9, threads=t)
    for t in (1, 2, 4):
        yield Work(f"ring/{t}T", ["ring", t, 16, 480, 24000 // t], 0.9, threads=t)
    for t in (1, 2, 4):
        yield Work(f"xmalloc/{t}T", ["xmalloc", t, 16, 1024, 60000 // t], threads=t)
    for t in (1, 2, 4):
        yield Work(f"churn/{t}T", ["churn", t, 400, 3000 // t], threads=t)
    for kind in ("active", "passive"):
        for t in (1, 2, 4):
            yield Work(f"sharing/{kind}/{t}T", ["sharing", kind, t, 8, 1000, 60000 // t],
                       metric="wall", threads=t)
    for pattern in ("comb", "parts"):
        for t in (1, 2, 4):
            yield Work(f"contended/{pattern}/{t}T", ["contended", t, 64, "64K", pattern, 60],
                       threads=t)


def everything():
    parts = (pingpong(), batch(), replacement(), others(), threads(), original())
    return [work for part in parts for work in part]
