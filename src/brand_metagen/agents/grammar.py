"""A small command grammar: a message becomes a tool with its arguments, or a question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources

MOST_CHARS = 10_000
NEAR = 0.55
"""Likeness from which a command is suggested (difflib's measure)."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message asks for: a tool and arguments, of which `missing` is still to be said."""

    tool: str = ""
    arguments: Mapping[str, str] | None = None
    missing: str = ""
    question: str = ""
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to say something: the words, and how they are shown to people."""

    shown: str
    pattern: re.Pattern[str]
    tool: str
    fixed: Mapping[str, str]


@cache
def _forms() -> tuple[_Form, ...]:
    text = resources.files(__package__).joinpath("data/commands.toml").read_text("utf-8")
    return tuple(
        _Form(
            form["shown"],
            re.compile(form["says"], re.IGNORECASE),
            form["tool"],
            form.get("fixed", {}),
        )
        for form in tomllib.loads(text)["form"]
    )


_ASKED = {
    ("query_metadata", "brandid"): "Which brand? Say its id or name.",
    ("start_workflow", "brands"): "For which brands? Say `all`, or ids or names with commas.",
    ("submit_feedback", "brandid"): "On which brand? Say its id or name.",
    ("submit_feedback", "feedback_text"): "What is wrong with its rule?",
}
"""What to ask for an argument that is missing, in the order in which it is asked."""


def commands() -> tuple[str, ...]:
    """Every form as it is shown to people."""
    return tuple(form.shown for form in _forms() if form.shown)


def intent_of(message: str) -> Intent:
    """What a message asks for.

    >>> intent_of("metadata of Texaco, version 2").arguments
    {'brandid': 'Texaco', 'version': '2'}
    >>> intent_of("feedback").question
    'On which brand? Say its id or name.'
    >>> intent_of("escalatoins").suggestions
    ('escalations',)
    """
    text = " ".join(message[:MOST_CHARS].split()).rstrip("?!. ")
    for form in _forms():
        found = form.pattern.fullmatch(text)
        if found is not None:
            given = {k: v.strip() for k, v in found.groupdict().items() if v}
            if "period" in given:
                given["period"] = given["period"].lower().replace(" ", "_")
            if "status" in given:
                given["status"] = given["status"].lower()
            return completed(form.tool, {**form.fixed, **given})
    return Intent(suggestions=_near(text))


def completed(tool: str, arguments: Mapping[str, str]) -> Intent:
    """The intent, with a question for the first argument that it still needs."""
    for (name, argument), question in _ASKED.items():
        if name == tool and argument not in arguments:
            return Intent(tool, dict(arguments), argument, question)
    return Intent(tool, dict(arguments))


def _near(text: str) -> tuple[str, ...]:
    heads = {_head(shown): shown for shown in reversed(commands())}
    near = get_close_matches(text.lower()[:60], list(heads), n=3, cutoff=NEAR)
    first = text.lower().split(" ")[0] if text else ""
    near += get_close_matches(first, list(heads), n=3, cutoff=NEAR)
    return tuple(dict.fromkeys(_head(heads[head]) for head in near))[:3]


def _head(shown: str) -> str:
    """The words of a form that are always said."""
    return re.split(r" [A-Z\[]", shown)[0]
