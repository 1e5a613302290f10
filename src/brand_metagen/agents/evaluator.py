"""Evaluator: what a brand's rows are worth, before anything is learned from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from brand_metagen.agents.given import MarketGiven, market_of
from brand_metagen.agents.role import Agent, Means
from brand_metagen.app.runs import public_names
from brand_metagen.evaluate.evaluate import Evaluation, evaluate_market
from brand_metagen.records import Severity


@dataclass(frozen=True, slots=True)
class Given:
    """A brand, and the market it is judged in (the last run's when left out)."""

    brandid: str
    market: MarketGiven | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a human should look before a rule is believed, and everything that was found."""

    look_first: bool
    reasons: tuple[str, ...]
    evaluation: Evaluation


def decide(given: Given, means: Means) -> Decision:
    """Evaluate one brand."""
    market = market_of(given.market, given.brandid, means)
    market = replace(market, to_check=(given.brandid,))
    found = evaluate_market(market, means.settings.evaluate, public_names())[given.brandid]
    grave = [issue for issue in found.issues if issue.severity is Severity.HIGH]
    return Decision(bool(grave), tuple(issue.description for issue in grave), found)


AGENT = Agent(
    "evaluator",
    "Says what a brand's own rows are worth: wallets, ambiguous names, odd codes, too few rows.",
    Given,
    Decision,
    decide,
    "evaluate.evaluate.evaluate_market",
    "none: everything it says is counted",
    ("judges by the rows of one market alone", "ambiguity is found in the market, never in a list"),
    ("evaluate",),
)
