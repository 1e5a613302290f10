"""What may be wrong with a brand's rows or name, each with its severity and the rows it touches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.ambiguity import Ambiguity, Words, split_words, words_of
from brand_metagen.evaluate.consistency import Consistency
from brand_metagen.evaluate.wallets import WalletHit, wallets
from brand_metagen.records import Brand, Issue, Severity

SHOWN = 10
"""Affected combos listed with an issue."""
SUSPECTS = 2
"""Rows without a trace of the name from which they are worth a line."""
VOWELS = str.maketrans(dict.fromkeys("AEIOU"))


@dataclass(frozen=True, slots=True)
class BrandRows:
    """A brand's labelled rows as parallel columns."""

    brand: Brand
    words: Words
    """The words of its name."""
    keys: tuple[tuple[str, str], ...]
    narratives: tuple[str, ...]
    mccids: tuple[str, ...]
    hits: tuple[WalletHit | None, ...]
    rivals: tuple[frozenset[str], ...]
    """Other brands that the same narrative is labelled to."""
    unusual: frozenset[str]
    """Codes that the other brands of its sector hardly use."""

    def where(self, test: Callable[[int], bool]) -> list[int]:
        """Positions of the rows that pass a test."""
        return [i for i in range(len(self.keys)) if test(i)]

    def merchants(self) -> list[str]:
        """Narratives without what a wallet put before them."""
        return [
            text[hit.prefix_length :] if hit else text
            for text, hit in zip(self.narratives, self.hits, strict=True)
        ]

    def wallet_share(self) -> float:
        """Share of rows that came through a wallet."""
        return sum(hit is not None for hit in self.hits) / len(self.hits) if self.hits else 0.0

    def suspect_mccs(self) -> tuple[str, ...]:
        """Codes in wallet rows only; none if there are no other rows to hold them against."""
        direct = {m for m, hit in zip(self.mccids, self.hits, strict=True) if hit is None}
        return tuple(sorted(set(self.mccids) - direct)) if direct else ()


@dataclass(frozen=True, slots=True)
class Findings:
    """What was measured of a brand beside its own rows."""

    consistency: Consistency
    ambiguity: Ambiguity
    out_of_sector: float


def find_issues(rows: BrandRows, found: Findings, settings: EvaluateSettings) -> tuple[Issue, ...]:
    """All issues of one brand, gravest first."""
    issues = [
        *_of_name(rows),
        *_of_meaning(rows, found.ambiguity),
        *_of_amount(rows, settings),
        *_of_wallets(rows, settings),
        *_of_labels(rows, settings),
        *_of_evenness(rows, found, settings),
    ]
    order = [Severity.HIGH, Severity.MEDIUM, Severity.LOW]
    return tuple(sorted(issues, key=lambda issue: (order.index(issue.severity), issue.kind)))


def guidance(issues: Sequence[Issue]) -> tuple[str, ...]:
    """What the issues ask of whoever writes the rule (EVA-06)."""
    return tuple(dict.fromkeys(_GUIDANCE[i.kind] for i in issues if i.kind in _GUIDANCE))


_GUIDANCE = {
    "ambiguous name": "demand the start of the merchant's name and the brand's usual codes",
    "insufficient data": "rest the rule on the name and ask for confirmation",
    "label noise": "learn from rows that bear a trace of the name",
    "named like a town": "do not take the name where it ends a narrative",
    "named like a wallet": "do not take rows that only come through the wallet of that name",
    "no rows": "rest the rule on the name and ask for confirmation",
    "non-Latin name": "rest the rule on what its rows have in common, not on the name",
    "shared narratives": "leave contested narratives to the tie-breaker",
    "suspect codes": "do not rest the rule on codes seen through wallets only",
    "unusable name": "rest the rule on what its rows have in common, not on the name",
    "wallet mixture": "match with and without the wallet's text",
}


def _issue(
    rows: BrandRows, kind: str, severity: Severity, text: str, touched: Sequence[int]
) -> Issue:
    keys = sorted(rows.keys[i] for i in touched)[:SHOWN]
    return Issue(kind, severity, text, len(touched), tuple(keys))


def _of_name(rows: BrandRows) -> Iterator[Issue]:
    everything, name = range(len(rows.keys)), rows.brand.brandname
    if sum(map(len, rows.words)) < 2:
        if any(map(str.isalpha, name)) and not rows.words:
            kind, text = "non-Latin name", f"the name {name!r} has no letter that narratives use"
        else:
            kind, text = "unusable name", f"the name {name!r} has fewer than two letters or digits"
        yield _issue(rows, kind, Severity.HIGH, text, everything)
    if rows.words in _wallet_words():
        text = f"the name {name!r} is also what a wallet prints before merchants"
        yield _issue(rows, "named like a wallet", Severity.MEDIUM, text, everything)


