"""What a correction of one brand would do for others: proposed there, never applied (MET-13)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.app.live import Live
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.review.wanted import holding
from brand_metagen.synthesise.names import squeeze

MOST = 5
"""Brands that one correction is proposed to."""
OPPOSITE = {
    Kind.MCC_IN: Kind.MCC_OUT, Kind.MCC_OUT: Kind.MCC_IN, Kind.WORDS_OUT: Kind.WORDS_IN,
}  # fmt: skip
LEAST_MISSED = 2
"""Rows of its own that a brand has to miss for want of a code: one may be a wrong label."""


def proposals(
    live: Live, brandid: str, asked: Iterable[Constraint]
) -> Mapping[str, Sequence[Constraint]]:
    """Other brands with the trouble that a constraint mends, and the constraint for them; not those
    whose reviewers asked for the opposite."""
    found: dict[str, list[Constraint]] = defaultdict(list)
    for constraint in asked:
        for other in _troubled(live, brandid, constraint):
            if not _denied(live, other, constraint):
                found[other].append(Constraint(constraint.kind, constraint.text))
    return found


def _denied(live: Live, brandid: str, constraint: Constraint) -> bool:
    opposite = OPPOSITE.get(constraint.kind)
    asked = live.asked.get(brandid, ())
    return any((c.kind, c.text) == (opposite, constraint.text) for c in asked)


def _troubled(live: Live, brandid: str, constraint: Constraint) -> list[str]:
    if constraint.kind is Kind.WORDS_OUT:
        return _taking_words(live, brandid, constraint.text)
    if constraint.kind is Kind.MCC_OUT:
        return _without_rows_of(live, brandid, constraint.text)
    if constraint.kind is Kind.MCC_IN:
        return _missing_rows_of(live, brandid, constraint.text)
    return []


def _taking_words(live: Live, brandid: str, words: str) -> list[str]:
    """Brands that take rows with the words which are labelled to somebody else."""
    counts: Counter[str] = Counter()
    labels = live.market.combos.brandid
    for text in holding(live.knowledge.corpus, words):
        for row in live.rows_of(text):
            claims = (c.brandid for c in live.answers[row].claims)
            counts.update(b for b in claims if labels[row] not in ("", b))
    letters, phrases = squeeze(words), live.knowledge.phrases
    held = {b for b in counts if letters in phrases[b].letters}
    return _first(counts, {brandid, *held})


def _without_rows_of(live: Live, brandid: str, mccid: str) -> list[str]:
    """Brands of the sector that list the code although most rows it brings are others'."""
    counts: Counter[str] = Counter()
    combos, sector = live.market.combos, live.market.brands[brandid].sector
    for other, record in live.versions.items():
        if record.rule is None or mccid not in record.rule.mccids:
            continue
        if live.market.brands[other].sector != sector:
            continue
        rows = [i for i in live.rows(other).taken if combos.mccid[i] == mccid]
        wrong = sum(combos.brandid[i] not in ("", other) for i in rows)
        if 2 * wrong > len(rows):
            counts[other] = wrong
    return _first(counts, {brandid})


def _missing_rows_of(live: Live, brandid: str, mccid: str) -> list[str]:
    """Brands of the sector that do not list the code and miss rows of theirs that have it."""
    counts: Counter[str] = Counter()
    sector = live.market.brands[brandid].sector
    for other, record in live.versions.items():
        if record.rule is None or mccid in record.rule.mccids:
            continue
        if live.market.brands[other].sector != sector:
            continue
        missed = _named_with(live, other, mccid)
        own = sum(live.market.combos.brandid[i] == other for i in missed)
        if own >= LEAST_MISSED and 2 * own > len(missed):
            counts[other] = own
    return _first(counts, {brandid})


def _named_with(live: Live, brandid: str, mccid: str) -> list[int]:
    """Rows that hold a brand's name and have a code, and that its rule does not take."""
    taken = set(live.rows(brandid).taken)
    return [
        i for i in live.holding(brandid)
        if live.market.combos.mccid[i] == mccid and i not in taken
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spoken:
    """Rows that a lesson speaks of, by whose label they carry: what a brand's rule takes now and
    would not any more, or of a code that it would let in, what it misses."""

    own: int
    others: int
    unlabelled: int


def spoken_of(live: Live, brandid: str, constraint: Constraint) -> Spoken:
    """The market's evidence for and against a lesson at a brand."""
    combos, taken = live.market.combos, live.rows(brandid).taken
    if constraint.kind is Kind.MCC_IN:
        rows = _named_with(live, brandid, constraint.text)
    elif constraint.kind is Kind.MCC_OUT:
        rows = [i for i in taken if combos.mccid[i] == constraint.text]
    else:
        texts = set(holding(live.knowledge.corpus, constraint.text))
        rows = [i for i in taken if combos.narrative[i] in texts]
    own = sum(combos.brandid[i] == brandid for i in rows)
    unlabelled = sum(combos.brandid[i] == "" for i in rows)
    return Spoken(own, len(rows) - own - unlabelled, unlabelled)


def _first(counts: Counter[str], besides: set[str]) -> list[str]:
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [brandid for brandid, _ in ranked if brandid not in besides][:MOST]
