"""report.py -- what is printed: a line per workload while it is measured, the table at the end."""
import sys

import bars
import verdict

COLOURS = {"met": 32, "within noise": 33, "MISSED": 31, "too noisy": 33}


def coloured(word, text=None):
    text = text or word
    if not sys.stdout.isatty() or word not in COLOURS:
        return text
    return f"\x1b[{COLOURS[word]}m{text}\x1b[0m"


def number(value):
    """Three digits, whatever the size."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= limit:
            return f"{value / limit * (10 if unit == 'k' else 1):.3g}{unit}"
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def progress(position, total, seconds_left):
    """A function that shows, on a terminal, what is being run just now."""
    def show(work, turn, contender):
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K[{position}/{total}, about {seconds_left / 60:.0f} min left] "
                             f"{work.name} round {turn + 1}: {contender.name} ")
            sys.stderr.flush()
    return show


def wipe():
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def line(entry, position, total):
    """One workload, as soon as it is known."""
    parts = [f"{name} {number(kept['figure']['median'])}"
             for name, kept in entry["contenders"].items()]
    parts += [f"{name} FAILED ({why})" for name, why in entry["failures"].items()]
    text = f"[{position}/{total}] {entry['name']:<30} {'  '.join(parts)}"
    if entry["contenders"] and "time" in entry:
        text += f"  = {entry['time']['ratio']:.2f} x {entry['best']}"
    elif "time" in entry:
        text += f"{entry['time']['ratio']:.3f} per free"
    print(text, flush=True)


def spread(figure):
    return f"{number(figure['median'])} ({number(figure['min'])}..{number(figure['max'])})"


def row(entry):
    if not entry["contenders"]:
        return (f"{entry['name']:<30} {entry['time']['ratio']:>20.3f} {'':>20} {'per free':<10} "
                f"{'':>5} {entry['time']['bar']:>4.2f} " + coloured(entry["time"]["verdict"]))
    time, best = entry["time"], entry["contenders"][entry["best"]]
    ours = entry["contenders"]["bitslab"]
    wall = ours["wall_ns"]["median"] / best["wall_ns"]["median"]
    text = (f"{entry['name']:<30} {spread(ours['figure']):>20} {spread(best['figure']):>20} "
            f"{entry['best']:<10} {time['ratio']:>5.2f} {time['bar']:>4.2f} " +
            coloured(time["verdict"], f"{time['verdict']:<12}") + f" {wall:>5.2f} ")
    if "memory" in entry:
        memory = entry["memory"]
        text += (f"{memory['ratio']:>6.2f} {entry['leanest']:<10} " +
                 coloured(memory["verdict"], f"{memory['verdict']:<12}"))
    else:
        text += f"{'':>6} {'':<10} {'':<12}"
    return text + f" {number(ours['rss_kib']['median'] / 1024):>5} {ours['faults']['median']:>7.0f}"


def table(entries):
    """The table of ratios; entries without a peer to compare with are left out."""
    entries = [entry for entry in entries if "time" in entry]
    if not entries:
        return
    print(f"\n{'':<30} {'bitslab':>20} {'best peer':>20} {'':<10} {'ratio':>5} {'bar':>4} "
          f"{'':<12} {'wall':>5} {'memory':>6} {'leanest':<10} {'bar 1.05':<12} {'MiB':>5} "
          f"{'faults':>7}")
    for entry in entries:
        print(row(entry))
    print("\nns of CPU time per operation, medians (least..most); of allocator calls alone where "
          "threads wait for each other; sharing: wall time; programs: ms of a whole run; latency: of "
          "single calls, the one in 10,000; scale/.../memory: in use / asked for.")
    for entry in entries:
        for low, high, factor in entry.get("cliffs", ()):
            print(f"cliff in {entry['name']}: {low:.0f} to {high:.0f} bytes, a factor of {factor:.1f}")


def closing(entries):
    """The bars, what the noise allows to say, and what could not be run."""
    rows = bars.judged(entries)
    if rows:
        print(f"\n{'':<36} {'bar':>9} {'median':>6} {'worst':>6} {'':<30} {'met':>7}")
    for one in rows:
        limits = "..".join(f"{bar:.2f}" for bar in dict.fromkeys((one["bars"][0], one["bars"][-1])))
        print(f"{one['title']:<36} {limits:>9} {one['median']:>6.2f} {one['worst']:>6.2f} "
              f"{one['of']:<30} {one['met']:>3}/{one['all']:<3} " + coloured(one["verdict"]))
    judged = [entry for entry in entries if "time" in entry and entry["contenders"]]
    noisy = [entry for entry in judged if entry["noise"]["too_noisy"]]
    for entry in noisy:
        print(coloured("too noisy", f"too noisy to conclude: {entry['name']}: "
                       f"{verdict.noise_text(entry['noise'])}"))
    if judged and not noisy:
        worst = max((entry["noise"] for entry in judged), key=lambda one: one["spread"])
        print(f"noise:   {verdict.noise_text(worst)} at worst")
    for entry in entries:
        for name, why in entry["failures"].items():
            print(f"failed:  {entry['name']} on {name}: {why}")
