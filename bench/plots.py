"""Line charts as small SVG files: panels one below the other, each line named at its end, in light and in dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10
from typing import NamedTuple

Points = Sequence[tuple[float, float]]
WIDTH, LEFT, RIGHT, HEIGHT, GAP = 860, 56, 150, 190, 62
MOST_POINTS = 160  # of a line; more would be less than two pixels apart, and the file is to stay small
LINE = 14  # pixels between two names
COLOURS = ("#3b6fd4", "#d9662b", "#2a9d6f", "#a44ec2", "#c23b5a", "#8a7420", "#2196a6", "#6b7280", "#b07aa1")
STYLE = """
svg{background:#fff;font:12px system-ui,sans-serif}text{fill:#4b5563}.t{fill:#111827;font-weight:600;font-size:13px}
.h{fill:#111827;font-weight:600;font-size:16px}.g{stroke:#e5e7eb}path{fill:none;stroke-width:1.75;stroke-linejoin:round}
@media(prefers-color-scheme:dark){svg{background:#111827}text{fill:#9ca3af}.t,.h{fill:#f3f4f6}.g{stroke:#2b3544}}
"""


class Panel(NamedTuple):
    """One chart. `title` names the figure and its unit; `lines` are (x, y) by name, at most nine."""

    title: str
    lines: dict[str, Points]


def line_charts(heading: str, panels: Sequence[Panel], x_title: str, x_marks: Mapping[float, str] | None = None) -> str:
    """The SVG. All panels share the x axis, which begins at 0; each y axis begins at 0 too, so that flat looks flat. `x_marks`:
    what stands at the x axis where (an axis that grows by tens has logarithms for x); default: round numbers."""
    top, most = 64, max((x for panel in panels for line in panel.lines.values() for x, _ in line), default=1.0)
    parts = [f'<text class="h" x="{LEFT}" y="28">{escape(heading)}</text>']
    for panel in panels:
        parts.append(_panel(panel, top, most or 1.0, x_title, x_marks))
        top += HEIGHT + GAP
    size = f'width="{WIDTH}" height="{top}" viewBox="0 0 {WIDTH} {top}"'
    label = f'role="img" aria-label="{escape(heading, quote=True)}"'
    body = "\n".join(parts)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {label}>\n<style>{STYLE}</style>\n{body}\n</svg>\n'


def thin(points: Points, most: int = MOST_POINTS) -> list[tuple[float, float]]:
    """At most so many points: the means of neighbours."""
    each = ceil(len(points) / most) or 1
    groups = [points[start : start + each] for start in range(0, len(points), each)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]


def ticks(most: float, about: int = 4) -> list[float]:
    """Round numbers from 0 up to the first that is not below `most`."""
    rough = (most or 1.0) / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    return [step * number for number in range(ceil(most / step - 1e-9) + 1)] if most else [0.0, step]


def _panel(panel: Panel, top: int, most_x: float, x_title: str, x_marks: Mapping[float, str] | None) -> str:
    lines = {name: thin(points) for name, points in panel.lines.items() if points}
    marks = ticks(max((y for line in lines.values() for _, y in line), default=1.0))
    across, highest = (WIDTH - LEFT - RIGHT) / most_x, marks[-1]
    bottom, end = top + HEIGHT, WIDTH - RIGHT

    def y_of(value: float) -> float:
        return bottom - value / highest * HEIGHT

    parts = [f'<text class="t" x="{LEFT}" y="{top - 12}">{escape(panel.title)}</text>']
    for mark in marks:
        y = y_of(mark)
        parts.append(f'<line class="g" x1="{LEFT}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>')
    for mark, words in (x_marks or {mark: f"{mark:g}" for mark in ticks(most_x, 5) if mark <= most_x * 1.02}).items():
        parts.append(f'<text x="{LEFT + mark * across:.1f}" y="{bottom + 18}" text-anchor="middle">{words}</text>')
    parts.append(f'<text x="{end}" y="{bottom + 34}" text-anchor="end">{escape(x_title)}</text>')
    places = _apart({name: y_of(line[-1][1]) + 4 for name, line in lines.items()})
    for (name, line), colour in zip(lines.items(), COLOURS[: len(lines)], strict=True):
        path = "L".join(f"{LEFT + x * across:.1f} {y_of(y):.1f}" for x, y in line)
        parts.append(f'<path d="M{path}" stroke="{colour}"/>')
        words = f"{escape(name)} {line[-1][1]:.3g}"
        parts.append(f'<text x="{end + 8}" y="{places[name]:.1f}" style="fill:{colour}">{words}</text>')
    return "\n".join(parts)


def _apart(wanted: dict[str, float]) -> dict[str, float]:
    """Where the names stand: as near to the ends of their lines as they can without touching; the lowest keeps its place."""
    places, limit = dict[str, float](), float("inf")
    for name in sorted(wanted, key=lambda one: wanted[one], reverse=True):
        limit = places[name] = min(wanted[name], limit - LINE)
    return places
