"""A remark as sentences, and what kind of sentence one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from brand_metagen.review.cues import find
from brand_metagen.review.part import Part
from brand_metagen.review.phrases import words
from brand_metagen.review.predicates import BARE, COMPLETE, begins_anew
from brand_metagen.review.remark_text import FOREIGN, Form, Token
from brand_metagen.review.said import STATES, VERBS

FEW = 3
"""Tokens in brackets that belong to the sentence around them."""
LISTED = frozenset({Form.NUMBER, Form.ID, Form.RANGE})
NAMING = words("naming")
"""Words beside a number in brackets that only say what it is."""
MOST_IN_BRACKETS = 80
"""Tokens behind an opening bracket among which its closing one is looked for."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens up to a mark; `mark` is that mark, a newline where there is none."""

    tokens: tuple[Token, ...]
    mark: str


def sentences(tokens: Sequence[Token]) -> Iterator[Sentence]:
    """Split at full stops, question marks, semicolons, dashes and new lines.

    What stands in brackets follows as a sentence of its own, unless it is a word or two.
    """
    plain, asides = _brackets(tokens)
    held_back: list[Token] = []
    waiting = asides.get(-1, [])
    for i, token in enumerate(plain):
        if token.form is Form.SIGN and _splits(plain, i):
            if held_back:
                mark = token.raw
                if token.raw == "\n" and held_back[-1].raw in (":", ","):
                    mark = held_back[-1].raw + "\n"
                yield Sentence(tuple(held_back), mark)
                yield from waiting
            held_back, waiting = [], []
        else:
            held_back.append(token)
            waiting.extend(asides.get(token.end, ()))
    if held_back:
        yield Sentence(tuple(held_back), "\n")
    yield from waiting


def _brackets(tokens: Sequence[Token]) -> tuple[list[Token], dict[int, list[Sentence]]]:
    """The tokens without brackets, and what stood in long ones by where the token before ends."""
    plain: list[Token] = []
    asides: dict[int, list[Sentence]] = {}
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at) if tokens[at].raw in ("(", "[") else None
        if end is None:
            plain.append(tokens[at])
            at += 1
            continue
        inside = tokens[at + 1 : end]
        if _remarks_on(plain, inside):
            pass
        elif inside and (_inline(inside) or _apposed(plain, inside)):
            plain.append(replace(inside[0], glued=False))
            plain.extend(inside[1:])
        elif inside:
            asides.setdefault(plain[-1].end if plain else -1, []).append(
                Sentence(tuple(inside), ")")
            )
        at = end + 1
    return plain, asides


def _remarks_on(plain: Sequence[Token], inside: Sequence[Token]) -> bool:
    """Whether a word in brackets only describes the id before it: "12345 (cafe)"."""
    one = len(inside) == 1 and inside[0].form is Form.WORD and not inside[0].raw.isupper()
    return one and bool(plain) and find(inside, 0) is None


def _apposed(plain: Sequence[Token], inside: Sequence[Token]) -> bool:
    """Whether brackets hold how the words before them are written: "the tap (LION TAP)"."""
    loud = all(token.form is Form.WORD and token.raw.isupper() for token in inside)
    return loud and bool(plain) and plain[-1].form is Form.WORD and plain[-1].raw.islower()


def _inline(inside: Sequence[Token]) -> bool:
    """Whether brackets hold no thought of their own: "(5812)", "(bank B2)", "(both banks)"."""
    words = {token.word for token in inside if token.form is Form.WORD}
    plain = all(token.form in LISTED or token.raw in (",", "&", "/") for token in inside)
    return len(inside) == 1 or plain or (len(inside) <= FEW and words <= NAMING)


def _closing(tokens: Sequence[Token], at: int) -> int | None:
    for end in range(at + 1, min(len(tokens), at + MOST_IN_BRACKETS)):
        if tokens[end].form is Form.SIGN and tokens[end].raw in "()[]\n":
            return end if tokens[end].raw in ")]" else None
    return None


SHORTENED = words("shortened")
"""Words that a full stop behind them does not end a sentence."""


ANSWERS = words("answers")
"""Words behind a dash that answer what stands before it."""


