"""selftest.py -- proves with made-up figures that the bench notices what it must notice.

A verdict that cannot be "missed", a noise that cannot be too much, a run on the wrong malloc that
counts: each would make every table look good.
"""
import sys

import atomics
import bars
import contenders
import session
import verdict
from contenders import BenchError, Contender
from work import View, Work

failures = []


def expect(what, is_, wanted):
    if is_ != wanted:
        failures.append(f"{what}: {is_!r} instead of {wanted!r}")


def figures(*values):
    return verdict.summary(values)


def loops(*cpu, wall=1.0):
    return [{"cpu_ns": value, "wall_ns": value * wall} for value in cpu]


QUIET = verdict.noise(loops(100, 101, 100, 99, 100))


def noise():
    expect("a steady loop", QUIET["too_noisy"], False)
    expect("a loop that varies by a third", verdict.noise(loops(100, 130, 95, 140, 100))["too_noisy"],
           True)
    expect("a loop that waits", verdict.noise(loops(100, 100, 100, wall=1.6))["too_noisy"], True)
    expect("one bad run of nine", verdict.noise(loops(*[100] * 8, 300))["too_noisy"], False)


def verdicts():
    noisy = {**QUIET, "too_noisy": True}

    def judge(ours, theirs, bar, quiet=QUIET):
        return verdict.judge(figures(*ours), figures(*theirs), bar, quiet)["verdict"]
    expect("equal", judge((10, 10, 10), (10, 10, 10), 1.0), "met")
    expect("a third slower", judge((13, 13, 13), (10, 10, 10), 1.0), "MISSED")
    expect("a little slower, steady", judge((103, 103, 103), (100, 100, 100), 1.0), "MISSED")
    expect("a little slower, unsteady", judge((93, 103, 113), (100, 100, 100), 1.0), "within noise")
    expect("faster, but not by enough", judge((9, 9, 9), (10, 10, 10), 0.8), "MISSED")
    expect("twice as fast on a noisy machine", judge((5, 5, 5), (10, 10, 10), 1.0, noisy), "too noisy")
    expect("slow on a noisy machine", judge((50, 50, 50), (10, 10, 10), 1.0, noisy), "too noisy")
    expect("the median, not the least", judge((5, 20, 20), (10, 10, 10), 1.0), "MISSED")
    expect("a cliff", verdict.cliffs([(16, 5), (24, 6), (32, 13)]), [(24, 32, 13 / 6)])
    expect("a cliff downwards", len(verdict.cliffs([(16, 13), (24, 6)])), 1)
    expect("a slope", verdict.cliffs([(16, 5), (24, 9), (32, 17)]), [])


class Made:
    """Runs that were never made: 100 ns per operation on bitslab, and so on."""
    figures = {"bitslab": (100, 1000), "glibc": (95, 800), "mimalloc": (150, 990)}

    def __init__(self):
        self.asked = []

    def __call__(self, work, contender, scale):
        self.asked.append(contender.name)
        if contender.name == "scudo":
            return "made to fail"
        ns, kib = self.figures[contender.name]
        return {"ops": 10, "cpu_ns": ns * 10, "wall_ns": ns * 11, "rss_kib": kib, "faults": 1,
                "overhead": kib / 500, "curves": {"time": [(1, ns), (2, 2.5 * ns)]}}


def sessions():
    runner = Made()
    names = ("bitslab", "glibc", "mimalloc", "scudo")
    made = session.Session([Contender(name, None) for name in names], 3, runner=runner)
    made.loop = lambda: loops(100)[0]
    work = Work("curve/x", [], views=(View("/a", curve="time"), View("/b", "overhead", lean=True)))
    first, second = made.measure(work)
    expect("the names of views", [first["name"], second["name"]], ["curve/x/a", "curve/x/b"])
    expect("the order of runs", runner.asked, ["bitslab", "glibc", "mimalloc", "scudo"] +
           ["glibc", "mimalloc", "bitslab"] + ["mimalloc", "bitslab", "glibc"])
    expect("the best", (first["best"], round(first["time"]["ratio"], 3)), ("glibc", 1.053))
    expect("missed by 5 %, steady", first["time"]["verdict"], "MISSED")
    expect("the leanest is one of the lean", first["leanest"], "mimalloc")
    expect("1 % more memory", first["memory"]["verdict"], "met")
    expect("a figure of its own, lean peers", second["best"], "mimalloc")
    expect("who failed is told and left out", (first["failures"], "scudo" in first["contenders"]),
           ({"scudo": "made to fail"}, False))
    expect("the cliff of our curve", len(first["cliffs"]), 1)
    rows = {row["title"]: row for row in bars.judged([first])}
    expect("the bar that a cliff misses", rows["sizes of 16 B to 4 MiB: no cliff"]["verdict"], "MISSED")
    Made.figures["bitslab"] = (90, 1100)
    first, _ = made.measure(work)
    expect("faster than the best", (first["best"], first["time"]["verdict"]), ("glibc", "met"))
    expect("11 % more memory", first["memory"]["verdict"], "MISSED")


def summaries():
    def entry(name, word, ratio):
        return {"name": name, "time": {"verdict": word, "ratio": ratio, "bar": 1.0}}
    row, = bars.judged([entry("larson/1T", "met", 0.5), entry("larson/2T", "MISSED", 1.2)])
    expect("one of two missed", (row["verdict"], row["of"], row["met"], row["all"]),
           ("MISSED", "larson/2T", 1, 2))
    row, = bars.judged([entry("larson/1T", "met", 0.5), entry("larson/2T", "too noisy", 0.9)])
    expect("one of two unknown", row["verdict"], "too noisy")


def counting():
    lines = ["ob=(1) /lib/x.so\n", "fn=(1) f\n", "0x10 0 5\n", "+4 0 2\n", "calls=1 0x99 0\n",
             "* 0 1000\n", "-4 0 1\n", "ob=(2) /lib/y.so\n", "0x10 0 70\n", "ob=(1)\n", "0x14 0 1\n"]
    expect("instructions of one library", atomics.counts(lines, "/lib/x.so"), {0x10: 6, 0x14: 3})
    expect("a word per 16", atomics.against_bar(1 / 16)["verdict"], "met")
    expect("a word per 10", atomics.against_bar(1 / 10)["verdict"], "MISSED")


def settings():
    for vs, peers in (("nobody", ""), ("", "x"), ("", "x=/no/such/file"), ("", "glibc=/bin/sh")):
        try:
            contenders.choose(vs, peers)
            failures.append(f"VS={vs} PEER={peers} was accepted")
        except BenchError:
            pass
    expect("a peer by hand", [one.name for one in contenders.choose("none", "x=/bin/sh y=/bin/ls")],
           ["x", "y"])


for test in (noise, verdicts, sessions, summaries, counting, settings):
    test()
for failure in failures:
    print(f"selftest: {failure}")
sys.exit(1 if failures else 0)
