"""Commercial assessment: whether the world knows a brand, and whether its sector fits."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from brand_metagen.agents.role import Agent, Means
from brand_metagen.app.known_facts import PackagedFacts, packaged_facts
from brand_metagen.ports import Fact, Facts, Fit, Known, MarketUse, Quoted, Role, RunState
from brand_metagen.records import Brand
from brand_metagen.registry.brands import usual_mccids
from brand_metagen.workflow.commercial import market_use

ROLE = "commercial assessment"
MOST_NAMES = 5
"""Names of a model that are looked up."""
FITS = (Fit.STRONG, Fit.VALID)


@dataclass(frozen=True, slots=True)
class Given:
    """A brand as the customer names it; with its id, its own rows prove nothing of its sector."""

    brandname: str
    sector: str = ""
    brandid: str = ""


@dataclass(frozen=True, slots=True)
class Official:
    """What a model is asked for: the names the company is known under."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What is said of the brand, as a run asks it. `look_first` = unknown, or its sector does not
    fit, so that a human should look (MCP-03).

    `proposed_by` is empty, or `adviser` where the name that was found is a model's and the packaged
    table bears it out.
    """

    known: bool
    look_first: bool
    fact: Fact
    usual_mccids: tuple[str, ...]
    proposed_by: str = ""


def decide(given: Given, means: Means) -> Decision:
    """Ask whom a run asks: the servers of the workspace, then the packaged table; where they do not
    know the name, look up what a model proposes."""
    use = _use(means)
    with _facts(means, use) as facts:
        fact, by = facts.about(Brand(given.brandid, given.brandname, given.sector)), ""
    if fact.known is Known.UNKNOWN and (proposed := _proposed(given, means, use)):
        fact, by = proposed, "adviser"
    known = fact.known is Known.KNOWN
    look = not known or bool(by) or fact.fit is Fit.MISMATCH
    return Decision(known, look, fact, usual_mccids(fact.name) if known else (), by)


def _facts(means: Means, use: MarketUse) -> AbstractContextManager[Facts]:
    if means.workspace is not None and means.workspace.facts is not None:
        return means.workspace.facts(use)
    return packaged_facts(means.settings.mcp, use)


def _use(means: Means) -> MarketUse:
    """How the market of the last run uses codes; nothing where there is none."""
    workspace = means.workspace
    if workspace is None or workspace.store.latest_run(RunState.COMPLETED) is None:
        return {}
    return market_use(means.live().market)


def _proposed(given: Given, means: Means, use: MarketUse) -> Fact | None:
    """The first of a model's names that the packaged table knows in the brand's own sector."""
    reply = means.ask(
        ROLE,
        given.brandname[:80],
        Official,
        Quoted("brandname", (given.brandname,)),
        Quoted("sector", (given.sector,)),
    )
    names = reply.value.names[:MOST_NAMES] if reply is not None and reply.value else ()
    table = PackagedFacts(means.settings.mcp, use)
    for name in names:
        found = table.about(Brand(given.brandid, name, given.sector))
        if found.known is Known.KNOWN and found.fit in FITS:
            return found
    return None


AGENT = Agent(
    ROLE,
    "Says whether the commercial world knows a brand, under which names, and whether the sector "
    "fits.",
    Given,
    Decision,
    decide,
    "the facts of a run (ports.Facts): servers of mcp.json, then app.known_facts.PackagedFacts",
    "names an unknown brand is known under; one counts only where the packaged table has it and "
    "the sector fits, and a human looks first even then",
    ("facts are for human eyes: they decide no row", "5 names a brand"),
    ("commercial",),
    asker=Role.REVIEWER,
)
