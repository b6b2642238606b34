#!/usr/bin/env python3
"""book.py -- the book's commands.

  book.py build [html|pdf|epub]...   all three if none is named
  book.py check [PART]...            everything that `make book-check` checks, or parts of it
  book.py todo [N]                   what chapter N (or each) has not shown of its stage's change
  book.py record NAME...|all         run the commands of the text and record what they print
  book.py import-bench [FOLDER]      take over the figures of build/bench, or of a folder
"""
import os
import sys
import time

sys.dont_write_bytecode = True

import assemble
import coverage
import measurements
import transcripts
from common import CHAPTERS, SITE, STAGES


def build(formats):
    formats = formats or ["html", "pdf", "epub"]
    for name in formats:
        if name not in ("html", "pdf", "epub"):
            sys.exit(f"book: there is no format {name!r}: html, pdf, epub")
    started = time.time()
    pages = assemble.site()
    done = [f"{SITE}/index.html"]
    if "epub" in formats:
        import epub
        done.append(epub.write(pages))
    if "pdf" in formats:
        import pdf
        done.append(pdf.write(pages))
    print(f"book: {time.time() - started:.1f} s")
    for path in done:
        print(f"  {os.path.relpath(path):<28} {os.path.getsize(path) / 1024:>7.0f} KiB")
    for work in measurements.missing:
        print(f"  not measured yet: {work}")
    for chapter in CHAPTERS:
        if not chapter.written:
            print(f"  not written yet: {chapter.slug}")


def todo(chosen):
    numbers = [int(word) for word in chosen] or list(STAGES)
    assemble.read_chapters()
    for chapter in CHAPTERS:
        if chapter.stage in numbers:
            debts = list(coverage.report_debts(chapter.stage))
            print(f"{chapter.slug}: {chapter.words} words; {len(debts)} files have something to show or to waive"
                  if debts else f"{chapter.slug}: {chapter.words} words; every line is shown")
            for debt in debts:
                print(f"  {debt}")


def record(names):
    assemble.read_chapters()
    transcripts.record(names)


def main(arguments):
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command == "build":
        build(rest)
    elif command == "todo":
        todo(rest)
    elif command == "record":
        record(rest)
    elif command == "import-bench":
        measurements.bring(*rest)
    elif command == "check":
        import check
        sys.exit(check.run(rest))
    else:
        print(__doc__)
        sys.exit(command != "help")


if __name__ == "__main__":
    main(sys.argv[1:])
