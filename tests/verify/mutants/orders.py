#!/usr/bin/env python3
"""orders.py -- every memory order of a stage's sources, made weaker by one step.

    orders.py list FILE...          one weakening a line: FILE OPERATION OPERAND ORDER>WEAKER
    orders.py plant FILE WEAKENING  rewrite the file with that one order weakened

Nothing here knows the sources: an operation is named by its file, its name and the text of its
operand, and by #2, #3 ... where a file has several such. A compare-and-swap has two orders; that
of a failure is marked so.
"""

import os
import re
import sys

OPERATION = re.compile(r"\batom_(load|store|swap|add|or|or_old|and|cas)\(")
CHANGES = {"seq_cst": ["acq_rel"], "acq_rel": ["acquire", "release"], "acquire": ["relaxed"],
           "release": ["relaxed"]}
WEAKER = {
    "load": {"seq_cst": ["acquire"], "acquire": ["relaxed"]},
    "store": {"seq_cst": ["release"], "release": ["relaxed"]},
}


def arguments(text, start):
    """The spans of a call's arguments; start is behind the opening parenthesis."""
    spans, depth, begin = [], 0, start
    for at in range(start, len(text)):
        if text[at] in "([{":
            depth += 1
        elif text[at] in ")]}" and depth > 0:
            depth -= 1
        elif text[at] in ",)" and depth == 0:
            spans.append((begin, at))
            begin = at + 1
            if text[at] == ")":
                return spans
    raise SystemExit("orders: a call without an end")


def orders(name):
    """(what is ordered, span of the order, whether it is that of a failure)"""
    with open(name, encoding="utf-8") as file:
        text = file.read()
    code = re.sub(r"/\*.*?\*/", lambda comment: " " * len(comment[0]), text, flags=re.S)
    seen = {}
    for call in OPERATION.finditer(code):
        if code[code.rfind("\n", 0, call.start()) + 1] == "#":
            continue  # atomic.h defines them
        spans = arguments(code, call.end())
        operand = re.sub(r"\s+", "", code[slice(*spans[0])])
        what = f"{os.path.basename(name)} {call[1]} {operand}"
        seen[what] = seen.get(what, 0) + 1
        if seen[what] > 1:
            what += f"#{seen[what]}"
        of = spans[-2:] if call[1] == "cas" else spans[-1:]
        for number, (begin, end) in enumerate(of):
            begin += len(code[begin:end]) - len(code[begin:end].lstrip())
            yield what, call[1], text[begin:end], (begin, end), number == 1


def weakenings(name):
    """(its name, span, the weaker order)"""
    for what, operation, order, span, failure in orders(name):
        kind = "load" if failure else operation
        for weaker in WEAKER.get(kind, CHANGES).get(order, []):
            yield f"{what} {'failure:' * failure}{order}>{weaker}", span, weaker


def plant(name, wanted):
    for what, (begin, end), weaker in weakenings(name):
        if what == wanted:
            with open(name, encoding="utf-8") as file:
                text = file.read()
            with open(name, "w", encoding="utf-8") as file:
                file.write(text[:begin] + weaker + text[end:])
            return
    raise SystemExit(f"orders: {name} has no '{wanted}'")


if sys.argv[1] == "list":
    for source in sys.argv[2:]:
        for weakening, _, _ in weakenings(source):
            print(weakening)
else:
    plant(sys.argv[2], sys.argv[3])
