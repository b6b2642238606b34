"""transcripts.py -- commands in the text with what they printed: recorded, and checked against a run.

The record keeps a build quick and two builds alike; `make book-check` runs every command again.
"""
import os
import re
import subprocess

from common import BOOK, BUILD, TOP, escape, read, write

FOLDER = os.path.join(BOOK, "data", "transcripts")
used = {}  # name -> (commands, attrs, path, line)
NUMBER = re.compile(r"0x[0-9a-f]+|\d+(\.\d+)?")


def run(attrs, chapter, report):
    """```{.run record=NAME}``` with one command a line."""
    name, commands = attrs.get("record", ""), "\n".join(attrs["body"]).strip()
    if not re.fullmatch(r"[\w-]+", name):
        report("a run names its record: {.run record=01-uses-up}")
        return ""
    if name in used and used[name][0] != commands:
        report(f"the record {name!r} is used for two different commands")
    used[name] = (commands, attrs)
    path = os.path.join(FOLDER, name + ".txt")
    if not os.path.exists(path):
        report(f"nothing is recorded for {name!r}. Type: make book RECORD={name}")
        return ""
    recorded_commands, output, status = load(path)
    if recorded_commands != commands:
        report(f"the record {name!r} is of another command. Type: make book RECORD={name}")
    return render(name, commands, output, status)


def load(path):
    """Commands, output and status of a record."""
    head, _, rest = read(path).partition("\n--\n")
    body, _, last = rest.rpartition("\n-- exit ")
    return head, body, int(last)


def render(name, commands, output, status):
    lines = "".join(f'<span class="prompt">$ </span><b>{escape(line)}</b>\n'
                    for line in commands.split("\n"))
    ending = f'<span class="exit">exit status {status}</span>' if status else ""
    kind = " fails" if status else ""
    return (f'<figure class="run{kind}" id="run-{name}"><figcaption>Run for real{ending}</figcaption>'
            f'<pre tabindex="0"><code>{lines}{escape(output)}\n</code></pre></figure>')


def execute(commands):
    """Run commands at the top of the project; what they print, and their status."""
    scratch = os.path.join(BUILD, "book-runs")
    os.makedirs(scratch, exist_ok=True)
    environment = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "CC": "cc"}
    for name in ("BUILD", "MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
        environment.pop(name, None)
    done = subprocess.run(["bash", "-c", commands], cwd=TOP, env=environment, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    status = done.returncode if done.returncode >= 0 else 128 - done.returncode  # as a shell says it
    return done.stdout.rstrip("\n").replace(TOP + "/", ""), status


def record(words):
    """Record what is named, or everything with `all`."""
    for name, (commands, _) in used.items():
        if "all" in words or name in words:
            output, status = execute(commands)
            write(os.path.join(FOLDER, name + ".txt"),
                  f"{commands}\n--\n{output}\n-- exit {status}\n")
            print(f"recorded {name}: exit {status}, {len(output.splitlines())} lines")


def check():
    """Run every command again; the output must be the recorded one, numbers aside where so marked."""
    wrong = []
    for name, (commands, attrs) in sorted(used.items()):
        _, output, status = load(os.path.join(FOLDER, name + ".txt"))
        now, now_status = execute(commands)
        if "numbers" in attrs["flags"]:
            output, now = NUMBER.sub("N", output), NUMBER.sub("N", now)
        if (output, status) != (now, now_status):
            wrong.append(f"transcript {name}: recorded\n{output}\n(exit {status}), but now\n{now}\n"
                         f"(exit {now_status}). Type: make book RECORD={name}")
    return wrong
