"""A remark as tokens, in one pass: words, numbers, quotations, signs; hostile text is data too."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from brand_metagen.review.phrases import run_together

LONGEST_QUOTATION = 400
"""Characters; what has no closing mark within them is no quotation."""


class Form(Enum):
    """What a token is by its looks."""

    WORD = auto()
    NUMBER = auto()
    ID = auto()
    """Letters and digits together."""
    RANGE = auto()
    QUOTE = auto()
    CODE_QUOTE = auto()
    """In backticks."""
    AMOUNT = auto()
    """Money, dates, times, shares, telephone numbers: never an id."""
    SIGN = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`word` is what cues are looked up by, `raw` how it is written; `start`, `end` in the text."""

    form: Form
    word: str
    raw: str
    start: int
    end: int
    glued: bool = False
    """Whether no blank stands before it."""


@dataclass(frozen=True, slots=True)
class Clean:
    """Plain ASCII, and where each character of it came from."""

    text: str
    original: str
    places: tuple[int, ...] | None

    @property
    def everything(self) -> str:
        """The whole remark, without what cannot be seen."""
        return " ".join("".join(map(_visible, self.original)).split())

    def verbatim(self, start: int, end: int) -> str:
        """A stretch of the remark as its author wrote it, without what cannot be seen."""
        if self.places is not None:
            if start >= end:
                return ""
            start, end = self.places[start], self.places[end - 1] + 1
        return " ".join("".join(map(_visible, self.original[start:end])).split())


_MARKS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2014\u2015", " - "),
    **dict.fromkeys("\u2022\u2023\u25aa\u25cf\u25e6\u00b7\u2043", "\n"),
    **dict.fromkeys("\u2028\u2029\x0b\x0c\x85", "\n"),
    "\u2192": ">",
    "\u21d2": ">",
    "\u00a3": "$",
    "\u20ac": "$",
    "\u2026": ". ",
    "\u00a0": " ",
    **dict.fromkeys("\u2713\u2714\u2705", " yes "),
    **dict.fromkeys("\u2717\u2718\u274c\u2716", " no "),
    "\u2260": " is not ",
    "\U0001f44d": " approved ",
    "\U0001f44e": " wrong ",
    "\t": " ",
    "\r": "\n",
    "\u00d7": "x",
}


_LOOK_ALIKES = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u0432\u043d"
        "\u0410\u0415\u041e\u0420\u0421\u0423\u0425\u0406\u0408\u0405\u041a\u041c\u0422\u0412\u041d"
        "\u03bf\u03b1\u03bd\u03c1\u03c4\u03ba\u03b9\u03c5\u039f\u0391\u039d\u03a1\u03a4\u039a\u0399\u03a5\u0395\u0397\u0392\u0396\u039c\u03a7",
        "aeopcyxijskmtbhAEOPCYXIJSKMTBHoavptkiuOANPTKIYEHBZMX",
        strict=True,
    )
)
"""Cyrillic and Greek letters drawn like Latin ones."""
FOREIGN = "\x1a"
"""Stands for a letter that has no plain form."""


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") else character


@lru_cache(4_096)
def _plain(character: str) -> str:
    """One character as ASCII: marks by their plain form, letters without accents, or nothing."""
    if character in _MARKS:
        return _MARKS[character]
    if character.isascii():
        return character if character.isprintable() or character == "\n" else ""
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    plain = "".join(c for c in plain if c.isprintable())
    return plain or (FOREIGN if unicodedata.category(character)[0] == "L" else "")


