"""Numbers and ids of a sentence as parts: with their ranges, their banks, and what they count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from brand_metagen.review.nouns import counts, noun_behind, year
from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.reading import Lookup
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.review.things import Numbers, Sort

UP_TO = words("up_to")
"""Words between the ends of a range."""
UP_TO_FIRST = UP_TO - {"and", "including"}
SWAPPED = words("swapped")
"""Verbs that make two things of A to B."""
NEAR_BANK = words("near_bank")
"""What may stand between an id and its bank."""
AT_BANK = frozenset({"at_bank"})


@dataclass(slots=True)
class NumberParts:
    """Tells numbers apart by the words around them and by looking them up."""

    lookup: Lookup
    numbers: Numbers

    def _listed(self, token: Token) -> Sequence[Token]:
        """310,311 and 0742 0743 are no amounts where all of them are combos or codes."""
        if token.form is Form.AMOUNT and token.raw.isalnum() and self.lookup.combos(token.raw):
            return (replace(token, form=Form.ID),)
        pieces = re.findall(r"\d+", token.raw) if token.form is Form.AMOUNT else []
        if len(pieces) < 2 or not re.fullmatch(r"\d+([, ]\d+)+", token.raw):
            return (token,)
        if not all(self.numbers.rows(p) or self.lookup.code(p) for p in pieces):
            return (token,)
        found, at = [], token.start
        for piece in pieces:
            found.append(Token(Form.NUMBER, piece, piece, at, at + len(piece)))
            at += len(piece) + 1
        return found

    def _number(
        self, tokens: Sequence[Token], at: int, noun: str, at_every: bool
    ) -> tuple[Part | None, int, str]:
        token, after = tokens[at], at + 1
        token, after = self._spoken_range(tokens, at)
        kind = noun or noun_behind(tokens, after) or year(tokens, at) or counts(tokens, at, after)
        kind = kind if kind not in ("count",) else self._count(tokens[at], tokens, after)
        banks, past = self._banks(tokens, at, after)
        things = self.numbers.thing(token, kind, banks, at_every)
        bank_used = any(t.sort is Sort.ROW and not t.doubt for t in things)
        if not things and token.form is Form.ID and any(map(str.isalpha, token.raw)) and not noun:
            return None, at, ""
        end = past if bank_used else after
        return Part(token.start, tokens[end - 1].end, things=tuple(things)), end, noun

    def _count(self, token: Token, tokens: Sequence[Token], after: int) -> str:
        """A number before "rows" counts them, unless it is a code and they are its rows."""
        of_rows = after < len(tokens) and tokens[after].word in ("rows", "transactions", "ones")
        is_code = len(token.raw) == 4 and self.lookup.code(token.raw)
        return "code" if of_rows and is_code else "other"

    def _spoken_range(self, tokens: Sequence[Token], at: int) -> tuple[Token, int]:
        """12345 to 12349, where the first is a combo's id, or both are codes."""
        first, end = tokens[at], at + 1
        while end < min(len(tokens), at + 5) and tokens[end].word in UP_TO:
            end += 1
        if end == at + 1 or not numbered(tokens, end) or tokens[at + 1].word not in UP_TO_FIRST:
            return first, at + 1
        last = tokens[end]
        codes = self.lookup.code(first.raw) and self.lookup.code(last.raw)
        if any(token.word in SWAPPED for token in tokens[max(0, at - 3) : at]) or not (
            codes or self.numbers.rows(first.raw)
        ):
            return first, at + 1
        if _shape(first.raw) != _shape(last.raw):
            return first, at + 1
        raw = f"{first.raw}-{last.raw}"
        return Token(Form.RANGE, "", raw, first.start, last.end, first.glued), end + 1

    def _banks(self, tokens: Sequence[Token], at: int, after: int) -> tuple[list[str], int]:
        """Names near an id that may be its bank's: behind it, or just before it."""
        named: list[str] = []
        past = after
        known = {row.bankid.upper() for row in self.numbers.rows(tokens[at].raw.lstrip("#"))}
        if len(known) > 1 or known:
            while (
                past < len(tokens)
                and past < after + 3
                and (tokens[past].word in NEAR_BANK and tokens[past].raw.upper() not in known)
            ):
                past += 1
            while past < len(tokens) and tokens[past].raw.upper() in known:
                named.append(tokens[past].raw)
                past += 1
                listed = past + 1 < len(tokens) and tokens[past].raw in (",", "and", "&", "+")
                if listed and tokens[past + 1].raw.upper() in known:
                    past += 1
            if named:
                return named, past
            for token in tokens[max(0, at - 4) : at]:
                if token.raw.upper() in known:
                    named.append(token.raw)
        return named, after

    def _is_bank(self, tokens: Sequence[Token], at: int, found: Sequence[Part]) -> bool:
        """Whether a word says at which bank a combo that was named before is meant."""
        if tokens[at].raw.upper() not in self.numbers.banks:
            return False
        follows = (
            tokens[at - 1].word in NEAR_BANK
            or tokens[at - 1].word in ("banks", "but", "except", ":")
            if at
            else False
        )
        listed = tokens[at - 1].word in ("and", ",", "&", "or", ":") if at else True
        return follows or (listed and (not found or _near_bank(found)))


def numbered(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number or an id stands there."""
    return at < len(tokens) and tokens[at].form in (Form.NUMBER, Form.ID, Form.RANGE)


def _shape(raw: str) -> tuple[str, int]:
    """What ids of one range have in common: what stands before their digits, and how many."""
    digits = len(raw) - len(raw.rstrip("0123456789"))
    return raw[: len(raw) - digits].upper(), digits


def _near_bank(found: Sequence[Part]) -> bool:
    return any(part.means & AT_BANK for part in found[-2:])
