"""Small charts as inline SVG: pure functions from figures to markup.

Colours are classes of the report's style sheet, so both themes work; every mark has a written
value beside it or in its `<title>`, so colour never speaks alone. Text from the data is escaped
here; the caller has made it printable (`texts.shown`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from typing import NewType, Protocol

Svg = NewType("Svg", str)
"""Markup that is safe to put into a page as it is; made here only."""

WIDTH = 640
LABEL_CHARS = 30
CHAR_WIDTH = 7.4
"""Width of a 13-unit sans letter, on average, in chart units; rounded up."""
_WIDE, _WIDEST = 9.6, 13.0
"""The same of a capital, and of what is wider than these."""


def number(value: float) -> str:
    """A whole number with thousands separators.

    >>> number(1234567)
    '1,234,567'
    """
    return f"{value:,.0f}"


def percent(share: float | None) -> str:
    """A share of one with one decimal; never rounded to all or nothing when it is neither.

    >>> percent(0.9731), percent(0.99999), percent(0.00001), percent(1), percent(None)
    ('97.3 %', '> 99.9 %', '< 0.1 %', '100 %', '–')
    """
    if share is None:
        return "–"
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share > 0.9995:
        return "> 99.9 %"
    if 0 < share < 0.0005:
        return "< 0.1 %"
    return f"{100 * share:.1f} %"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: `style` is a fill class of the style sheet, `note` its written value."""

    label: str
    value: float
    note: str
    style: str = "accent"


