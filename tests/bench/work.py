"""work.py -- what a workload is: its name, its command, and what is compared of it."""
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
    lean: bool = False   # compared with the lean peers only


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
