"""What the words around a number make of it: a code, a combo, a count, a year, none of ours."""

from __future__ import annotations

from collections.abc import Sequence

from brand_metagen.review.cues import find
from brand_metagen.review.part import Part
from brand_metagen.review.remark_text import Form, Token


def noun_after(part: Part | None, noun: str) -> str:
    """What kind of number follows, after this part; a list keeps it, anything else ends it."""
    if part is None:
        return noun
    if part.phrase == "no" and not part.start:
        return ""
    if "number_noun" in part.means and "code_noun" not in part.means:
        return "other"
    if part.phrase == "contains":
        return "other"
    for meaning, kind in (("code_noun", "code"), ("row_noun", "row")):
        if meaning in part.means:
            return kind
    lasts = {"and", "except", "instead", "not", "filler", "is", "swap_for", "none", "saying"}
    return noun if part.means & lasts else ""


def noun_behind(tokens: Sequence[Token], after: int) -> str:
    """What kind the noun behind a list of numbers makes of them: "5812 and 5411 codes"."""
    at = after
    while (
        at < len(tokens)
        and at < after + 12
        and (
            tokens[at].form in (Form.NUMBER, Form.RANGE)
            or tokens[at].raw in (",", "and", "or", "/", "&")
        )
    ):
        at += 1
    cue = find(tokens, at) if at < len(tokens) else None
    if cue is None:
        return ""
    if "code_noun" in cue.meanings:
        return "code"
    if tokens[at].word in ("combo", "row", "ccid", "entry", "record", "transaction"):
        return "row"
    return "count" if "counted" in cue.meanings and at == after else ""


def year(tokens: Sequence[Token], at: int) -> str:
    """A number that looks like a year, after a word of time, is one."""
    raw = tokens[at].raw
    if at == 0 or len(raw) != 4 or not "1900" <= raw <= "2099":
        return ""
    before = find(tokens, at - 1)
    return "other" if before is not None and before.meanings & {"time", "number_noun"} else ""


def every_bank(tokens: Sequence[Token]) -> bool:
    """Whether a sentence says that it means a combo at all its banks."""
    return any(
        cue is not None and "all_banks" in cue.meanings
        for cue in (find(tokens, at) for at in range(len(tokens)) if tokens[at].form is Form.WORD)
    )


def counts(tokens: Sequence[Token], at: int, after: int) -> str:
    """A number that only tells how many, or which, of a thing behind it: "the 2019 openings"."""
    noun = after < len(tokens) and tokens[after].form is Form.WORD and find(tokens, after) is None
    plural = noun and tokens[after].raw.islower() and tokens[after].raw.endswith("s")
    before = [token.word for token in tokens[max(0, at - 2) : at]]
    there = before in (["there", "are"], ["there", "were"])
    told = before[-1:] in (["the"], ["our"], ["their"]) or there
    measured = plural and after + 1 < len(tokens) and tokens[after + 1].word == "of"
    faulty = there and _counted_behind(tokens, after)
    return "other" if (plural and told) or faulty or measured else ""


def _counted_behind(tokens: Sequence[Token], after: int) -> bool:
    """ "There are 604 wrong rows": whether a noun for what is counted follows soon."""
    cues = [find(tokens, at) for at in range(after, min(len(tokens), after + 3))]
    return any(cue is not None and "counted" in cue.meanings for cue in cues)