def clean(text: str) -> Clean:
    """Look-alikes folded, what is not ASCII and what cannot be seen dropped."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return Clean(text, text, None)
    made: list[str] = []
    places: list[int] = []
    for at, character in enumerate(text):
        plain = _plain(character)
        made.append(plain)
        places.extend([at] * len(plain))
    return Clean("".join(made), text, tuple(places))


_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b"
)
_TOKEN = re.compile(
    rf"""
      (?P<tag></?[a-z][^<>\n]{{0,200}}>)
    | (?P<tick>`+(?P<ticked>[^`\n]{{1,{LONGEST_QUOTATION}}})`+)
    | (?P<bare>(?<!\S)(?=[^\s`"]{{0,100}}?(?:\\b|\(\?))
        (?:\([^()\n`"]{{0,200}}\)|[^\s`"]){{1,300}})
    | (?P<double>"(?P<doubled>[^"\n]{{1,{LONGEST_QUOTATION}}})")
    | (?P<single>(?<![a-z0-9])
        '(?P<singled>[^'\n]{{1,60}}(?:'(?=[a-z])[^'\n]{{1,60}})?)'(?![a-z0-9]))
    | (?P<amount>
        [$]\s?\d[\d,.]{{0,20}}(?:k|m|bn)?\b
      | \d{{1,3}}(?:,\d{{3}}){{1,4}}(?![\d,]*\d)
      | \d{{1,9}}(?:\.\d{{1,4}})?\s?%
      | \d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}(?!\d)
      | \d{{1,2}}:\d{{2}}(?::\d{{2}})?(?!\d)
      | \d{{1,9}}\.\d{{1,4}}(?![\d.]*\d)
      | \+\d[\d ]{{6,16}}\d
      | \b0\d{{2,4}}[ ]\d{{3,4}}[ ]?\d{{3,6}}\b
      | \b\d{{1,2}}(?:st|nd|rd|th)\b(?:[ ](?:of[ ])?{_MONTH}(?:[ ]\d{{4}})?\b)?
      | \b\d{{1,2}}[ ]{_MONTH}(?:[ ]\d{{4}})?\b
      | \b{_MONTH}[ ]\d{{1,2}}(?:,?[ ](?:19|20)\d\d)?\b(?![\d-])
      | \b(?:h1|h2|q[1-4])[ ](?:19|20)\d\d\b
      | ~\s?\d{{1,9}}\b
      | \b\d{{1,9}}(?:k|px|pm|am|kg|gbp)\b
      )
    | (?P<range>(?<![\w-])[a-z]{{0,8}}-?\d{{1,18}}
        [ ]?(?:-{{1,2}}|\.\.\.?)[ ]?[a-z]{{0,8}}-?\d{{1,18}}(?![\w-]))
    | (?P<id>\#?(?=[a-z0-9@_-]{{0,40}}\d)[a-z0-9]{{1,40}}(?:[_@-][a-z0-9]{{1,40}}){{0,6}})
    | (?P<word>[a-z]{{1,60}}(?:['&.-](?=[a-z])[a-z]{{1,60}}){{0,8}}(?:'(?![a-z]))?)
    | (?P<its>(?<=[0-9])'s\b(?![ ](?:number|codes?|rows?|narrative|text|mcc|bank|name|label)\b))
    | (?P<differs>!=|<>)
    | (?P<sign>\n|[^\s])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_SHORT = {"n't": "not", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'m": "am"}
_IS = frozenset(
    {
        "it",
        "that",
        "what",
        "there",
        "here",
        "this",
        "which",
        "who",
        "where",
        "he",
        "she",
        "everything",
        "one",
        "code",
    }
)
_TAIL = re.compile(r"(?P<stem>[a-z]+?)(?P<tail>n't|'re|'ve|'ll|'d|'m|'s|s')$", re.IGNORECASE)


def tokens(text: str) -> list[Token]:
    """All tokens of a clean text, in order."""
    found: list[Token] = []
    before = 0
    for match in _TOKEN.finditer(text):
        glued = match.start() == before and match.start() > 0
        before = match.end()
        if match["tag"] is None:
            found.extend(_token(match, glued))
    return found


def _token(match: re.Match[str], glued: bool) -> list[Token]:
    start, end, raw = match.start(), match.end(), match[0]
    if match["word"] is not None:
        return _words(raw, start, end, glued)
    for group, form in (
        ("ticked", Form.CODE_QUOTE),
        ("doubled", Form.QUOTE),
        ("singled", Form.QUOTE),
    ):
        if match[group] is not None:
            return [Token(form, "", match[group], start, end, glued)]
    if match["its"] is not None:
        return [Token(Form.WORD, "is", "is", start, end, glued)]
    if match["differs"] is not None:
        return [Token(Form.WORD, "not", "not", start, end, glued)]
    if match["bare"] is not None:
        bare = raw.rstrip(".,;:!") if raw[-2:-1] in ")]" else raw.rstrip(".,;:!?")
        return [Token(Form.CODE_QUOTE, "", bare, start, start + len(bare), glued)]
    if match["amount"] is not None:
        return [Token(Form.AMOUNT, "", raw, start, end, glued)]
    if match["range"] is not None:
        return _range(raw, start, end, glued)
    if match["id"] is not None:
        return _number(raw, start, glued)
    return [Token(Form.SIGN, raw, raw, start, end, glued)]


def _range(raw: str, start: int, end: int, glued: bool) -> list[Token]:
    """One token, unless blanks stand around a dash between numbers of another length each."""
    first, *signs, last = re.split(r"(\s-+\s?|-+\s)", raw) if " " in raw else (raw, raw)
    if not signs or len(first) == len(last):
        return [Token(Form.RANGE, "", raw, start, end, glued)]
    at = start + len(first)
    return [
        *_number(first, start, glued),
        Token(Form.SIGN, "-", "-", at + 1, at + 2),
        *_number(last, end - len(last), False),
    ]


def _number(raw: str, start: int, glued: bool) -> list[Token]:
    form = Form.NUMBER if raw.isdecimal() else Form.ID
    return [Token(form, raw.lower(), raw, start, start + len(raw), glued)]


def _words(raw: str, start: int, end: int, glued: bool) -> list[Token]:
    """A word; a contraction is the words it stands for, and a possessive its owner."""
    lower = raw.lower().rstrip("'")
    pair = run_together().get(lower)
    tail = _TAIL.match(raw) if pair is None and "'" in raw else None
    if tail is not None:
        stem, ending = tail["stem"].lower(), tail["tail"].lower()
        if ending in ("'s", "s'"):
            pair = (stem, "is") if ending == "'s" and stem in _IS else None
            lower = stem if ending == "'s" else stem + "s"
        else:
            stem = {"ca": "can", "wo": "will", "sha": "shall", "ai": "is"}.get(stem, stem)
            pair = (stem, _SHORT[ending])
    if pair is not None:
        middle = start + max(1, len(raw) // 2)
        one, two = (word.upper() for word in pair) if raw[:-1].isupper() else pair
        return [
            Token(Form.WORD, pair[0], one, start, middle, glued),
            Token(Form.WORD, pair[1], two, middle, end, True),
        ]
    return [Token(Form.WORD, lower, raw, start, end, glued)]
