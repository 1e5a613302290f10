"""A run's figures as a table."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from brand_metagen.cli.output import table
from brand_metagen.ports import RunRecord


def run_table(run: RunRecord) -> Table:
    """Brands, rows by decision, labels, from the run's summary."""
    summary: Any = run.summary
    decisions, labels = summary["decisions"], summary["labels"]
    total = sum(decisions.values())
    rows: list[tuple[str, object, str]] = [
        (
            "brands",
            summary["brands"],
            f"{summary['rules']:,} with a proven rule, "
            f"{summary['abstained']:,} abstained, {summary['failed']:,} failed",
        ),
        (
            "brands for a reviewer first",
            summary["to_confirm"],
            _share(summary["to_confirm"], summary["brands"]),
        ),
        ("rows", total, f"{summary['bad_rows']:,} more in quarantine"),
    ]
    meaning = {
        "confirmed": "a brand's, and sure of it",
        "excluded": "matched, but improbable",
        "tie": "several brands, none far enough ahead",
        "review": "matched, not sure",
        "unmatched": "no rule takes it",
    }
    rows += [(f"  {d}", n, f"{_share(n, total):>6}  {meaning[d]}") for d, n in decisions.items()]
    rows.append(
        (
            "labels",
            labels["given"],
            f"{labels['agreed']:,} borne out, {labels['contradicted']:,} "
            f"contradicted; {labels['added']:,} rows labelled anew",
        )
    )
    return table(f"{run.run_id}", ("", "", ""), rows)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"
