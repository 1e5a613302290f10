"""What each piece of a brand's rule is worth on the market: rows it adds, rows it keeps out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from brand_metagen.app.live import Live
from brand_metagen.app.marking import matched_by
from brand_metagen.records import Rule


@dataclass(frozen=True, slots=True)
class Worth:
    """Rows of the market that a piece of a rule takes (`rows`), and those no other piece does."""

    rows: int
    adds: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Rows that a rule would take without what it shuts out; `own` carry the brand's label."""

    rows: int
    own: int


def worths(live: Live, brandid: str, rule: Rule) -> list[Worth]:
    """The worth of every piece of the brand's rule, in their order."""
    finders, narratives = matched_by(rule), live.market.combos.narrative
    rows, adds = Counter[int](), Counter[int]()
    for text, count in Counter(narratives[i] for i in live.now.rows(brandid).taken).items():
        takers = [piece for piece, find in enumerate(finders) if find(text) is not None]
        rows.update(dict.fromkeys(takers, count))
        if len(takers) == 1:
            adds[takers[0]] += count
    return [Worth(rows[piece], adds[piece]) for piece in range(len(finders))]


def saved(live: Live, brandid: str, rule: Rule) -> Saved | None:
    """What the rule's exclusion keeps out; None where there is none."""
    if rule.exclude is None:
        return None
    kept_out = _more(live.taking(replace(rule, exclude=None)), live.now.rows(brandid).taken)
    labels = live.market.combos.brandid
    return Saved(len(kept_out), sum(labels[place] == brandid for place in kept_out))


def _more(these: Sequence[int], than: Sequence[int]) -> list[int]:
    known = set(than)
    return [place for place in these if place not in known]
