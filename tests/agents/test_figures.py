"""Prose is held to its facts: every number and every word that counts."""

from __future__ import annotations

import pytest

from brand_metagen.agents.analytics import facts_of
from brand_metagen.agents.figures import invented

FACTS = ["1,204 rows", "rows confirmed: 1,102 (91.5%)", "RUN-0003"]


@pytest.mark.parametrize(
    ("prose", "strange"),
    [
        ("Of 1,204 rows 1,102 are confirmed, which is 91.5% of them.", []),
        ("Of 1204 rows most are confirmed in RUN-0003.", []),
        ("91.5 % are confirmed.", []),
        ("91 % are confirmed.", ["91"]),
        ("91.50% are confirmed.", ["91.50"]),
        ("102 rows wait.", ["102"]),
        ("1,2 rows wait.", ["1,2"]),
        ("Three rows wait.", ["three"]),
        ("Half of the rows, twice as many as before.", ["half", "twice"]),
        ("A tenfold rise.", ["tenfold"]),
        ("The rise is ٣ rows.", ["٣"]),
        ("", []),
    ],
)
def test_what_stands_in_no_fact_is_found(prose: str, strange: list[str]) -> None:
    assert invented(prose, FACTS) == strange


def test_facts_are_the_summary_s_figures_with_their_shares() -> None:
    summary = {
        "brands": 20, "rules": 18, "abstained": 1, "failed": 1, "to_confirm": 5,
        "decisions": {"confirmed": 300, "review": 100}, "labels": {"given": 350},
        "ties_settled": 4, "bad_rows": 2,
    }  # fmt: skip
    assert facts_of(summary) == [
        "20 brands", "rules: 18 (90.0%)", "abstained: 1 (5.0%)", "failed: 1 (5.0%)",
        "to confirm: 5 (25.0%)", "400 rows", "rows confirmed: 300 (75.0%)",
        "rows review: 100 (25.0%)", "labels given: 350", "ties settled: 4", "bad rows: 2",
    ]  # fmt: skip
