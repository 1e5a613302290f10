"""Confirmation: from matched to confirmed, excluded or not sure; opinions on what is not sure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.agents.role import Agent, Means
from brand_metagen.confirm.opinions import Opinion, Verdict
from brand_metagen.errors import InputError
from brand_metagen.ports import Quoted, Role
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.publish.release import METADATA, load
from brand_metagen.records import Decision as Decided
from brand_metagen.records import Market
from brand_metagen.tables.normalise import normalise

ROLE = "confirmation"
MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    narrative: str
    mccid: str
    mid: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """Rows to decide on, by a release's `metadata.jsonl` (the workspace's latest by default)."""

    rows: tuple[Row, ...]
    release: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One answer per row, in order, with every brand's claim."""

    release: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model is asked for."""

    verdict: Verdict


def decide(given: Given, means: Means) -> Decision:
    """Answer for rows; raises InputError for a release that is not there or not whole."""
    if len(given.rows) > MOST_ROWS:
        raise InputError(f"{MOST_ROWS:,} rows at once; `brand-metagen classify` takes more")
    release = load(_place(given, means))
    classifier = Classifier([m.rule for m in release.metadata if m.rule], release.model)
    texts = [normalise(row.narrative) for row in given.rows]
    codes, mids = [row.mccid for row in given.rows], [row.mid for row in given.rows]
    return Decision(release.id, tuple(classifier.explained(texts, codes, mids)))


def _place(given: Given, means: Means) -> Path:
    if given.release:
        return Path(given.release)
    workspace = means.place()
    latest = workspace.store.latest_release()
    if latest is None:
        raise InputError("no release yet: `brand-metagen run` makes one, or name one")
    return workspace.releases / latest / METADATA


def opine(
    market: Market, answers: Sequence[Answer], means: Means, known: frozenset[str]
) -> Iterator[Opinion]:
    """Opinions on the narratives that are left to humans, most rows first, as far as the budget
    goes; those `known` (by their key) are not asked about again."""
    combos = market.combos
    waiting: Counter[tuple[str, str, str]] = Counter()
    for text, mccid, answer in zip(combos.narrative, combos.mccid, answers, strict=True):
        if answer.decision in (Decided.REVIEW, Decided.TIE):
            waiting[answer.brandid, text, mccid] += 1
    for brandid, text, mccid in sorted(waiting, key=lambda w: (-waiting[w], w)):
        opinion = Opinion(brandid, text, mccid, Verdict.UNSURE)
        if opinion.key in known:
            continue
        verdict = asked(market, brandid, text, mccid, means)
        if verdict is not None:
            yield Opinion(brandid, text, mccid, verdict)


def asked(market: Market, brandid: str, text: str, mccid: str, means: Means) -> Verdict | None:
    """A model's opinion on one row; None where there is none."""
    brand, mcc = market.brands[brandid], market.mccs.get(mccid)
    reply = means.ask(
        ROLE,
        f"brand {brandid}",
        Judgement,
        Quoted("brandname", (brand.brandname,)),
        Quoted("sector", (brand.sector,)),
        Quoted("narrative", (text,)),
        Quoted("code", (mccid, mcc.mcc_desc if mcc else "")),
    )
    return reply.value.verdict if reply is not None and reply.value is not None else None


def _asker(given: Given) -> Role:
    """A release by its path may be any file of this machine."""
    return Role.OPERATOR if given.release else Role.VIEWER


AGENT = Agent(
    ROLE,
    "Decides on each row a rule takes: confirmed, excluded, or left to a human, each with its "
    "probability; and how sure a brand's version is.",
    Given,
    Decision,
    decide,
    "publish.classifier.Classifier, confirm.posterior and confirm.grade",
    "an opinion (theirs, not theirs, unsure) on rows left to humans. It is noted, and counts for "
    "nothing until 50 rows with an opinion have been reviewed (agents.least_outcomes); then it "
    "shifts the row's log odds by what those reviews show it to be worth",
    (
        "confirmed from 0.80, excluded up to 0.40 (confirm.confirm, confirm.exclude), or stricter",
        "advice touches no row outside that band",
        "1,000 rows at once",
    ),
    ("consult", "confirm", "grade"),
    asker=_asker,
)
