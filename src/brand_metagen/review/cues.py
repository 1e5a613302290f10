"""The words and phrases that remarks turn on (data/remarks.toml), looked up in a text's tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from brand_metagen.review.phrases import expanded, knowledge
from brand_metagen.review.remark_text import Form, Token

SHORTEST_MISSPELT = 5
"""Letters from which a cue is known with one letter wrong; shorter ones are too much alike."""
LISTS = frozenset(
    {
        "not_typos",
        "in_capitals",
        "run_together",
        "common_words",
        "plainly_wallets",
        "stops",
        "stays",
        "relative",
        "loose",
        "all_of",
        "touches",
        "mistakes",
        "lets",
        "omits",
        "uses",
        "may",
        "near_bank",
        "swapped",
        "up_to",
        "some",
        "wondering",
        "begging",
        "shortened",
        "naming",
        "placed",
        "wallets",
        "apart",
        "persons",
        "reports",
        "asides",
        "mixes",
        "takes_back_apart",
        "asking",
        "answers",
        "no_kinds",
        "finds",
    }
)
"""Tables of words that mean nothing by themselves."""
PLAIN = frozenset(
    {"counted", "number_noun", "generic", "filler", "time", "swap_for", "praise", "vague", "of"}
)
"""Tables of words that a slip of the pen is not looked for among."""
VERB_FORMS = ("base", "third", "past", "gerund")


@dataclass(slots=True)
class _Node:
    """A place in the trie of phrases: what is meant by the words so far, and what may follow."""

    meanings: set[str] = field(default_factory=set)
    verb_forms: set[str] = field(default_factory=set)
    after: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase found: its meanings, the forms of its verb (if it is one), its length in tokens."""

    meanings: frozenset[str]
    verb_forms: frozenset[str]
    length: int


def _phrases() -> Iterator[tuple[str, str, str]]:
    """Meaning, phrase, form of the verb (empty for what is none)."""
    for meaning, said in knowledge().items():
        for phrase in said.get("says", ()):
            for way in expanded(phrase):
                yield meaning, way, ""
        for verb in said.get("verbs", ()):
            for form, phrase in zip(VERB_FORMS, verb.split("|"), strict=True):
                yield meaning, phrase.strip(), form


@cache
def _trie() -> _Node:
    root = _Node()
    for meaning, phrase, form in _phrases():
        if meaning in LISTS:
            continue
        node = root
        for word in phrase.split():
            node = node.after.setdefault(word, _Node())
        node.meanings.add(meaning)
        if form:
            node.verb_forms.add(form)
    return root


@cache
def vocabulary() -> frozenset[str]:
    """Every word of every phrase."""
    return frozenset(
        word
        for table, phrase, _ in _phrases()
        if table not in LISTS or table in ("not_typos", "in_capitals")
        for word in phrase.split()
    )


@cache
def _nearly() -> dict[str, tuple[str, ...]]:
    """Every word with one letter left out → the cue words that it may have been."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    own = frozenset(knowledge()["not_typos"]["says"])
    rare = PLAIN | LISTS | {"ambiguous"}
    told = (phrase.split() for table, phrase, _ in _phrases() if table not in rare)
    for word in {word for phrase in told for word in phrase} - own:
        if len(word) >= SHORTEST_MISSPELT and word.isalpha():
            for shorter in (word, *_one_out(word)):
                found[shorter].add(word)
    return {shorter: tuple(sorted(words)) for shorter, words in found.items()}


def _one_out(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def corrected(word: str) -> str:
    """The cue word that a word is, one letter wrong, or the word itself.

    >>> corrected("belnog"), corrected("shuld"), corrected("bread")
    ('belong', 'should', 'bread')
    """
    if len(word) < SHORTEST_MISSPELT - 1 or len(word) > 20 or word in vocabulary():
        return word
    near = _nearly()
    may_be = {m for w in (word, *_one_out(word)) for m in near.get(w, ())}
    close = sorted(m for m in may_be if m[0] == word[0] and _one_wrong(word, m))
    # Two letters in the wrong order are the likeliest slip, then a letter lost.
    close.sort(key=lambda m: (sorted(m) != sorted(word), len(m) <= len(word), m))
    return close[0] if close else word


def _one_wrong(one: str, other: str) -> bool:
    """Whether two words differ by one letter put in, left out, changed, or two swapped."""
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, letter in enumerate(one) if letter != other[i]), len(one))
    if len(one) < len(other):
        return len(other) - len(one) == 1 and one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at + 1 :]


def find(tokens: Sequence[Token], at: int) -> Cue | None:
    """The longest phrase that begins at a token."""
    node: _Node | None = _trie()
    best: Cue | None = None
    for length, token in enumerate(tokens[at : at + 8], start=1):
        if token.form is not Form.WORD or node is None:
            break
        node = node.after.get(token.word)
        if node is not None and node.meanings:
            best = Cue(frozenset(node.meanings), frozenset(node.verb_forms), length)
    return best
