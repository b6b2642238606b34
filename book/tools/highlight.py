"""highlight.py -- C as HTML: coloured, and each name of ours linked to where the reference tells of it."""
import re

from common import escape

KEYWORDS = set("""auto break case const continue default do else enum extern for goto if inline
register restrict return sizeof static struct switch typedef union volatile while _Alignas _Atomic
_Bool _Noreturn _Static_assert _Thread_local true false NULL""".split())
TYPES = set("""bool char double float int long short signed unsigned void size_t ssize_t ptrdiff_t
uintptr_t intptr_t uint8_t uint16_t uint32_t uint64_t int32_t int64_t pid_t""".split())
ORDERS = set("relaxed acquire release acq_rel seq_cst".split())

TOKEN = re.compile(r"""(?P<comment>/\*.*?(?:\*/|$)|//.*)
    |(?P<literal>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|<[a-z/_]+\.h>)
    |(?P<directive>^\s*\#\s*\w+)|(?P<number>\b0[xX][0-9a-fA-F]+\w*|\b\d+\w*)
    |(?P<word>[A-Za-z_]\w*)|(?P<rest>.)""", re.X)
LABEL = re.compile(r"\[([A-Z]+-\d+)\]")
papers = {}  # what comments call a paper -> its key; filled by papers.py


def span(kind, text):
    return f'<span class="{kind}">{text}</span>'


def anchor(file_name, symbol):
    """Where the reference page of a stage tells of a symbol."""
    return f"{file_name}-{symbol}"


def symbol_link(stage, symbol, prefer=None):
    """The address of a symbol in the reference, or None."""
    found = stage.symbols.get(symbol)
    if not found:
        return None
    file, tag = next((pair for pair in found if pair[0] is prefer), found[0])
    if tag["kind"] == "enumerator":  # the reference tells of it with its enum
        symbol = tag["scope"]
    return f"reference_{stage.number}.html#{anchor(file.name, symbol)}"


def comment(text):
    """Edge labels in comments lead to the page that lists both ends, papers to that of the papers."""
    shown = LABEL.sub(r'<a class="edge" href="edges.html#\1">[\1]</a>', escape(text, False))
    for name, key in papers.items():
        shown = shown.replace(name, f'<a class="source" href="papers.html#{key}">{name}</a>')
    return span("c", shown)


def line(text, stage, file, in_comment):
    """One line as HTML, and whether a comment is still open behind it."""
    parts = []
    if in_comment:
        inside, closed, rest = text.partition("*/")
        parts.append(comment(inside + closed))
        if not closed:
            return parts[0], True
        text = rest
    before = ""
    for token in TOKEN.finditer(text):
        kind, raw = token.lastgroup, token[0]
        shown = escape(raw, False)
        if kind == "comment":
            parts.append(comment(raw))
            if raw.startswith("/*") and not raw.endswith("*/"):
                return "".join(parts), True
        elif kind == "literal":
            parts.append(span("s", shown))
        elif kind == "directive":
            parts.append(span("p", shown))
        elif kind == "number":
            parts.append(span("n", shown))
        elif kind == "word":
            parts.append(word(raw, before, stage, file))
        else:
            parts.append(shown)
        if not raw.isspace():
            before = raw if raw in (".", ">") else ""
    return "".join(parts), False


def word(name, before, stage, file):
    if name in KEYWORDS:
        return span("k", name)
    if name in TYPES:
        return span("t", name)
    member = before in (".", ">")
    link = None if member else symbol_link(stage, name, file)
    if link:
        return f'<a href="{link}">{name}</a>'
    return span("o", name) if name in ORDERS and not member else name


def rows(some, stage, file):
    """Rows of a paragraph as HTML lines (blocks by themselves, so no line feeds between them). Old
    ones keep their own comments' state apart."""
    open_now = open_before = False
    for row in some:
        if row.kind == "old":
            text, open_before = line(row.text, stage, file, open_before)
            yield f'<del class="l" data-n="{row.number}">{text}</del>'
            continue
        text, open_now = line(row.text, stage, file, open_now)
        if row.kind == "same":
            open_before = open_now
        tag = "ins" if row.kind == "new" else "span"
        yield f'<{tag} class="l" data-n="{row.number}">{text}</{tag}>'
