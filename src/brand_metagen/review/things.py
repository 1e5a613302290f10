"""What remarks speak of: codes, rows, words, patterns; numbers told apart by looking them up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from brand_metagen.constraints import Row
from brand_metagen.review.reading import Lookup
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.tables.normalise import normalise

LONGEST_RANGE = 1_000
"""Ids that ranges of one remark may run over; a longer one is more likely no range of rows."""
FEWEST_LETTERS = 2
"""Letters of words that may be asked for: fewer stand in too many narratives."""


class Sort(StrEnum):
    """What a thing is."""

    CODE = "code"
    ROW = "combo"
    WORDS = "words"
    PATTERN = "pattern"
    UNKNOWN = "number"


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing named; `rows` are all rows it may stand for, `doubt` what has to be asked of it."""

    sort: Sort
    text: str
    rows: tuple[Row, ...] = ()
    doubt: str = ""
    brand: bool = False
    """Words that are the name of another brand."""
    plain: bool = field(default=False, compare=False)
    """Everyday words, neither in capitals nor in quotes."""


@dataclass(slots=True)
class Numbers:
    """Numbers of one remark; what they are depends on the noun before them and on the market."""

    lookup: Lookup
    left: int = LONGEST_RANGE
    banks: set[str] = field(default_factory=set)
    """Banks of the combos named so far that stand for several, in capitals."""
    every_bank: set[str] = field(default_factory=set)
    """Banks of all combos named so far, in capitals."""
    known: dict[str, tuple[Row, ...]] = field(default_factory=dict)

    def rows(self, ccid: str) -> tuple[Row, ...]:
        """Rows of an id as it is written, in capitals, or by its digits alone."""
        if ccid not in self.known:
            ways = dict.fromkeys(
                (ccid, ccid.upper(), ccid.lower(), re.sub(r"^[A-Za-z]+[-_]?", "", ccid))
            )
            found = (tuple(self.lookup.combos(way)) for way in ways if way)
            self.known[ccid] = next(filter(None, found), ())
            named = {row.bankid.upper() for row in self.known[ccid]}
            self.every_bank |= named
            if len(self.known[ccid]) > 1:
                self.banks |= named
        return self.known[ccid]

    def thing(self, token: Token, noun: str, banks: Sequence[str], every_bank: bool) -> list[Thing]:
        """What a number or id stands for; nothing where it is none of the market's.

        `noun` is what kind of number it was called: code, row, other, or nothing; `banks` are
        names behind it that may be its bank's.
        """
        if noun == "other":
            return []
        raw, bank = self._with_bank(re.sub(r"(?<=\d)s$", "", token.raw.lstrip("#")))
        if token.form is Form.RANGE and not bank:
            return self._range(token, noun, every_bank)
        code = re.sub(r"^(?:mccs?|code)-?(?=\d{4}$)", "", raw, flags=re.IGNORECASE)
        is_code = noun != "row" and not bank and len(code) == 4 and self.lookup.code(code)
        rows = () if (noun == "code" and len(raw) == 4) or code != raw else self.rows(raw)
        if is_code and rows:
            doubt = f"{raw} is a code and a combo: which of them is meant?"
            return [Thing(Sort.UNKNOWN, raw, rows, doubt)]
        if is_code:
            return [Thing(Sort.CODE, code)]
        if rows:
            return _of_bank(raw, rows, [bank] if bank else banks, every_bank)
        if noun == "row" and len(raw) == 4 and self.lookup.code(raw):
            return [Thing(Sort.CODE, raw)]
        if noun or (token.form is Form.NUMBER and len(raw) > 3):
            return [Thing(Sort.UNKNOWN, raw)]
        return []

    def quoted(self, raw: str) -> list[Thing]:
        """A code or combo that stands in quotation marks."""
        if not re.fullmatch(r"#?[A-Za-z0-9@_-]{1,40}", raw) or not any(map(str.isdigit, raw)):
            return []
        form = Form.NUMBER if raw.isdecimal() else Form.ID
        things = self.thing(Token(form, raw.lower(), raw, 0, len(raw)), "", (), False)
        return [thing for thing in things if thing.sort is not Sort.UNKNOWN or thing.doubt]

    def _with_bank(self, raw: str) -> tuple[str, str]:
        """12345@B2 as id and bank; 12345-B2 too, where that combo has such a bank."""
        ccid, _, bank = raw.partition("@")
        if bank or self.rows(raw):
            return ccid, bank
        ccid, sign, bank = raw.rpartition("-")
        known = {row.bankid.upper() for row in self.rows(ccid)} if sign else set()
        return (ccid, bank) if bank.upper() in known else (raw, "")

    def _range(self, token: Token, noun: str, every_bank: bool) -> list[Thing]:
        parts = re.fullmatch(r"([A-Za-z]*-?)(\d+)\D+?(\d+)", re.sub(r"\s", "", token.raw))
        ends = re.findall(r"\d+", token.raw)
        if parts is None or len(ends) != 2:
            return []
        first, last = int(ends[0]), int(ends[1])
        width = len(ends[0])
        if len(ends[1]) < width:  # 12345-49 is 12345 to 12349
            last = int(ends[0][: width - len(ends[1])] + ends[1])
        if not first <= last < first + self.left:
            return []
        self.left -= last - first + 1
        ids = [f"{parts[1]}{number:0{width}}" for number in range(first, last + 1)]
        if noun != "row" and width == 4 and self.lookup.code(ends[0]):
            return [Thing(Sort.CODE, i) for i in ids if self.lookup.code(i)]
        found = [t for i in ids for t in _of_bank(i, self.rows(i), (), every_bank)]
        return found or ([Thing(Sort.UNKNOWN, token.raw)] if noun else [])


