"""spelling.py -- the words of the text, by aspell and a list of our own (style/words.txt)."""
import glob
import os
import re
import subprocess

from common import BOOK, TOP, read

TEXTS = ("chapters/*.md", "exercises/*/answer.md", "AUTHORING.md")


def bare(text):
    """Text with code, directives, links' targets and citations blanked, line by line as it was."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    for pattern in (r"^(```+).*?^\1", r"`[^`\n]*(?:\n[^`\n]*)?`", r"\]\([^)]*\)", r"\{[^}\n]*\}", r"\[@[^\]]*\]",
                    r"https?://\S+", r"0x[0-9a-f]+", r"\^\d+\^"):
        text = re.sub(pattern, blank, text, flags=re.S | re.M)
    return text


def check():
    """Words that aspell does not know, with file and line."""
    own = set(read(os.path.join(BOOK, "style", "words.txt")).split())
    wrong, count = [], 0
    for pattern in TEXTS:
        for path in sorted(glob.glob(os.path.join(BOOK, pattern))):
            text = bare(read(path))
            count += len(text.split())
            done = subprocess.run(["aspell", "list", "--lang=en_GB", "--encoding=utf-8"],
                                  input=text.replace("’", "'"), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                return [f"aspell: {done.stderr.strip()}"], ""
            for word in sorted(set(done.stdout.split()) - own):
                line = next((n for n, l in enumerate(text.split("\n"), 1) if word in l), 0)
                wrong.append(f"{os.path.relpath(path, TOP)}:{line}: {word}")
    return wrong, f"{count} words"
