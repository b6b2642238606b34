"""archive.py -- build/bench/results.json: the latest runs of each workload, for tables and charts.

A workload's entry is replaced as a whole: what is compared was measured together.
"""
import json
import os
import platform
import subprocess
import time

import catalogue
import charts
import measure
from contenders import BenchError


def path(name="results.json"):
    return os.path.join(measure.build_folder(), name)


def load(name="results.json"):
    try:
        with open(path(name), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        raise BenchError("nothing was measured so far. Type: make bench") from None


def machine():
    """What the figures depend on."""
    model = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    compiler = subprocess.run([os.environ.get("CC") or "cc", "--version"], capture_output=True,
                              text=True, check=False).stdout.split("\n")[0]
    return {"processor": model, "processors": os.cpu_count(), "system": platform.platform(),
            "compiler": compiler}


def commit():
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=measure.TOP,
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def keep(entries, contenders, file_name="results.json"):
    """Puts new entries into the file, in the catalogue's order."""
    try:
        known = {entry["name"]: entry for entry in load(file_name)["works"]}
    except BenchError:
        known = {}
    stamp = {"when": time.strftime("%Y-%m-%dT%H:%M:%S"), "commit": commit(),
             "versions": {one.name: one.version() for one in contenders}}
    for entry in entries:
        known[entry["name"]] = {**entry, **stamp}
    names = [work.name + view.suffix for work in catalogue.everything() for view in work.views]
    order = {name: place for place, name in enumerate(names)}
    works = sorted(known.values(), key=lambda entry: order.get(entry["name"], len(order)))
    os.makedirs(measure.build_folder(), exist_ok=True)
    with open(path(file_name) + ".new", "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "works": works}, file, indent=1)
    os.replace(path(file_name) + ".new", path(file_name))


def draw():
    """An SVG for each group, and one for each curve. Returns their names."""
    groups, written = {}, []
    for entry in load()["works"]:
        groups.setdefault(entry["group"], []).append(entry)
    for group, entries in groups.items():
        plain = [entry for entry in entries if "across" not in entry and entry["contenders"]]
        pictures = {group: charts.dots(group, plain)} if plain else {}
        for entry in entries:
            if "across" in entry and entry["contenders"]:
                pictures[entry["name"].replace("/", "-")] = charts.lines(
                    entry, entry["across"], entry["upwards"])
        for name, picture in pictures.items():
            written.append(os.path.join(measure.build_folder(), f"{name}.svg"))
            with open(written[-1], "w", encoding="utf-8") as file:
                file.write(picture)
    return written
