"""verdict.py -- medians, spread, noise, and whether a bar is met.

Times on a shared machine vary, so a verdict needs more than two medians:

  too noisy     the loop, which does the same arithmetic every time, varied too much or had to wait
                for a processor: nothing is concluded
  met           the ratio of the medians is at or below the bar
  within noise  it is above, by less than what the runs of the two vary by
  MISSED        it is above, by more
"""
from statistics import median

LOOP_SPREAD_MAX = 0.10  # of the loop's CPU time: (third quartile - first) / median
LOOP_WAIT_MAX = 0.25    # of the loop's wall time, waiting for a processor
RSS_BAR = 1.05


def quartiles(values):
    """First and third quartile, by linear interpolation."""
    ordered = sorted(values)

    def at(part):
        place = part * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
    return at(0.25), at(0.75)


def summary(values):
    """What is kept of several runs."""
    low, high = quartiles(values)
    return {"median": median(values), "min": min(values), "max": max(values),
            "q1": low, "q3": high, "runs": len(values)}


def noise(loops):
    """How quiet the machine was, from the loop's runs (wall_ns, cpu_ns)."""
    cpu = summary([loop["cpu_ns"] for loop in loops])
    waits = [1 - loop["cpu_ns"] / loop["wall_ns"] for loop in loops]
    spread = (cpu["q3"] - cpu["q1"]) / cpu["median"]
    wait = max(0.0, median(waits))
    return {"spread": spread, "wait": wait, "runs": len(loops), "loop_ms": cpu["median"] / 1e6,
            "too_noisy": spread > LOOP_SPREAD_MAX or wait > LOOP_WAIT_MAX}


def noise_text(quiet):
    return (f"the fixed loop varied by {100 * quiet['spread']:.1f} % (limit "
            f"{100 * LOOP_SPREAD_MAX:.0f} %) and waited {100 * quiet['wait']:.1f} % of its time "
            f"(limit {100 * LOOP_WAIT_MAX:.0f} %), {quiet['runs']} runs")


def best(summaries, among):
    """The name with the smallest median."""
    return min((name for name in among if name in summaries),
               key=lambda name: summaries[name]["median"], default=None)


def doubt(ours, theirs, quiet):
    """By which part the ratio of two medians may be wrong: half of both spreads, and the loop's."""
    part = sum((one["q3"] - one["q1"]) / 2 / one["median"] for one in (ours, theirs)
               if one["median"])
    return part + quiet["spread"] / 2


def judge(ours, theirs, bar, quiet):
    """A ratio and what to say of it."""
    ratio = ours["median"] / theirs["median"] if theirs["median"] else float("inf")
    if quiet["too_noisy"]:
        word = "too noisy"
    elif ratio <= bar:
        word = "met"
    elif ratio <= bar * (1 + doubt(ours, theirs, quiet)):
        word = "within noise"
    else:
        word = "MISSED"
    return {"ratio": ratio, "bar": bar, "doubt": doubt(ours, theirs, quiet), "verdict": word}


def cliffs(points, limit=2.0):
    """Neighbouring sizes of a curve whose prices differ by more than the limit: [(x1, x2, factor)]."""
    steps = []
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        factor = max(y1, y2) / max(min(y1, y2), 1e-9)
        if factor >= limit:
            steps.append((x1, x2, factor))
    return steps
