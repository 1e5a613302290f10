"""Pictures of figures as SVG text, for the docs: bars in groups, lines through points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
"""Told apart by colour-blind readers (Okabe and Ito)."""
WIDTH, LABELS, ROW, BAR, TOP = 760, 210, 8, 7, 44
"""Pixels: the picture, its labels, the space between groups, a bar, the space above."""


def bars(groups: Mapping[str, Sequence[float]], series: Sequence[str], title: str) -> str:
    """A group of horizontal bars per row of `groups`, one bar per name in `series`."""
    values = [v for group in groups.values() for v in group]
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (WIDTH - LABELS - 60) / (high - low or 1.0)
    zero = LABELS - low * scale
    parts = [_text(8, 16, title, bold=True), *_legend(series)]
    y = TOP
    for name, group in groups.items():
        middle = y + BAR * len(group) / 2 + 4
        parts.append(_text(LABELS - 8, middle, name, anchor="end"))
        for colour, value in zip(COLOURS, group, strict=False):
            left, width = min(zero, zero + value * scale), abs(value) * scale
            parts.append(
                f'<rect x="{left:.1f}" y="{y}" width="{width:.1f}" height="{BAR - 1}" '
                f'fill="{colour}"/>'
            )
            if abs(value) >= 0.05:
                parts.append(_text(zero + max(value, 0) * scale + 4, y + 6, f"{value:.1f}", size=8))
            y += BAR
        y += ROW
    line = f'<line x1="{zero:.1f}" y1="{TOP - 4}" x2="{zero:.1f}" y2="{y}" stroke="#444"/>'
    return _picture([*parts, line], y + 8)


def lines(
    curves: Mapping[str, Sequence[tuple[float, float]]], title: str, across: str, up: str
) -> str:
    """A line through the points of each curve; both axes begin at nothing."""
    height, left, right, bottom = 320, 60, 730, 270
    most_x = max(x for points in curves.values() for x, _ in points)
    most_y = max(y for points in curves.values() for _, y in points)
    parts = [_text(8, 16, title, bold=True), *_legend(list(curves))]
    for colour, points in zip(COLOURS, curves.values(), strict=False):
        places = " ".join(
            f"{left + x / most_x * (right - left):.1f},{bottom - y / most_y * (bottom - TOP):.1f}"
            for x, y in points
        )
        parts.append(
            f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + share * (right - left), bottom - share * (bottom - TOP)
        parts.append(_text(x, bottom + 16, f"{share * most_x:.3g}", anchor="middle", size=9))
        parts.append(_text(left - 6, y + 3, f"{share * most_y:.3g}", anchor="end", size=9))
    axes = f'<path d="M{left} {TOP}V{bottom}H{right}" fill="none" stroke="#444"/>'
    parts += [axes, _text((left + right) / 2, bottom + 36, across, anchor="middle")]
    return _picture([*parts, _text(left, TOP - 8, up)], height)


def _legend(series: Sequence[str]) -> list[str]:
    parts: list[str] = []
    x = 330
    for colour, name in zip(COLOURS, series, strict=False):
        parts.append(f'<rect x="{x}" y="8" width="10" height="10" fill="{colour}"/>')
        parts.append(_text(x + 14, 17, name))
        x += 34 + 7 * len(name)
    return parts


def _text(
    x: float, y: float, text: str, anchor: str = "start", size: int = 11, bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{weight}>'
        f"{escape(text)}</text>"
    )


def _picture(parts: Sequence[str], height: float) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.0f}" '
        f'viewBox="0 0 {WIDTH} {height:.0f}" font-family="sans-serif" fill="#222">'
    )
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#fff"/>'
    return "\n".join([head, ground, *parts, "</svg>"]) + "\n"