class Point(Protocol):
    """Of a reliability curve: what was predicted, what share of how many rows came true."""

    @property
    def predicted(self) -> float: ...
    @property
    def observed(self) -> float: ...
    @property
    def rows(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Series:
    """One count or ratio for each place of a chart over time, None where there is nothing to show;
    `style` is a fill class."""

    label: str
    values: tuple[float | None, ...]
    style: str = "accent"


@dataclass(frozen=True, slots=True)
class Panel:
    """One of the small multiples: a name, what it rests on, and bars over shares of one."""

    name: str
    note: str
    bars: tuple[Bar, ...]


def stacked(parts: Sequence[Bar], title: str) -> Svg:
    """One bar split into shares; parts of value 0 are left out. Its legend is the caller's."""
    total = sum(part.value for part in parts)
    marks, left = [], 0.0
    for part in parts if total else ():
        width = WIDTH * part.value / total
        if width:
            tip = f"{part.label}: {part.note}"
            marks.append(_rect(left, 0, max(width - 1.5, 0.75), 30, part.style, tip))
        left += width
    return _svg(30, title, _summary(parts), marks, stretch=True)


def bars(items: Sequence[Bar], title: str) -> Svg:
    """Horizontal bars with their labels on the left and values on the right."""
    labels = [_cut(item.label) for item in items]
    notes = [_cut(item.note) for item in items]
    left = max(map(wide, labels), default=0) + 12
    right = max(map(wide, notes), default=0) + 12
    most = max((item.value for item in items), default=0) or 1
    marks = []
    for row, (item, label, note) in enumerate(zip(items, labels, notes, strict=True)):
        y = row * 26
        width = (WIDTH - left - right) * item.value / most
        marks.append(_text(left - 8, y + 17, label, "end"))
        marks.append(_rect(left, y + 4, max(width, 1), 18, item.style, f"{label}: {item.note}"))
        marks.append(_text(left + max(width, 1) + 6, y + 17, note, "start", "value"))
    return _svg(max(26 * len(items), 1), title, _summary(items), marks)


def histogram(
    values: Sequence[float], edges: Sequence[tuple[float, str]], line: tuple[float, str], title: str
) -> Svg:
    """Values in [0, 1] in 20 bins; `edges` are (upper end, fill class) and end with 1.

    `line` is a dashed threshold with its words. A bin is styled by its middle.
    """
    counts = binned(values)
    most, top, base = max(counts, default=0) or 1, 34, 190
    step = WIDTH / len(counts)
    marks = [_hair(0, base, WIDTH, base)]
    for i, count in enumerate(counts):
        low, high = i / len(counts), (i + 1) / len(counts)
        style = next(name for end, name in edges if (low + high) / 2 < end)
        tall = (base - top - 16) * count / most
        tip = f"{low:.2f} to {high:.2f}: {number(count)}"
        if count:
            marks.append(
                _rect(i * step + 1.5, base - max(tall, 1), step - 3, max(tall, 1), style, tip)
            )
            where = i * step + step / 2
            marks.append(_text(where, base - tall - 5, _short(count), "middle", "value small"))
    marks += [_text(_inside(x * WIDTH), base + 18, f"{x:.1f}", "middle") for x in _TENTHS[::2]]
    at = line[0] * WIDTH
    marks.append(_hair(at, top - 16, at, base, "dashed"))
    marks.append(_text(at - 6, top - 6, line[1], "end"))
    return _svg(base + 26, title, f"{number(len(values))} values in 20 bins from 0 to 1.", marks)


def binned(values: Sequence[float], bins: int = 20) -> list[int]:
    """How many values of [0, 1] fall into each of equal bins; 1 belongs to the last.

    >>> binned([0.0, 0.05, 0.96, 1.0], 10)
    [2, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    """
    counts = [0] * bins
    for value in values:
        counts[min(int(value * bins + 1e-9), bins - 1)] += 1
    return counts


def reliability(bins: Sequence[Point], title: str) -> Svg:
    """Share that came true over predicted probability; on the diagonal, words are kept.

    The area of a dot grows with its rows.
    """
    size, left, top = 300, 60, 12
    most = max((b.rows for b in bins), default=0) or 1
    marks = []
    for x in _TENTHS[::2]:
        at = left + size * x
        level = top + size * (1 - x)
        marks += [_hair(at, top, at, top + size), _hair(left, level, left + size, level)]
        marks.append(_text(at, top + size + 18, f"{x:.1f}", "middle"))
        marks.append(_text(left - 8, level + 4, f"{x:.1f}", "end"))
    marks.append(_hair(left, top + size, left + size, top, "dashed"))
    points = [(left + size * b.predicted, top + size * (1 - b.observed), b) for b in bins]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    marks.append(_tag("polyline", cls="trace", points=path))
    marks += [_dot(x, y, b, 3 + 6 * (b.rows / most) ** 0.5) for x, y, b in points]
    marks.append(_text(left + size / 2, top + size + 38, "predicted probability", "middle"))
    marks.append(_turned(16, top + size / 2, "share that came true"))
    words = " ".join(f"{b.predicted:.2f} predicted, {b.observed:.2f} came true." for b in bins)
    return _svg(top + size + 48, title, words, marks, width=left + size + 20)


def small_multiples(panels: Sequence[Panel], title: str) -> Svg:
    """Panels three abreast, each with the same bars over shares of one."""
    across, gap = 3, 24
    wide = (WIDTH - gap * (across - 1)) / across
    tall = 28 + 34 * max((len(p.bars) for p in panels), default=0) + 14
    marks: list[Svg] = []
    for i, panel in enumerate(panels):
        x, y = (i % across) * (wide + gap), (i // across) * tall
        marks.append(_text(x, y + 14, _cut(panel.name, 14 * CHAR_WIDTH), "start", "strong"))
        marks.append(_text(x + wide, y + 14, panel.note, "end", "small"))
        for row, bar in enumerate(panel.bars):
            at = y + 26 + 34 * row
            tip = f"{panel.name}, {bar.label}: {bar.note}"
            marks.append(_text(x, at + 10, bar.label, "start", "small"))
            marks.append(_text(x + wide, at + 10, bar.note, "end", "value small"))
            marks.append(_rect(x, at + 15, wide, 8, "track", tip))
            marks.append(_rect(x, at + 15, max(wide * bar.value, 0.5), 8, bar.style, tip))
    words = " ".join(f"{p.name}: {_summary(p.bars)}" for p in panels)
    return _svg(tall * -(-len(panels) // across) or 1, title, words, marks)


def over_time(
    places: Sequence[str],
    columns: Sequence[Series],
    line: Series | None,
    title: str,
) -> Svg:
    """Counts or ratios over time: columns for each place, and a line with dots over them.

    All share one axis, which begins at 0. Long runs of places are named here and there.
    """
    left, top, base = 34.0, 10.0, 190.0
    given = [*columns, *([line] if line else [])]
    most, step = axis(ceil(max((v for s in given for v in s.values if v is not None), default=0)))
    high = (base - top) / most
    marks: list[Svg] = []
    for tick in range(0, most + 1, step):
        y = base - tick * high
        marks += [_hair(left, y, WIDTH, y), _text(left - 8, y + 4, number(tick), "end", "small")]
    gap = (WIDTH - left) / max(len(places), 1)
    every = -(-len(places) // 10)
    bar = min(gap * 0.76 / max(len(columns), 1), 26)
    for i, place in enumerate(places):
        middle = left + gap * (i + 0.5)
        for n, one in enumerate(columns):
            value = one.values[i]
            x, tall = middle + bar * (n - len(columns) / 2), (value or 0) * high
            if tall:
                tip = f"{place}, {one.label}: {_figure(value)}"
                marks.append(_rect(x + 0.5, base - tall, bar - 1, tall, one.style, tip))
        if i % every == 0:
            marks.append(_text(middle, base + 18, _cut(place, every * gap), "middle", "small"))
    if line:
        points = [
            (left + gap * (i + 0.5), base - v * high, f"{place}, {line.label}: {_figure(v)}")
            for i, (place, v) in enumerate(zip(places, line.values, strict=True))
            if v is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        marks.append(_tag("polyline", cls="over", points=path))
        marks += [_spot(x, y, tip) for x, y, tip in points]
    words = " ".join(f"{s.label}: {', '.join(map(_figure, s.values))}." for s in given)
    return _svg(base + 26, title, words, marks)


def _figure(value: float | None) -> str:
    """A count as it is, a ratio to two digits, and that there is none."""
    if value is None:
        return "–"
    return number(value) if value == int(value) else f"{value:.2f}"


def axis(most: int) -> tuple[int, int]:
    """The top of an axis for counts and the step between its lines, of which there are at most 5.

    >>> axis(0), axis(3), axis(7), axis(180)
    ((1, 1), (3, 1), (8, 2), (200, 50))
    """
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most <= 4 * step:
                return max(-(-most // step), 1) * step, step
        size *= 10


def meter(share: float, style: str) -> Svg:
    """A bar for a table cell; the figure stands beside it, so readers skip it."""
    width = _n(60 * min(max(share, 0.0), 1.0))
    marks = _tag("rect", cls="track", width="60", height="8") + _tag(
        "rect", cls=style, width=width, height="8"
    )
    frame = {"viewBox": "0 0 60 8", "preserveAspectRatio": "none", "aria-hidden": "true"}
    return _tag("svg", marks, cls="meter", **frame)


_TENTHS = tuple(i / 10 for i in range(11))


def _svg(
    height: float,
    title: str,
    words: str,
    marks: Sequence[Svg],
    *,
    width: float = WIDTH,
    stretch: bool = False,
) -> Svg:
    """The frame: `title` is read first, `words` describes; `stretch` fills the width as it is."""
    inner = _tag("title", words=title) + _tag("desc", words=words) + "".join(marks)
    frame = {"role": "img", "viewBox": f"0 0 {_n(width)} {_n(height)}"}
    if stretch:
        frame["preserveAspectRatio"] = "none"
    return _tag("svg", inner, cls="chart stretch" if stretch else "chart", **frame)


def _tag(name: str, inner: str = "", *, words: str = "", cls: str = "", **attributes: str) -> Svg:
    """One element; `words` and the attributes are escaped, `inner` is markup already."""
    named = {"class": cls, **attributes} if cls else attributes
    written = "".join(f' {key.replace("_", "-")}="{escape(text)}"' for key, text in named.items())
    return Svg(f"<{name}{written}>{inner}{escape(words)}</{name}>")


def _rect(x: float, y: float, w: float, h: float, style: str, tip: str) -> Svg:
    place = {"x": _n(x), "y": _n(y), "width": _n(w), "height": _n(h)}
    return _tag("rect", _tag("title", words=tip), cls=style, **place)


def _text(x: float, y: float, words: str, anchor: str, style: str = "") -> Svg:
    return _tag("text", words=words, cls=style, x=_n(x), y=_n(y), text_anchor=anchor)


def _turned(x: float, y: float, words: str) -> Svg:
    turn = f"rotate(-90 {_n(x)} {_n(y)})"
    return _tag("text", words=words, x=_n(x), y=_n(y), text_anchor="middle", transform=turn)


def _dot(x: float, y: float, b: Point, radius: float) -> Svg:
    tip = f"predicted {b.predicted:.3f}, came true {b.observed:.3f}, {number(b.rows)} rows"
    inner = _tag("title", words=tip)
    return _tag("circle", inner, cls="accent dot", cx=_n(x), cy=_n(y), r=_n(radius))


def _spot(x: float, y: float, tip: str) -> Svg:
    inner = _tag("title", words=tip)
    return _tag("circle", inner, cls="spot", cx=_n(x), cy=_n(y), r="2.5")


def _hair(x1: float, y1: float, x2: float, y2: float, style: str = "hair") -> Svg:
    return _tag("line", cls=style, x1=_n(x1), y1=_n(y1), x2=_n(x2), y2=_n(y2))


def _summary(items: Sequence[Bar]) -> str:
    return " ".join(f"{item.label}: {item.note}." for item in items)


def wide(text: str) -> float:
    """An upper bound of a text's width, in chart units.

    >>> wide("Ab") < wide("AB") < wide("WW")
    True
    """
    return sum(_WIDEST if c in "WM@%" or c > "~" else _WIDE if c.isupper() else CHAR_WIDTH
               for c in text)  # fmt: skip


def _cut(label: str, limit: float = LABEL_CHARS * CHAR_WIDTH) -> str:
    if wide(label) <= limit:
        return label
    while label and wide(label) + CHAR_WIDTH > limit:
        label = label[:-1]
    return label + "…"


def _short(count: int) -> str:
    """A count that fits above a bin: 950, 1.2k, 31k."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.1f}k" if count < 10_000 else f"{count / 1000:.0f}k"


def _inside(x: float) -> float:
    """Keeps a centred three-letter label within the frame."""
    return min(max(x, 11.0), WIDTH - 11.0)


def _n(value: float) -> str:
    """A coordinate with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
