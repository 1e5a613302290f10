"""How names are written otherwise: habits and slips, each one small function.

Every function takes the random numbers to draw from and a name (normalised, upper case), and
returns the name when the change cannot be made.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from random import Random

from benchmarks.market.knowledge import Part, Spelling

Change = Callable[[Random, str], str]

VOWELS = "AEIOU"
KEPT, CUT_WORD = 4, 4
"""Letters of a name that stay whole at its beginning; letters of a word that is cut."""
KEYS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
DIGITS = {"O": "0", "I": "1", "S": "5", "E": "3"}


def apostrophe_lost(_: Random, name: str) -> str:
    return name.replace("'", "")


def apostrophe_blank(_: Random, name: str) -> str:
    return " ".join(name.replace("'", " ").split())


def ampersand_word(_: Random, name: str) -> str:
    return _ampersand(name, " AND ")


def ampersand_letter(_: Random, name: str) -> str:
    return _ampersand(name, " N ")


def ampersand_lost(_: Random, name: str) -> str:
    return _ampersand(name, " ")


def _ampersand(name: str, instead: str) -> str:
    return " ".join(name.replace("&", instead).split())


def article_lost(_: Random, name: str) -> str:
    return name.removeprefix("THE ")


def hyphen_blank(_: Random, name: str) -> str:
    return name.replace("-", " ")


def hyphen_made(_: Random, name: str) -> str:
    return re.sub(r"(?<=[A-Z]) (?=[A-Z])", "-", name, count=1)


def letters_swapped(rng: Random, name: str) -> str:
    places = [
        i for i in range(1, len(name) - 1) if name[i : i + 2].isalpha() and name[i] != name[i + 1]
    ]
    return _at(rng, name, places, lambda i: name[:i] + name[i + 1] + name[i] + name[i + 2 :])


def vowels_dropped(_: Random, name: str) -> str:
    """Every vowel but those that begin a word; names of few consonants stay as they are."""
    short = re.sub(f"(?<=[A-Z])[{VOWELS}]", "", name)
    return short if sum(map(str.isalpha, short)) >= KEPT else name


def words_joined(_: Random, name: str) -> str:
    return name.replace(" ", "")


def blank_moved(rng: Random, name: str) -> str:
    places = [i for i, sign in enumerate(name) if sign == " " and 0 < i < len(name) - 2]
    return _at(rng, name, places, lambda i: name[:i] + name[i + 1] + " " + name[i + 2 :])


def words_cut(_: Random, name: str) -> str:
    words = name.split()
    return name if len(words) < 2 else " ".join(word[:CUT_WORD] for word in words)


def name_cut(rng: Random, name: str) -> str:
    """All but the last letters: two thirds at least, and never fewer than six characters."""
    fewest = max(6, len(name) * 2 // 3)
    return name[: rng.randrange(fewest, len(name))].strip() if fewest < len(name) else name


def letter_lost(rng: Random, name: str) -> str:
    return _at(rng, name, _inside(name), lambda i: name[:i] + name[i + 1 :])


def letter_doubled(rng: Random, name: str) -> str:
    return _at(rng, name, _inside(name), lambda i: name[:i] + name[i] + name[i:])


def key_beside(rng: Random, name: str) -> str:
    return _at(rng, name, _inside(name), lambda i: name[:i] + _beside(rng, name[i]) + name[i + 1 :])


def digit_for_letter(rng: Random, name: str) -> str:
    places = [i for i in _inside(name) if name[i] in DIGITS]
    return _at(rng, name, places, lambda i: name[:i] + DIGITS[name[i]] + name[i + 1 :])


def any_edit(rng: Random, name: str) -> str:
    """A letter behind the first exchanged, left out, put in or swapped with the next: whichever."""
    places = _inside(name)
    if not places:
        return name
    at, letter = rng.choice(places), rng.choice(string.ascii_uppercase)
    return rng.choice(
        (
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        )
    )


def initials_kept(_: Random, name: str) -> str:
    words = name.split()
    return name if len(words) < 2 else " ".join([*(word[0] for word in words[:-1]), words[-1]])


def _inside(name: str) -> list[int]:
    """Places of letters after the first, in names long enough to be known again."""
    return [i for i in range(1, len(name)) if name[i].isalpha()] if len(name) > KEPT else []


def _at(rng: Random, name: str, places: Sequence[int], change: Callable[[int], str]) -> str:
    return change(rng.choice(places)) if places else name


def _beside(rng: Random, letter: str) -> str:
    row = next(row for row in KEYS if letter in row)
    at = row.index(letter)
    return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])


CHANGES: Mapping[str, Change] = {
    change.__name__: change
    for change in (
        *(apostrophe_lost, apostrophe_blank, ampersand_word, ampersand_letter, ampersand_lost),
        *(article_lost, hyphen_blank, hyphen_made, letters_swapped, vowels_dropped, words_joined),
        *(blank_moved, words_cut, name_cut, letter_lost, letter_doubled, key_beside),
        *(digit_for_letter, initials_kept, any_edit),
    )
}
ANY_EDIT = any_edit.__name__
"""The slip of no part: what a learner must read without having been told of it."""
KNOWN_OTHERWISE = "known_otherwise"
"""The slip that takes one of the brand's other public names."""


def spelt(rng: Random, part: Part, name: str, aliases: Sequence[str]) -> tuple[str, str]:
    """The name as one writes it, and the slips that were made, empty when none was."""
    slips: list[str] = []
    if rng.random() < part.shares.habits:
        name, _ = _changed(rng, part.habits, name, ())
    if rng.random() < part.shares.slips:
        for _ in range(2 if rng.random() < part.shares.slip_again else 1):
            name, slip = _changed(rng, part.slips, name, aliases)
            slips += [slip] if slip else []
    return name, "+".join(slips)


def _changed(
    rng: Random, kinds: Sequence[Spelling], name: str, aliases: Sequence[str]
) -> tuple[str, str]:
    """The first of the kinds, in an order drawn by weight, that changes the name."""
    left = list(kinds)
    while left:
        kind = rng.choices(left, [k.weight for k in left])[0]
        left.remove(kind)
        if kind.name == KNOWN_OTHERWISE:
            new = rng.choice(aliases) if aliases else name
        else:
            new = CHANGES[kind.name](rng, name)
        if new != name:
            return new, kind.name
    return name, ""
