"""What may be wrong with a brand's rows or name, each with its severity and the rows it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.ambiguity import Ambiguity, words_of
from brand_metagen.evaluate.consistency import Consistency
from brand_metagen.evaluate.wallets import wallet_names
from brand_metagen.records import Brand, Issue, Severity

SHOWN = 10
"""Affected combos listed with an issue."""


@dataclass(frozen=True, slots=True)
class BrandRows:
    """A brand's labelled rows as parallel columns, with what was found out about them."""

    brand: Brand
    keys: tuple[tuple[str, str], ...]
    narratives: tuple[str, ...]
    mccids: tuple[str, ...]
    wallet: tuple[bool, ...]
    words: tuple[str, ...]
    suspect: tuple[str, ...]
    contested: tuple[bool, ...]
    share: float
    out_of_sector: float
    consistency: Consistency
    ambiguity: Ambiguity

    def where(self, test: Callable[[int], bool]) -> list[int]:
        """Positions of the rows that pass a test."""
        return [i for i in range(len(self.keys)) if test(i)]


def find_issues(rows: BrandRows, settings: EvaluateSettings) -> tuple[Issue, ...]:
    """All issues of one brand, gravest first."""
    found = [*_of_name(rows), *_of_amount(rows, settings), *_of_rows(rows, settings)]
    order = [Severity.HIGH, Severity.MEDIUM, Severity.LOW]
    return tuple(sorted(found, key=lambda issue: (order.index(issue.severity), issue.kind)))


def guidance(issues: Sequence[Issue]) -> tuple[str, ...]:
    """What the issues ask of whoever writes the rule (EVA-06)."""
    return tuple(dict.fromkeys(_GUIDANCE[i.kind] for i in issues if i.kind in _GUIDANCE))


_GUIDANCE = {
    "ambiguous name": "demand the start of the merchant's name and the brand's usual codes",
    "insufficient data": "rest the rule on the name and ask for confirmation",
    "no rows": "rest the rule on the name and ask for confirmation",
    "wallet mixture": "match with and without the wallet's text",
    "suspect codes": "do not rest the rule on codes seen through wallets only",
    "label noise": "learn from rows that bear a trace of the name",
    "shared narratives": "leave contested narratives to the tie-breaker",
}


def _issue(
    rows: BrandRows, kind: str, severity: Severity, text: str, touched: Sequence[int]
) -> Issue:
    keys = sorted(rows.keys[i] for i in touched)[:SHOWN]
    return Issue(kind, severity, text, len(touched), tuple(keys))


def _of_name(rows: BrandRows) -> Iterator[Issue]:
    everything = range(len(rows.keys))
    letters = sum(map(len, rows.words))
    if letters < 2:
        text = f"the name {rows.brand.brandname!r} has fewer than two letters or digits in ASCII"
        yield _issue(rows, "unusable name", Severity.HIGH, text, everything)
    if rows.words in {words_of(name) for name in wallet_names()}:
        yield _issue(
            rows, "named like a wallet", Severity.MEDIUM, "wallet rows hold it", everything
        )
    if rows.ambiguity.level != "low" and rows.ambiguity.reasons:
        severity = Severity.HIGH if rows.ambiguity.level == "high" else Severity.MEDIUM
        text = "; ".join(rows.ambiguity.reasons)
        yield _issue(rows, "ambiguous name", severity, text, everything)


def _of_amount(rows: BrandRows, settings: EvaluateSettings) -> Iterator[Issue]:
    count = len(rows.keys)
    if count == 0:
        yield _issue(rows, "no rows", Severity.HIGH, "no row is labelled to the brand", ())
    elif count < settings.few_rows:
        text = f"only {count} rows are labelled to the brand"
        yield _issue(rows, "insufficient data", Severity.MEDIUM, text, range(count))


def _of_rows(rows: BrandRows, settings: EvaluateSettings) -> Iterator[Issue]:
    through = rows.where(lambda i: rows.wallet[i])
    if rows.share >= settings.wallet_some:
        severity = Severity.HIGH if rows.share > settings.wallet_most else Severity.MEDIUM
        text = f"{rows.share:.0%} of its rows come through wallets"
        yield _issue(rows, "wallet mixture", severity, text, through)
    suspects = rows.where(lambda i: rows.mccids[i] in rows.suspect)
    if suspects:
        text = f"codes seen through wallets only: {', '.join(rows.suspect)}"
        yield _issue(rows, "suspect codes", Severity.LOW, text, suspects)
    if rows.out_of_sector > settings.sector_majority:
        text = f"{rows.out_of_sector:.0%} of its rows carry codes of other sectors"
        yield _issue(rows, "sector mismatch", Severity.LOW, text, range(len(rows.keys)))
    foreign = rows.where(lambda i: not _traced(rows.narratives[i], rows.words))
    if rows.keys and len(foreign) >= 2 and len(foreign) > settings.noise_share * len(rows.keys):
        text = f"{len(foreign)} of {len(rows.keys)} rows hold no word of the name"
        yield _issue(rows, "label noise", Severity.MEDIUM, text, foreign)
    contested = rows.where(lambda i: rows.contested[i])
    if contested:
        text = f"{len(contested)} rows share a narrative with another brand's"
        yield _issue(rows, "shared narratives", Severity.LOW, text, contested)
    if rows.consistency.high_variance:
        text = f"{rows.consistency.shapes} shapes in {len(rows.keys)} rows"
        yield _issue(rows, "high variance", Severity.LOW, text, range(len(rows.keys)))


def _traced(narrative: str, words: Sequence[str]) -> bool:
    joined = "".join(filter(str.isalnum, narrative))
    return any(word[:4] in joined for word in words)
