"""reference.py -- the reference of a stage: Doxygen reads the comments, the book's look shows them.

One page per stage; the public interface first, then the files by name. Every entry leads to where
chapters show its code, and to the functions that call it.
"""
import os
import re
import shutil
import xml.etree.ElementTree as ET

import highlight
import listing
import papers
import source
from common import CHAPTERS, STAGES, TOP, WORK, escape, output_of

SETTINGS = """
QUIET = YES
WARNINGS = NO
GENERATE_HTML = NO
GENERATE_LATEX = NO
GENERATE_XML = YES
XML_PROGRAMLISTING = NO
OPTIMIZE_OUTPUT_FOR_C = YES
EXTRACT_ALL = YES
EXTRACT_STATIC = YES
JAVADOC_AUTOBRIEF = NO
MACRO_EXPANSION = YES
EXPAND_ONLY_PREDEF = YES
PREDEFINED = "_Alignas(x)=" "_Atomic(x)=x" "__attribute__(x)=" "HIDDEN=" "BITSLAB_API=" "EXPORT="
ALIASES = "threads=@par Threads:^^" "progress=@par Progress:^^" "source=@par Source:^^"
"""


def doxygen(number):
    """(file, name) -> the XML of its description, for all that a stage declares."""
    folder = os.path.join(WORK, "doxygen", str(number))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    where = os.path.join(TOP, "stages", STAGES[number])
    output_of(["doxygen", "-"], input=SETTINGS + f"INPUT = {where}\nOUTPUT_DIRECTORY = {folder}\n")
    found = {}
    for name in sorted(os.listdir(os.path.join(folder, "xml"))):
        if not name.endswith((".xml")) or name in ("index.xml",):
            continue
        for compound in ET.parse(os.path.join(folder, "xml", name)).getroot().iter("compounddef"):
            keep(found, compound, compound.findtext("compoundname"))
            for member in compound.iter("memberdef"):
                keep(found, member, member.findtext("name"))
    return found


def keep(found, element, name):
    location = element.find("location")
    if location is None or name is None:
        return
    for key in ("file", "declfile"):
        if location.get(key):
            place = (os.path.basename(location.get(key)), name)
            if place not in found or described(element):
                found[place] = element


def described(element):
    return any("".join(element.find(tag).itertext()).strip() for tag in
               ("briefdescription", "detaileddescription") if element.find(tag) is not None)


def text_of(element):
    """Doxygen's inline XML as HTML."""
    if element is None:
        return ""
    parts = [escape(element.text or "", False)]
    for child in element:
        if child.tag not in ("parameterlist", "simplesect"):
            inner = text_of(child)
            parts.append(f"<code>{inner}</code>" if child.tag == "computeroutput" else inner)
        parts.append(escape(child.tail or "", False))
    return "".join(parts)


def description(element):
    """Brief and details of an entry, as HTML."""
    html = []
    brief = text_of(element.find("briefdescription")).strip()
    detail = element.find("detaileddescription")
    paragraphs = [] if detail is None else detail.findall("para")
    if brief:
        html.append(f"<p>{brief}</p>")
    facts = []
    for paragraph in paragraphs:
        text = text_of(paragraph).strip()
        if text:
            html.append(f"<p>{text}</p>")
        for item in paragraph.findall(".//parameterlist/parameteritem"):
            name = "".join(item.find("parameternamelist").itertext()).strip()
            facts.append((f"<code>{escape(name)}</code>", text_of(item.find("parameterdescription"))))
        for section in paragraph.findall(".//simplesect"):
            title = (section.findtext("title") or section.get("kind", "")).rstrip(":").capitalize()
            words = " ".join(text_of(p).strip() for p in section.findall("para"))
            if title == "Source":
                words = papers.linked("".join("".join(p.itertext()) for p in section.findall("para")))
            title = {"Return": "Returns"}.get(title, title)
            facts.append((title, words))
    if facts:
        html.append("<dl>" + "".join(f"<dt>{k}</dt><dd>{v.strip()}</dd>" for k, v in facts) + "</dl>")
    return "".join(html)


