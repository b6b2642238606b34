"""planted.py -- mistakes planted in a chapter's text: each must be told, with its line."""
import common
import listing
import markdown
import transcripts
from common import Chapter

PLANTED = [
    ("```{.listing file=region.h symbol=region_tale}\n```", "there is no symbol 'region_tale'"),
    ("```{.listing file=regoin.h}\n```", "there is no file 'regoin.h'"),
    ("```{.listing stage=2 file=region.h symbol=region_grow_last}\n```", "there is no symbol"),
    ("```{.removed stage=3 file=heap.h symbol=heap_init}\n```", "removed no 'heap_init'"),
    ("```{.rest stage=2 file=exit_report.c}\n```", "nothing is left to show"),
    ("```{.lising file=region.h}\n```", "there is no directive 'lising'"),
    ("```{.run record=nowhere}\ntrue\n```", "nothing is recorded for 'nowhere'"),
    ("```{.run record=01-addresses}\nanother command\n```", "of another command"),
    ('```{.figure name=nothing caption="x"}\n```', "there is no figure 'nothing'"),
    ("```{.bench work=pingpang/64B}\n```", "no workload 'pingpang/64B'"),
    ("The word `region_tale()` is gone.", "there is no symbol 'region_tale'"),
    ("See `regoin.h`.", "there is no file 'regoin.h'"),
    ("As said [@bonwick1884, sec. 3].", "there is no paper 'bonwick1884'"),
    ("As said [@bonwick1994].", "a citation names a place"),
    ("As said [@bonwick1994, sec. 99].", "knows no place 'sec. 99'"),
    ("See [it](symbol:region_tale).", "there is no symbol 'region_tale'"),
    ("See [it](paper:bonwick1884).", "there is no paper 'bonwick1884'"),
    ("::: {.order edge=XX-9}\ntext\n:::", "there is no edge [XX-9]"),
    ("::: {.exercise id=1 kind=modify}\ntext\n:::", "an exercise is"),
    ("::: {.exercise id=01-9 kind=modify time=5}\ntext\n:::", "needs test.c"),
    ("::: {.asside}\ntext\n:::", "there is no block 'asside'"),
]


def check():
    """Which planted mistakes were not told, or with a wrong line."""
    wrong = []
    real, common.problems.found = common.problems.found, []
    kept = {**transcripts.used}
    for text, expected in PLANTED:
        common.problems.found = []
        chapter = markdown.Chapter(Chapter({"slug": "planted", "title": "x", "stage": 1}),
                                   path="planted.md", text="Text.\n\n" + text)
        list(chapter.blocks(chapter.text.split("\n")))
        if not any(p.startswith("planted.md:3: ") and expected in p for p in common.problems.found):
            wrong.append(f"{text.splitlines()[0]!r}: expected {expected!r}, told {common.problems.found}")
    common.problems.found = real
    transcripts.used.clear()
    transcripts.used.update(kept)
    return wrong + uncovered(), f"{len(PLANTED) + 1} planted mistakes are told with their line"


def uncovered():
    """A line that no chapter shows any more is owed."""
    import coverage
    row = next((row for row in sorted(listing.shown.rows) if row[0] == 1 and row[2] == "new"), None)
    if row is None:
        return []
    before = len(list(coverage.debts(1)))
    listing.shown.rows.discard(row)
    after = len(list(coverage.debts(1)))
    listing.shown.rows.add(row)
    return [] if after > before else [f"hiding {row} was not noticed"]
