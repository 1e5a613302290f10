"""Servers asked about a brand in order, then the packaged table; within the budget of a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from brand_metagen.app.catalogue import fit_of
from brand_metagen.app.known_facts import PackagedFacts
from brand_metagen.config import McpSettings
from brand_metagen.mcp.servers_file import ServerSpec
from brand_metagen.mcp.sources import Outcome, Reply, Sources
from brand_metagen.ports import Fact, Facts, Fit, Known, MarketUse
from brand_metagen.records import Brand
from brand_metagen.registry.alignment import folded
from brand_metagen.registry.brands import squeeze

MOST_MENTIONS = 5
MENTION_CHARS = 300
SURE = 0.99
"""Likeness from which a brand that a server found is the one asked about: spelt alike."""


class ServerFacts:
    """What the servers say of a brand: the first that knows it is believed to be worth showing.

    A server that knows none of that name is followed by the next one, and at the end by the
    packaged table. Beyond the budget only that is asked.
    """

    def __init__(
        self,
        sources: Sources,
        settings: McpSettings,
        market: MarketUse,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources, self._settings, self._monotonic = sources, settings, monotonic
        self._last = PackagedFacts(settings, market)
        self._calls = 0
        self._until = monotonic() + settings.run_seconds

    def about(self, brand: Brand) -> Fact:
        """Never raises for what servers do."""
        packaged = self._last.about(brand)
        texts: Fact | None = None
        troubles: list[str] = []
        for spec in self._sources.specs:
            if spec.question is None:
                continue
            if self._calls >= self._settings.run_calls or self._monotonic() >= self._until:
                troubles.append("the run's budget for questions is used up")
                break
            self._calls += 1
            found, trouble = self._ask(spec, brand)
            if trouble:
                troubles.append(f"{spec.name}: {trouble}")
            if found is not None and found.known is Known.KNOWN:
                return replace(found, note="; ".join(troubles))
            texts = texts or found
        if packaged.known is Known.UNKNOWN and texts is not None:
            packaged = replace(packaged, mentions=texts.mentions, source=texts.source)
        note = "; ".join(part for part in (packaged.note, *troubles) if part)
        return replace(packaged, note=note)

    def _ask(self, spec: ServerSpec, brand: Brand) -> tuple[Fact | None, str]:
        assert spec.question is not None
        reply = self._sources.ask(spec, spec.question.tool, spec.question.about(brand.brandname))
        if not reply.good:
            return None, f"{reply.kind} ({reply.message})"
        trouble = "" if reply.outcome is not Outcome.LAST_GOOD else f"{reply.kind}; an older answer"
        if "brands" in reply.answer and "known" in reply.answer:
            return self._named(brand, reply), trouble
        return _mentioned(brand, reply), trouble

    def _named(self, brand: Brand, reply: Reply) -> Fact | None:
        """What a server that speaks as ours does found under exactly that name."""
        hits: list[Mapping[str, Any]] = [
            hit for hit in reply.answer["brands"] if hit["likeness"] >= SURE and _same(hit, brand)
        ]
        if not hits:
            return None
        first = hits[0]
        sectors = list(dict.fromkeys(hit["sector"] for hit in hits if hit["sector"]))
        agrees = any(folded(sector) == folded(brand.sector) for sector in sectors)
        alignment = None if not sectors else float(agrees)
        return Fact(
            brand.brandid,
            Known.KNOWN,
            name=first["brandname"],
            sector=first["sector"],
            fit=fit_of(alignment, self._settings),
            alignment=alignment,
            alternatives=() if agrees else tuple(sectors[:3]),
            aliases=tuple(dict.fromkeys(a for hit in hits for a in hit["aliases"])),
            regions=tuple(sorted({r for hit in hits for r in hit["regions"]})),
            wikidata=first["wikidata"],
            source=reply.server,
            age_seconds=reply.age_seconds,
        )


def _same(hit: Mapping[str, Any], brand: Brand) -> bool:
    names = {squeeze(name) for name in (hit["brandname"], *hit["aliases"])}
    return squeeze(brand.brandname) in names


def _mentioned(brand: Brand, reply: Reply) -> Fact | None:
    """Pieces of text that say the name; whether the world knows it is for a human to see."""
    found = [text for text in _texts(reply.answer) if squeeze(brand.brandname) in squeeze(text)]
    if not found or not squeeze(brand.brandname):
        return None
    mentions = tuple(text[:MENTION_CHARS] for text in found[:MOST_MENTIONS])
    return Fact(
        brand.brandid,
        Known.UNKNOWN,
        fit=Fit.UNKNOWN,
        mentions=mentions,
        source=reply.server,
        age_seconds=reply.age_seconds,
    )


def _texts(value: Any) -> Iterator[str]:
    """All texts of an answer, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


@contextmanager
def server_facts(sources: Sources, settings: McpSettings, market: MarketUse) -> Iterator[Facts]:
    """The servers as somebody to ask; at the end none is left running."""
    with sources:
        yield ServerFacts(sources, settings, market)