def callers(stage):
    """symbol -> [(file, function)] that name it."""
    found = {}
    for file in stage.files.values():
        for paragraph in file.paragraphs:
            in_comment = False
            for number, line in enumerate(paragraph.lines, paragraph.first):
                in_comment, bare = source.strip(line, in_comment)
                for name in re.findall(r"(?<![.>\w])[A-Za-z_]\w*", bare):
                    if name in stage.symbols:
                        inside = stage.enclosing(file, number)
                        if inside and inside != name:
                            uses = found.setdefault(name, [])
                            if (file, inside) not in uses:
                                uses.append((file, inside))
    return found


def page(number):
    """The reference of a stage as HTML."""
    stage, documented = source.stage(number), doxygen(number)
    uses = callers(stage)
    names = sorted(stage.files, key=lambda n: (n != "bitslab.h", n.rsplit(".")[0], n.endswith(".c")))
    contents = "".join(f'<li><a href="#{n}"><code>{n}</code></a> {escape(idea(stage.files[n]))}</li>'
                       for n in names)
    html = [f'<p class="versions">{others(number)}</p><ul class="files">{contents}</ul>']
    for name in names:
        html.append(file_section(stage, stage.files[name], documented, uses))
    return "".join(html)


def others(number):
    links = [f'<b>stage {n}</b>' if n == number else f'<a href="reference_{n}.html">stage {n}</a>'
             for n in STAGES]
    return " · ".join(links)


def idea(file):
    """What the first line of a file says about it."""
    found = re.match(r"/\* \S+ -- (.*?)\.?(?: \*/)?$", file.lines[0])
    return found[1] if found else ""


def file_section(stage, file, documented, uses):
    essay = next((p for p in file.paragraphs if p.is_essay), None)
    text = ""
    if essay:
        rows = highlight.rows([source.Row("same", r, l) for r, l in enumerate(essay.lines, 1)], stage, file)
        text = f'<pre class="essay" tabindex="0"><code>{"".join(rows)}</code></pre>'
    entries = []
    for tag in sorted(file.tags, key=lambda t: t["line"]):
        if tag["kind"] in ("enumerator",):
            continue
        entries.append(entry(stage, file, tag, documented, uses))
    return (f'<section class="file"><h2 id="{file.name}">{file.name}</h2>'
            f'{text}{"".join(dict.fromkeys(entries))}</section>')


def entry(stage, file, tag, documented, uses):
    name = tag["name"]
    first = stage.symbols[name][0][0]
    is_declaration = tag["kind"] in ("prototype", "externvar")
    element = documented.get((file.name, name))
    if is_declaration and any(t is not tag and t["name"] == name and
                              t["kind"] not in ("prototype", "externvar") for t in file.tags):
        return ""
    if any(t["name"] == name and t is not tag and t["line"] < tag["line"] for t in file.tags):
        return ""
    html = (description(element) if element is not None else "") or own_comment(file, tag)
    links = []
    if is_declaration and first is not file:
        links.append(f'defined in <a href="#{highlight.anchor(first.name, name)}">{first.name}</a>')
    declared = next((f for f, t in stage.symbols[name] if f is not file and
                     t["kind"] in ("prototype", "externvar")), None)
    if not is_declaration and declared:
        links.append(f'declared in <a href="#{highlight.anchor(declared.name, name)}">{declared.name}</a>')
    links += shown_in(stage, file.name, name)
    if not is_declaration or first is file:
        links += used_by(stage, name, uses)
    about = f'<p class="about">{"; ".join(links)}</p>' if links else ""
    kind = {"prototype": "declaration", "externvar": "declaration"}.get(tag["kind"], tag["kind"])
    return (f'<section class="entry"><h3 id="{highlight.anchor(file.name, name)}"><code>'
            f'{escape(signature(tag))}</code> <span class="kind">{kind}, line {tag["line"]}</span></h3>'
            f'{html}{about}</section>')


