"""stages.py -- `make bench STAGES=1`: what each stage costs and buys, as a table.

The six stages run the same workloads; a stage that cannot (no threads before stage 4, no memory
that comes back in stage 1) says why. Each cell: ns per operation, and the peak of memory in MiB.
"""
import measure
import report
from contenders import Contender

# (workload, the first stage that may be asked)
ASKED = (
    ("pingpong/64B", 1), ("pingpong/mix/32KiB", 1), ("pingpong/1MiB", 1), ("batch/64B/10k/random", 1),
    ("batch/8KiB/100/random", 1), ("replace/mix/L2", 1), ("replace/64B/L3", 1), ("calloc/1024", 1),
    ("realloc/append/1MiB", 1), ("aligned/4096", 1), ("larson/1T", 4), ("larson/2T", 4),
    ("prodcons/64B/inorder/1T", 4), ("prodcons/64B/inorder/2T", 4), ("ring/2T", 4), ("xmalloc/2T", 4),
    ("churn/2T", 4), ("sharing/active/2T", 4), ("programs/lua", 1), ("programs/sqlite", 2),
    ("programs/cc", 2),
)
SCALE = 0.25  # stage 1 has 1 GiB and never reuses any


def contenders():
    return {number: Contender(f"stage{number}", measure.library(number)) for number in range(1, 7)}


def taking_part(work, stages):
    first = dict(ASKED)[work.name]
    return [one for number, one in stages.items() if number >= first]


def works(catalogue):
    by_name = {work.name: work for work in catalogue}
    return [by_name[name] for name, _ in ASKED]


def cell(entry, name):
    if name in entry["contenders"]:
        kept = entry["contenders"][name]
        return (f"{report.number(kept['figure']['median'])} / "
                f"{report.number(kept['rss_kib']['median'] / 1024)}")
    return "fails" if name in entry["failures"] else "-"


def table(entries):
    names = [f"stage{number}" for number in range(1, 7)]
    print(f"\n{'ns per operation / peak MiB':<30}" + "".join(f"{name:>16}" for name in names))
    for entry in entries:
        print(f"{entry['name']:<30}" + "".join(f"{cell(entry, name):>16}" for name in names))
    print()
    for entry in entries:
        for name, why in entry["failures"].items():
            print(f"{entry['name']} on {name}: {why.splitlines()[-1]}")
