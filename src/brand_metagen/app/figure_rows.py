"""The rows behind a figure, page by page, with the sums that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brand_metagen.analytics.counting import Counted, Evidence
from brand_metagen.analytics.evidence import Figure, behind, figure_of
from brand_metagen.analytics.history import Stretch
from brand_metagen.app.analysing import stretch
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.reports.periods import Period


@dataclass(frozen=True, slots=True)
class Traced:
    """A figure of a span with some of the rows behind it, of `all`; `after` is the place of the
    first row that is not among them, None = these were the last."""

    figure: Figure
    span: Stretch
    whole: Counted
    rows: tuple[Evidence, ...]
    all: int
    after: int | None

    @property
    def value(self) -> float | None:
        """The figure itself."""
        return self.whole.top if self.figure.plain_count else self.whole.value


def trace(
    workspace: Workspace,
    key: str,
    wanted: Period,
    brandid: str = "",
    first: int = 0,
    limit: int = 50,
) -> Traced:
    """The rows of a figure from a place on, oldest first; InputError for an unknown figure."""
    figure, span = figure_of(key), stretch(wanted)
    whole = behind(figure, gather(workspace), span, brandid)
    rows = whole.rows()
    after = first + limit if first + limit < len(rows) else None
    return Traced(figure, span, whole, rows[first : first + limit], len(rows), after)


def plain(found: Traced) -> dict[str, Any]:
    """A traced figure as REST and `--json` show it."""
    whole, figure = found.whole, found.figure
    return {
        "figure": figure.key,
        "title": figure.title,
        "formula": figure.formula,
        "unit": figure.unit,
        "begin": found.span.begin,
        "end": found.span.end,
        "value": found.value,
        "numerator": whole.top,
        "denominator": None if figure.plain_count else whole.bottom,
        "interval": list(whole.interval) if whole.interval and whole.bottom else None,
        "note": whole.note,
        "rows": found.all,
        "items": [
            {
                "kind": row.kind.value, "id": row.id, "brandid": row.brandid, "at": row.at,
                "numerator": row.top, "denominator": row.bottom, "says": row.says,
            }
            for row in found.rows
        ],
        "next": found.after,
    }  # fmt: skip
