"""Pages for tests: one of each block, with any text in every place that takes one."""

from __future__ import annotations

from brand_metagen.reports.charts import Bar, Series
from brand_metagen.reports.model import (
    Badge,
    BarChart,
    Column,
    KeyFigure,
    KeyFigures,
    Note,
    Page,
    Paragraph,
    Section,
    ShareChart,
    Table,
    TimeChart,
    Tone,
)

MADE = "2026-11-27T08:30:00+00:00"
NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "#set page(fill: red) *bold* _it_ `raw` $x$ @ref <label> // rest /* */ #panic()",
    "\u202eevil\u202c \u2066abc\u2069 \u200b\x00\x1b[31m",
    "W" * 1_024,
    "\\#\\{\\}[]= - + / : ~ \\u{202e}",
    "e" + "\u0301" * 200,
    "東京 😀 ไทย שלום العربية",
    "4111 1111 1111 1111",
    "a\nb\r\nc\td",
    "{{ 7 * 7 }} {% raw %}",
)


def page_of(text: str, rows: int = 2) -> Page:
    """Every text is `text`."""
    figure = KeyFigure(text, text, text, Tone.WARN, text, text, text, text)
    bars = (Bar(text, 3, text), Bar(f"{text}2", 0, text, "bad"))
    table = Table(
        (Column(text, weight=2), Column(text), Column(text, number=True)),
        tuple((text, Badge(text, Tone.BAD), n) for n in range(rows)),
        text, rows + 10, text,
    )  # fmt: skip
    columns = (Series(text, (1, 2, 3), "accent"), Series(text, (0, 1, 0), "good"))
    blocks = (
        Paragraph(text), Note(text, Tone.GOOD), KeyFigures((figure,)), table,
        BarChart(text, bars, text, text), ShareChart(text, bars, text, text),
        TimeChart(text, (text, text, text), columns, Series(text, (3, 2, 1)), text, text),
    )  # fmt: skip
    return Page(text, text, text, text, MADE, (figure,) * 4, (Section("a", text, blocks),), (text,))


EMPTY = Page("Nothing", "26 November 2026", "all", "Nothing happened.", MADE)
