"""common.py -- where things are, what the book consists of, and how mistakes are told."""
import html
import os
import re
import subprocess
import sys
import tomllib

BOOK = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(BOOK)
BUILD = os.path.join(TOP, os.environ.get("BUILD", "build"))
SITE = os.path.join(BUILD, "book")        # what readers get
WORK = os.path.join(BUILD, "book-work")   # what is only needed on the way

escape = html.escape


class Problems:
    """Mistakes in the text, each with file and line; all of them are told before the build fails."""

    def __init__(self):
        self.found = []

    def add(self, path, line, message):
        path = os.path.relpath(path, TOP) if os.path.isabs(path) else path
        entry = f"{path}:{line}: {message}" if line else f"{path}: {message}"
        if entry not in self.found:
            self.found.append(entry)

    def stop_if_any(self):
        if self.found:
            for entry in self.found:
                print(entry, file=sys.stderr)
            count = len(self.found)
            sys.exit(f"book: {count} mistake{'s' * (count > 1)}, listed above")


problems = Problems()


class Chapter:
    """An entry of book.toml. `stage` is 0 for chapters that belong to none."""

    def __init__(self, entry):
        self.slug = entry["slug"]
        self.title = entry["title"]
        self.number = entry.get("number")
        self.stage = entry.get("stage", 0)
        self.complete = entry.get("complete", False)
        self.part = entry.get("part", "")
        self.source = os.path.join(BOOK, "chapters", self.slug + ".md")
        self.page = self.slug + ".html"

    @property
    def written(self):
        return os.path.exists(self.source)

    @property
    def words(self):
        """Words of the text, directives and listings aside."""
        text = read(self.source) if self.written else ""
        return len(re.sub(r"^(```+).*?^\1", "", text, flags=re.S | re.M).split())

    @property
    def code_stage(self):
        """The stage that names in this chapter mean."""
        return self.stage or LAST_STAGE

    @property
    def label(self):
        return f"Chapter {self.number}" if self.number else ""


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def output_of(command, **more):
    """What a program prints; stops the build, with its message, when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"book: {' '.join(command[:3])} ... failed:\n{done.stderr or done.stdout}")
    return done.stdout


def stages():
    """Folders of the stages by number."""
    names = sorted(n for n in os.listdir(os.path.join(TOP, "stages")) if n[:2].isdigit())
    return {int(name[:2]): name for name in names}


STAGES = stages()
LAST_STAGE = max(STAGES)
with open(os.path.join(BOOK, "book.toml"), "rb") as toml:
    SETUP = tomllib.load(toml)
CHAPTERS = [Chapter(entry) for entry in SETUP["chapter"]]