def _splits(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.raw == ";" and 0 < i < len(tokens) - 1:
        return not (tokens[i - 1].form in LISTED and tokens[i + 1].form in LISTED)
    if token.raw in "\n!?;()[]{}":
        return True
    if token.raw == "/":
        apart = not token.glued and i + 1 < len(tokens) and not tokens[i + 1].glued
        return apart and not (tokens[i - 1].raw.isupper() and tokens[i + 1].raw.isupper())
    if token.raw == "." and i and tokens[i - 1].word in SHORTENED:
        return False
    if token.raw == ".":
        follows = tokens[i + 1] if i + 1 < len(tokens) else None
        return follows is None or not follows.glued or follows.form is Form.SIGN
    if token.raw == "-":
        # A dash between blanks: but "combos - 1, 2" and "- 1" only point.
        follows = tokens[i + 1] if i + 1 < len(tokens) else None
        ahead = i > 0 and tokens[i - 1].form is Form.WORD
        return (
            not token.glued
            and follows is not None
            and not follows.glued
            and (ahead and follows.form is Form.WORD and not follows.raw.isupper())
            and follows.word not in ANSWERS
        )
    return False


ASIDES = words("asides")
"""Words that begin a new thought only behind another one."""


def clauses(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Split at words that begin a new thought."""
    clause: list[Part] = []
    complete = is_said = named = denied = False
    for i, part in enumerate(parts):
        breaks = "break" in part.means and not part.means & {"except", "and"} and i
        if part.phrase == "but" and (_not_but(parts, i) or _all_but(clause, parts, i)):
            breaks = False
        if breaks and not complete and part.phrase in ASIDES:
            continue
        if breaks or begins_anew(parts, i, complete, named, denied):
            yield clause
            clause, complete, is_said, named, denied = [], False, False, False, False
            continue
        clause.append(part)
        named = named or bool(part.things)
        denied = denied or bool(part.means & {"not", "none"})
        before = parts[i - 1].means if i else frozenset()
        told = _named(part) and bool(
            before & {"not", "no"} or (before & {"is", "filler"} and is_said)
        )
        is_said = is_said or "is" in part.means
        bare = part.phrase in BARE or part.other or part.means & {"yes", "no"}
        told = told or bool(i and parts[i - 1].things and bare)
        complete = complete or bool(part.means & COMPLETE or told)
        if part.sign == ":" or (
            part.sign == "," and i + 1 < len(parts) and not _goes_on(parts[i + 1])
        ):
            complete = False
    yield clause


def _named(part: Part) -> bool:
    return bool(part.things or part.is_run)


def _goes_on(part: Part) -> bool:
    """Whether a list may go on with a part behind a comma."""
    return _named(part) or bool(part.means & {"and", "filler", "same", "except"})


def _all_but(clause: Sequence[Part], parts: Sequence[Part], i: int) -> bool:
    """ "All codes but 7997"."""
    every = any(
        p.means & {"everything", "all_banks"} or p.phrase.startswith("all ") for p in clause
    )
    ahead = [part for part in parts[i + 1 : i + 3] if "filler" not in part.means][:1]
    return every and any(part.things or "at_bank" in part.means for part in ahead)


def _not_but(parts: Sequence[Part], i: int) -> bool:
    """ "Not 5812 but 5814"."""
    around = parts[max(0, i - 3) : i]
    denied = len(around) > 1 and "not" in around[-2].means and bool(around[-1].things)
    return denied and i + 1 < len(parts) and bool(parts[i + 1].things)


def broken(found: Sequence[Token]) -> bool:
    """Whether a word has letters in it that cannot be read: it may be the "not"."""
    return any(
        FOREIGN in (one.raw, other.raw)
        and other.glued
        and one.raw[-1:].isalpha() | other.raw[:1].isalpha()
        for one, other in pairwise(found)
    )


def lists(parts: Sequence[Part]) -> bool:
    """Whether a line only names things, as below a heading."""
    says = {*VERBS, *STATES, "is", "does", "wish", "yes", "no"}
    return not any(part.means & says or part.phrase in BARE for part in parts)


BEGGING = words("begging")
WONDERING = words("wondering")
"""Words that make a question of a sentence, however politely it is put."""


def asks(sentence: Sentence, parts: Sequence[Part]) -> bool:
    """Whether a sentence is a question; "could you drop 5812?" is a polite request."""
    first = next((p for p in parts if not p.means & {"praise"} and not p.sign), None)
    polite = any("please" in part.means for part in parts[:2])
    asking = any("ask" in part.means for part in parts)
    begged = any(part.phrase in BEGGING for part in parts)
    begged = begged or any("please" in part.means for part in parts)
    if begged and not any(part.phrase.split(" ")[0] in WONDERING for part in parts):
        return False
    if sentence.mark == "?":
        return not polite or asking
    inverted = bool(len(parts) > 1 and first is parts[0] and first.phrase in ("is", "are"))
    if inverted and (parts[1].things or parts[1].means & {"they", "it"}):
        return True
    if any(inverts(parts, i) or wonders(parts, i) for i in range(len(parts))):
        return True
    starts = first is not None and "ask" in first.means
    return starts and first is not None and first.phrase not in ("what", "which", "who", "where")


ASKING = words("asking")
"""Verbs and what they ask about, behind a thing."""
INVERTED = frozenset(
    {"should", "were", "had", "does", "did", "can", "could", "would", "must", "was"}
)
"""Verbs that make a question, or a condition, where what they speak of follows."""


def wonders(parts: Sequence[Part], i: int) -> bool:
    """ "Nobody knows what 12345 is": what is asked stands in front, and the verb at the end."""
    if parts[i].phrase not in ("what", "whose", "who") or i + 3 > len(parts):
        return False
    last = all(part.sign for part in parts[i + 3 : i + 5]) and i + 5 > len(parts) - 2
    return bool(parts[i + 1].things) and "is" in parts[i + 2].means and last


def inverts(parts: Sequence[Part], i: int) -> bool:
    """Whether a verb stands before what it speaks of: "should X be ours", "12345 - is that us"."""
    before, after = parts[i - 1] if i else None, parts[i + 1] if i + 1 < len(parts) else None
    if before is not None and before.sign not in (",", "-", ":"):
        return False
    if before is not None and parts[i].phrase in ASKING:
        return True
    named = after is not None and bool(after.things or after.own)
    if before is None and named and parts[i].phrase in INVERTED:
        return True
    return before is None and parts[i].phrase == "who" and bool(after and after.means & {*VERBS})


def denied(parts: Sequence[Part], meaning: str) -> bool:
    """Whether a "not" stands right before a meaning."""
    denied = False
    for part in parts:
        if meaning in part.means:
            return denied
        if "not" in part.means:
            denied = True
        elif not part.means & {"filler", "a", "is"}:
            denied = False
    return False


PERSONS = words("persons")
REPORTS = words("reports")


def reported(found: Sequence[Token]) -> bool:
    """Whether a sentence tells what somebody else says: "a colleague claimed that …"."""
    return any(
        token.word in REPORTS and any(t.word in PERSONS for t in found[max(0, i - 3) : i])
        for i, token in enumerate(found)
    )


MORE = frozenset({"no more than", "more than", "less than", "no less than", "as little"})


def set_apart(parts: Sequence[Part]) -> bool:
    """Whether more is said between one bank and another than that they are listed."""
    at = [i for i, part in enumerate(parts) if "at_bank" in part.means]
    if len(at) < 2:
        return False
    listing = {"and", "filler", "bank", "of", "time"}
    return any(not (p.sign or p.means & listing) for p in parts[at[0] + 1 : at[-1]])


def said_of_another(parts: Sequence[Part]) -> bool:
    """Whether a sentence begins with words in capitals that are not the brand's name."""
    first = next((part for part in parts if part.phrase not in ("a", "an", "the")), None)
    return first is not None and first.loud and bool(first.things) and not first.own


LEANING = frozenset(
    {"at_bank", "bank", "filler", "it", "they", "is", "does", "not", "and", "time", "of"}
)
"""Meanings of what only says that something is so, or not, at a bank."""


def leans_on(parts: Sequence[Part]) -> bool:
    """ "… at B1 it is", "… at B2 it doesn't": said of what was named before."""
    verb = any(part.means & {"is", "does"} for part in parts)
    return verb and all(part.sign or part.means & LEANING for part in parts)


def likened(parts: Sequence[Part]) -> bool:
    """Whether one thing is only measured by another: "A no more than B is ours"."""
    named = False
    for part in parts:
        if named and part.phrase in MORE:
            return True
        named = named or bool(part.things)
    return False


def compared(found: Sequence[Token]) -> bool:
    """Whether one thing is only held to be better than another: "I'd rather lose A than keep B"."""
    at = next((i for i, t in enumerate(found) if t.word in ("rather", "better")), len(found))
    return any(t.word == "than" for t in found[at + 2 :])


BARELY = frozenset({"hedge", "filler", "it", "they", "is", "does", "not", "and", "of", "break"})
"""Meanings of what says nothing but that somebody is not sure."""


def only_hedges(clause: Sequence[Part]) -> bool:
    """Whether a clause only takes away from the one before it: "…, but I would not bet on it"."""
    return any("hedge" in part.means for part in clause) and all(
        part.sign or part.means & BARELY for part in clause
    )


def takes_away(clause: Sequence[Part]) -> bool:
    """ "12345 is ours and it isn't": whether a clause only denies the one before it."""
    said = [part.means for part in clause if not part.sign]
    plain = all(means & {"it", "they", "is", "not", "and", "filler"} for means in said)
    meant = frozenset().union(*said)
    return plain and {"is", "not"} <= meant and bool(meant & {"it", "they"})


def twice_denied(parts: Sequence[Part]) -> bool:
    """Whether one "not" stands right upon another: "isn't not ours"."""
    said = [part for part in parts if not part.means & {"filler", "is", "they", "it"}]
    return any("not" in one.means and "not" in other.means for one, other in pairwise(said))


SOME = words("some")
"""Said before a list of which not all is meant."""


def some_of(parts: Sequence[Part]) -> bool:
    """Whether some of a list are meant, and it is not said which."""
    said = [part for part in parts if part.phrase not in ("a", "an", "the")]
    return any(one.phrase in SOME and other.things for one, other in pairwise(said))
