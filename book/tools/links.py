"""links.py -- every link of the site leads somewhere: pages, places in pages, files; names are unique."""
import os
import re
from collections import Counter
from html.parser import HTMLParser

from common import SITE


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.names, self.links = [], []
        with open(path, encoding="utf-8") as file:
            self.feed(file.read())

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "id":
                self.names.append(value)
            elif name in ("href", "src"):
                self.links.append((value, self.getpos()[0]))


def check():
    """What is wrong, as lines."""
    pages = {name: Page(os.path.join(SITE, name)) for name in sorted(os.listdir(SITE))
             if name.endswith(".html")}
    wrong = []
    for name, page in pages.items():
        wrong += [f"{name}: the name {ident!r} is used {count} times"
                  for ident, count in Counter(page.names).items() if count > 1]
        for link, line in page.links:
            wrong += [f"{name}:{line}: {problem}" for problem in look_at(link, name, pages)]
    return wrong, f"{sum(len(p.links) for p in pages.values())} links in {len(pages)} pages"


def look_at(link, name, pages):
    if re.match(r"(https?|mailto|data):", link):
        return
    target, _, fragment = link.partition("#")
    target = target or name
    if target in pages:
        if fragment and fragment not in pages[target].names:
            yield f"there is no {fragment!r} in {target}"
    elif not os.path.exists(os.path.join(SITE, target)):
        yield f"there is no {target!r}"
