"""Commercial assessment: whether the world knows a brand, and whether its sector fits."""

from __future__ import annotations

from dataclasses import dataclass

from brand_metagen.agents.role import Agent, Means
from brand_metagen.ports import Quoted
from brand_metagen.registry.brands import KnownBrand, lookup
from brand_metagen.registry.sectors import category

ROLE = "commercial assessment"
MOST_NAMES = 5
"""Names of a model that are looked up."""


@dataclass(frozen=True, slots=True)
class Given:
    """A brand as the customer names it."""

    brandname: str
    sector: str = ""


@dataclass(frozen=True, slots=True)
class Official:
    """What a model is asked for: the names the company is known under."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What the registry says. `look_first` = unknown, so that a human should look (MCP-03).

    `fits` is None where there is nothing to compare; `proposed_by` is empty, or `adviser` where the
    name that was found is a model's and the registry bears it out.
    """

    known: bool
    look_first: bool
    names: tuple[str, ...]
    sectors: tuple[str, ...]
    usual_mccids: tuple[str, ...]
    fits: bool | None
    proposed_by: str = ""


def decide(given: Given, means: Means) -> Decision:
    """Look the name up; where it is unknown, look up what a model proposes."""
    found, by = lookup(given.brandname), ""
    if not found:
        found = _proposed(given, means)
        by = "adviser" if found else ""
    sectors = tuple(dict.fromkeys(brand.sector for brand in found))
    codes = (c for b in found for c in category(b.category).usual_mccids)
    same = {s.casefold() for s in sectors}
    fits = given.sector.casefold() in same if given.sector and sectors else None
    return Decision(
        bool(found),
        not found or bool(by) or fits is False,
        tuple(dict.fromkeys(brand.name for brand in found)),
        sectors,
        tuple(dict.fromkeys(codes)),
        fits,
        by,
    )


def _proposed(given: Given, means: Means) -> tuple[KnownBrand, ...]:
    """The first of a model's names that the registry knows in the brand's own sector."""
    reply = means.ask(
        ROLE,
        given.brandname[:80],
        Official,
        Quoted("brandname", (given.brandname,)),
        Quoted("sector", (given.sector,)),
    )
    names = reply.value.names[:MOST_NAMES] if reply is not None and reply.value else ()
    for name in names:
        found = tuple(b for b in lookup(name) if b.sector.casefold() == given.sector.casefold())
        if found:
            return found
    return ()


AGENT = Agent(
    ROLE,
    "Says whether the registry of known brands has a brand, under which names, and whether the "
    "sector fits.",
    Given,
    Decision,
    decide,
    "registry.brands.lookup",
    "names an unknown brand is known under; one counts only where the registry has it in the same "
    "sector, and a human looks first even then",
    ("facts are for human eyes: they decide no row", "5 names a brand"),
    ("commercial",),
)
