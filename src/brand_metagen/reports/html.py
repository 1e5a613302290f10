"""A page as one HTML file that opens offline, in both themes, and prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from jinja2 import Environment

from brand_metagen.config import ReportSettings
from brand_metagen.reports import charts, frame
from brand_metagen.reports.charts import Bar, Svg
from brand_metagen.reports.model import BarChart, Page, ShareChart, Table, TimeChart
from brand_metagen.reports.texts import PROSE_CHARS, shown

LABEL_CHARS = 60
"""Characters of a chart's label; the chart itself cuts further where it has less room."""


def render_html(page: Page, settings: ReportSettings | None = None) -> str:
    """The page; the same values give the same text. Everything in it is escaped."""
    settings = settings or ReportSettings()
    style, script = frame.style_sheet(), frame.asset("page.js")
    template = _environment(settings).get_template("page.html.j2")
    policy = frame.policy(style, script)
    return template.render(page=page, style=style, script=script, policy=policy)


def drawn(chart: BarChart | ShareChart | TimeChart) -> Svg:
    """A chart as SVG, its texts made printable."""
    if isinstance(chart, BarChart):
        return charts.bars(safe_bars(chart.bars), shown(chart.title))
    if isinstance(chart, ShareChart):
        return charts.stacked(safe_bars(chart.parts), shown(chart.title))
    columns = [replace(s, label=shown(s.label, LABEL_CHARS)) for s in chart.columns]
    line = chart.line and replace(chart.line, label=shown(chart.line.label, LABEL_CHARS))
    places = [shown(place, LABEL_CHARS) for place in chart.places]
    return charts.over_time(places, columns, line, shown(chart.title))


def safe_bars(bars: Sequence[Bar]) -> list[Bar]:
    """Bars whose label and note can be shown."""
    return [
        replace(bar, label=shown(bar.label, LABEL_CHARS), note=shown(bar.note, LABEL_CHARS))
        for bar in bars
    ]


@lru_cache(maxsize=4)
def _environment(settings: ReportSettings) -> Environment:
    environment = frame.environment("brand_metagen.reports", settings)
    environment.filters.update(
        prose=lambda words: shown(words, PROSE_CHARS),
        drawn=drawn,
        safe_bars=safe_bars,
        heads=_heads,
        kind=lambda block: type(block).__name__,
    )
    return environment


def _heads(table: Table) -> list[tuple[str, str]]:
    return [(shown(c.label, LABEL_CHARS), "num" if c.number else "") for c in table.columns]
