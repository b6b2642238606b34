"""catalogue.py -- the workloads: names, arguments, groups, and the bars of each.

A bar is the most that bitslab's CPU time may be, as a multiple of the best peer's. Arguments are
chosen so that one run takes 0.1 to 0.5 s on an allocator that is good at it.
"""
import catalogue_large as large
from work import View, Work, short, size


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


def everything(free_mib=1 << 20):
    parts = (pingpong(), batch(), replacement(), others(), large.threads(), large.latency(),
             large.scale(free_mib), large.waste(), large.whole_programs(), large.atomics(),
             large.limit(), original())
    return [work for part in parts for work in part]
