#!/usr/bin/env python3
"""sum.py -- what no test reached, against the reasons in missing.txt.

  sum.py measure REASONS GCNO...   what gcov counted, in all builds, against the reasons
  sum.py update  REASONS GCNO...   the same, and rewrites REASONS: keeps the reasons that still hold,
                                   enters what has none below "TODO:"
  sum.py check   REASONS           only whether each reason's line is still in the source

A line counts as reached if any test in any build reached it, and so does each side of a branch.
The builds differ in their switches, and with them in the branches that a line has: sides are named
by their number and by how many there are, and of a line that has 2 in one build and 4 in another,
all 6 count. REASONS begins with comments and the figure; then come paragraphs:

  CLASS: why no test gets there
      FILE FUNCTION line: SOURCE TEXT
      FILE FUNCTION branch 1/2: SOURCE TEXT

CLASS is one word. What stands below "race" may be reached, by chance; all else must not be."""
import collections
import json
import re
import subprocess
import sys

ENTRY = re.compile(r"    (\S+) (\S+) (line|branch \d+/\d+): (.*)")


def counted(gcno, source):
    """Hits by (file, line) and by (file, line, sides, side), and the function of each line."""
    lines, branches, functions = collections.Counter(), collections.Counter(), {}
    text = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *gcno],
                          check=True, capture_output=True, text=True).stdout
    for unit in map(json.loads, text.splitlines()):
        for file in unit["files"]:
            name = file["file"]
            if not name.startswith(source + "/"):
                continue
            for line in file["lines"]:
                at = (name, line["line_number"])
                functions.setdefault(at, line.get("function_name", "-"))
                lines[at] += line["count"]
                sides = line["branches"]
                for i, side in enumerate(sides):
                    branches[(*at, len(sides), i + 1)] += side["count"]
    return lines, branches, functions


def entry(at, what, functions):
    with open(at[0]) as file:
        text = file.read().splitlines()[at[1] - 1].strip()
    return f"{at[0].rsplit('/', 1)[1]} {functions[at]} {what}: {text}"


def missed(lines, branches, functions):
    """Entries in the order of the source; what no line reached has no branches to speak of."""
    found = []
    for at in sorted(lines):
        if lines[at] == 0:
            found.append(entry(at, "line", functions))
    for at in sorted(branches):
        if branches[at] == 0 and lines[at[:2]] != 0:
            found.append(entry(at[:2], f"branch {at[3]}/{at[2]}", functions))
    return found


def read(path):
    """The comment at the top, the figure, and the reasons: a list of (reason, [entry])."""
    head, figure, reasons = [], "", []
    for row in open(path).read().splitlines():
        if row.startswith("#"):
            head.append(row)
        elif row.startswith("Figure: "):
            figure = row[8:]
        elif row.startswith("    "):
            if not reasons or not ENTRY.fullmatch(row):
                sys.exit(f"{path}: not understood: {row}")
            reasons[-1][1].append(row.strip())
        elif row:
            if not re.fullmatch(r"\w+: .+", row):
                sys.exit(f"{path}: not CLASS: reason: {row}")
            reasons.append((row, []))
    return head, figure, reasons


def write(path, head, figure, reasons):
    with open(path, "w") as out:
        out.write("\n".join(head) + f"\n\nFigure: {figure}\n")
        for reason, entries in reasons:
            if entries:
                out.write(f"\n{reason}\n" + "".join(f"    {row}\n" for row in entries))


def compared(found, reasons):
    """What is wrong, and the reasons that still hold."""
    wrong, kept, left = [], [], collections.Counter(found)
    for reason, entries in reasons:
        kept.append((reason, []))
        for row in entries:
            if left[row] > 0:
                left[row] -= 1
            elif not reason.startswith("race:"):
                wrong.append(f"reached, or gone, but has a reason: {row}")
                continue
            if reason.startswith("TODO:"):
                left[row] += 1
            else:
                kept[-1][1].append(row)
    todo = list(left.elements())
    wrong += [f"not reached, without a reason: {row}" for row in todo]
    return wrong, kept + [("TODO: no reason yet", todo)]


def stale(reasons, source):
    """Entries whose text is nowhere in their file, or that have no reason."""
    for reason, entries in reasons:
        for row in entries:
            file, function, _, text = ENTRY.fullmatch("    " + row).groups()
            try:
                rows = [line.strip() for line in open(f"{source}/{file}")]
            except FileNotFoundError:
                rows = []
            if text not in rows or not any(f"{function}(" in line for line in rows):
                yield f"not in the source any more: {row}"
            if reason.startswith("TODO:"):
                yield f"without a reason: {row}"


def sides_missed(rows, branches, functions):
    """All sides of the lines in the list, whether or not chance reached them, and those listed of others."""
    return (sum(entry(at[:2], "line", functions) in rows for at in branches) +
            sum(" branch " in row and re.sub(r" branch \d+/\d+: ", " line: ", row) not in rows for row in rows))


def main():
    command, source, path, *gcno = sys.argv[1:]
    head, stored, reasons = read(path)
    wrong = list(stale(reasons, source)) if command == "check" else []
    figure = stored
    if command != "check":
        lines, branches, functions = counted(gcno, source)
        wrong, kept = compared(missed(lines, branches, functions), reasons)
        rows = [row for _, entries in kept for row in entries]
        count = sum(" line: " in row for row in rows)
        sides = sides_missed(rows, branches, functions)
        figure = (f"{len(lines) - count} of {len(lines)} lines, "
                  f"{len(branches) - sides} of {len(branches)} branches")
        if command == "update":
            write(path, head, figure, kept)
        elif figure != stored and not wrong:
            wrong.append(f"the figure is not the stored one: {stored}")
    print("\n".join(wrong + [figure]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
