"""Patterns that a remark proposes, and those it only complains of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.review.part import Part
from brand_metagen.review.said import Say
from brand_metagen.review.things import Sort, is_pattern

_BEHIND = re.compile(r"\s*(?:should be|to be|is|could be|would be)?\s*[:=]?\s*", re.IGNORECASE)
_UNQUOTED = re.compile(r"[^`\n]{1,2000}")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Patterns of one sentence; `say` is IN, OUT, or FINE for "this is the pattern".

    No patterns and a `doubt` where it is not clear which is proposed.
    """

    patterns: tuple[str, ...]
    say: Say = Say.FINE
    end: int = 0
    """Where in the text the last of them ends."""
    doubt: str = ""


def proposed(text: str, parts: Sequence[Part]) -> Proposal | None:
    """The patterns that a sentence proposes, None where it speaks of none."""
    if (behind := _unquoted(text, parts)) is not None:
        return behind
    shown = [part for i, part in enumerate(parts) if _shown(part, parts[max(0, i - 4) : i])]
    if not shown:
        return None
    means: set[str] = set()
    for part in parts:
        means |= part.means
    if _complains(parts, means):
        return Proposal((), doubt="Which pattern should it be?")
    patterns = [_pattern(part) for part in shown]
    if "swap" in means or "instead" in means:
        first = "instead" in means and _stands_before(parts, shown, "instead")
        return Proposal((patterns[0] if first else patterns[-1],))
    say = Say.FINE
    for part in parts:
        if part is shown[0]:
            break
        if "shut_out" in part.means:
            say = Say.OUT
        if "add" in part.means and part.phrase not in ("use", "using", "put"):
            say = Say.IN
    if say is Say.FINE and len(set(patterns)) > 1:
        return Proposal((), doubt="Which of the patterns is meant?")
    return Proposal(tuple(patterns), say)


def _pattern(part: Part) -> str:
    return part.said[0] if part.said else part.things[0].text


def _shown(part: Part, ahead: Sequence[Part]) -> bool:
    """Whether a quotation is a pattern: by its signs, or because it is called one."""
    if not part.means & {"quoted", "ticked"}:
        return False
    if part.things and part.things[0].sort is Sort.PATTERN:
        return True
    for before in reversed(ahead):
        if "pattern_noun" in before.means:
            return True
        if not before.means & {"is", "wish", "swap_for", "of", "filler", "time"} and (
            before.sign not in (":", "=")
        ):
            return False
    return False


def _complains(parts: Sequence[Part], means: set[str]) -> bool:
    """Whether a pattern is quoted only to say what is wrong with it."""
    named = any("pattern_noun" in part.means for part in parts)
    if "not" in means and named and "swap" not in means:
        return True
    wrong = means & {"broad", "narrow", "wrong"} or any(part.phrase == "why" for part in parts)
    takes = any("take" in part.means and "third" in part.forms for part in parts)
    return bool((wrong or takes) and not means & {"swap", "instead"} and "add" not in means)


def _stands_before(parts: Sequence[Part], shown: Sequence[Part], meaning: str) -> bool:
    for part in parts:
        if part is shown[0]:
            return True
        if meaning in part.means:
            return False
    return False


def _unquoted(text: str, parts: Sequence[Part]) -> Proposal | None:
    """What stands behind "regex:" to the end of the line."""
    for part in parts:
        if "pattern_noun" not in part.means:
            continue
        sign = _BEHIND.match(text, part.end)
        if sign is None or sign[0].strip()[-1:] not in (":", "="):
            continue
        rest = _UNQUOTED.match(text, sign.end())
        said = rest[0].strip() if rest is not None else ""
        if said[:1] in ("'", '"'):
            continue
        one = " " not in said.rstrip(".")
        if said and (is_pattern(said) and (one or said.isupper() or "\\b" in said)):
            whole = said if said.endswith(("\\.", "*.")) else said.rstrip(".,")
            return Proposal((whole,), end=sign.end() + len(said))
        if one and said and said.isupper():
            return Proposal((said.rstrip(".,"),), end=sign.end() + len(said))
    return None
