"""Brands as people name them in a conversation: by id, by name, with a slip, within a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.registry.search import Names
from brand_metagen.tables.normalise import normalise

LEAST_LETTERS = 4
"""Letters from which a name that stands somewhere in a sentence is taken to mean the brand."""
MOST_NEAR = 3
LEADS = re.compile(r"(?:(?:the )?brand|the)(?: called| named)? ", re.IGNORECASE)
"""What people say before a name."""


class BrandNames:
    """The brands of a workspace at this moment, to be found by what somebody calls them."""

    def __init__(self, workspace: Workspace) -> None:
        self._likeness = workspace.settings.mcp.likeness
        self.names = {line.brandid: line.brandname for line in workspace.store.brands()}

    def brandid(self, text: str) -> str:
        """The id of the brand that is meant; raises InputError with near names where that is not
        clear. A name with a slip counts where no other brand's is as near (`mcp.likeness`)."""
        whole = " ".join(text.split()).strip("\"'`.,:;?! ")
        for wanted in (whole, LEADS.sub("", whole, count=1)):
            if found := self._exactly(wanted):
                return found
        near = self._near(LEADS.sub("", whole, count=1))
        if len(near) == 1:
            return near[0]
        listed = "; ".join(f"{b} {self.names[b]}" for b in near[:MOST_NEAR])
        hint = f"Did you mean {listed}?" if near else "`brands` lists them, `find NAME` looks wider"
        raise InputError(f"no brand {text[:80]!r}. {hint}")

    def mentioned(self, sentence: str) -> str:
        """The id of the one brand whose name stands in a sentence, the longest name where one holds
        another; else empty."""
        words = f" {' '.join(_words(sentence))} "
        found = [(n, b) for n, b in self._spoken if f" {n} " in words]
        longest = [b for n, b in found if not any(n != m and n in m for m, _ in found)]
        return longest[0] if len(longest) == 1 else ""

    def _exactly(self, wanted: str) -> str:
        if wanted in self.names:
            return wanted
        named = self._by_name.get(normalise(wanted), [])
        return named[0] if len(named) == 1 else ""

    def _near(self, wanted: str) -> list[str]:
        """Brands of the likest names; several where they are equally like."""
        found = self._searched.search(wanted, self._likeness)
        return [match.found for match in found if match.likeness == found[0].likeness]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for brandid, name in self.names.items():
            found.setdefault(normalise(name), []).append(brandid)
        return found

    @cached_property
    def _searched(self) -> Names[str]:
        return Names((brandid, name, ()) for brandid, name in self.names.items())

    @cached_property
    def _spoken(self) -> list[tuple[str, str]]:
        spoken = ((" ".join(_words(name)), brandid) for brandid, name in self.names.items())
        return [(name, brandid) for name, brandid in spoken if len(name) >= LEAST_LETTERS]


def _words(text: str) -> Iterator[str]:
    """Capital words of letters and digits; an s after an apostrophe is dropped."""
    held = normalise(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    for word in held.split():
        bare = word.strip("\"'`.,:;?!()").removesuffix("'S")
        if bare:
            yield bare.replace("'", "")
