"""smoke.py -- every workload once, tiny, on the library given; and what must not pass.

Usage: smoke.py LIBRARY
"""
import os
import sys

import catalogue
import measure
import programs
from contenders import Contender

SCALE = 0.0005
failures = []


class NotPreloaded(Contender):
    """Claims a library, but runs without it."""
    def environment(self):
        return Contender("glibc", None).environment()


def complaint(work, result):
    """What is wrong with a run, if anything."""
    if isinstance(result, str):
        return result
    for name in ("ops", "wall_ns", "cpu_ns", "rss_kib", "faults"):
        if not result.get(name, 0) > 0:
            return f"{name} is {result.get(name)}"
    for view in work.views:
        if view.figure and view.figure not in result:
            return f"prints no {view.figure}"
        if view.curve and len(result["curves"].get(view.curve, ())) < 1:
            return f"prints no curve {view.curve}"
    return None


def main():
    ours = Contender("bitslab", sys.argv[1])
    works = [work for work in catalogue.everything() if work.argv[0] not in ("program", "atomics")]
    measure.programs([work.argv[0] for work in works] + ["loop"])
    for work in works:
        wrong = complaint(work, measure.run(work.argv, ours, SCALE))
        if wrong:
            failures.append(f"{work.name}: {wrong}")

    loop = ["loop", "1000"]
    for what, contender in (("a run without the library", NotPreloaded("x", ours.path)),
                            ("a library without a malloc", Contender("y", measure_libm()))):
        if "not preloaded" not in str(measure.run(loop, contender)):
            failures.append(f"{what} was taken for one")
    if "status 2" not in str(measure.run(["loop"], ours)):
        failures.append("a program that fails was taken for one that works")
    if programs.preloads("sh", NotPreloaded("x", ours.path)) or not programs.preloads("sh", ours):
        failures.append("preloads() does not see what sh loads")

    for failure in failures:
        print(f"smoke: {failure}")
    print(f"{len(works)} workloads run on {os.path.basename(ours.path)}")
    sys.exit(1 if failures else 0)


def measure_libm():
    return next(path for path in ("/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6",
                                  "/usr/lib/libm.so.6") if os.path.exists(path))


main()
