"""measurements.py -- tables of the bench's figures, from book/data/bench.json.

`make bench` and `make bench STAGES=1` measure; `book import-bench` copies their results here, without
what belongs to one machine's folders. The date, machine and commit stand under every table.
"""
import json
import os
import re

import curves
from common import BOOK, BUILD, escape, read, write

PATH = os.path.join(BOOK, "data", "bench.json")
KEPT = ("name", "group", "metric", "threads", "best", "time", "memory", "failures", "when", "commit",
        "across", "upwards")


def slim(entry):
    """What the book shows of one workload."""
    kept = {key: entry[key] for key in KEPT if key in entry}
    kept["contenders"] = {
        name: {"median": one["figure"]["median"], "min": one["figure"]["min"],
               "max": one["figure"]["max"], "runs": one["figure"]["runs"],
               "rss_kib": one["rss_kib"]["median"],
               **({"points": one["points"]} if "points" in one else {})}
        for name, one in entry["contenders"].items()}
    kept["noisy"] = entry.get("noise", {}).get("too_noisy", False)
    return kept


def bring(folder=None):
    """Copy the bench's results into the book."""
    folder = folder or os.path.join(BUILD, "bench")
    data = {"peers": [], "stages": [], "versions": DATA.get("versions", {})}
    for name, key in (("results.json", "peers"), ("stages.json", "stages")):
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            print(f"book: {path} is not there; its tables stay as they were")
            data[key] = DATA.get(key, [])
            continue
        measured = json.loads(read(path))
        data["machine"] = {k: v for k, v in measured["machine"].items()}
        data[key] = [slim(entry) for entry in measured["works"]]
        for entry in measured["works"]:  # a version that is a path says nothing elsewhere
            data["versions"].update({name: "" if "/" in text else text
                                     for name, text in entry.get("versions", {}).items()})
        print(f"book: {len(data[key])} workloads from {name}")
    data.setdefault("machine", DATA.get("machine", {}))
    write(PATH, dump(data))


