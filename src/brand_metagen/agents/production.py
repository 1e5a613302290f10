"""Metadata production: a brand's rule, learned and proven; other spellings may be proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from brand_metagen.agents.given import MarketGiven, market_of
from brand_metagen.agents.role import Agent, Means
from brand_metagen.app.runs import public_names
from brand_metagen.ports import Quoted, Role
from brand_metagen.records import Market
from brand_metagen.synthesise.advised import KIND, Proposed, considered, unexplained
from brand_metagen.synthesise.knowledge import gather
from brand_metagen.synthesise.learn import Learned, learn_brand

ROLE = "metadata production"
LEAST = 3
"""Narratives without a trace of the name from which a model is asked."""
SHOWN = 40
"""Narratives that a model is shown."""


@dataclass(frozen=True, slots=True)
class Given:
    """A brand, the market its rule is proven on (the last run's when left out), and spellings that
    somebody proposes."""

    brandid: str
    market: MarketGiven | None = None
    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spellings:
    """What a model is asked for: other names the brand is printed under, and patterns in the
    portable rule language."""

    aliases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule, what of the proposals is in it, and what was refused before it was tried.

    `advice` says how asking a model went; empty = none was asked.
    """

    learned: Learned
    proven: tuple[str, ...]
    unproven: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]
    advice: str = ""


def decide(given: Given, means: Means) -> Decision:
    """Learn one brand's rule, proposals among its candidates."""
    market = market_of(given.market, given.brandid, means)
    proposed, advice = Proposed(given.aliases, given.patterns), ""
    if rows := unexplained(market, [given.brandid]).get(given.brandid, ()):
        asked, advice = propose(market, given.brandid, rows, means)
        proposed = Proposed(
            (*proposed.aliases, *asked.aliases), (*proposed.patterns, *asked.patterns)
        )
    looked = considered(proposed)
    knowledge = gather(market, public_names(), means.settings.learn)
    knowledge = replace(knowledge, advised={given.brandid: looked.candidates})
    learned = learn_brand(knowledge, given.brandid, means.settings.workflow.max_iterations)
    printed = {p.pattern for p in learned.rule.pieces if p.kind == KIND} if learned.rule else set()
    return Decision(
        learned,
        tuple(c.pattern for c in looked.candidates if c.pattern in printed),
        tuple(c.pattern for c in looked.candidates if c.pattern not in printed),
        looked.refused,
        advice,
    )


def propose(
    market: Market, brandid: str, rows: Sequence[str], means: Means
) -> tuple[Proposed, str]:
    """What a model proposes for a brand whose `rows` nothing explains, and how asking it went."""
    brand = market.brands[brandid]
    if len(rows) < LEAST:
        return Proposed(), ""
    reply = means.ask(
        ROLE,
        f"brand {brandid}",
        Spellings,
        Quoted("brandname", (brand.brandname,)),
        Quoted("sector", (brand.sector,)),
        Quoted("narratives", tuple(rows[:SHOWN])),
    )
    if reply is None:
        return Proposed(), ""
    if reply.value is None:
        return Proposed(), f"{reply.missing}: {reply.said}"
    return Proposed(reply.value.aliases, reply.value.patterns), "advice"


def propose_all(market: Market, brandids: Sequence[str], means: Means) -> Mapping[str, Proposed]:
    """What a model proposes for brands of a run, those with most rows that nothing explains
    first; the budget decides how many are asked about."""
    rows = unexplained(market, brandids)
    order = sorted(rows, key=lambda b: (-len(rows[b]), b))
    found = {b: propose(market, b, rows[b], means)[0] for b in order}
    return {b: proposed for b, proposed in sorted(found.items()) if proposed != Proposed()}


AGENT = Agent(
    ROLE,
    "Learns a brand's rule from the market, proves it there, narrows it until it holds, or "
    "abstains with a reason.",
    Given,
    Decision,
    decide,
    "synthesise.learn.learn_brand",
    "other names and patterns for rows that bear no trace of the brand's name. Each is a candidate "
    "like any other: it must newly take at least 3 narratives of the brand's own, not all the same "
    "but for digits, and no more of others' than usual label noise",
    (
        "5 names and 5 patterns a brand, 60 characters each, in the portable language only",
        "a model sees 40 narratives of the brand at the most, masked",
        "5 narrowings of a rule (workflow.max_iterations), then a human",
    ),
    ("advise", "synthesise"),
    asker=Role.REVIEWER,
)
