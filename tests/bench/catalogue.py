"""catalogue.py -- the workloads: names, arguments, groups, and the bars of each.

A bar is the most that bitslab's CPU time may be, as a multiple of the best peer's. Arguments are
chosen so that one run takes 0.1 to 0.5 s on an allocator that is good at it.
"""
from typing import NamedTuple


class View(NamedTuple):
    """One thing that is compared; most workloads have one only."""
    suffix: str = ""     # appended to the workload's name
    figure: str = ""     # a figure that the program prints; else nanoseconds per operation
    curve: str = ""      # a curve that it prints
    across: str = ""     # what the curve is drawn over
    upwards: str = "ns per malloc and free"
    bar: float = 0       # if not the workload's
    memory: bool = True  # is peak memory judged as well?


class Work(NamedTuple):
    name: str            # group/what/...; prefixes of it select
    argv: list           # program and arguments
    bar: float = 1.0     # CPU time over that of the best peer
    metric: str = "cpu"  # or wall: the time that is compared
    threads: int = 1
    heavy_mib: int = 0   # skipped unless that much memory is free
    views: tuple = (View(),)
    against: str = ""    # stage1: compared with that instead of the peers

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
    for bytes_, count in ((64 << 10, "4M"), (128 << 10, "4M"), (256 << 10, "1M"), (1 << 20, "1M"),
                          (8 << 20, "1M"), (64 << 20, "10K")):
        yield Work(f"pingpong/{size(bytes_)}", ["pingpong", "size", bytes_, count])


def batch():
    rounds = {  # n: {bytes: rounds}
        100: {16: 150000, 64: 150000, 256: 150000, 1024: 150000, 8192: 100000, 32768: 30000,
              65536: 20000, 131072: 10000, 262144: 3000, 1 << 20: 1000},
        10000: {16: 1000, 64: 1000, 256: 800, 1024: 600, 8192: 60, 32768: 30, 65536: 20,
                131072: 10, 262144: 8},
        1000000: {16: 10, 64: 8, 256: 4},
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
                              ("256K", 16, 2000), ("1M", 8, 1000)):
        yield Work(f"calloc/{bytes_}", ["calloc", bytes_, n, rounds])
    yield Work("realloc/eighth/64MiB", ["realloc", "eighth", "64M", 8])
    yield Work("realloc/append/1MiB", ["realloc", "append", "1M", 16, 150])
    yield Work("realloc/many/64KiB", ["realloc", "many", "64K", 64, 100])
    for align, bytes_, n, rounds in ((64, 100, 1000, 8000), (4096, 4096, 100, 60000),
                                     ("64K", "64K", 100, 10000)):
        yield Work(f"aligned/{align}", ["aligned", align, bytes_, n, rounds])
    over_bytes = (View(curve="time", across="bytes", memory=False),)
    yield Work("curve/pingpong", ["curve", 1, 4000], views=over_bytes)
    yield Work("curve/batch", ["curve", 4096, 4000], views=over_bytes)


def threads():
    for t in (1, 2, 4):
        yield Work(f"larson/{t}T", ["larson", t, 1000, 10, 500, 20, 800000 // t], threads=t)
    for t in (1, 2, 4):
        for bytes_ in (16, 64, 512, 8192):
            for order in ("inorder", "shuffled"):
                rounds = 12000 if bytes_ < 1024 else 4000
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
            yield Work(f"contended/{pattern}/{t}T", ["contended", t, 64, "64K", pattern, 100],
                       threads=t)


def whole_programs():
    for name in ("python", "lua", "perl", "sqlite", "cc", "cxx", "git", "redis"):
        yield Work(f"programs/{name}", ["program", name])


def latency():
    views = tuple(View(f"/{call}", f"{call}_p9999_ns", call, "one call of so many takes longer",
                       f"ns of a single call of {call}", 0.5, memory=False)
                  for call in ("malloc", "free"))
    for name, argv in (("replace/L2", ["replace", 1, 2000, 16, 512, "6M"]),
                       ("replace/DRAM", ["replace", 1, "512K", 16, 512, "2M"]),
                       ("replace/2T", ["replace", 2, 4000, 16, 512, "6M"]),
                       ("replace/4T", ["replace", 4, 4000, 16, 512, "6M"]),
                       ("batch/64B/10k", ["batch", 64, 10000, 200]),
                       ("batch/64B/1M", ["batch", 64, 1000000, 2])):
        yield Work(f"latency/{name}", ["latency", *argv], 0.5, views=views)


def scale(free_mib):
    """The heap grows to 8 GiB, or to what a third of the free memory can hold."""
    most = 8192
    while most > max(free_mib // 3, 1):
        most //= 2

    def views(across):
        return (View("/time", curve="time", across=across, memory=False),
                View("/memory", "overhead", "memory", across, "memory in use / memory asked for",
                     1.05, memory=False))
    yield Work("scale/heap", ["scale", "heap", most, 16, 512, "300K"],
               views=views("bytes of the heap"))
    yield Work("scale/threads", ["scale", "threads", 256, 200, "2M"], views=views("threads"))


def limit():
    """The distance to what is possible: stage 1 only moves a pointer, and its free does nothing."""
    for bytes_ in (16, 64):
        yield Work(f"limit/pingpong/{bytes_}B", ["pingpong", "size", bytes_, "8M"], 1.5,
                   against="stage1")
        yield Work(f"limit/linear/{bytes_}B", ["batch", bytes_, 1000000, "forwards", 1, "cold"], 1.5,
                   against="stage1")


def everything(free_mib=1 << 20):
    parts = (pingpong(), batch(), replacement(), others(), threads(), latency(), scale(free_mib),
             whole_programs(), limit(), original())
    return [work for part in parts for work in part]