@cache
def _wallet_words() -> frozenset[Words]:
    names = (text for wallet in wallets() for text in (wallet.name, *wallet.spellings))
    return frozenset(map(words_of, names))


def _of_meaning(rows: BrandRows, ambiguity: Ambiguity) -> Iterator[Issue]:
    everything = range(len(rows.keys))
    if ambiguity.place_like:
        text = "the name ends other brands' narratives as towns do"
        yield _issue(rows, "named like a town", Severity.MEDIUM, text, everything)
    if ambiguity.level != "low" and ambiguity.reasons:
        severity = Severity.HIGH if ambiguity.level == "high" else Severity.MEDIUM
        text = "; ".join(ambiguity.reasons)
        yield _issue(rows, "ambiguous name", severity, text, everything)


def _of_amount(rows: BrandRows, settings: EvaluateSettings) -> Iterator[Issue]:
    count = len(rows.keys)
    if count == 0:
        yield _issue(rows, "no rows", Severity.HIGH, "no row is labelled to the brand", ())
    elif count < settings.few_rows:
        text = f"only {count} rows are labelled to the brand"
        yield _issue(rows, "insufficient data", Severity.MEDIUM, text, range(count))


def _of_wallets(rows: BrandRows, settings: EvaluateSettings) -> Iterator[Issue]:
    share = rows.wallet_share()
    if share >= settings.wallet_some:
        severity = Severity.HIGH if share > settings.wallet_most else Severity.MEDIUM
        text = f"{share:.0%} of its rows come through wallets"
        touched = rows.where(lambda i: rows.hits[i] is not None)
        yield _issue(rows, "wallet mixture", severity, text, touched)
    # A code that its whole sector uses is no less the brand's for having come through a wallet.
    suspect = [mccid for mccid in rows.suspect_mccs() if mccid in rows.unusual]
    if suspect:
        text = f"codes of other sectors seen through wallets only: {', '.join(suspect)}"
        touched = rows.where(lambda i: rows.mccids[i] in suspect)
        yield _issue(rows, "suspect codes", Severity.LOW, text, touched)


def _of_labels(rows: BrandRows, settings: EvaluateSettings) -> Iterator[Issue]:
    foreign = rows.where(lambda i: not traced(rows.narratives[i], rows.words))
    if len(foreign) >= SUSPECTS and len(foreign) > settings.noise_share * len(rows.keys):
        text = f"{len(foreign)} of {len(rows.keys)} rows bear no trace of the name"
        yield _issue(rows, "label noise", Severity.MEDIUM, text, foreign)
    contested = rows.where(lambda i: bool(rows.rivals[i]))
    if contested:
        text = f"{len(contested)} rows share a narrative with another brand's"
        yield _issue(rows, "shared narratives", Severity.LOW, text, contested)


def _of_evenness(rows: BrandRows, found: Findings, settings: EvaluateSettings) -> Iterator[Issue]:
    if found.out_of_sector > settings.sector_majority:
        text = f"{found.out_of_sector:.0%} of its rows carry codes of other sectors"
        touched = rows.where(lambda i: rows.mccids[i] in rows.unusual)
        yield _issue(rows, "sector mismatch", Severity.LOW, text, touched)
    if found.consistency.high_variance:
        text = f"{found.consistency.shapes} shapes in {len(rows.keys)} rows"
        yield _issue(rows, "high variance", Severity.LOW, text, range(len(rows.keys)))


def traced(narrative: str, words: Words) -> bool:
    """Whether the narrative may spell the name: a word's start, consonants, initials, first word.

    A name without usable letters says nothing, so nothing is held against its rows.

    >>> traced("SQ *STRBCKS LEEDS", ("STARBUCKS",)), traced("BP FORTON", ("STARBUCKS",))
    (True, False)
    """
    if sum(map(len, words)) < 2:
        return True
    joined = "".join(filter(str.isalnum, narrative))
    if any(start in joined for start in _starts(words)):
        return True
    consonants = "".join(words).translate(VOWELS)[:4]
    if len(consonants) == 4 and consonants in joined.translate(VOWELS):
        return True
    shorts = ("".join(word[0] for word in words), words[0]) if len(words) > 1 else ()
    printed = split_words(narrative)
    return any(len(short) > 1 and short in printed for short in shorts)


@cache
def _starts(words: Words) -> frozenset[str]:
    """Starts of the telling words: of four letters or more, else of the name in one piece."""
    long = [word for word in words if len(word) >= 4]
    return frozenset(word[:4] for word in long or ["".join(words)])
