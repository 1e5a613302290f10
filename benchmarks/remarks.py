"""What a truthful reviewer says of a version: rows pointed at, codes, and plain words.

Nothing said is untrue of the rows the reviewer knows. Which of the true things is said, and how, is
drawn by seed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.known import Known, Trouble, squeezed
from benchmarks.sets import Row
from benchmarks.wording import SAYINGS, VAGUE_MISSED, VAGUE_WRONG, listed

MOST_POINTED = 5
"""Rows of each side that one remark points at."""
LETTERS = 4
"""Letters of a word that is worth naming."""
TOWN = 2
"""Brands whose rows hold a word before a reviewer takes it for a town or a trade."""
SHARES = {"rows": 0.35, "both": 0.25, "text": 0.25, "codes": 0.10, "vague": 0.05}
"""How often a reviewer says what is wrong in which way, where all of them are open to them."""

_WORD = re.compile(r"[A-Z][A-Z']+")

Mark = tuple[str, ...]
"""A thing said, so that it is not said twice."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One true thing: the sentence, what it says, and how many rows in trouble it is about."""

    text: str
    mark: Mark
    rows: int


@dataclass(frozen=True, slots=True)
class Said:
    """A remark as it is sent. `way` is the way it was said in, `satisfiable` whether some rule and
    the confirmation together could keep it."""

    way: str
    body: dict[str, object]
    marks: tuple[Mark, ...] = ()
    satisfiable: bool = True


