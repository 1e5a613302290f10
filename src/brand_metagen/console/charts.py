"""Small charts as SVG: a series as a line, a value on its bands. Beside each stands its table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from brand_metagen.analytics.bands import Bands
from brand_metagen.analytics.metrics import Measured

WIDTH, HEIGHT, EDGE = 120, 28, 3
WIDE, SCALE_HEIGHT = 600, 60


def spark(values: Sequence[float | None], title: str) -> Markup:
    """A series as a line, steps without a value left out; empty for fewer than two.

    >>> spark([1.0], "x")
    Markup('')
    """
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return Markup("")
    low, high = min(v for _, v in known), max(v for _, v in known)
    across, up = (WIDTH - 2 * EDGE) / (len(values) - 1), HEIGHT - 2 * EDGE
    points = [
        (
            EDGE + i * across,
            HEIGHT - EDGE - (v - low) / (high - low) * up if high > low else HEIGHT / 2,
        )
        for i, v in known
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<polyline points="{}"/><circle cx="{:.1f}" cy="{:.1f}" r="2.5"/></svg>'
    ).format(WIDTH, HEIGHT, title, line, x, y)


def scale(measured: Measured) -> Markup:
    """Where a value lies on its bands, with its interval; empty where there is no band or value."""
    value, bands = measured.counted.value, measured.metric.bands
    if value is None or bands is None:
        return Markup("")
    most = _most(bands, value, measured.counted.interval, measured.metric.unit)
    edges = sorted({0.0, *(e for e in bands.edges if e < most), most})
    parts = [_part(bands, a, b, most) for a, b in pairwise(edges)]
    whisker = _whisker(measured.counted.interval, most)
    return Markup(
        '<svg class="scale" viewBox="0 0 {} {}" role="img" aria-label="{}: {:.3g}">{}{}'
        '<circle cx="{:.1f}" cy="22" r="7"/></svg>'
    ).format(
        WIDE, SCALE_HEIGHT, measured.metric.title, value, Markup("").join(parts), whisker,
        min(value, most) / most * WIDE,
    )  # fmt: skip


def _most(bands: Bands, value: float, interval: tuple[float, float] | None, unit: str) -> float:
    """Where the scale ends: shares at one, all else where the last band has shown itself."""
    if unit == "share" and bands.rising:
        return max(1.0, value)
    high = interval[1] if interval else value
    return max(1.5 * max(bands.edges), value, min(high, 2 * max(bands.edges)))


def _part(bands: Bands, begin: float, end: float, most: float) -> Markup:
    name = bands.of((begin + end) / 2).name
    x, width = begin / most * WIDE, (end - begin) / most * WIDE
    return Markup(
        '<rect class="b-{}" x="{:.1f}" y="14" width="{:.1f}" height="16"/>'
        '<text x="{:.1f}" y="46">{}</text><text class="edge" x="{:.1f}" y="58">{:g}</text>'
    ).format(
        name, x + 1, max(0.0, width - 2), x + 2, name if width > WIDE / 12 else "", x + 2, begin
    )


def _whisker(interval: tuple[float, float] | None, most: float) -> Markup:
    if interval is None:
        return Markup("")
    low, high = (max(0.0, min(v, most)) / most * WIDE for v in interval)
    return Markup('<path d="M{:.1f} 22H{:.1f}M{:.1f} 15v14M{:.1f} 15v14"/>').format(
        low, high, low, high
    )


CHART_HEIGHT, LABELS, GAP = 130, 18, 6


def columns(
    steps: Sequence[tuple[str, Sequence[float]]], title: str, names: Sequence[str]
) -> Markup:
    """Columns side by side for each step, one for each name; empty where all are nothing.

    >>> columns([("Monday", (0, 0))], "cases", ("opened", "settled"))
    Markup('')
    """
    most = max((value for _, values in steps for value in values), default=0)
    if not most:
        return Markup("")
    wide, high = WIDE / len(steps), CHART_HEIGHT - 2 * LABELS
    each = (wide - GAP) / len(names)
    placed = [
        (n, i * wide + GAP / 2 + n * each, value, value / most * high)
        for i, (_, values) in enumerate(steps)
        for n, value in enumerate(values)
    ]
    bars = [
        Markup('<rect class="c{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            n, x, LABELS + high - tall, max(1.0, each - 1), tall
        )
        for n, x, _, tall in placed
    ]
    said = [
        Markup('<text x="{:.1f}" y="{}">{}</text>').format(
            i * wide + GAP / 2, CHART_HEIGHT - 4, name
        )
        for i, (name, _) in enumerate(steps)
        if i % max(1, len(steps) // 6) == 0
    ]
    said += [
        Markup('<text class="edge" x="{:.1f}" y="{:.1f}">{:g}</text>').format(
            x + 1, LABELS + high - tall - 3, value
        )
        for _, x, value, tall in placed
        if value and wide > WIDE / 20
    ]
    drawn = Markup("").join([*bars, *said])
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDE, CHART_HEIGHT, title, drawn)
