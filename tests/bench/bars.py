"""bars.py -- the bars that bitslab is to reach, and what the measurements say of each.

A bar is met if it is met by every workload that it is about; one that misses it is named.
"""
import re
from statistics import median

# title, pattern of the workloads' names, which verdict
SMALL = "16B|64B|256B|1KiB"
BINS = SMALL + "|8KiB|32KiB"
LARGE = "64KiB|128KiB|256KiB|1MiB"
BARS = (
    ("ping-pong, one size up to 1 KiB", f"pingpong/({SMALL})$", "time"),
    ("ping-pong over a mix of sizes", "pingpong/mix/", "time"),
    ("n, then free: 16 B to 32 KiB", f"batch/({BINS})/(?!1M/random)", "time"),
    ("n, then free: 1M in random order", "batch/.*/1M/random$", "time"),
    ("64 KiB, 128 KiB, 256 KiB, 1 MiB", f"(pingpong|batch)/({LARGE})", "time"),
    ("huge ping-pong, 8 and 64 MiB", "pingpong/(8|64)MiB", "time"),
    ("sizes of 16 B to 4 MiB: no cliff", "curve/", "cliffs"),
    ("random replacement in L1", "replace/.*/L1$", "time"),
    ("random replacement in L2, L3, DRAM", "replace/.*/(L2|L3|DRAM)$", "time"),
    ("larson, 1, 2 and 4 threads", "larson/", "time"),
    ("producer/consumer and ring", "(prodcons|ring)/", "time"),
    ("xmalloc, contended remote free", "(xmalloc|contended)/", "time"),
    ("thread churn", "churn/", "time"),
    ("false sharing (wall time)", "sharing/", "time"),
    ("calloc, aligned", "(calloc|aligned)/", "time"),
    ("realloc growth", "realloc/", "time"),
    ("whole programs (CPU time)", "programs/", "time"),
    ("the original's counts", "original/", "time"),
    ("peak memory, each workload", "", "memory"),
    ("waste over all sizes", "waste/", "time"),
    ("p99.99 of malloc and free", "latency/", "time"),
    ("price and memory at scale", "scale/", "time"),
    ("atomics per free in one slab, 1/16", "atomics/", "time"),
    ("distance to stage 1", "limit/", "time"),
)
WORST_FIRST = ("MISSED", "too noisy", "within noise", "met")


def result(entry, what):
    """(verdict, ratio, bar) of an entry, or None."""
    if what == "cliffs":
        if "cliffs" not in entry:
            return None
        worst = max((factor for _, _, factor in entry["cliffs"]), default=1.0)
        return ("MISSED" if entry["cliffs"] else "met", worst, 2.0)
    if what not in entry:
        return None
    return (entry[what]["verdict"], entry[what]["ratio"], entry[what]["bar"])


def judged(entries):
    """For each bar about which something is known: title, bars, counts, worst, verdict."""
    rows = []
    for title, pattern, what in BARS:
        known = [(entry["name"], *found) for entry in entries if re.match(pattern, entry["name"])
                 if (found := result(entry, what))]
        if not known:
            continue
        words = [word for _, word, _, _ in known]
        name, _, ratio, bar = max(known, key=lambda one: one[2] / one[3])
        rows.append({"title": title, "bars": sorted({bar for *_, bar in known}),
                     "median": median(one[2] for one in known), "worst": ratio, "of": name,
                     "met": sum(word in ("met", "within noise") for word in words),
                     "all": len(words), "verdict": next(w for w in WORST_FIRST if w in words)})
    return rows
