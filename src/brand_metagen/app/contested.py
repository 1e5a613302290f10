"""Rows that several brands claim as the market stands now, alike ones as one, the brands side by
side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from brand_metagen.app.live import Live
from brand_metagen.app.marking import Part, marker
from brand_metagen.confirm.posterior import SAID_SO
from brand_metagen.errors import NotFound
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Decision


@dataclass(frozen=True, slots=True)
class Contest:
    """Rows of one narrative and code: how many, the key of the first, and what became of them;
    claims are (brandid, probability), best first."""

    ccid: str
    bankid: str
    narrative: str
    mccid: str
    rows: int
    decision: Decision
    reason: str
    claims: tuple[tuple[str, float], ...]

    @property
    def settled(self) -> bool:
        """Whether one brand was far enough ahead, or a reviewer said whose it is."""
        return self.decision is not Decision.TIE


@dataclass(frozen=True, slots=True)
class Side:
    """One brand's claim: `parts` show what of the narrative its rule takes, `doubt` what speaks
    against it, `labelled` rows of this narrative that carry its label, `with_code` of its `own`
    rows have this code."""

    brandid: str
    brandname: str
    sector: str
    version: int
    probability: float
    doubt: str
    said_so: bool
    parts: tuple[Part, ...]
    labelled: int
    with_code: int
    own: int


def contested(live: Live, *, open_only: bool = False, brandid: str = "") -> list[Contest]:
    """Contested rows folded by narrative and code, those with the most rows first."""
    now, combos = live.now, live.market.combos
    folded: dict[tuple[str, str], list[int]] = {}
    for place, answer in enumerate(now.answers):
        if len(answer.claims) > 1 and _wanted(answer, open_only=open_only, brandid=brandid):
            folded.setdefault((combos.narrative[place], combos.mccid[place]), []).append(place)
    found = [_contest(live, now.answers[places[0]], places) for places in folded.values()]
    return sorted(found, key=lambda c: (c.settled, -c.rows, c.narrative, c.mccid))


def _wanted(answer: Answer, *, open_only: bool, brandid: str) -> bool:
    if open_only and answer.decision is not Decision.TIE:
        return False
    return not brandid or any(claim.brandid == brandid for claim in answer.claims)


def _contest(live: Live, answer: Answer, places: list[int]) -> Contest:
    combos, first = live.market.combos, places[0]
    claims = tuple((claim.brandid, claim.probability) for claim in answer.claims)
    return Contest(
        combos.ccid[first], combos.bankid[first], combos.narrative[first], combos.mccid[first],
        len(places), answer.decision, answer.reason, claims,
    )  # fmt: skip


def contest(live: Live, ccid: str, bankid: str) -> tuple[Contest, list[Side]]:
    """One contested row with the brands side by side, best first; raises NotFound for others."""
    place, combos = live.place(ccid, bankid), live.market.combos
    answer = live.now.answers[place]
    if len(answer.claims) < 2:
        raise NotFound(f"row {ccid} of bank {bankid} is not contested: {answer.reason}")
    mccid = combos.mccid[place]
    alike = [i for i in live.rows_of(combos.narrative[place]) if combos.mccid[i] == mccid]
    labels = Counter(combos.brandid[i] for i in alike)
    shown = _contest(live, answer, [place, *(i for i in alike if i != place)])
    return shown, list(_sides(live, answer, shown, labels))


def _sides(live: Live, answer: Answer, shown: Contest, labels: Counter[str]) -> Iterable[Side]:
    codes = live.market.combos.mccid
    for claim in answer.claims:
        record, brand = live.versions[claim.brandid], live.market.brands[claim.brandid]
        own = live.now.rows(claim.brandid).own
        said_so = claim.doubt == SAID_SO
        yield Side(
            claim.brandid, brand.brandname, brand.sector, record.version, claim.probability,
            "" if said_so else claim.doubt, said_so, marker(record.rule)(shown.narrative),
            labels[claim.brandid], sum(codes[i] == shown.mccid for i in own), len(own),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rival:
    """Another brand that wants rows a brand's rule takes: how many, and whose they are now."""

    brandid: str
    brandname: str
    rows: int
    ours: int
    theirs: int
    tied: int


def rivals(live: Live, brandid: str) -> list[Rival]:
    """The brands that claim rows of a brand's rule, those with the most first."""
    outcomes: dict[str, Counter[str]] = {}
    for place in live.now.rows(brandid).taken:
        answer = live.now.answers[place]
        for claim in answer.claims:
            if claim.brandid != brandid:
                counts = outcomes.setdefault(claim.brandid, Counter())
                counts[_whose(answer, brandid, claim.brandid)] += 1
    brands = live.market.brands
    found = [
        Rival(b, brands[b].brandname, n.total(), n["ours"], n["theirs"], n["tied"])
        for b, n in outcomes.items()
    ]
    return sorted(found, key=lambda r: (-r.rows, r.brandid))


def _whose(answer: Answer, ours: str, theirs: str) -> str:
    if answer.decision is Decision.TIE:
        return "tied"
    return {ours: "ours", theirs: "theirs"}.get(answer.brandid, "")