@dataclass(frozen=True)
class Speaker:
    """One reviewer's choice of what to say about one version."""

    known: Known
    trouble: Trouble
    codes: Collection[str]
    """The codes the version lists."""
    said: Collection[Mark]
    rng: random.Random
    texts: bool = True
    first: bool = True
    """Vague remarks come first if at all."""

    def remark(self) -> Said | None:
        """What to say next; None when all has been said."""
        ways = [way for way in SHARES if self.texts or way in ("rows", "codes")]
        weights = [SHARES[way] for way in ways]
        while ways:
            way = self.rng.choices(ways, weights)[0]
            if (said := self._by_way(way)) is not None:
                return said
            place = ways.index(way)
            del ways[place], weights[place]
        return None

    def _by_way(self, way: str) -> Said | None:
        made: Callable[[], Said | None] = getattr(self, f"_{way}")
        return made()

    def _rows(self) -> Said | None:
        pointed = {"does_not_belong": self.trouble.wrong, "belongs": self.trouble.missed}
        return self._pointing(pointed, MOST_POINTED, "rows")

    def _pointing(self, pointed: dict[str, Sequence[Row]], most: int, way: str) -> Said | None:
        body: dict[str, object] = {}
        marks: list[Mark] = []
        tellable = True
        for side, rows in pointed.items():
            open_rows = [row for row in rows if (side, *row.key) not in self.said]
            chosen = self.rng.sample(open_rows, min(most, len(open_rows)))
            if chosen:
                body[side] = [{"ccid": row.key[0], "bankid": row.key[1]} for row in chosen]
                marks += [(side, *row.key) for row in chosen]
            tellable &= all(self.known.tellable(self.trouble.brandid, row) for row in chosen)
        return Said(way, body, tuple(marks), tellable) if body else None

    def _text(self) -> Said | None:
        found = self._open(self._sentences())
        if not found:
            return None
        # What explains more rows is said rather; now and then two things are said at once.
        chosen = self.rng.choices(found, [s.rows for s in found])
        others = [s for s in found if s.mark[0] != chosen[0].mark[0]]
        if others and self.rng.random() < 0.3:
            chosen.append(self.rng.choice(others))
        text = " ".join(s.text if s.text[-1] in ".!" else f"{s.text}." for s in chosen)
        return Said("text", {"text": text}, tuple(s.mark for s in chosen))

    def _both(self) -> Said | None:
        words, rows = self._text(), self._rows()
        if words is None or rows is None:
            return None
        marks = (*words.marks, *rows.marks)
        return Said("both", {**words.body, **rows.body}, marks, rows.satisfiable)

    def _codes(self) -> Said | None:
        body: dict[str, object] = {}
        marks: list[Mark] = []
        for side, codes in (("mccids_out", self._codes_out()), ("mccids_in", self._codes_in())):
            fresh = [code for code in codes if (side, code) not in self.said]
            if fresh:
                body[side] = fresh[:MOST_POINTED]
                marks += [(side, code) for code in fresh[:MOST_POINTED]]
        return Said("codes", body, tuple(marks)) if body else None

    def _vague(self) -> Said | None:
        if not self.first:
            return None
        open_texts = [*(VAGUE_WRONG if self.trouble.wrong else ()),
                      *(VAGUE_MISSED if self.trouble.missed else ())]  # fmt: skip
        return Said("vague", {"text": self.rng.choice(open_texts)}) if open_texts else None

    def _open(self, found: Iterable[Statement]) -> list[Statement]:
        return [s for s in found if s.mark not in self.said]

    def _sentences(self) -> Iterator[Statement]:
        """Every true thing that words can say of the version."""
        wrong, missed = self.trouble.wrong, self.trouble.missed
        if wrong:
            yield from (self._put("words_out", w, n, word=w) for w, n in self._words_out())
            yield from (self._put("ends", w, n, word=w) for w, n in self._ends())
            yield from (self._about_code("mccids_out", c, wrong) for c in self._codes_out())
            yield from self._numbered("does_not_belong", wrong)
        if missed:
            yield from (self._put("words_in", w, n, word=w) for w, n in self._words_in())
            yield from (self._about_code("mccids_in", c, missed) for c in self._codes_in())
            yield from self._numbered("belongs", missed)

    def _put(self, kind: str, what: str, rows: int, **filled: str) -> Statement:
        name, sayings = self.known.names[self.trouble.brandid], SAYINGS[kind]
        if kind == "words_out" and (other := self._owner(what)):
            sayings, filled = SAYINGS["others_words"], {**filled, "other": other}
        text = self.rng.choice(sayings).format(name=name, **filled)
        return Statement(text, (kind, what), rows)

    def _owner(self, word: str) -> str:
        """The name of the one brand whose rows hold a word; empty when there is none such."""
        held = {self.known.true[key] for key, row in self.known.rows.items()
                if word in row.narrative}  # fmt: skip
        return self.known.names.get(held.pop(), "") if len(held) == 1 else ""

    def _about_code(self, side: str, code: str, rows: Sequence[Row]) -> Statement:
        return self._put(side, code, sum(row.mccid == code for row in rows), code=code)

    def _numbered(self, side: str, rows: Sequence[Row]) -> Iterator[Statement]:
        """Combos by their number, and with their bank where several use it."""
        tellable = [row for row in rows if self.known.tellable(self.trouble.brandid, row)]
        open_rows = [row for row in tellable if (side, *row.key) not in self.said]
        if not open_rows:
            return
        chosen = self.rng.sample(open_rows, min(MOST_POINTED, len(open_rows)))
        numbers = [self._number(row) for row in chosen]
        kind = f"numbers_{side}" if len(numbers) > 1 else f"number_{side}"
        yield self._put(kind, " ".join(numbers), len(chosen), combos=listed(numbers))

    def _number(self, row: Row) -> str:
        ccid, bankid = row.key
        return ccid if self.known.banks[ccid] == 1 else f"{ccid} of bank {bankid}"

    def _words_out(self) -> list[tuple[str, int]]:
        """Words of wrong rows that stand in none of the brand's own, wherever in a word."""
        own = [row.narrative for row in self.known.of_brand(self.trouble.brandid)]
        known = list(map(squeezed, own))
        counted = self._telling(self.trouble.wrong)
        return [(w, n) for w, n in counted if not any(squeezed(w) in text for text in known)]

    def _words_in(self) -> list[tuple[str, int]]:
        """Words of missed rows that stand in rows of the brand alone."""
        brandid = self.trouble.brandid
        found = []
        for word, n in self._telling(self.trouble.missed):
            held = (key for key, row in self.known.rows.items() if word in row.narrative)
            if all(self.known.true[key] == brandid for key in held):
                found.append((word, n))
        return found

    def _telling(self, rows: Sequence[Row]) -> list[tuple[str, int]]:
        """Words worth naming, with the rows that hold them: no towns, no trades."""
        counts = Counter(w for row in rows for w in sorted(set(_WORD.findall(row.narrative))))
        spread = self.known.brands_saying
        return [
            (word, n)
            for word, n in sorted(counts.items())
            if len(word) >= LETTERS and len(spread.get(word, ())) < TOWN
        ]

    def _ends(self) -> list[tuple[str, int]]:
        """Words of the name that go on in wrong rows, and never in the brand's own."""
        name = self.known.names[self.trouble.brandid].upper()
        own = [row.narrative for row in self.known.of_brand(self.trouble.brandid)]
        found = []
        for word in sorted({w for w in _WORD.findall(name) if len(w) >= LETTERS}):
            goes_on = re.compile(rf"\b{re.escape(word)}[A-Z]")
            n = sum(bool(goes_on.search(row.narrative)) for row in self.trouble.wrong)
            if n and not any(map(goes_on.search, own)):
                found.append((word, n))
        return found

    def _codes_out(self) -> list[str]:
        """Codes of wrong rows that none of the brand's own has."""
        own = {row.mccid for row in self.known.of_brand(self.trouble.brandid)}
        return sorted({row.mccid for row in self.trouble.wrong} - own)

    def _codes_in(self) -> list[str]:
        """Codes of missed rows that the version does not list."""
        return sorted({row.mccid for row in self.trouble.missed} - set(self.codes))
