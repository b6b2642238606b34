"""session.py -- measures one workload: all contenders in turn, several rounds, the loop between.

What is compared stays together: within a round every contender runs once, and each round begins
with another one, so that a disturbance of some seconds meets them all.
"""
import measure
import verdict

LOOP = ["loop", "8M"]
OURS = "bitslab"


def figure_of(work, run):
    """The number that is compared: nanoseconds per operation, unless the workload says otherwise."""
    if work.kind == "latency":
        return run[work.metric]
    return run[f"{work.metric}_ns"] / run["ops"]


def points_of(runs):
    """The median of each point of a curve over the runs."""
    table = {}
    for run in runs:
        for x, y in run["points"]:
            table.setdefault(x, []).append(y)
    return [[x, verdict.summary(ys)["median"]] for x, ys in sorted(table.items())]


class Session:
    def __init__(self, contenders, rounds, scale=None, progress=None, runner=measure.run):
        self.contenders = contenders
        self.rounds = rounds
        self.scale = scale
        self.progress = progress or (lambda *_: None)
        self.runner = runner

    def measure(self, work):
        """All that is known of a workload afterwards, as it goes into results.json."""
        runs = {one.name: [] for one in self.contenders}
        failures, loops = {}, []
        for turn in range(self.rounds):
            shift = turn % len(self.contenders)
            for one in self.contenders[shift:] + self.contenders[:shift]:
                if one.name in failures:
                    continue
                self.progress(work, turn, one)
                result = self.runner(work.argv, one, self.scale)
                if isinstance(result, str):
                    failures[one.name] = result
                else:
                    runs[one.name].append(result)
            loops.append(self.loop())
        return self.entry(work, runs, failures, verdict.noise(loops))

    def loop(self):
        result = measure.run(LOOP, measure_on_libc(), self.scale)
        if isinstance(result, str):
            raise measure.BenchError(f"the loop: {result}")
        return result

    def entry(self, work, runs, failures, quiet):
        entry = {"name": work.name, "group": work.group, "kind": work.kind, "argv": work.argv,
                 "metric": work.metric, "threads": work.threads, "bar": work.bar,
                 "noise": quiet, "failures": failures, "contenders": {}}
        for one in self.contenders:
            if not runs[one.name] or one.name in failures:
                continue
            mine = runs[one.name]
            kept = {"figure": verdict.summary([figure_of(work, run) for run in mine])}
            for name in sorted(set(mine[0]) - {"malloc", "points"}):
                kept[name] = verdict.summary([run[name] for run in mine])
            if any(run["points"] for run in mine):
                kept["points"] = points_of(mine)
            entry["contenders"][one.name] = kept
        conclude(entry, [one.name for one in self.contenders if one.lean])
        return entry


def measure_on_libc():
    from contenders import Contender
    return Contender("glibc", None)


def conclude(entry, lean):
    """Adds the verdicts: time against the best peer, memory against the leanest."""
    known = entry["contenders"]
    peers = [name for name in known if name != OURS]
    if OURS not in known or not peers:
        return
    figures = {name: known[name]["figure"] for name in known}
    entry["best"] = verdict.best(figures, peers)
    entry["time"] = verdict.judge(figures[OURS], figures[entry["best"]], entry["bar"],
                                  entry["noise"])
    memory = {name: known[name]["rss_kib"] for name in known}
    quiet = {"spread": 0, "too_noisy": False}  # noise of processors does not change memory
    entry["leanest"] = verdict.best(memory, [name for name in peers if name in lean] or peers)
    entry["memory"] = verdict.judge(memory[OURS], memory[entry["leanest"]], verdict.RSS_BAR, quiet)
    if entry["kind"] == "curve":
        entry["cliffs"] = verdict.cliffs(known[OURS]["points"])
