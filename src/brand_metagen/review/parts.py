"""A sentence as parts: cues, things, words that may be things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.records import Brand
from brand_metagen.review.cues import Cue, corrected, find
from brand_metagen.review.nouns import every_bank, noun_after
from brand_metagen.review.number_parts import AT_BANK, NumberParts, numbered
from brand_metagen.review.part import Part, cue_part
from brand_metagen.review.phrases import knowledge
from brand_metagen.review.reading import Lookup
from brand_metagen.review.remark_text import Form, Token
from brand_metagen.review.sentences import Sentence
from brand_metagen.review.things import Numbers, Sort, Thing, held, is_pattern, words_of
from brand_metagen.synthesise.names import squeeze

LONGEST_NAME = 4
"""Words of a name of a brand that is looked for in a remark."""
LONGEST_RUN = 8
"""Words that are taken for one thing."""
BEFORE_NUMBERS = frozenset({".", ":", "#", "no", "number", "nr", "is"})
WHERE = frozenset({"at", "from", "in", "with", "on", "for"})
"""Words before the name of a bank."""
SOFT = frozenset({"bank", "generic", "number_noun", "counted", "filler"})
"""Meanings of words that narratives may hold as well."""
ARTICLES = frozenset({"a", "an", "the"})
FUNCTION = frozenset(knowledge()["in_capitals"]["says"])
"""Words that mean what they always mean, in capitals too."""


@dataclass(slots=True)
class Parser(NumberParts):
    """Sentences into parts; asks the market a bounded number of times for each token."""

    brand: Brand
    generic: frozenset[str]
    own: str = ""
    shouts: bool = False
    """Whether the whole remark is in capitals, so that they tell nothing."""

    @classmethod
    def of(cls, brand: Brand, lookup: Lookup, tokens: Sequence[Token] = ()) -> Parser:
        generic = frozenset(knowledge()["generic"]["says"])
        letters = [t for t in tokens if t.form is Form.WORD and len(t.raw) > 1]
        shouts = len(letters) > 1 and all(t.raw.isupper() for t in letters)
        return cls(lookup, Numbers(lookup), brand, generic, squeeze(brand.brandname), shouts)

    def parts(self, sentence: Sentence) -> list[Part]:
        """The parts of a sentence, in order."""
        tokens = [self._mended(token) for one in sentence.tokens for token in self._listed(one)]
        shouts = self.shouts
        found: list[Part] = []
        part: Part | None
        noun, at_every = "", every_bank(tokens)
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if self._is_bank(tokens, at, found) or self._called_bank(tokens, at, found):
                part = Part(token.start, token.end, AT_BANK, phrase=token.raw.upper())
                at += 1
            elif token.form in (Form.NUMBER, Form.ID, Form.RANGE):
                part, end, noun = self._number(tokens, at, noun, at_every)
                if part is None and end == at:
                    part, end = self._run(tokens, at, loud=token.raw.isupper()), at + 1
                at = end
                if part is not None and found and _is_bank(found, part):
                    found = [p for p in found if not _names_bank(p, part)]
            elif token.form in (Form.QUOTE, Form.CODE_QUOTE):
                part, at = self._quotation(token), at + 1
            elif token.form is Form.WORD:
                part, at = self._word(tokens, at, shouts)
                noun = noun_after(part, noun)
                if part is not None and part.phrase == "no" and _lists_anew(found):
                    noun = ""
                if noun == "other" and not _number_follows(tokens, at):
                    noun = ""
            else:
                part, at = Part(token.start, token.end, sign=token.raw), at + 1
                numbers = sentence.mark == ")" and token.raw == "." and numbered(tokens, at)
                if numbers and found and found[-1].phrase == "no":
                    noun = "other"
                elif found and (
                    found[-1].phrase == "no" or (token.raw == "," and not found[-1].things)
                ):
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

    def _called_bank(self, tokens: Sequence[Token], at: int, found: Sequence[Part]) -> bool:
        """ "At bank EE": what a bank is called is no word of narratives."""
        if not found or not tokens[at].raw.isupper():
            return False
        if found[-1].phrase in WHERE and tokens[at].raw in self.numbers.every_bank:
            return True
        if "bank" not in found[-1].means or found[-1].phrase.endswith("banks"):
            return False
        return (
            tokens[at].form in (Form.ID, Form.WORD)
            and not self.shouts
            and not self.numbers.rows(tokens[at].raw)
        )

    def _quotation(self, token: Token) -> Part:
        named = self.numbers.quoted(token.raw)
        if named:
            return Part(token.start, token.end, things=tuple(named))
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
        if token.word == "bar" and numbered(tokens, at + 1) and tokens[at - 1].word != "the":
            return Part(token.start, token.end, frozenset({"except"})), at + 1
        loud = not shouts and token.raw.isupper() and len(token.raw) > 1
        name = self._name(tokens, at)
        cue = find(tokens, at)
        plainly_cue = cue is not None and (not loud or token.word in FUNCTION or cue.length > 1)
        if cue is not None and plainly_cue and self._soft(tokens, at, cue):
            return self._run_from(tokens, at, 1, loud, shouts)
        if cue is not None and plainly_cue and cue.length > name:
            return cue_part(tokens, at, cue), at + cue.length
        alone = loud and name == 0 and not self._loud_beside(tokens, at)
        if cue is not None and alone and not self.lookup.rows_saying(words_of(token.raw) or "?"):
            return cue_part(tokens, at, cue), at + cue.length
        return self._run_from(tokens, at, max(1, name), loud, shouts)

    def _soft(self, tokens: Sequence[Token], at: int, cue: Cue) -> bool:
        """Whether a noun for something else names words here: "exclude bank rows"."""
        if cue.length > 1 or not cue.meanings <= SOFT or tokens[at].word in ARTICLES:
            return False
        after = find(tokens, at + 1) if at + 1 < len(tokens) else None
        before = find(tokens, at - 1) if at else None
        rows = after is not None and after.meanings & {"row_noun", "rows_like"}
        verb = before is not None and before.meanings & {"take", "miss", "shut_out"}
        taken = verb and "filler" not in cue.meanings
        if not rows and not taken:
            return False
        return bool(held([tokens[at].word], self.lookup, frozenset()))

    def _loud_beside(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the next word, too, is in capitals and no cue."""
        if at + 1 >= len(tokens):
            return False
        other = tokens[at + 1]
        return other.form is Form.WORD and other.raw.isupper() and find(tokens, at + 1) is None

    def _name(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens from here are the name of a brand; 0 for none."""
        known = find(tokens, at)
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            stretch = tokens[at : at + length]
            if any(t.form is not Form.WORD and t.raw not in "&'" for t in stretch):
                continue
            if length == 1 and known is not None and not _may_be_a_name(tokens, at):
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
        while (
            end < len(tokens)
            and end - at < LONGEST_RUN
            and self._goes_on(tokens, at, end, loud, shouts)
        ):
            end += 1
        return self._run(tokens, at, end, loud and not shouts), end

    def _goes_on(
        self, tokens: Sequence[Token], at: int, end: int, loud: bool, shouts: bool
    ) -> bool:
        token = tokens[end]
        if token.form is Form.SIGN:
            return _ties(tokens, end, loud)
        if token.form in (Form.NUMBER, Form.ID):
            text = words_of(" ".join(t.raw for t in tokens[at : end + 1]))
            return bool(text) and self.lookup.rows_saying(text) > 0
        if token.form is not Form.WORD:
            return False
        if loud is not (token.raw.isupper() and len(token.raw) > 1) and not shouts:
            return False
        cue = find(tokens, end)
        if cue is None:
            return True
        if token.word in FUNCTION and (shouts or not self._says_on(tokens, at, end)):
            return False
        return bool(held([t.raw for t in tokens[at : end + 1]], self.lookup, frozenset()))

    def _says_on(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """ "A AND B" in capitals: whether narratives go on with the word behind such a one."""
        loud = end + 1 < len(tokens) and tokens[end + 1].raw.isupper()
        text = words_of(" ".join(t.raw for t in tokens[at : end + 1 + loud]))
        return tokens[end].raw.isupper() and bool(text) and self.lookup.rows_saying(text) > 0

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
            if (
                stretch[0].form is Form.ID
                and len(stretch) == 1
                and not self.lookup.rows_saying(text)
            ):
                return (Thing(Sort.UNKNOWN, stretch[0].raw),)
            return (Thing(Sort.WORDS, text, brand=bool(other)),) if text else ()
        plain = held(
            [t.word for t in stretch if t.form is not Form.SIGN], self.lookup, self.generic
        )
        named = len(stretch) > 1 and all(
            t.raw[:1].isupper() for t in stretch if t.form is Form.WORD
        )
        return (Thing(Sort.WORDS, plain, brand=bool(other), plain=not named),) if plain else ()


def _lists_anew(found: Sequence[Part]) -> bool:
    """ "No 5812, no 5411": the second "no" is none of a number, either."""
    before = found[-1] if found else None
    if before is None or before.things:
        return True
    return before.sign in (",", ";", ":") or bool(before.means & {"and", "break"})


def _is_bank(found: Sequence[Part], part: Part) -> bool:
    return any(_names_bank(before, part) for before in found[-3:])


def _names_bank(before: Part, part: Part) -> bool:
    """Whether words only say which bank's row a part names."""
    banks = {row.bankid.upper() for thing in part.things for row in thing.rows}
    return before.is_run and len(before.said) == 1 and before.said[0].upper() in banks


def _number_follows(tokens: Sequence[Token], at: int) -> bool:
    """Whether a number stands here, or behind "no." and the like."""
    end = at
    while end < min(len(tokens), at + 3) and tokens[end].word in BEFORE_NUMBERS:
        end += 1
    return numbered(tokens, end)


def _ties(tokens: Sequence[Token], at: int, loud: bool) -> bool:
    """Whether signs tie the word behind them to the one before: A&B, A/B, A_*B, A *B."""
    end = at
    while end < min(len(tokens), at + 3) and tokens[end].form is Form.SIGN:
        if tokens[end].raw not in ("&_*/'" if loud else "&'"):
            return False
        end += 1
    if end >= len(tokens) or tokens[end].form is not Form.WORD:
        return False
    tied = tokens[end].glued and (tokens[at].glued or tokens[at].raw == "*")
    if not tied and tokens[at].raw != "&":
        return False
    return tokens[end].raw.isupper() if loud else find(tokens, end) is None


def _may_be_a_name(tokens: Sequence[Token], at: int) -> bool:
    """Whether a word that is a cue as well may be a name where it stands."""
    before = tokens[at - 1].word if at else ""
    return at > 0 and (tokens[at].raw[:1].isupper() or before in ("is", "are", "not", "be", "to"))


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
