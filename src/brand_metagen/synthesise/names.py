"""How a brand name may be written on a statement: its letters, and what may stand between them.

A name becomes a `Phrase`: words whose letters are fixed, with flexible joints between them. One
phrase covers the store, web and wallet spelling of a name (STAR BUCKS, STAR-BUCKS, STARBUCKS).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from brand_metagen.tables.normalise import normalise

BLANK = "[ -]?"
"""Between two words: a blank, a hyphen, or nothing (squeezed by a wallet or a web address)."""
DOTTED = "[ .-]{0,2}"
"""After an initial or an abbreviation (J.M. WESTON, ST. JOHN)."""
APOSTROPHE = "[ ']?"
QUOTED = "[ .'-]{0,2}"
"""Where an apostrophe stands at the edge of a word (STEAK 'N SHAKE)."""
AMPERSAND = "[ -]?(?:AND|[&+N])?[ -]?"
"""For `&`, `+` and AND, however the name itself has it."""
VOWELS = frozenset("AEIOU")

_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z]{2})")
_WEB_ENDING = re.compile(r"\.(?:COM|CO\.UK|NET|ORG|CO|IO|UK)$")
_LEGAL_WORDS = frozenset({"LTD", "LIMITED", "PLC", "INC", "LLC", "LLP", "GROUP", "UK"})
_EDGE = "`"
"""An apostrophe at the edge of a word, once a name is read."""
_TOKEN = re.compile(r"[A-Z0-9]+|['`.&+]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """Letters with what may stand before each of them: `joints[i]` goes before `letters[i]`.

    `tails` are beginnings of words that may be glued to its end (STARBUCKSLTD); `the` says that a
    THE was left out, which may be glued to its beginning (THEGYM).
    """

    letters: str
    joints: tuple[str, ...]
    tails: tuple[str, ...] = ()
    the: bool = False

    def pattern(self, length: int | None = None, bare: bool = False) -> str:
        """The first `length` letters (all by default) in the portable subset.

        `bare` lets vowels be missing, except those that begin a word.

        >>> phrase_of("Star Buck's").pattern()
        "STAR[ -]?BUCK[ ']?S"
        >>> phrase_of("Star Buck's").pattern(6)
        'STAR[ -]?BU'
        >>> phrase_of("Aspen Grille").pattern(bare=True)
        'ASPE?N[ -]?GRI?LLE?'
        """
        end = len(self.letters) if length is None else length
        pairs = zip(self.joints[:end], self.letters[:end], strict=True)
        if not bare:
            return "".join(joint + letter for joint, letter in pairs)
        return self.letters[:1] + "".join(
            joint + letter + ("?" if letter in VOWELS and not joint else "")
            for joint, letter in islice(pairs, 1, None)
        )

    def first(self, length: int) -> Phrase:
        """The phrase cut after some letters."""
        return Phrase(self.letters[:length], self.joints[:length], self.tails, self.the)

    def fixed_run(self) -> str:
        """The longest run of letters no word of its own may stand between (`&` may be AND).

        >>> phrase_of("Fish & Chips").fixed_run()
        'CHIPS'
        """
        runs = [""]
        for joint, letter in zip(self.joints, self.letters, strict=True):
            if joint == AMPERSAND:
                runs.append("")
            runs[-1] += letter
        return max(runs, key=len)

    def words(self) -> list[str]:
        """The letters split at the joints.

        >>> phrase_of("Fish & Chips").words()
        ['FISH', 'CHIPS']
        """
        starts = [i for i, joint in enumerate(self.joints) if joint or i == 0]
        return [self.letters[a:b] for a, b in pairwise([*starts, len(self.letters)])]


def squeeze(text: str) -> str:
    """Letters and digits only, upper case.

    >>> squeeze("Café & Co.")
    'CAFECO'
    """
    return "".join(filter(str.isalnum, normalise(text)))


def phrase_of(name: str) -> Phrase:
    """The phrase of a whole name; empty letters where nothing of it survives in ASCII."""
    letters: list[str] = []
    joints: list[str] = []
    pending = ""
    after_apostrophe = short = False
    tokens = _tokens(name)
    for at, token in enumerate(tokens):
        if token == "'":
            after_apostrophe = True
        elif token == _EDGE:
            pending = pending or QUOTED
        elif token == ".":
            pending = pending or DOTTED
        elif token in "&+" or (token == "AND" and letters and at + 1 < len(tokens)):
            pending = AMPERSAND
        else:
            joint = pending or (APOSTROPHE if after_apostrophe else DOTTED if short else BLANK)
            short = len(token) <= 2 and token.isalpha() and not after_apostrophe
            joints.append(joint if letters else "")
            joints.extend("" for _ in token[1:])
            letters.extend(token)
            pending, after_apostrophe = "", False
    return Phrase("".join(letters), tuple(joints))


def _tokens(name: str) -> list[str]:
    spaced = _HUMP.sub(" ", name.replace("’", "'").replace("`", "'"))
    text = _WEB_ENDING.sub("", normalise(spaced).replace("-", " "))
    text = re.sub(r"(?<![A-Z0-9])'|'(?![A-Z0-9])", f" {_EDGE} ", text)
    return _TOKEN.findall(text)


def core_phrase(name: str) -> Phrase:
    """The phrase without brackets, a leading THE and trailing legal words, if enough remains.

    >>> core_phrase("The Shop (USA) Ltd").words()
    ['SHOP']
    """
    text = _BRACKETS.sub(" ", name)
    words = normalise(text).split(" ")
    the = len(words) > 1 and words[0] == "THE"
    while len(words) > 1 and words[0] == "THE":
        words = words[1:]
        text = re.sub(r"^\s*the\s+", "", text, flags=re.IGNORECASE)
    while len(words) > 1 and words[-1].strip(".,") in _LEGAL_WORDS:
        words = words[:-1]
        text = re.sub(r"\s*\S+\s*$", "", text)
    phrase = replace(phrase_of(text), the=the)
    return phrase if len(phrase.letters) >= 2 else phrase_of(name)


def skeleton(phrase: Phrase) -> tuple[str, str]:
    """The name without its inner vowels, and the longest run of letters that stays fixed.

    A vowel that begins a word stays; one that ends a word may stay (GRILLE is printed GRLLE as
    often as GRLL).

    >>> skeleton(phrase_of("Aspen Grille"))
    ('ASPN[ -]?GRLLE?', 'ASPNGRLL')
    """
    parts: list[str] = []
    runs = [""]
    for i, (joint, letter) in enumerate(zip(phrase.joints, phrase.letters, strict=True)):
        first = bool(joint) or i == 0
        last = i + 1 == len(phrase.letters) or bool(phrase.joints[i + 1])
        if joint == AMPERSAND:
            runs.append("")
        if letter not in VOWELS or first:
            parts.append(joint + letter)
            runs[-1] += letter
        elif last:
            parts.append(joint + letter + "?")
            runs.append("")
    return "".join(parts), max(runs, key=len)


def cut_words(phrase: Phrase, length: int) -> Phrase:
    """Every word cut to its first letters.

    >>> cut_words(phrase_of("Pilot Flying"), 4).pattern()
    'PILO[ -]?FLYI'
    """
    letters: list[str] = []
    joints: list[str] = []
    depth = 0
    for joint, letter in zip(phrase.joints, phrase.letters, strict=True):
        depth = 0 if joint else depth
        if depth < length:
            letters.append(letter)
            joints.append(joint)
        depth += 1
    return Phrase("".join(letters), tuple(joints), phrase.tails)