def own_comment(file, tag):
    """The comment over something that is not for Doxygen."""
    paragraph = next((p for p in file.paragraphs if tag in p.tags), None)
    if paragraph is None or paragraph.tags[0] is not tag or not paragraph.lines[0].startswith("/*"):
        return ""
    text = ""
    for line in paragraph.lines:
        text += " " + re.sub(r"^(/\*+| \*)? ?|\*/$", "", line)
        if line.endswith("*/"):
            break
    words = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(re.sub(r"\s+", " ", text).strip(), False))
    return f"<p>{words}</p>"


def signature(tag):
    type_of = tag.get("typeref", "").removeprefix("typename:")
    type_of = re.sub(r"^(struct|enum|union):(\w+)", r"\1 \2", type_of)
    if tag["kind"] in ("struct", "enum", "union"):
        return f'{tag["kind"]} {tag["name"]}'
    arguments = re.sub(r",(?=\S)", ", ", tag.get("signature", ""))
    arguments = re.sub(r"\* (?=\w)", "*", arguments)
    text = f'{type_of} {tag["name"]}{arguments}'.strip()
    return re.sub(r"\* (?=\w+[(\[]|\w+$)", "*", text)


def shown_in(stage, file_name, name):
    """Links to the listings that show a symbol, of this stage first."""
    links = []
    for number in [stage.number, *(n for n in reversed(STAGES) if n != stage.number)]:
        for page_name, anchor in listing.shown.places.get((number, file_name, name), []):
            chapter = next((c for c in CHAPTERS if c.page == page_name), None)
            if chapter and number <= stage.number:
                words = f"chapter {chapter.number}" if chapter.number else chapter.title
                links.append(f'shown in <a href="{page_name}#{anchor}">{words}</a>')
        if links:
            break
    return list(dict.fromkeys(links))[:2]


def used_by(stage, name, uses):
    some = uses.get(name, [])
    if not some:
        return []
    links = [f'<a href="#{highlight.anchor(f.name, n)}"><code>{n}</code></a>' for f, n in some[:8]]
    more = f" and {len(some) - 8} more" if len(some) > 8 else ""
    return [f'used by {", ".join(links)}{more}']


def edges(explained):
    """The page of edge labels: both ends of every ordering."""
    stage = source.stage(max(STAGES))
    html = ["<p>Every atomic operation that is stronger than relaxed carries a label, and so does its "
            "partner: what the one has written, the other sees. This table is made from the code of "
            f"stage {stage.number}.</p>"]
    for label, ends in sorted(stage.labels.items()):
        rows = "".join(
            f'<li><a href="reference_{stage.number}.html#{highlight.anchor(f.name, stage.enclosing(f, n))}">'
            f'<code>{stage.enclosing(f, n) or f.name}</code></a> <span class="where">{f.name}:{n}</span>'
            f'<br/>{edge_comment(f, n)}</li>' for f, n in ends if stage.enclosing(f, n))
        links = "".join(f' <a href="{page_name}#{anchor}">explained</a>'
                        for page_name, anchor in explained.get(label, [])[:1])
        html.append(f'<section class="edge-entry"><h2 id="{label}">{label}</h2>{links}<ul>{rows}</ul>'
                    '</section>')
    return "".join(html)


def edge_comment(file, number):
    """The comment that holds a label, or its line of code if it holds nothing else."""
    first = last = number - 1
    while first > 0 and "/*" not in file.lines[first]:
        first -= 1
    while last < len(file.lines) - 1 and "*/" not in file.lines[last]:
        last += 1
    lines = [re.sub(r"^.*?/\*+|^\s*\*(?!/)|\*/.*$", "", line) for line in file.lines[first:last + 1]]
    text = re.sub(r"\s+", " ", " ".join(lines)).strip()
    if not re.sub(r"\[[A-Z]+-\d+\]", "", text).strip(" ,.:;"):
        return f"<code>{escape(file.lines[number - 1].split('/*')[0].strip(), False)}</code>"
    if len(text) > 400:
        text = "… " + text[max(0, text.find("[")):][:400] + " …"
    return escape(text, False)
