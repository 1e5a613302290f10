"""Tiebreaker: several brands claim one row; one wins by probability, or a human decides."""

from __future__ import annotations

from dataclasses import dataclass

from brand_metagen.agents.role import Agent, Means
from brand_metagen.errors import InputError
from brand_metagen.resolve.ties import resolve


@dataclass(frozen=True, slots=True)
class Claim:
    """One brand's claim: the probability that the row is its, each on its own."""

    brandid: str
    probability: float


@dataclass(frozen=True, slots=True)
class Given:
    """The claims on one row."""

    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose the row is if it is settled; else the best claim, for a human to decide."""

    settled: bool
    brandid: str
    lead: float
    reason: str


def decide(given: Given, means: Means) -> Decision:
    """Rank the claims; raises InputError for none, or for what is no probability."""
    if not given.claims or not all(0 <= c.probability <= 1 for c in given.claims):
        raise InputError("give one or more claims, each with a probability between 0 and 1")
    limits = means.settings.confirm
    found = resolve(given.claims, limits.win, limits.lead)
    best = given.claims[found.best]
    wanted = f"{limits.win:g} and a lead of {limits.lead:g} are wanted"
    reason = f"{best.brandid} at {best.probability:.2f}, ahead by {found.lead:.2f}; {wanted}"
    return Decision(found.settled, best.brandid, found.lead, reason)


AGENT = Agent(
    "tiebreaker",
    "Settles rows that several brands claim, or leaves them to a human.",
    Given,
    Decision,
    decide,
    "resolve.ties.resolve",
    "an opinion on rows left to humans (see confirmation); it settles no tie",
    (
        "a brand wins at 0.80 with a lead of 0.20 (confirm.win, confirm.lead)",
        "pattern length plays no part",
    ),
    ("resolve",),
)
