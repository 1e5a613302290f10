"""The rows that concern one brand, each with what became of it as that brand sees it."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from brand_metagen.app.live import Key, Live
from brand_metagen.app.standing import Standing
from brand_metagen.confirm.posterior import SAID_SO
from brand_metagen.constraints import Kind
from brand_metagen.errors import InputError
from brand_metagen.match.matcher import searcher
from brand_metagen.match.readings import Search
from brand_metagen.ports import Page
from brand_metagen.publish.classifier import Answer, Opinion
from brand_metagen.records import Decision, Rule
from brand_metagen.workflow.evidence import stratum


@dataclass(frozen=True, slots=True)
class BrandRow:
    """A combo in one brand's eyes.

    `decision` and `confidence` are about this brand's claim (0 = its rule does not take the row);
    `brandid` is the best candidate, who may be another, or nobody (empty).
    """

    ccid: str
    bankid: str
    mid: str
    mccid: str
    narrative: str
    given_brandid: str
    brandid: str
    decision: Decision
    confidence: float
    reason: str

    @property
    def stratum(self) -> str:
        """The kind of its narrative, as evidence counts them."""
        return stratum(self.narrative)


@dataclass(frozen=True, slots=True)
class BrandRows:
    """A page of rows by (ccid, bankid), and how many there are of each decision on all pages."""

    rows: Page[BrandRow]
    counts: Mapping[Decision, int]


def brand_rows(
    live: Live, brandid: str, decision: Decision | None, limit: int, cursor: str | None = None
) -> BrandRows:
    """Rows labelled to a brand, taken by its rule or holding its name, those after a cursor.

    `decision` filters the rows, not the counts. Raises InputError for what is no cursor.
    """
    after = _key(cursor) if cursor else None
    now = live.now
    record = now.versions.get(brandid)
    view = _View(live, now, brandid, record.rule if record else None)
    decisions = {place: view.decision(place) for place in view.places()}
    wanted = [place for place, found in decisions.items() if decision in (None, found)]
    first = 0 if after is None else bisect_right(wanted, after, key=view.key)
    shown = tuple(map(view.row, wanted[first : first + limit]))
    last = shown[-1] if first + limit < len(wanted) else None
    counts = Counter(decisions.values())
    return BrandRows(
        Page(shown, _cursor(last) if last else None),
        {found: counts[found] for found in Decision},
    )


def rows_by_decision(
    live: Live, brandid: str, most: int
) -> Mapping[Decision, tuple[int, Sequence[BrandRow]]]:
    """For each decision how many of a brand's rows have it, and the first of them."""
    now = live.now
    record = now.versions.get(brandid)
    view = _View(live, now, brandid, record.rule if record else None)
    places: dict[Decision, list[int]] = {decision: [] for decision in Decision}
    for place in view.places():
        places[view.decision(place)].append(place)
    return {d: (len(found), tuple(map(view.row, found[:most]))) for d, found in places.items()}


def rows_of_others(live: Live, brandid: str, most: int) -> tuple[int, Sequence[BrandRow]]:
    """How many rows a brand's rule takes that carry another label, and the first of them."""
    now, labels = live.now, live.market.combos.brandid
    record = now.versions.get(brandid)
    view = _View(live, now, brandid, record.rule if record else None)
    places = [row for row in now.rows(brandid).taken if labels[row] not in ("", brandid)]
    return len(places), tuple(map(view.row, places[:most]))


def _cursor(row: BrandRow) -> str:
    return urlsafe_b64encode(json.dumps([row.ccid, row.bankid]).encode()).decode()


def _key(cursor: str) -> Key:
    try:
        ccid, bankid = json.loads(b64decode(cursor, b"-_", validate=True))
    except (ValueError, TypeError, RecursionError):
        ccid = bankid = None
    if not (isinstance(ccid, str) and isinstance(bankid, str)):
        raise InputError("this is no cursor of these rows; take `next` of the page before")
    return ccid, bankid


