"""A page as plain values: what is said, never how it looks. Every text in it may be hostile.

`html` and `pdf` draw the same page; both show the same words and figures in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from brand_metagen.reports.charts import Bar, Series


class Tone(StrEnum):
    """What a figure says beyond its number; a class of the style sheet."""

    PLAIN = ""
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number that matters, as it is written, with what it is measured by.

    `change` compares with the period before, `target` and `band` say how good it is; `source` is
    the command that shows the rows behind it.
    """

    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.PLAIN
    target: str = ""
    band: str = ""
    change: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Figures side by side."""

    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """An aside: that there is nothing to show, or what a figure does not count."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Badge:
    """A word in a table that stands out."""

    text: str
    tone: Tone = Tone.PLAIN


Cell = str | int | Badge


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column; `weight` is its share of the width beside the others'."""

    label: str
    number: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; `total` counts what the rows are a part of, `noun` says what they are."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    noun: str = "rows"
    total: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, each with its written value."""

    title: str
    bars: tuple[Bar, ...]
    caption: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ShareChart:
    """One bar split into parts of a whole, with its legend."""

    title: str
    parts: tuple[Bar, ...]
    caption: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Counts over time: columns side by side, and a line over them if there is one."""

    title: str
    places: tuple[str, ...]
    columns: tuple[Series, ...]
    line: Series | None = None
    caption: str = ""
    source: str = ""


Block = KeyFigures | Paragraph | Note | Table | BarChart | ShareChart | TimeChart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it; `anchor` is unique on the page."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A report. `lead` says the most important in a sentence or two; `made` is the moment it shows
    (UTC, ISO 8601), the only time that enters the file."""

    title: str
    period: str
    scope: str
    lead: str
    made: str
    figures: tuple[KeyFigure, ...] = ()
    sections: tuple[Section, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def as_of(self) -> str:
        """When it was so, in words."""
        return f"As of {datetime.fromisoformat(self.made):%Y-%m-%d %H:%M} UTC"
