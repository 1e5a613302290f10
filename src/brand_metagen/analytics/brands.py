"""What the record says of single brands (LA-11, LA-17), and how figures of brands go together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from brand_metagen.analytics.history import DECIDING, Deed, History, Stretch, first_looks, within
from brand_metagen.analytics.stats import Interval, spearman

STRONG, WEAK = 0.7, 0.3
"""Bounds of a correlation that is called strong, and weak (LA-13)."""


@dataclass(frozen=True, slots=True)
class BrandFigures:
    """One brand in a span: remarks and decisions on it, looks until it was approved (0 = not yet),
    the categories of its remarks, confidence as the span began and ended, rows that humans moved,
    cases."""

    brandid: str
    brandname: str
    sector: str
    remarks: int
    decisions: int
    rounds: int
    approved: bool
    categories: Mapping[str, int]
    first_confidence: float
    confidence: float
    moved_rows: int
    cases: int
    approved_at_first: bool | None = None
    """Whether its first look in the span ended in approval; None = there was none."""


def by_brand(history: History, span: Stretch) -> list[BrandFigures]:
    """Every brand that anything happened to, those with the most remarks first."""
    deeds: dict[str, list[Deed]] = defaultdict(list)
    for deed in within(history, span):
        deeds[deed.brandid].append(deed)
    cases = Counter(c.brandid for c in history.cases if span.holds(c.opened_at))
    categories: dict[str, Counter[str]] = defaultdict(Counter)
    for remark in history.remarks:
        if span.holds(remark.given_at):
            categories[remark.brandid][remark.category] += 1
    first, last = _confidences(history, span)
    looks: dict[str, bool] = {}
    for deed in first_looks(history):
        if span.holds(deed.at):
            looks.setdefault(deed.brandid, deed.action == "approve")
    ids = sorted((set(deeds) | set(cases) | set(categories)) - {""})
    found = [
        BrandFigures(
            brandid,
            history.names.get(brandid, ""),
            history.sectors.get(brandid, ""),
            categories[brandid].total(),
            sum(d.action in DECIDING for d in deeds[brandid]),
            max((1 + d.round for d in deeds[brandid] if d.action in DECIDING), default=0),
            any(d.action == "approve" and not d.pending for d in deeds[brandid]),
            dict(sorted(categories[brandid].items())),
            first.get(brandid, 0.0),
            last.get(brandid, 0.0),
            sum(d.gained + d.lost for d in deeds[brandid]),
            cases[brandid],
            looks.get(brandid),
        )
        for brandid in ids
    ]
    return sorted(found, key=lambda b: (-b.remarks, -b.rounds, b.brandid))


def _confidences(history: History, span: Stretch) -> tuple[dict[str, float], dict[str, float]]:
    """Of each brand as the span began (its first version in it, where it had none) and ended; the
    numbers of versions decide, not the clocks of who made them."""
    before: dict[str, float] = {}
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    for version in sorted(history.versions, key=lambda v: v.version):
        if version.made_at < span.begin:
            before[version.brandid] = version.confidence
        if version.made_at < span.end:
            first.setdefault(version.brandid, version.confidence)
            last[version.brandid] = version.confidence
    return {**first, **before}, last


Figure = Callable[[BrandFigures], float]

FIGURES: Mapping[str, Figure] = {
    "remarks": lambda b: float(b.remarks),
    "decisions": lambda b: float(b.decisions),
    "rounds": lambda b: float(b.rounds),
    "approved": lambda b: float(b.approved),
    "first_confidence": lambda b: b.first_confidence,
    "confidence": lambda b: b.confidence,
    "moved_rows": lambda b: float(b.moved_rows),
    "cases": lambda b: float(b.cases),
}
"""What can be correlated over brands, by name."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two figures of brands go together: Spearman's rho, its interval, and in words."""

    x: str
    y: str
    brands: int
    rho: float | None
    interval: Interval | None

    @property
    def says(self) -> str:
        """In words; strong and weak as LA-13 has them, and nothing where zero is not excluded.

        >>> Correlation("rounds", "remarks", 9, 0.8, (0.3, 0.95)).says
        'strong'
        >>> Correlation("rounds", "remarks", 9, -0.2, (-0.7, 0.5)).says
        'none that could be told from chance'
        """
        if self.rho is None or self.interval is None:
            return "too few brands, or one figure is the same for all"
        if self.interval[0] <= 0 <= self.interval[1]:
            return "none that could be told from chance"
        size = abs(self.rho)
        word = "strong" if size >= STRONG else "weak" if size < WEAK else "moderate"
        return word if self.rho > 0 else f"{word}, inverse"


def correlate(history: History, span: Stretch, x: str, y: str) -> Correlation:
    """The correlation of two figures over the brands of a span; KeyError for unknown figures."""
    brands = by_brand(history, span)
    found = spearman([FIGURES[x](b) for b in brands], [FIGURES[y](b) for b in brands])
    return Correlation(x, y, len(brands), found[0] if found else None, found[1] if found else None)
