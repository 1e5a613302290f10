"""A market, and people at work on it, that want to run something in the reader's browser."""

from __future__ import annotations

import csv
from pathlib import Path

from program import good, inside

RUNS = "window.ran = 1"
"""What none of the texts may bring about."""
NASTY = (
    f"<script>{RUNS}</script><img src=x onerror='{RUNS}'><svg onload='{RUNS}'></svg>"
    f"<a href='javascript:{RUNS}'>a</a>'\"><b>\u202eSKCUB\u2066 {{{{ 7*7 }}}} ${{{RUNS}}}"
)
TWINS = {"9001": f"EVIL SHOP {NASTY}", "9002": "EVIL-SHOP"}
"""Two brands that nobody can tell apart: their rows are tied."""
LONGEST = 1_024
"""Characters of a narrative, the most that is read (`tables.normalise`)."""
LONG = ("EVIL SHOP " + "A" * LONGEST)[:LONGEST]
MIXED = ("EVIL SHOP " + NASTY + "\u05d0\u0628 B" * LONGEST)[:LONGEST]


def spoil(data: Path) -> None:
    """Put two brands with hostile names and narratives into a market, and a row that is bad."""
    _add(data / "brand.csv", [[brandid, name, "Fashion"] for brandid, name in TWINS.items()])
    _add(data / "brand_to_check.csv", [[brandid] for brandid in TWINS])
    texts = [f"EVIL SHOP {NASTY}", "EVIL SHOP LEEDS", LONG, MIXED]
    rows = [
        [f"99{n:04}", "1", f"M{n}", list(TWINS)[n % 2], "5651", texts[n // 2 % 4]]
        for n in range(32)
    ]
    bad = [["990900", "1", "M", "9001", "no code", f"EVIL SHOP {NASTY}"]]
    _add(data / "combo.csv", [*rows, *bad])


def _add(path: Path, rows: list[list[str]]) -> None:
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def write_everywhere(folder: Path) -> None:
    """Decide, remark, flag, plan and talk, with hostile text wherever there is a field."""

    def said(*words: object, by: str = "rita") -> None:
        good(inside(*words, "--workspace", folder, "--as", by))

    said("feedback", "submit", "9001", MIXED)
    said("feedback", "submit", "1005", "hotels are not theirs")
    for brandid in ("1001", "1002"):
        said("review", "approve", brandid)
    said("review", "reject", "1003", "--note", NASTY)
    said("review", "flag", "9002", "--note", NASTY)
    said("escalations", "create", "1004", "--reason", LONG, by="oona")
    said("escalations", "create", "--reason", NASTY, by="oona")
    said(
        "analytics", "plan", "create", NASTY, "--cause", MIXED, "--target", "approval_rate=0.8",
        "--action", f"oona:2030-01-31:{NASTY}", "--due", "2030-02-01", by="oona",
    )  # fmt: skip
    said("incidents", "open", "other", NASTY, "--affected", MIXED, by="oona")
    said("routine", "morning", "--done", "queue", "--note", NASTY)
    good(inside("cache", "warm", "--limit", 5, "--workspace", folder))
