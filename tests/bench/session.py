"""session.py -- measures one workload: all contenders in turn, several rounds, the loop between.

What is compared stays together: within a round every contender runs once, and each round begins
with another one, so that a disturbance of some seconds meets them all.
"""
import measure
import programs
import verdict
from contenders import BenchError, Contender

LOOP = ["loop", "5M"]
OURS = "bitslab"
NOT_FIGURES = {"malloc", "curves"}


def run_once(work, contender, scale):
    if work.argv[0] == "program":
        return programs.run(work.argv[1], contender)
    return measure.run(work.argv, contender, scale)


def figure_of(work, view, run):
    """The number that is compared: nanoseconds per operation, unless the view says otherwise."""
    return run[view.figure] if view.figure else run[f"{work.metric}_ns"] / run["ops"]


def median_curve(curves):
    """The median of each point over the runs."""
    table = {}
    for curve in curves:
        for x, y in curve:
            table.setdefault(x, []).append(y)
    return [[x, verdict.summary(ys)["median"]] for x, ys in sorted(table.items())]


class Session:
    def __init__(self, contenders, rounds, scale=None, progress=None, runner=run_once):
        self.contenders = contenders
        self.rounds = rounds
        self.scale = scale
        self.progress = progress or (lambda *_: None)
        self.runner = runner

    def measure(self, work):
        """The entries of a workload, one for each view, as they go into results.json."""
        runs = {one.name: [] for one in self.contenders}
        failures, loops = {}, []
        for turn in range(self.rounds):
            shift = turn % len(self.contenders)
            for one in self.contenders[shift:] + self.contenders[:shift]:
                if one.name in failures:
                    continue
                self.progress(work, turn, one)
                result = self.runner(work, one, self.scale)
                if isinstance(result, str):
                    failures[one.name] = result
                else:
                    runs[one.name].append(result)
                loops.append(self.loop())
        complete = {one.name: runs[one.name] for one in self.contenders if one.name not in failures}
        return [self.entry(work, view, complete, failures, verdict.noise(loops))
                for view in work.views]

    def loop(self):
        result = measure.run(LOOP, Contender("glibc", None), self.scale)
        if isinstance(result, str):
            raise BenchError(f"the loop: {result}")
        return result

    def entry(self, work, view, runs, failures, quiet):
        entry = {"name": work.name + view.suffix, "group": work.group, "argv": work.argv,
                 "metric": work.metric, "threads": work.threads, "bar": view.bar or work.bar,
                 "noise": quiet, "failures": failures, "contenders": {}}
        if view.curve:
            entry.update(across=view.across, upwards=view.upwards)
        for name, mine in runs.items():
            kept = {"figure": verdict.summary([figure_of(work, view, run) for run in mine])}
            for key in sorted(set(mine[0]) - NOT_FIGURES):
                kept[key] = verdict.summary([run[key] for run in mine])
            if view.curve:
                kept["points"] = median_curve([run["curves"][view.curve] for run in mine])
            entry["contenders"][name] = kept
        conclude(entry, [one.name for one in self.contenders if one.lean], view)
        return entry


def conclude(entry, lean, view):
    """Adds the verdicts: time against the best peer, memory against the leanest."""
    known = entry["contenders"]
    peers = [name for name in known if name != OURS]
    if OURS not in known or not peers:
        return
    figures = {name: known[name]["figure"] for name in known}
    lean = [name for name in peers if name in lean] or peers
    entry["best"] = verdict.best(figures, lean if view.lean else peers)
    entry["time"] = verdict.judge(figures[OURS], figures[entry["best"]], entry["bar"],
                                  entry["noise"])
    if view.memory:
        memory = {name: known[name]["rss_kib"] for name in known}
        quiet = {"spread": 0, "too_noisy": False}  # busy processors do not change memory
        entry["leanest"] = verdict.best(memory, lean)
        entry["memory"] = verdict.judge(memory[OURS], memory[entry["leanest"]], verdict.RSS_BAR,
                                        quiet)
    if entry["group"] == "curve" and view.curve:
        entry["cliffs"] = verdict.cliffs(known[OURS]["points"])
