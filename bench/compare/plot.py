"""A plot of time per iteration by factors and engine, as SVG written by hand."""

from html import escape
from math import ceil, floor, log2, log10

WIDTH, HEIGHT = 780, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 170, 44, 48
LABEL_HEIGHT = 15

# One hue per project, one dash per solver. Light and dark value of each hue, and what it is for.
HUES = {
    "alsace": ("#c2410c", "#fb923c"),
    "implicit": ("#1d4ed8", "#7dabff"),
    "irspack": ("#047857", "#4fd1a5"),
    "cmfrec": ("#7e22ce", "#c99bff"),
    "spark": ("#525252", "#a3a3a3"),
}
DASHES = {"exact": "7 4", "cholesky": "7 4", "ialspp": "2 4"}

STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.title { font-size: 15px; font-weight: 600; }
.quiet { fill: #59636e; }
.grid { stroke: #d1d9e0; stroke-width: 1; }
polyline { fill: none; stroke-width: 2; }
.alsace polyline { stroke-width: 3; }
.alsace text { font-weight: 600; }
.leader { stroke-width: 1; opacity: 0.5; }
"""


def style():
    def colours(shade):
        return "".join(
            f".{name} polyline, .{name} .leader {{ stroke: {hues[shade]}; }}\n"
            f".{name} circle, .{name} text {{ fill: {hues[shade]}; }}\n"
            for name, hues in HUES.items()
        )

    dark = "text { fill: #f0f6fc; }\n.quiet { fill: #9198a1; }\n.grid { stroke: #3d444d; }\n"
    return f"{STYLE}{colours(0)}@media (prefers-color-scheme: dark) {{\n{dark}{colours(1)}}}\n"


class Scale:
    """Factors and seconds, both logarithmic, to places in the picture."""

    def __init__(self, factors, seconds):
        self.factors = sorted(set(factors))
        self.low = floor(log10(min(seconds)) * 2) / 2
        self.high = max(ceil(log10(max(seconds)) * 2) / 2, self.low + 0.5)

    def x(self, factors):
        first, last = log2(self.factors[0]), log2(self.factors[-1])
        share = (log2(factors) - first) / (last - first) if last > first else 0.5
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, seconds):
        share = (log10(seconds) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def ticks(self):
        """1, 2 and 5 of every decade in sight."""
        for decade in range(floor(self.low), ceil(self.high) + 1):
            for step in (1, 2, 5):
                if self.low <= log10(step) + decade <= self.high:
                    yield step * 10**decade


def spread(places, least, low, high):
    """Places moved apart by at least `least`, order kept, within [low, high] if they fit."""
    order = sorted(range(len(places)), key=places.__getitem__)
    moved = list(places)
    floor_now = low
    for index in order:
        moved[index] = max(places[index], floor_now)
        floor_now = moved[index] + least
    ceiling = high
    for index in reversed(order):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - least
    return moved


def time_by_factors(title, lines):
    """The picture. lines: {engine name: (label, {factors: seconds per iteration})}."""
    points = [point for _, line in lines.values() for point in line.items()]
    scale = Scale([factors for factors, _ in points], [seconds for _, seconds in points])
    ends = [scale.y(line[max(line)]) for _, line in lines.values()]
    label_places = spread(ends, LABEL_HEIGHT, TOP + 6, HEIGHT - BOTTOM)
    drawn = [
        series(scale, name, label, line, place)
        for (name, (label, line)), place in zip(lines.items(), label_places)
    ]
    return "\n".join([head(title), *axes(scale), *drawn, "</svg>", ""])


def head(title):
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{escape(title)}">\n'
        f"<style>{style()}</style>\n"
        f'<text class="title" x="{LEFT}" y="20">{escape(title)}</text>'
    )


def axes(scale):
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    for seconds in scale.ticks():
        y = scale.y(seconds)
        yield f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="quiet" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{seconds:g} s</text>'
    for factors in scale.factors:
        x = scale.x(factors)
        yield f'<text class="quiet" x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{factors}</text>'
    yield f'<text class="quiet" x="{(LEFT + right) / 2:.1f}" y="{HEIGHT - 8}" text-anchor="middle">factors</text>'


def series(scale, name, label, line, label_y):
    project, _, solver = name.partition("-")
    places = [(scale.x(factors), scale.y(seconds)) for factors, seconds in sorted(line.items())]
    dash = f' stroke-dasharray="{DASHES[solver]}"' if solver in DASHES else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    (x, y), edge = places[-1], WIDTH - RIGHT
    return (
        f'<g class="{project}"><polyline points="{path}"{dash}/>{dots}'
        f'<line class="leader" x1="{x + 5:.1f}" y1="{y:.1f}" x2="{edge + 14}" y2="{label_y:.1f}"/>'
        f'<text x="{edge + 18}" y="{label_y + 4:.1f}">{escape(label)}</text></g>'
    )
