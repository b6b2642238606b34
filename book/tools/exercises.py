"""exercises.py -- exercises in the text, their answers, and the proof that each answer is right.

book/exercises/NN-K/  answer.md       the answer, for the page of answers
                      test.c          a program for the stage: red before, green after
                      solution.patch  what makes it green; paths as in the repository
A question without code to change (predict, measure, read) may come without test and patch.
"""
import os
import re
import shutil
import subprocess
import tempfile

from common import BOOK, STAGES, TOP, escape, read

FOLDER = os.path.join(BOOK, "exercises")
KINDS = ("predict", "modify", "break", "measure", "read the paper")
given = []  # (id, attrs, chapter) in the order of the text


def head(attrs, chapter, report):
    """The line over an exercise."""
    name, kind, time = attrs.get("id", ""), attrs.get("kind", ""), attrs.get("time", "")
    kind = "read the paper" if kind == "read" else kind
    if not re.fullmatch(r"\d\d-\d+", name) or kind not in KINDS or not time:
        report('an exercise is {.exercise id=01-1 kind=modify time="20 min"}; kinds: ' +
               ", ".join(KINDS))
        return ""
    folder = os.path.join(FOLDER, name)
    if not os.path.exists(os.path.join(folder, "answer.md")):
        report(f"there is no book/exercises/{name}/answer.md")
    tested = os.path.exists(os.path.join(folder, "test.c"))
    if kind in ("modify", "break") and not tested:
        report(f"exercise {name} changes code, so it needs test.c and solution.patch")
    given.append((name, attrs, chapter))
    number = f"{int(name[:2])}.{name[3:]}"
    command = f'<span class="try"><code>book/exercises/try {name}</code></span>' if tested else ""
    return (f'<p class="exercise-head" id="exercise-{name}"><b>Exercise {number}</b>'
            f'<span class="kind">{escape(kind)}</span><span class="time">{escape(time)}</span>'
            f'{command}<a class="answer" href="answers.html#answer-{name}">answer</a></p>')


def answers(render):
    """The page of answers. render(path) makes HTML of a Markdown file."""
    html, last = [], None
    for name, _, chapter in given:
        if chapter is not last:
            html.append(f'<h2 id="answers-{chapter.slug}">{escape(chapter.title)}</h2>')
            last = chapter
        folder = os.path.join(FOLDER, name)
        if not os.path.exists(os.path.join(folder, "answer.md")):
            continue
        html.append(f'<section class="answer-entry"><h3 id="answer-{name}">Exercise '
                    f'{int(name[:2])}.{name[3:]}</h3><p class="back"><a href="{chapter.page}'
                    f'#exercise-{name}">the question</a></p>')
        html.append(render(os.path.join(folder, "answer.md"), chapter))
        if os.path.exists(os.path.join(folder, "solution.patch")):
            html.append(patch(read(os.path.join(folder, "solution.patch"))))
        html.append("</section>")
    return "".join(html)


def patch(text):
    """A patch as struck and marked lines."""
    lines = []
    for line in text.splitlines():
        if line.startswith(("diff ", "index ", "--- ")):
            continue
        if line.startswith("+++ "):
            lines.append(f'<span class="l file">{escape(line[6:])}</span>')
        elif line.startswith("@@"):
            lines.append('<span class="l hunk">⋯</span>')
        else:
            tag = {"+": "ins", "-": "del"}.get(line[:1], "span")
            lines.append(f'<{tag} class="l">{escape(line[1:], False)}</{tag}>')
    return f'<pre class="patch" tabindex="0"><code>{"".join(lines)}</code></pre>'


def prove(name):
    """Red before, green after, on a copy. Returns what is wrong, or None."""
    folder = os.path.join(FOLDER, name)
    if not os.path.exists(os.path.join(folder, "test.c")):
        return None
    with tempfile.TemporaryDirectory() as copy:
        stage = STAGES[int(name[:2])] if int(name[:2]) in STAGES else STAGES[max(STAGES)]
        for part in (f"stages/{stage}", f"book/exercises/{name}"):
            shutil.copytree(os.path.join(TOP, part), os.path.join(copy, part))
        before, text = attempt(copy, name, stage)
        if before == 0:
            return f"exercise {name}: its test passes before the solution is applied"
        expected = re.search(r"Expect: *(.+?) *(?:\*/)?\n", read(os.path.join(folder, "test.c")))
        if not expected:
            return f"exercise {name}: test.c says with `Expect: text` how it fails before"
        if expected[1] not in text:
            return f"exercise {name}: before, its test should say {expected[1]!r} but said:\n{text}"
        done = subprocess.run(["patch", "-p1", "-s", "-i", os.path.join(folder, "solution.patch")],
                              cwd=copy, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"exercise {name}: solution.patch does not apply:\n{done.stdout}"
        after, text = attempt(copy, name, stage)
        return None if after == 0 else f"exercise {name}: red with the solution:\n{text}"


def attempt(top, name, stage):
    """Compile a stage with the test of an exercise and run it: status and output."""
    folder = os.path.join(top, "stages", stage)
    left_out = re.compile(r"override|exit_report|os_(?!linux)|observe_windows")
    test = os.path.join(top, "book/exercises", name, "test.c")
    alone = '#include "' not in read(test)  # it needs nothing of the stage
    sources = [] if alone else [os.path.join(folder, f) for f in sorted(os.listdir(folder))
               if f.endswith(".c") and not left_out.match(f)]
    program = os.path.join(top, "exercise")
    compiled = subprocess.run(["cc", "-std=c11", "-O1", "-g", "-pthread", "-fno-builtin", "-I", folder,
                               test, *sources, "-o", program], capture_output=True, text=True, check=False)
    if compiled.returncode != 0:
        return 1, compiled.stderr
    try:
        done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)
    except subprocess.TimeoutExpired:
        return 1, "no end after 60 s"
    return done.returncode, done.stdout + done.stderr
