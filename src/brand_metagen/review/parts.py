"""A remark as sentences, and a sentence as parts: cues, things, words that may be things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.records import Brand
from brand_metagen.review.cues import Cue, corrected, find, knowledge
from brand_metagen.review.reading import Lookup
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.review.things import Numbers, Sort, Thing, held, is_pattern, words_of
from brand_metagen.synthesise.names import squeeze

LONGEST_NAME = 4
"""Words of a name of a brand that is looked for in a remark."""
LONGEST_RUN = 8
"""Words that are taken for one thing."""
SOFT = frozenset({"bank", "generic", "number_noun", "counted", "filler"})
"""Meanings of words that narratives may hold as well."""
FUNCTION = frozenset(
    ["not", "and", "or", "only", "all", "never", "must", "should", "is", "are", "was", "be", "mcc", "mccs", "ccid", "ccids", "code", "codes", "ok", "no", "it", "id", "ids", "us", "them", "they", "the", "this", "that", "both", "every", "any", "do", "does", "please", "too", "id", "combo", "combos", "row", "rows", "remove", "drop", "exclude", "add", "keep", "include", "shut", "wrong", "missing", "if", "unless", "but", "except", "regex"]
)
"""Words that mean what they always mean, in capitals too."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence: what it means, and what it may name.

    `words` are set for a run of words that may name rows; `own` where they are the brand's name
    and nothing else; `begins_own` where they begin with it; `other` is the id of another brand.
    """

    start: int
    end: int
    means: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    things: tuple[Thing, ...] = ()
    said: tuple[str, ...] = ()
    loud: bool = False
    own: bool = False
    begins_own: bool = False
    other: str = ""
    sign: str = ""
    phrase: str = ""

    @property
    def is_run(self) -> bool:
        return bool(self.said)


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


FEW = 3
"""Tokens in brackets that belong to the sentence around them."""
MOST_IN_BRACKETS = 80


def _brackets(tokens: Sequence[Token]) -> tuple[list[Token], dict[int, list[Sentence]]]:
    """The tokens without brackets, and what stood in long ones by where the token before ends."""
    plain: list[Token] = []
    asides: dict[int, list[Sentence]] = {}
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at) if tokens[at].raw == "(" else None
        if end is None:
            plain.append(tokens[at])
            at += 1
            continue
        inside = tokens[at + 1 : end]
        if len(inside) <= FEW:
            plain.extend(inside)
        elif inside:
            asides.setdefault(plain[-1].end if plain else -1, []).append(
                Sentence(tuple(inside), ")")
            )
        at = end + 1
    return plain, asides


def _closing(tokens: Sequence[Token], at: int) -> int | None:
    for end in range(at + 1, min(len(tokens), at + MOST_IN_BRACKETS)):
        if tokens[end].form is Form.SIGN and tokens[end].raw in "()\n":
            return end if tokens[end].raw == ")" else None
    return None


def _splits(tokens: Sequence[Token], i: int) -> bool:
    token = tokens[i]
    if token.raw in "\n!?;()[]{}":
        return True
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
        )
    return False


@dataclass(slots=True)
class Parser:
    """Sentences into parts; asks the market a bounded number of times for each token."""

    brand: Brand
    lookup: Lookup
    numbers: Numbers
    generic: frozenset[str]
    own: str = ""

    @classmethod
    def of(cls, brand: Brand, lookup: Lookup) -> Parser:
        generic = frozenset(knowledge()["generic"]["says"])
        return cls(brand, lookup, Numbers(lookup), generic, squeeze(brand.brandname))

    def parts(self, sentence: Sentence) -> list[Part]:
        """The parts of a sentence, in order."""
        tokens = [self._mended(token) for token in sentence.tokens]
        letters = [t for t in tokens if t.form is Form.WORD and len(t.raw) > 1]
        shouts = len(letters) > 1 and all(t.raw.isupper() for t in letters)
        found: list[Part] = []
        noun, every_bank = "", _every_bank(tokens)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.form in (Form.NUMBER, Form.ID, Form.RANGE):
                part, at, noun = self._number(tokens, at, noun, every_bank)
            elif token.form in (Form.QUOTE, Form.CODE_QUOTE):
                part, at = self._quotation(token), at + 1
            elif token.form is Form.WORD:
                part, at = self._word(tokens, at, shouts)
                noun = _noun(part, noun)
            else:
                part, at = Part(token.start, token.end, sign=token.raw), at + 1
                if found and found[-1].phrase == "no":
                    noun = ""
            if part is not None:
                found.append(part)
        return found

    def _mended(self, token: Token) -> Token:
        """A misspelt cue as it should be, unless narratives hold the word as it is."""
        if token.form is not Form.WORD or (token.raw.isupper() and len(token.raw) < 5):
            return token
        word = corrected(token.word)
        if word == token.word or self.lookup.rows_saying(words_of(token.word) or "?"):
            return token
        if token.raw[:1].isupper() and self.lookup.brands(token.word):
            return token
        return Token(token.form, word, token.raw, token.start, token.end, token.glued)

    # -- numbers ---------------------------------------------------------------------------

    def _number(
        self, tokens: Sequence[Token], at: int, noun: str, every_bank: bool
    ) -> tuple[Part | None, int, str]:
        token, after = tokens[at], at + 1
        token, after = self._spoken_range(tokens, at)
        kind = noun or _noun_behind(tokens, after) or _year(tokens, at)
        kind = kind if kind not in ("count",) else self._count(tokens[at], tokens, after)
        banks, past = self._banks(tokens, at, after)
        things = self.numbers.thing(token, kind, banks, every_bank)
        bank_used = any(t.sort is Sort.ROW and not t.doubt for t in things)
        if not things and token.form is Form.ID and any(map(str.isalpha, token.raw)) and not noun:
            return self._run(tokens, at, loud=token.raw.isupper()), at + 1, ""
        end = past if bank_used else after
        return Part(token.start, tokens[end - 1].end, things=tuple(things), sign="#"), end, noun

    def _count(self, token: Token, tokens: Sequence[Token], after: int) -> str:
        """A number before "rows" counts them, unless it is a code and they are its rows."""
        of_rows = after < len(tokens) and tokens[after].word in ("rows", "transactions", "ones")
        is_code = len(token.raw) == 4 and self.lookup.code(token.raw)
        return "code" if of_rows and is_code else "other"

    def _spoken_range(self, tokens: Sequence[Token], at: int) -> tuple[Token, int]:
        """12345 to 12349, where both are ids of rows."""
        first = tokens[at]
        if at + 2 < len(tokens) and tokens[at + 1].word in (
            "to",
            "through",
            "thru",
            "until",
            "till",
        ):
            last = tokens[at + 2]
            same = first.form is last.form is Form.NUMBER and len(first.raw) == len(last.raw)
            if same and first.raw < last.raw and self.numbers.rows(first.raw):
                raw = f"{first.raw}-{last.raw}"
                return Token(Form.RANGE, "", raw, first.start, last.end, first.glued), at + 3
        return first, at + 1

    def _banks(self, tokens: Sequence[Token], at: int, after: int) -> tuple[list[str], int]:
        """Names near an id that may be its bank's: behind it, or just before it."""
        named: list[str] = []
        past = after
        known = {row.bankid.upper() for row in self.numbers.rows(tokens[at].raw.lstrip("#"))}
        if len(known) > 1 or known:
            small = (
                "bank",
                "at",
                "of",
                "from",
                "for",
                "in",
                "on",
                "the",
                "with",
                "(",
                "@",
                "-",
                ",",
            )
            while (
                past < len(tokens)
                and past < after + 3
                and (tokens[past].word in small and tokens[past].raw.upper() not in known)
            ):
                past += 1
            if past < len(tokens) and tokens[past].raw.upper() in known:
                return [tokens[past].raw], past + 1
            for token in tokens[max(0, at - 2) : at]:
                if token.raw.upper() in known:
                    named.append(token.raw)
        return named, after

    # -- words -----------------------------------------------------------------------------

    def _quotation(self, token: Token) -> Part:
        if is_pattern(token.raw):
            thing = Thing(Sort.PATTERN, token.raw)
        else:
            words = words_of(token.raw)
            thing = Thing(Sort.WORDS, words or token.raw, doubt="" if words else "short")
        quoted = "quoted" if token.form is Form.QUOTE else "ticked"
        own = squeeze(token.raw) == self.own
        return Part(
            token.start, token.end, frozenset({quoted}), things=(thing,), said=(token.raw,), own=own
        )

    def _word(self, tokens: Sequence[Token], at: int, shouts: bool) -> tuple[Part | None, int]:
        token = tokens[at]
        loud = not shouts and token.raw.isupper() and len(token.raw) > 1
        name = self._name(tokens, at, loud)
        cue = find(tokens, at)
        plainly_cue = cue is not None and (not loud or token.word in FUNCTION or cue.length > 1)
        if cue is not None and plainly_cue and self._soft(tokens, at, cue):
            return self._run_from(tokens, at, 1, loud, shouts)
        if cue is not None and plainly_cue and cue.length >= name:
            return _cue_part(tokens, at, cue), at + cue.length
        if cue is not None and loud and name == 0 and not self._loud_beside(tokens, at):
            if not self.lookup.rows_saying(words_of(token.raw) or "?"):
                return _cue_part(tokens, at, cue), at + cue.length
        return self._run_from(tokens, at, max(1, name), loud, shouts)

    def _soft(self, tokens: Sequence[Token], at: int, cue: Cue) -> bool:
        """Whether a noun for something else names words here: "exclude bank rows"."""
        if cue.length > 1 or not cue.meanings <= SOFT:
            return False
        after = find(tokens, at + 1) if at + 1 < len(tokens) else None
        if after is None or not after.meanings & {"row_noun", "rows_like"}:
            return False
        text = words_of(tokens[at].word)
        return bool(text) and self.lookup.rows_saying(text) > 0

    def _loud_beside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the next word, too, is in capitals and no cue."""
        if at + 1 >= len(tokens):
            return False
        other = tokens[at + 1]
        return other.form is Form.WORD and other.raw.isupper() and find(tokens, at + 1) is None

    def _name(self, tokens: Sequence[Token], at: int, loud: bool) -> int:
        """How many tokens from here are the name of a brand; 0 for none."""
        first = tokens[at]
        known = find(tokens, at)
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            stretch = tokens[at : at + length]
            if any(t.form is not Form.WORD and t.raw not in "&'" for t in stretch):
                continue
            if length == 1 and known is not None and (at == 0 or not first.raw[:1].isupper()):
                continue
            if _is_name(self._brandids(stretch)):
                return length
        return 0

    def _brandids(self, stretch: Sequence[Token]) -> Sequence[str]:
        for name in dict.fromkeys(
            (" ".join(t.raw for t in stretch), " ".join(t.word for t in stretch))
        ):
            if squeeze(name) == self.own:
                return (self.brand.brandid,)
            if ids := self.lookup.brands(name):
                return ids
        return ()

    def _run_from(
        self, tokens: Sequence[Token], at: int, length: int, loud: bool, shouts: bool
    ) -> tuple[Part, int]:
        """Words from here that go together: to the next cue, unless narratives go on with it."""
        end = at + length
        while end < len(tokens) and end - at < LONGEST_RUN and self._goes_on(tokens, at, end, loud):
            end += 1
        return self._run(tokens, at, end, loud and not shouts), end

    def _goes_on(self, tokens: Sequence[Token], at: int, end: int, loud: bool) -> bool:
        token = tokens[end]
        if token.form is Form.SIGN:
            tied = (
                token.raw in "&/*'"
                and end + 1 < len(tokens)
                and (tokens[end + 1].form is Form.WORD and (token.glued or token.raw == "&"))
                and (token.raw != "/" or tokens[end + 1].raw.isupper())
            )
            return tied and find(tokens, end + 1) is None
        if token.form in (Form.NUMBER, Form.ID):
            text = words_of(" ".join(t.raw for t in tokens[at : end + 1]))
            return bool(text) and self.lookup.rows_saying(text) > 0
        if token.form is not Form.WORD:
            return False
        if loud and not token.raw.isupper():
            return False
        cue = find(tokens, end)
        if cue is None:
            return True
        if token.word in FUNCTION:
            return False
        return bool(held([t.raw for t in tokens[at : end + 1]], self.lookup, frozenset()))

    def _run(
        self, tokens: Sequence[Token], at: int, end: int | None = None, loud: bool = False
    ) -> Part:
        stretch = tokens[at : end if end is not None else at + 1]
        said = tuple(_spelling(stretch))
        own = begins_own = False
        other = ""
        for length in range(min(LONGEST_NAME, len(stretch)), 0, -1):
            ids = self._brandids(stretch[:length])
            if self.brand.brandid in ids:
                own, begins_own = length == len(stretch), True
            elif ids:
                other = ids[0]
            if ids:
                break
        things = self._words_thing(stretch, said, loud, other)
        return Part(
            stretch[0].start,
            stretch[-1].end,
            things=things,
            said=said,
            loud=loud,
            own=own,
            begins_own=begins_own,
            other=other,
        )

    def _words_thing(
        self, stretch: Sequence[Token], said: Sequence[str], loud: bool, other: str
    ) -> tuple[Thing, ...]:
        if loud:
            text = words_of("".join(said) if _tied(stretch) else " ".join(said))
            return (Thing(Sort.WORDS, text, brand=bool(other)),) if text else ()
        plain = held(
            [t.word for t in stretch if t.form is not Form.SIGN], self.lookup, self.generic
        )
        return (Thing(Sort.WORDS, plain, brand=bool(other)),) if plain else ()


def _cue_part(tokens: Sequence[Token], at: int, cue: Cue) -> Part:
    found = tokens[at : at + cue.length]
    phrase = " ".join(t.word for t in found)
    return Part(found[0].start, found[-1].end, cue.meanings, cue.verb_forms, phrase=phrase)


def _tied(stretch: Sequence[Token]) -> bool:
    return len(stretch) > 1 and all(t.glued for t in stretch[1:])


def _spelling(stretch: Sequence[Token]) -> Iterator[str]:
    """The words as written; what is tied together stays so."""
    made = ""
    for i, token in enumerate(stretch):
        if i and not token.glued:
            yield made
            made = ""
        made += token.raw
    yield made


def _is_name(ids: Sequence[str]) -> bool:
    return len(ids) > 0


def _noun(part: Part | None, noun: str) -> str:
    """What kind of number follows, after this part; a list keeps it, anything else ends it."""
    if part is None:
        return noun
    if "number_noun" in part.means and "code_noun" not in part.means:
        return "other"
    for meaning, kind in (("code_noun", "code"), ("row_noun", "row")):
        if meaning in part.means:
            return kind
    lasts = {"and", "except", "instead", "not", "filler", "is", "swap_for", "none", "saying"}
    return noun if part.means & lasts else ""


def _noun_behind(tokens: Sequence[Token], after: int) -> str:
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


def _year(tokens: Sequence[Token], at: int) -> str:
    """A number that looks like a year, after a word of time, is one."""
    raw = tokens[at].raw
    if at == 0 or len(raw) != 4 or not "1900" <= raw <= "2099":
        return ""
    before = find(tokens, at - 1)
    return "other" if before is not None and before.meanings & {"time", "number_noun"} else ""


def _every_bank(tokens: Sequence[Token]) -> bool:
    return any(
        cue is not None and "all_banks" in cue.meanings
        for cue in (find(tokens, at) for at in range(len(tokens)) if tokens[at].form is Form.WORD)
    )