def rounded(value):
    """Four digits are more than any of these figures is good for."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


def dump(data):
    """JSON with a line for each workload."""
    parts = [f'"{key}": {json.dumps(data[key])}' for key in ("machine", "versions")]
    for key in ("peers", "stages"):
        lines = ",\n".join(json.dumps(rounded(entry)) for entry in data[key])
        parts.append(f'"{key}": [\n{lines}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


DATA = json.loads(read(PATH)) if os.path.exists(PATH) else {"peers": [], "stages": [], "machine": {}}


missing = []  # tables for which there are no figures


def number(value):
    """Three digits, whatever the size."""
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def entries_of(attrs, report):
    """The workloads that a directive names: stages=true compares the stages instead of peers."""
    kind = "stages" if "stages" in attrs["flags"] else "peers"
    known = {entry["name"]: entry for entry in DATA[kind]}
    for pattern in attrs.get("work", "").split():
        found = [e for name, e in known.items() if re.fullmatch(pattern.replace("*", ".*"), name)]
        if not found:
            report(f"book/data/bench.json has no workload {pattern!r} among the {kind}; known: " +
                   ", ".join(sorted(known))[:400])
        yield from found


def table(attrs, chapter, report):
    """```{.bench work="pingpong/64B larson/*" caption="..."}```; `stages` compares the six stages."""
    if not DATA["stages" if "stages" in attrs["flags"] else "peers"]:
        missing.append(attrs.get("work", ""))
        return '<p class="provenance">Not measured yet.</p>'
    entries = [e for e in entries_of(attrs, report) if e["contenders"]]
    if not entries:
        return ""
    names = list(dict.fromkeys(n for e in entries for n in e["contenders"]))
    names = [n for n in attrs.get("only", "").split() if n in names] or names
    memory = "memory" in attrs["flags"]
    head = "".join(f"<th scope='col'>{escape(n.replace('stage', 'stage '))}</th>" for n in names)
    body = "".join(f"<tr><th scope='row'><code>{escape(e['name'])}</code></th>"
                   f"{''.join(cell(e, n, names, memory) for n in names)}</tr>" for e in entries)
    caption = escape(attrs.get("caption", "Nanoseconds per operation; bars are to scale in a row"))
    return (f'<figure class="bench"><figcaption>{caption}</figcaption><div class="scroll" tabindex="0">'
            f'<table class="figures"><thead><tr><th scope="col">workload</th>{head}</tr></thead><tbody>{body}</tbody>'
            f'</table></div>{provenance(entries)}</figure>').replace("'", '"')


def cell(entry, name, names, memory):
    """A figure with its bar; below it, if asked for, the peak of memory."""
    one = entry["contenders"].get(name)
    if one is None:
        return f"<td class='none'>{'fails' if name in entry['failures'] else '–'}</td>"
    shown = [entry["contenders"][n]["median"] for n in names if n in entry["contenders"]]
    part = round(100 * one["median"] / max(shown), 1)
    best = " best" if one["median"] == min(shown) else ""
    return (f"<td class='figure{best}'>{number(one['median'])}"
            f"<span class='bar' style='width:{part}%'></span>" +
            (f"<span class='rss'>{number(one['rss_kib'] / 1024)} MiB</span>" if memory else "") + "</td>")


def provenance(entries):
    """When, where and how often: under every table."""
    days = sorted({e["when"][:10] for e in entries})
    runs = sorted({one["runs"] for e in entries for one in e["contenders"].values()})
    runs = "one run" if runs == [1] else \
        f"median of {'–'.join(map(str, dict.fromkeys([runs[0], runs[-1]])))} runs"
    commits = sorted({e["commit"] for e in entries})
    machine = DATA["machine"]
    noisy = [e["name"] for e in entries if e["noisy"]]
    note = f" Too noisy to judge: {', '.join(noisy)}." if noisy else ""
    return (f'<p class="provenance">Measured {" to ".join(dict.fromkeys([days[0], days[-1]]))} on '
            f'{escape(machine.get("processor", ""))}, {machine.get("processors", "?")} processors, '
            f'{escape(machine.get("compiler", ""))}; {runs}; '
            f'commit {escape(", ".join(commits[:3]))}.{note}</p>')


def verdicts():
    """How often the bars were met: name -> count."""
    counts = {}
    for entry in DATA["peers"]:
        word = entry.get("time", {}).get("verdict")
        if word:
            counts[word] = counts.get(word, 0) + 1
    return counts


def page():
    """The page of all measurements."""
    groups = {}
    for entry in DATA["peers"]:
        if entry["contenders"] and "across" not in entry:
            groups.setdefault(entry["group"], []).append(entry)
    counts = verdicts()
    peers = ", ".join(f"{escape(name)}{f' ({escape(text)})' if text else ''}"
                      for name, text in sorted(DATA.get("versions", {}).items())
                      if name != "bitslab" and not name.startswith("stage"))
    html = ["<p>Every workload of the bench, on bitslab and on every peer that was at hand. The "
            "smallest figure of a row is marked. This page is generated from the bench’s own "
            "results; nothing is left out, least of all where we lose. Below each figure stands the "
            f"process’s peak of memory. The peers: {peers}.</p>"]
    if counts:
        html.append("<p>Of the bars that the project set itself, counted by workload: " +
                    ", ".join(f"{count} {escape(word)}" for word, count in sorted(counts.items())) +
                    ".</p>")
    if DATA["stages"]:
        html.append('<h2 id="stages">What each stage costs and buys</h2>' + table(
            {"work": "*", "flags": ["stages", "memory"], "caption": "Nanoseconds per operation, stage by stage"},
            None, print))
    html.append(losses())
    html += [curve(entry) for entry in DATA["peers"] if "across" in entry and
             any("points" in one for one in entry["contenders"].values())]
    for group, entries in groups.items():
        html.append(f'<h2 id="{group}">{group}</h2>')
        html.append(table({"work": " ".join(e["name"] for e in entries), "flags": ["memory"],
                           "caption": unit(entries[0])}, None, print))
    return "".join(html)


def curve(entry):
    """A picture of time over size."""
    ident = entry["name"].replace("/", "-")
    return (f'<h2 id="{ident}">{escape(entry["name"])}</h2><figure class="picture"><div class="canvas" '
            f'tabindex="0">{curves.picture(entry)}</div><figcaption>Upwards: '
            f'{escape(re.sub("^ns ", "nanoseconds ", entry["upwards"]))}. Across: '
            f'{escape(entry["across"])}. Both axes are logarithmic.</figcaption></figure>')


def unit(entry):
    return {"waste": "Bytes taken per byte asked for", "programs": "Seconds of processor time, as "
            "measured per operation", "latency": "Nanoseconds at the stated percentile"}.get(
                entry["group"], "Nanoseconds per operation")


def losses():
    """The workloads whose bar was missed, worst first."""
    missed = [e for e in DATA["peers"] if e.get("time", {}).get("verdict") == "MISSED" and "best" in e]
    if not missed:
        return ""
    missed.sort(key=lambda e: -e["time"]["ratio"])
    rows = "".join(f'<tr><th scope="row"><code>{escape(e["name"])}</code></th>'
                   f'<td>{e["time"]["ratio"]:.2f}</td><td>{e["time"]["bar"]:.2f}</td>'
                   f'<td>{escape(e["best"])}</td></tr>' for e in missed)
    return ('<h2 id="missed">Where we lose</h2><p>Ratio of our median to the best peer’s; the bar is '
            'what we had set ourselves.</p><div class="scroll" tabindex="0"><table class="plain">'
            '<thead><tr><th scope="col">workload</th><th scope="col">ratio</th><th scope="col">bar</th>'
            f'<th scope="col">best peer</th></tr></thead><tbody>{rows}</tbody></table></div>')