@dataclass(frozen=True)
class _View:
    """The market from one brand's window."""

    live: Live
    now: Standing
    brandid: str
    rule: Rule | None

    def places(self) -> Sequence[int]:
        """Where the brand's rows stand, in order of (ccid, bankid) as the market has them."""
        known = self.now.rows(self.brandid)
        named = self.live.holding(self.brandid) if self.brandid in self.live.market.brands else ()
        return sorted({*known.own, *known.taken, *named})

    def key(self, place: int) -> Key:
        combos = self.live.market.combos
        return combos.ccid[place], combos.bankid[place]

    def claim(self, answer: Answer) -> Opinion | None:
        return next((c for c in answer.claims if c.brandid == self.brandid), None)

    def decision(self, place: int) -> Decision:
        answer = self.now.answers[place]
        if self.claim(answer) is None:
            return Decision.UNMATCHED
        if answer.brandid == self.brandid or answer.decision is Decision.TIE:
            return answer.decision
        return Decision.EXCLUDED

    def row(self, place: int) -> BrandRow:
        answer, combos = self.now.answers[place], self.live.market.combos
        claim = self.claim(answer)
        return BrandRow(
            ccid=combos.ccid[place],
            bankid=combos.bankid[place],
            mid=combos.mid[place],
            mccid=combos.mccid[place],
            narrative=combos.narrative[place],
            given_brandid=combos.brandid[place],
            brandid=answer.brandid,
            decision=self.decision(place),
            confidence=claim.probability if claim else 0.0,
            reason=self._reason(place, answer, claim),
        )

    def _reason(self, place: int, answer: Answer, claim: Opinion | None) -> str:
        if claim is not None and answer.brandid == self.brandid:
            return answer.reason + (self._who(place) if claim.doubt == SAID_SO else "")
        other = self._named(answer.brandid) if answer.brandid else ""
        if claim is None:
            why = self._missed(place)
            return f"{why}; {held(answer.decision, other)}" if other else why
        if answer.decision is Decision.TIE:
            return f"also {other} at {answer.confidence:.2f}"
        return held(answer.decision, other)

    def _who(self, place: int) -> str:
        """Who said that a row belongs, and in which remark."""
        combos = self.live.market.combos
        here = (combos.narrative[place], combos.mccid[place])
        for c in self.now.asked.get(self.brandid, ()):
            if c.kind is Kind.BELONGS and c.row and (c.row.narrative, c.row.mccid) == here:
                return f": {c.author} in {c.feedback_id}" if c.feedback_id else f": {c.author}"
        return ""

    def _missed(self, place: int) -> str:
        """Why the rule does not take a row."""
        combos = self.live.market.combos
        text, mccid = combos.narrative[place], combos.mccid[place]
        if self._patterns is None:
            return "the brand has no rule"
        include, exclude = self._patterns
        if include(text) is None:
            return "no pattern matches"
        if exclude is not None and (shut := exclude(text)) is not None:
            return f"shut out by {shut.group()!r}"
        return f"code {mccid} is not listed"

    @cached_property
    def _patterns(self) -> tuple[Search, Search | None] | None:
        if self.rule is None:
            return None
        shut = searcher(self.rule.exclude) if self.rule.exclude else None
        return searcher(self.rule.include), shut

    def _named(self, brandid: str) -> str:
        brand = self.live.market.brands.get(brandid)
        return f"{brandid} {brand.brandname}" if brand else brandid


def held(decision: Decision, other: str) -> str:
    """What another brand has of a row, by the decision and its name.

    >>> held(Decision.CONFIRMED, "12 STAR")
    'given to 12 STAR'
    """
    if decision is Decision.CONFIRMED:
        return f"given to {other}"
    if decision is Decision.EXCLUDED:
        return f"nearer to {other}, but not given to it"
    return f"nearer to {other}, left to a human"
