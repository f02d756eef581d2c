"""Charts as small inline SVGs: colours from the page's CSS, figures in their labels, no library."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_BARS = 90


def wave(peaks: Sequence[int], label: str = "") -> Markup:
    """The waveform of a recording as bars around a middle line; the played part follows `--at`."""
    if not peaks:
        return Markup('<svg class="wave" viewBox="0 0 450 40" aria-hidden="true"><path d="M2 20H448"/></svg>')
    step = len(peaks) / _BARS
    path = []
    for bar in range(_BARS):
        part = peaks[int(bar * step) : max(int((bar + 1) * step), int(bar * step) + 1)]
        half = max(1.0, max(part, default=0) * 0.19)
        path.append(f"M{bar * 5 + 2.5} {20 - half:.1f}V{20 + half:.1f}")
    line = "".join(path)
    return Markup(  # noqa: S704 our own numbers
        f'<svg class="wave" viewBox="0 0 450 40" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="{line}"/><path class="done" d="{line}"/></svg>'
    )


def columns(values: Sequence[float], labels: Sequence[str], title: str, unit: str = "") -> Markup:
    """Columns side by side; the label names the highest."""
    most = max(values, default=0) or 1
    wide = 480 / max(1, len(values))
    bars = []
    for number, value in enumerate(values):
        high = 88 * value / most
        tip = escape(f"{labels[number]}: {value:g}{unit}")
        bars.append(
            f'<rect x="{number * wide + wide * 0.15:.1f}" y="{100 - high:.1f}" width="{wide * 0.7:.1f}"'
            f' height="{max(high, 1):.1f}" rx="2" class="{"some" if value else "none"}"><title>{tip}</title></rect>'
        )
    return _svg("0 0 480 104", f"{title}: highest {most:g}{unit}", "".join(bars))


def funnel_chart(steps: Sequence[tuple[str, int]]) -> Markup:
    """Each step is as high as its share of the first; the ribbon narrows in between."""
    first = max(steps[0][1], 1) if steps else 1
    wide, parts = 600 / max(1, len(steps)), []
    for number, (_, count) in enumerate(steps):
        here = 60 * count / first
        following = 60 * (steps[number + 1][1] if number + 1 < len(steps) else count) / first
        left, right = number * wide, (number + 1) * wide
        parts.append(
            f'<path class="step s{number}" d="M{left:.0f} {70 - here:.1f}H{left + wide * 0.55:.0f}'
            f"C{left + wide * 0.8:.0f} {70 - here:.1f} {left + wide * 0.75:.0f} {70 - following:.1f}"
            f" {right:.0f} {70 - following:.1f}"
            f"V{70 + following:.1f}C{left + wide * 0.75:.0f} {70 + following:.1f} {left + wide * 0.8:.0f} {70 + here:.1f}"
            f' {left + wide * 0.55:.0f} {70 + here:.1f}H{left:.0f}Z"/>'
        )
    counts = ", ".join(f"{name} {count}" for name, count in steps)
    return _svg("0 0 600 140", f"Funnel: {counts}", "".join(parts), "funnel")


def spread_chart(low: float, p50: float, p90: float, most: float) -> Markup:
    """p50 is the dot, p90 the end of the line, on a scale from 0 to `most` seconds."""
    at = [260 * min(1.0, value / most) if most else 0 for value in (low, p50, p90)]
    return _svg(
        "0 0 264 16",
        f"p50 {p50:.0f} s, p90 {p90:.0f} s",
        f'<path class="rail" d="M2 8H262"/><path class="reach" d="M{at[0] + 2:.1f} 8H{at[2] + 2:.1f}"/>'
        f'<circle cx="{at[1] + 2:.1f}" cy="8" r="6"/>',
        "spread",
    )


def donut(share: float, label: str) -> Markup:
    """A share as a donut."""
    around = 2 * 3.14159 * 26
    return _svg(
        "0 0 64 64",
        label,
        f'<circle class="rail" cx="32" cy="32" r="26"/><circle class="reach" cx="32" cy="32" r="26"'
        f' stroke-dasharray="{around * share:.1f} {around:.1f}" transform="rotate(-90 32 32)"/>',
        "donut",
    )


def _svg(box: str, label: str, inside: str, kind: str = "columns") -> Markup:
    stretch = ' preserveAspectRatio="none"' if kind in ("columns", "funnel") else ""
    return Markup(  # noqa: S704 the label is escaped, the rest are our own numbers
        f'<svg class="chart {kind}" viewBox="{box}"{stretch} role="img" aria-label="{escape(label)}">{inside}</svg>'
    )
