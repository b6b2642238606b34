"""coverage.py -- every line that stage N changed is shown in chapter N, or waived with a reason."""
import os
import re

import source
from common import BOOK, read
from listing import owed, shown_as_old


def waivers():
    """book/waivers.txt: stage, file, symbol (or *), reason -> {(stage, file, symbol): reason}."""
    found = {}
    for number, line in enumerate(read(os.path.join(BOOK, "waivers.txt")).splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            stage, file, symbol, reason = line.split(None, 3)
            found[int(stage), file, symbol] = (number, reason)
    return found


def debts(number):
    """What chapter `number` still owes: (file, first, last, kind, title)."""
    stage, waived = source.stage(number), waivers()
    for name, file in stage.files.items():
        if not compiled(name):
            continue
        for paragraph in file.paragraphs:
            yield from ranges(owed(paragraph.rows, stage, file), name, paragraph.title)
        yield from gone(file.removed, stage, name, waived)
    for name, file in stage.gone.items():
        yield from gone(file.paragraphs, stage, name, waived)


def compiled(name):
    """The book shows what is compiled on Linux; other systems' files have the same contract."""
    return not re.match(r"os_(?!linux)\w+\.[ch]$", name)


def gone(paragraphs, stage, name, waived):
    for paragraph in paragraphs:
        keys = [(stage.number, name, symbol) for symbol in [*paragraph.names, "*"]]
        if not any(key in waived for key in keys) and not shown_as_old(paragraph, stage, name):
            yield name, paragraph.first, paragraph.last, "old", paragraph.title


def ranges(rows, name, title):
    rows = list(rows)
    for kind in ("new", "old"):
        numbers = [row.number for row in rows if row.kind == kind]
        if numbers:
            yield name, numbers[0], numbers[-1], kind, title


def report_debts(number):
    """What is owed, file by file, with the names that a listing would take."""
    owed_by_file = {}
    for name, first, last, kind, title in debts(number):
        kinds = owed_by_file.setdefault(name, {"new": [], "old": []})
        kinds[kind].append(f"{title.replace(',', '')} ({first}{f'-{last}' if last > first else ''})")
    for name, kinds in owed_by_file.items():
        yield name + "".join(f"\n    {'new, changed' if kind == 'new' else 'removed'}: {'; '.join(some)}"
                             for kind, some in kinds.items() if some)


def stale_waivers():
    """Waivers for what the stage did not remove."""
    for (number, name, symbol), (line, _) in waivers().items():
        stage = source.stage(number)
        gone_here = stage.gone[name].paragraphs if name in stage.gone else \
            stage.files[name].removed if name in stage.files else []
        if not gone_here or symbol != "*" and not any(symbol in p.names for p in gone_here):
            yield f"book/waivers.txt:{line}: stage {number} did not remove {symbol} of {name}"
