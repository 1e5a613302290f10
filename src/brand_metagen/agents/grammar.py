"""A small command grammar: a message becomes a tool with its arguments, or a question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import Any

MOST_CHARS = 10_000
NEAR = 0.55
"""Likeness from which a command is suggested (difflib's measure)."""
SHORTEST_WORD = 5
"""Letters of a word that may say which command is meant."""
TOPIC_CHARS = 120
"""Characters of a message that may be taken by its words."""
LOOSE_CHARS = 300
"""Characters of a message that may name a brand without more ado."""
LOOKED_AT, MOST_WORDS = 500, 20
"""Characters and words of a message in which suggestions are looked for."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message asks for: a tool and arguments, of which `missing` is still to be said.

    `reply` is an answer that needs no tool. A `loose` reading counts only where the brand that it
    names is known.
    """

    tool: str = ""
    arguments: Mapping[str, str] | None = None
    missing: str = ""
    question: str = ""
    suggestions: tuple[str, ...] = ()
    reply: str = ""
    loose: bool = False
    taken: str = ""
    """The command that a message was taken as, where it only has words of it."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to say something: the words, and how they are shown to people."""

    shown: str
    pattern: re.Pattern[str]
    tool: str
    fixed: Mapping[str, str]
    reply: str
    loose: bool


@cache
def _data() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("data/commands.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def _forms() -> tuple[_Form, ...]:
    return tuple(
        _Form(
            form.get("shown", ""),
            re.compile(form["says"], re.IGNORECASE),
            form.get("tool", ""),
            form.get("fixed", {}),
            form.get("reply", ""),
            form.get("loose", False),
        )
        for form in _data()["form"]
    )


@cache
def _topics() -> tuple[tuple[re.Pattern[str], Intent], ...]:
    return tuple(
        (
            re.compile(rf"\b(?:{topic['has']})\b", re.IGNORECASE),
            Intent(topic["tool"], topic.get("fixed", {}), taken=topic["shown"]),
        )
        for topic in _data()["topic"]
    )


@cache
def _around() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What people say before and after what they want."""
    around = _data()["around"]
    before, after = (re.compile(around[name], re.IGNORECASE) for name in ("before", "after"))
    return before, after


_ASKED = {
    ("query_metadata", "brandid"): "Which brand? Say its id or name.",
    ("start_workflow", "brands"): "For which brands? Say `all`, or ids or names with commas.",
    ("submit_feedback", "brandid"): "On which brand? Say its id or name.",
    ("submit_feedback", "feedback_text"): "What is wrong with its rule?",
    ("show_brand", "brandid"): "Which brand? Say its id or name.",
    ("brand_rows", "brandid"): "Rows of which brand? Say its id or name.",
    ("brand_history", "brandid"): "The history of which brand? Say its id or name.",
    ("search_brands", "query"): "Which name shall be looked for?",
    ("escalate_brand", "brandid"): "Which brand? Say its id or name.",
    ("escalate_brand", "reason"): "Why? Say what an expert should know.",
    ("explain_decision", "brandid"): "Which brand? Say its id or name.",
}
"""What to ask for an argument that is missing, in the order in which it is asked."""


def commands() -> tuple[str, ...]:
    """Every form as it is shown to people."""
    return tuple(form.shown for form in _forms() if form.shown)


def intent_of(message: str) -> Intent:
    """What a message most likely asks for.

    >>> intent_of("metadata of Texaco, version 2").arguments
    {'brandid': 'Texaco', 'version': '2'}
    >>> intent_of("Could you show me the escalations, please?").tool
    'list_escalations'
    >>> intent_of("feedback").question
    'On which brand? Say its id or name.'
    >>> intent_of("escalatoins").suggestions
    ('escalations', 'escalate')
    """
    return next(readings(message), Intent(suggestions=suggested(message)))


def readings(message: str) -> Iterator[Intent]:
    """Ways to read a message, the likeliest first: as it stands, then without what is said around
    it; those that need a known brand come last."""
    text = " ".join(message[:MOST_CHARS].split()).rstrip("?!. ")
    texts = tuple(dict.fromkeys((text, bare(text))))
    for loose in (False, True):
        for said in texts if not loose or len(text) <= LOOSE_CHARS else ():
            for form in _forms():
                if form.loose is loose and (found := form.pattern.fullmatch(said)) is not None:
                    yield _read(form, found)


def _read(form: _Form, found: re.Match[str]) -> Intent:
    if form.reply:
        return Intent(reply=form.reply)
    given = {k.rstrip("23"): v.strip() for k, v in found.groupdict().items() if v}
    for name in ("period", "status", "sort_by", "decision"):
        if name in given:
            given[name] = "_".join(given[name].lower().split())
    return replace(completed(form.tool, {**form.fixed, **given}), loose=form.loose)


def bare(text: str) -> str:
    """A message without the courtesies around it.

    >>> bare("Hey, could you please show me the brands for me, thanks")
    'brands'
    """
    before, after = _around()
    held = text.strip(" ,.!?")
    if len(held) > LOOSE_CHARS:
        return held
    while True:
        cut = after.sub("", before.sub("", held, count=1), count=1).strip(" ,.!?")
        if cut == held or not cut:
            return held
        held = cut


def completed(tool: str, arguments: Mapping[str, str]) -> Intent:
    """The intent, with a question for the first argument that it still needs."""
    for (name, argument), question in _ASKED.items():
        if name == tool and argument not in arguments:
            return Intent(tool, dict(arguments), argument, question)
    return Intent(tool, dict(arguments))


def topic_of(message: str) -> Intent | None:
    """What a short message is about, by its words; None where they say nothing.

    >>> topic_of("any idea whether the job is through by now").taken
    'status'
    """
    if len(message) > TOPIC_CHARS:
        return None
    return next((intent for has, intent in _topics() if has.search(message)), None)


def suggested(message: str) -> tuple[str, ...]:
    """Commands near a message: spelt alike, or with a word of it."""
    text = bare(" ".join(message[:MOST_CHARS].split())).lower()
    heads = {_head(shown): shown for shown in reversed(commands())}
    near = get_close_matches(text[:60], list(heads), n=3, cutoff=NEAR)
    words = [word.strip("?!.,:;") for word in text[:LOOKED_AT].split()]
    for word in words[:MOST_WORDS]:
        if len(word) >= SHORTEST_WORD:
            near += get_close_matches(word, list(heads), n=2, cutoff=NEAR)
            near += [head for head in heads if _shares(word, head)]
    return tuple(dict.fromkeys(near))[:3]


def _shares(word: str, head: str) -> bool:
    """Whether a command has a word that begins as this one does."""
    return any(part.startswith(word[:SHORTEST_WORD]) for part in head.split())


def _head(shown: str) -> str:
    """The words of a form that are always said."""
    return re.split(r" [A-Z\[]", shown)[0]