def _of_bank(
    ccid: str, rows: tuple[Row, ...], banks: Sequence[str], every_bank: bool
) -> list[Thing]:
    """The row of the bank that was named; all where that was said; a doubt where neither was."""
    if not rows:
        return []
    named = tuple(r for r in rows if r.bankid.upper() in {bank.upper() for bank in banks})
    if named:
        return [Thing(Sort.ROW, ccid, named)]
    if every_bank or len(rows) == 1:
        return [Thing(Sort.ROW, ccid, rows)]
    known = ", ".join(f"{ccid}@{row.bankid}" for row in rows)
    return [Thing(Sort.ROW, ccid, rows, f"combo {ccid} stands for several banks: {known}?")]


def words_of(text: str) -> str:
    """Words as narratives have them, without signs at their ends; empty where too little is left.

    >>> words_of(" 'Juice  bar', ")
    'JUICE BAR'
    """
    plain = re.sub(r"^[^A-Z0-9]+|[^A-Z0-9]+$", "", normalise(text))
    return plain if sum(map(str.isalnum, plain)) >= FEWEST_LETTERS else ""


def held(words: Sequence[str], lookup: Lookup, generic: frozenset[str]) -> str:
    """The form of lower-case words that narratives hold: as said, one for many, or without the
    kind of thing at their end; empty where none does."""
    for kept in _shorter(list(words), generic):
        for form in _forms(kept):
            plain = words_of(form)
            if len(plain) > FEWEST_LETTERS and lookup.rows_saying(plain):
                return plain
    return ""


def _shorter(words: list[str], generic: frozenset[str]) -> Iterator[list[str]]:
    yield words
    while len(words) > 1 and words[-1].lower() in generic:
        words = words[:-1]
        yield words


def _forms(words: Sequence[str]) -> Iterator[str]:
    """As said, and one for many: the longest form that narratives may hold first."""
    text = " ".join(words)
    lower = text.lower()
    yield text
    if lower.endswith("ies"):
        yield text[:-3] + "y"
    if lower.endswith("s") and not lower.endswith("ss"):
        yield text[:-1]
    if lower.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
        yield text[:-2]


_SIGNS_OF_PATTERN = re.compile(
    r"\\[a-zA-Z]|\(\?|\[[^]]*\]|^\^|\$$|\||[.)\]][*+?]|\{\d|\(.*\)[+*?]|\w[*+]\w"
)
_PLAIN = re.compile(r"(?:\^|\\b)?([A-Z0-9][A-Z0-9 '&-]*[A-Z0-9])(?:\$|\\b)?")


def is_pattern(text: str) -> bool:
    """Whether a quotation looks like a pattern, not like words."""
    return _SIGNS_OF_PATTERN.search(text) is not None


def plain_words(pattern: str) -> str:
    r"""The words that a pattern is, if it is nothing but words.

    >>> plain_words(r"\bHOTEL\b"), plain_words("HOTEL|INN")
    ('HOTEL', '')
    """
    match = _PLAIN.fullmatch(pattern)
    return match[1] if match else ""
