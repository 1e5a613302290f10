"""Pictures of figures as SVG text, for the docs."""

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
