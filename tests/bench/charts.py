"""charts.py -- one SVG per group: points with their spread for workloads, lines for curves."""
import math

COLOURS = ("#d62728", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17becf", "#8c564b", "#e377c2",
           "#7f7f7f", "#bcbd22")
STYLE = """<style>
text { font: 12px system-ui, sans-serif; fill: #222 } .grid { stroke: #ddd } .axis { stroke: #888 }
rect.page { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .grid { stroke: #333 } rect.page { fill: #111 } }
</style>"""


class Scale:
    """From values to places, logarithmic."""
    def __init__(self, values, start, end):
        values = [value for value in values if value > 0] or [1]
        self.low = math.log10(min(values)) - 0.05
        self.high = max(math.log10(max(values)) + 0.05, self.low + 0.3)
        self.start, self.end = start, end

    def __call__(self, value):
        part = (math.log10(max(value, 1e-9)) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def ticks(self):
        steps = (1, 2, 5) if self.high - self.low > 0.9 else (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9)
        for decade in range(math.floor(self.low), math.ceil(self.high) + 1):
            for step in steps:
                value = step * 10.0 ** decade
                if self.low <= math.log10(value) <= self.high:
                    yield value


def short(value):
    for unit, letter in ((1 << 20, "Mi"), (1 << 10, "Ki")):
        if value >= unit and value % unit == 0:
            return f"{value / unit:.0f} {letter}"
    return f"{value:g}"


def decimal(value):
    for unit, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if value >= unit:
            return f"{value / unit:g}{letter}"
    return f"{value:g}"


def page(title, width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{STYLE}'
            f'<rect class="page" width="{width}" height="{height}"/>'
            f'<text x="12" y="20" font-weight="bold">{title}</text>' + "".join(body) + "</svg>\n")


def legend(names, colours, y):
    body, x = [], 12
    for name in names:
        body.append(f'<circle cx="{x + 5}" cy="{y - 4}" r="5" fill="{colours[name]}"/>'
                    f'<text x="{x + 14}" y="{y}">{name}</text>')
        x += 34 + 7 * len(name)
    return body


def palette(entries):
    names = list(dict.fromkeys(name for entry in entries for name in entry["contenders"]))
    return names, {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def dots(group, entries):
    """A row per workload, a dot per contender, a line from the fastest run to the slowest."""
    names, colours = palette(entries)
    figures = [kept["figure"] for entry in entries for kept in entry["contenders"].values()]
    left, width, top, step = 220, 900, 60, 22
    height = top + step * len(entries) + 30
    x = Scale([one[end] for one in figures for end in ("min", "max")], left, width - 20)
    body = legend(names, colours, 42)
    for tick in x.ticks():
        body.append(f'<line class="grid" x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{top - 8}" '
                    f'y2="{height - 26}"/><text x="{x(tick):.1f}" y="{height - 10}" '
                    f'text-anchor="middle">{decimal(tick)}</text>')
    for i, entry in enumerate(entries):
        y = top + step * i + 8
        body.append(f'<text x="{left - 10}" y="{y + 4}" text-anchor="end">{entry["name"]}</text>')
        for name, kept in reversed(entry["contenders"].items()):
            one = kept["figure"]
            body.append(f'<line x1="{x(one["min"]):.1f}" x2="{x(one["max"]):.1f}" y1="{y}" y2="{y}" '
                        f'stroke="{colours[name]}" stroke-width="2" opacity="0.5"/>'
                        f'<circle cx="{x(one["median"]):.1f}" cy="{y}" r="5" fill="{colours[name]}">'
                        f'<title>{name}: {one["median"]:.4g} ns</title></circle>')
    unit = "ms per run" if group == "programs" else "ns per operation"
    return page(f"{group}: {unit} (left is better)", width, height, body)


def lines(entry, across, upwards):
    """A line per contender; both axes logarithmic."""
    names, colours = palette([entry])
    known = {name: kept["points"] for name, kept in entry["contenders"].items() if "points" in kept}
    width, height, left, top = 900, 460, 70, 60
    x = Scale([px for points in known.values() for px, _ in points], left, width - 20)
    y = Scale([py for points in known.values() for _, py in points], height - 50, top)
    body = legend(names, colours, 42)
    for tick in y.ticks():
        body.append(f'<line class="grid" x1="{left}" x2="{width - 20}" y1="{y(tick):.1f}" '
                    f'y2="{y(tick):.1f}"/><text x="{left - 8}" y="{y(tick) + 4:.1f}" '
                    f'text-anchor="end">{decimal(tick)}</text>')
    first = next(iter(known.values()), [])
    for px, _ in first:
        if math.log2(px) % 2 == 0 or len(first) < 12:
            body.append(f'<text x="{x(px):.1f}" y="{height - 30}" text-anchor="middle">'
                        f'{short(px)}</text>')
    body.append(f'<text x="{width / 2}" y="{height - 10}" text-anchor="middle">{across}</text>')
    for name, points in reversed(known.items()):
        path = " ".join(f"{x(px):.1f},{y(py):.1f}" for px, py in points)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colours[name]}" '
                    f'stroke-width="{3 if name == "bitslab" else 1.5}"/>')
    return page(f"{entry['name']}: {upwards}", width, height, body)
