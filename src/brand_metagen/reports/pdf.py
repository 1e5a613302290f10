"""A page as PDF (A4, tagged), set by Typst with the fonts in its wheel and no others.

The template is ours and never changes; the page enters as JSON, so that no text is read as markup.
The only time in the file is the page's own: the same page gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from brand_metagen.config import ReportSettings
from brand_metagen.reports import frame
from brand_metagen.reports.charts import Svg, number
from brand_metagen.reports.html import drawn, safe_bars
from brand_metagen.reports.model import (
    Badge,
    BarChart,
    Block,
    Cell,
    KeyFigure,
    KeyFigures,
    Note,
    Page,
    Paragraph,
    ShareChart,
    Table,
    TimeChart,
)
from brand_metagen.reports.texts import settable

Plain = Mapping[str, Any]
FONT = "Libertinus Serif"


def render_pdf(page: Page, settings: ReportSettings | None = None) -> bytes:
    """The file; no clock, no system font, nothing fetched."""
    import typst

    made = datetime.fromisoformat(page.made)
    inputs = {
        "page": json.dumps(_plain(page, made, settings or ReportSettings())),
        "colours": json.dumps(frame.colours()),
    }
    compiler = typst.Compiler(
        frame.asset("page.typ").encode(),
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs=inputs,
    )
    file = compiler.compile(format="pdf", timestamp=int(made.timestamp()))
    assert isinstance(file, bytes)
    return file


def _plain(page: Page, made: datetime, settings: ReportSettings) -> Plain:
    text = _Texts(settings)
    day = {"year": made.year, "month": made.month, "day": made.day}
    time = {"hour": made.hour, "minute": made.minute, "second": made.second}
    return {
        **{name: text(getattr(page, name)) for name in ("title", "period", "scope", "lead")},
        "short": text(page.period),
        "as-of": page.as_of,
        "made": day | time,
        "figures": [text.figure(f) for f in page.figures],
        "sections": [
            {"title": text(s.title), "blocks": [text.block(b) for b in s.blocks]}
            for s in page.sections
        ],
        "notes": [text(line) for line in page.notes],
    }


class _Texts:
    """Blocks as plain data whose texts can be set."""

    def __init__(self, settings: ReportSettings) -> None:
        self._settings = settings

    def __call__(self, words: str) -> str:
        return settable(words)

    def figure(self, f: KeyFigure) -> Plain:
        names = ("label", "value", "note", "target", "band", "change", "source")
        return {name: self(getattr(f, name)) for name in names} | {"tone": f.tone.value}

    def block(self, block: Block) -> Plain:
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "text": self(block.text)}
        if isinstance(block, Note):
            return {"kind": "note", "text": self(block.text), "tone": block.tone.value}
        if isinstance(block, KeyFigures):
            return {"kind": "figures", "items": [self.figure(f) for f in block.items]}
        if isinstance(block, Table):
            return self._table(block)
        return self._chart(block)

    def _table(self, table: Table) -> Plain:
        rows = table.rows[: self._settings.listed_rows]
        whole = max(table.total, len(table.rows))
        rest = f"{number(len(rows))} of {number(whole)} {table.noun} are listed here."
        return {
            "kind": "table",
            "columns": [
                {"label": self(c.label), "number": c.number, "weight": c.weight}
                for c in table.columns
            ],
            "rows": [[self._cell(cell) for cell in row] for row in rows],
            "rest": self(rest) if len(rows) < whole else "",
            "source": self(table.source),
        }

    def _cell(self, cell: Cell) -> Plain:
        if isinstance(cell, Badge):
            return {"kind": "badge", "text": self(cell.text), "tone": cell.tone.value}
        return {"kind": "text", "text": self(cell) if isinstance(cell, str) else number(cell)}

    def _chart(self, chart: BarChart | ShareChart | TimeChart) -> Plain:
        return {
            "kind": "chart",
            "svg": _for_print(drawn(chart)),
            "alt": self(chart.title),
            "legend": self._legend(chart),
            "caption": self(chart.caption),
            "source": self(chart.source),
        }

    def _legend(self, chart: BarChart | ShareChart | TimeChart) -> list[Plain]:
        if isinstance(chart, ShareChart):
            return [self._entry(f"{b.label} {b.note}", b.style) for b in safe_bars(chart.parts)]
        if isinstance(chart, BarChart):
            return []
        found = [self._entry(one.label, one.style) for one in chart.columns]
        return found + ([self._entry(chart.line.label, "line")] if chart.line else [])

    def _entry(self, words: str, style: str) -> Plain:
        return {"text": self(words), "style": style}


def _for_print(svg: Svg) -> str:
    """The drawing with a style of its own, in the light theme's colours and the page's font."""
    colours = frame.colours()
    style = re.sub(r"var\(--([a-z-]+)\)", lambda m: colours[m[1]], frame.asset("charts.css"))
    style = f"svg {{ font-family: '{FONT}'; }} {style}"
    head = '<svg xmlns="http://www.w3.org/2000/svg" '
    return svg.replace("<svg ", head, 1).replace(">", f"><style>{style}</style>", 1)
