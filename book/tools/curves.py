"""curves.py -- the bench's curves as pictures: time over size, bitslab and its peers."""
import math

from common import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 900, 380, 56, 40, 14, 120
DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 4", "12 4", "4 2")


def picture(entry):
    """An SVG of one entry that has points: both axes logarithmic."""
    lines = {name: one["points"] for name, one in entry["contenders"].items() if one.get("points")}
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    x_of = scale(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    y_of = scale(min(ys), max(ys) * 1.1, HEIGHT - BOTTOM, TOP)
    title = f"{entry['name']}: {entry['upwards']} over {entry['across']}"
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
             f'aria-label="{escape(title)}" width="{WIDTH}" height="{HEIGHT}" font-size="12" '
             'font-family="Inter, system-ui, sans-serif">', *axes(xs, ys, x_of, y_of)]
    ends = []
    for place, (name, points) in enumerate(lines.items()):
        ours = name == "bitslab"
        colour = "var(--accent, #a2401f)" if ours else "var(--soft, #5c5f68)"
        path = "M" + "L".join(f"{x_of(x):.1f} {y_of(y):.1f}" for x, y in points)
        dash = f' stroke-dasharray="{DASHES[place % len(DASHES)]}"' if not ours else ""
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{2.2 if ours else 1.1}"'
                     f'{dash}/>')
        ends.append([y_of(points[-1][1]), name, colour])
    parts += labels(ends)
    return "".join(parts) + "</svg>"


def scale(low, high, start, end):
    """A logarithmic scale from low..high to start..end."""
    def of(value):
        return start + (end - start) * math.log(value / low) / math.log(high / low)
    return of


def axes(xs, ys, x_of, y_of):
    """Lines at powers of two below, and at 1, 2, 5, 10, 20 ... at the left."""
    yield '<g stroke="var(--line, #e2dfd6)" fill="var(--soft, #5c5f68)">'
    power = 2 ** math.ceil(math.log2(min(xs)))
    while power <= max(xs):
        x = x_of(power)
        yield f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>'
        yield f'<text stroke="none" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size(power)}</text>'
        power *= 4
    for exponent in range(0, 9):
        for digit in (1, 2, 5):
            value = digit * 10 ** exponent
            if min(ys) <= value <= max(ys) * 1.1:
                y = y_of(value)
                yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>'
                yield f'<text stroke="none" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>'
    yield "</g>"


def size(number):
    for limit, unit in ((1 << 20, " MiB"), (1 << 10, " KiB")):
        if number >= limit:
            return f"{number // limit}{unit}"
    return f"{number} B"


def labels(ends):
    """Names at the lines' ends, pushed apart where they would overlap."""
    ends.sort()
    last = -20
    for end in ends:
        end[0] = max(end[0], last + 14)
        last = end[0]
    shift = min(0, HEIGHT - BOTTOM - last)
    for y, name, colour in ends:
        weight = ' font-weight="600"' if name == "bitslab" else ""
        yield f'<text x="{WIDTH - RIGHT + 8}" y="{y + shift + 4:.1f}" fill="{colour}"{weight}>{escape(name)}</text>'
