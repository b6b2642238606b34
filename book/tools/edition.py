"""edition.py -- what PDF and EPUB share: fewer pages, nothing to click open, no scripts."""
import re

from common import LAST_STAGE
from pages import unlink

LEFT_OUT = re.compile(rf"reference_(?!{LAST_STAGE}\.)\d+\.html|index\.html")


def pages_of(pages):
    """The pages of the edition: of the references only the last stage's; the cover is made anew."""
    return [page for page in pages if not LEFT_OUT.fullmatch(page.name)]


def flat(html, names):
    """The HTML of a page without what needs a screen."""
    html = re.sub(r'<details class="whole"><summary>(.*?)</summary>.*?<!--whole-->',
                  r'<p class="folded">\1, on the book’s site and in the repository</p>', html, flags=re.S)
    html = re.sub(r'<details class="same"><summary>(.*?)</summary>.*?</details>',
                  r'<p class="folded">\1</p>', html, flags=re.S)
    html = re.sub(r'<details class="boiler"><summary>.*?</summary>(.*?)</details>',
                  r'<div class="boiler">\1</div>', html, flags=re.S)
    html = re.sub(r'<a class="self"[^>]*>#</a>', "", html)
    html = re.sub(r'<span class="margin paper"><span class="margin-title">.*?</span>.*?</span>', "", html,
                  flags=re.S)
    html = re.sub(r' tabindex="0"', "", html)
    html = re.sub(r"var\(--[\w-]+, *([^()]+)\)", r"\1", html)
    html = re.sub(r'<a href="fonts-licences.txt">(.*?)</a>', r"\1", html)
    return unlink(html, names)
