"""Where in a sentence something new is said of something else."""

from __future__ import annotations

from collections.abc import Sequence

from brand_metagen.review.part import Part
from brand_metagen.review.said import STATES, VERBS

NEAR = 60
"""Parts that are looked ahead: what stands further off belongs to another thought."""
LISTING = frozenset({"same", "and", "row_noun", "code_noun", "rows_like", "filler", "bank"})
"""Meanings of what stands in a list besides the things."""
PREDICATES = frozenset(
    {"is", "does", "wish", "appear", "belong", "go", "missing", "others", "wrong", "not", "yes"}
)
"""Meanings of what begins to say something of things named before it."""
BEFORE_NAMES = LISTING | {"word_noun", "everything", "wish", "please"}
"""Meanings of what may stand between a comma and what it goes on with."""
BARE = frozenset({"ours", "us", "theirs", "out", "in"})
"""Words that need no verb behind what they are said of: "5511 out, 5621 in"."""
COMPLETE = frozenset({*VERBS, *STATES, "want"}) - {"move"}
"""Meanings with which something has been said."""


def has_verb(parts: Sequence[Part], i: int, *, bare: bool = True) -> bool:
    """Whether the things that a list goes on with from here have a verb of their own.

    `bare` lets a participle do: "12345 removed".
    """
    comma = False
    for part in parts[i + 1 : i + 1 + NEAR]:
        if part.things or part.is_run or part.means & LISTING or part.sign in (",", "/", "&"):
            comma = part.sign == ","
            continue
        if comma and "not" in part.means:
            return False
        if part.means & PREDICATES or part.sign in ("=", ">", ":") or part.phrase in BARE:
            return True
        forms = {"third", "past"} if bare else {"third"}
        return bool(part.means & set(VERBS) and part.forms & forms)
    return False


def begins_anew(parts: Sequence[Part], i: int, complete: bool, named: bool, denied: bool) -> bool:
    """Whether a comma, dash or "and" parts two statements: "drop 5812, 5411 is fine".

    `complete` is whether something was said before it, `named` whether something was named,
    `denied` whether a "not" stood before it.
    """
    if not (parts[i].sign in (",", "-") or "and" in parts[i].means):
        return False
    at = i + 1
    if denied and _is_all_of(parts, at):
        return True
    if (
        complete
        and at < len(parts)
        and parts[at].means & {"it", "they"}
        and _only_denies(parts, at)
    ):
        return True
    if not complete:
        return False
    if named and _of_another_bank(parts, at):
        return True
    if at + 1 < len(parts) and "no" in parts[at].means and _named(parts[at + 1]):
        return True
    while at < len(parts) and parts[at].means & BEFORE_NAMES:
        at += 1
    if at < len(parts) and _named(parts[at]):
        return has_verb(parts, at, bare=False)
    return named and _states(parts, at)


def _is_all_of(parts: Sequence[Part], at: int) -> bool:
    """ "5812 is not ours, 5814 is": a thing and a verb that leans on what was denied."""
    while at < len(parts) and parts[at].means & LISTING:
        at += 1
    left = parts[at : at + 3]
    return (
        1 < len(left) == len(parts) - at
        and bool(left[0].things)
        and bool(left[1].means & {"is", "does", "wish"})
        and all(part.sign or part.means & {"is", "does", "wish"} for part in left[1:])
    )


def _only_denies(parts: Sequence[Part], at: int) -> bool:
    """ "… and it isn't", to the end."""
    left = parts[at + 1 : at + 5]
    return (
        len(left) == len(parts) - at - 1
        and any("not" in part.means for part in left)
        and all(part.sign or part.means & {"is", "not"} for part in left)
    )


def _of_another_bank(parts: Sequence[Part], at: int) -> bool:
    """ "…, at B1 it is ours", "…, Nook's with B2"."""
    bank = said = False
    for part in parts[at : at + 8]:
        if part.sign == ",":
            break
        bank = bank or "at_bank" in part.means
        states = part.means & {*COMPLETE, "is", "not", "does", "yes", "no"}
        said = said or bool(part.own or part.other or states or part.phrase in BARE)
    return bank and said


def _named(part: Part) -> bool:
    return bool(part.things or part.is_run)


def _states(parts: Sequence[Part], at: int) -> bool:
    """Whether a verb, or "wrong:" and the like, stands here before the next thing."""
    verb = state = False
    for part in parts[at : at + NEAR]:
        if part.things:
            return verb
        verb = (
            verb
            or bool(part.means & set(VERBS))
            or (state and (part.sign == ":" or "is" in part.means))
        )
        state = state or bool(part.means & set(STATES))
        if part.sign == "," or "they" in part.means:
            return False
    return False
