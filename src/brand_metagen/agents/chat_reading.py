"""What a message asks for in a workspace: a command, a brand that is known, or what is near."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from brand_metagen.agents.chat_names import BrandNames
from brand_metagen.agents.chat_shapes import ChatTool
from brand_metagen.agents.chat_tools import TOOLS
from brand_metagen.agents.grammar import Intent, bare, readings, suggested, topic_of
from brand_metagen.errors import InputError

ANSWERS = re.compile(
    r"(?:yes|y|yes please|go on|do it|ok|okay|confirm|no|n|cancel|stop|never ?mind|more|next|"
    r"next page)[.! ]*",
    re.IGNORECASE,
)
"""Answers to a question, where none was asked."""
REMARK = re.compile(
    r"\b(?:too (?:broad|narrow|wide|strict|loose)|should|shouldn.?t|must|mustn.?t|wrong|wrongly|"
    r"missing|misses|too (?:much|many|few|little)|(?:does|do)(?:n.?t| not) match|remove|add|"
    r"exclude|include|belongs?|theirs)\b",
    re.IGNORECASE,
)
"""Words by which a sentence about a brand is a remark on its rule."""
ALL = "all"
FEW_WORDS = 4
"""Words of a message up to which it may be about a brand that there is none of."""
NAME_CHARS = 100
"""Characters of a message that may be a brand's name."""


def understood(text: str, brands: BrandNames) -> Intent | None:
    """The first reading that holds: as a command, or of a brand that is known.

    A command about no brand that is known is none where the message names another.
    """
    for intent in _all(text):
        if intent.reply or _holds(intent, brands):
            return intent
        if not intent.loose:
            return None if brands.mentioned(text) else intent
    return None


def _all(text: str) -> Iterator[Intent]:
    """Every reading, and at the end that a short message is nothing but the name of a brand."""
    yield from readings(text)
    if 0 < len(name := bare(text)) <= NAME_CHARS:
        yield Intent("show_brand", {"brandid": name}, loose=True)


def _holds(intent: Intent, brands: BrandNames) -> bool:
    """Whether the brands that it names are known."""
    try:
        with_ids(TOOLS[intent.tool], intent.arguments or {}, brands)
    except InputError:
        return False
    return True


def guessed(text: str, brands: BrandNames) -> Intent:
    """What a sentence that is no command may be about: a remark on a brand, or a look at one; else
    what is near it."""
    if ANSWERS.fullmatch(text):
        return Intent(reply="Nothing waits for that answer. What would you like to see?")
    brandid = brands.mentioned(text)
    if brandid and REMARK.search(text):
        return Intent("submit_feedback", {"brandid": brandid, "feedback_text": text})
    if brandid:
        return Intent("show_brand", {"brandid": brandid}, taken=f"show {brandid}")
    near, unknown = _near(text, brands)
    topic = None if near else topic_of(text)
    return topic or Intent(question=near or unknown, suggestions=suggested(text))


def _near(text: str, brands: BrandNames) -> tuple[str, str]:
    """Brands that a message may mean, as a question; and of a short one, that there is none."""
    unknown = ""
    for intent in _all(text):
        if intent.loose:
            try:
                with_ids(TOOLS[intent.tool], intent.arguments or {}, brands)
            except InputError as error:
                if "Did you mean" in str(error):
                    return f"There is {error}", ""
                unknown = unknown or f"There is {error}."
    return "", unknown if len(text.split()) <= FEW_WORDS else ""


def with_ids(tool: ChatTool, arguments: Mapping[str, Any], brands: BrandNames) -> dict[str, Any]:
    """The arguments, brands by their ids; raises InputError for a brand that is not known."""
    found = dict(arguments)
    for name in tool.names:
        said = str(found.get(name, ""))
        if said and not (name == "brands" and said == ALL):
            parts = said.split(",") if name == "brands" else [said]
            found[name] = ", ".join(brands.brandid(part) for part in parts if part.strip())
    return found
