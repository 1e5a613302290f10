"""Whether one brand is several, read off its rows (ESC-12): words, codes, merchants.

A word tells when it follows the name at several merchants and stands with codes of another trade
than the brand's other rows. Places and store numbers follow names as well, but stand with any code
and, where the market shows it, with any name. A brand that is one trade is not split, however many
words stand beside its name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from brand_metagen.escalate.profiles import apart, information, one_trade
from brand_metagen.escalate.split_rows import Around, Reading, SplitRow, read_rows

FEWEST_MERCHANTS = 4
"""Merchants of a part, and of a word that tells: fewer may be one shop's accident."""
FEWEST_SURROUNDINGS = 3
"""Different surroundings of a word that tells; a town's own word always stands in the same ones."""
TOUCHING = 0.6
"""Share of a word's rows in which it stands right behind the name."""
TOGETHER = 0.5
"""Share of the rarer word's rows that hold the other, from which both name one part."""
ASTRAY = 0.2
"""Share of a word's rows that hold a word of another part, from which it names neither."""
MOST_WORDS = 40
"""Words looked at, those of most merchants: comparing all with all grows with the cube."""
MIXED = 6.9
"""Evidence (natural log, 1,000 : 1) that two parts carry different codes, before any is split."""
SAME_TRADE = 0.5
"""Chance of codes that go together from which two parts are one trade (`profiles.one_trade`)."""
TOLD = 0.8
"""Share of a code's merchants that one part has, from which the code tells the part."""
FEWEST_TOLD = 3
"""Merchants a part needs with a code before the code tells anything."""
CORE = 0.2
"""Share of the rows without a word whose codes no part has, from which they are a part."""
SAMPLES = 5

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One brand found inside another: its criteria, its rows (ccid, bankid), and the evidence.

    `by_word` counts the rows that a word told; `by_merchant` and `by_code` are the rows that the
    merchant or the code alone told.
    """

    name: str
    sector: str
    words: tuple[str, ...]
    mccids: tuple[str, ...]
    rows: tuple[Key, ...]
    merchants: int
    by_word: int
    by_merchant: tuple[Key, ...]
    by_code: tuple[Key, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What is proposed: no parts where the brand is one, with `why`; `left` = what none could tell.

    `bits` is the mutual information between part and code.
    """

    brandname: str
    parts: tuple[Part, ...]
    left: tuple[tuple[Key, str], ...]
    why: str
    bits: float = 0.0


@dataclass
class _Class:
    """Words that name one part, with the merchants of their rows by code."""

    words: set[str]
    profile: Counter[str]
    merchants: set[str]
    rows: int = 0
    core: bool = False

    def join(self, other: _Class) -> None:
        self.words |= other.words
        self.profile += other.profile
        self.merchants |= other.merchants
        self.rows += other.rows


@dataclass
class _Told:
    """The part of each row, and how it was told."""

    part: dict[Key, int] = field(default_factory=dict)
    how: dict[Key, str] = field(default_factory=dict)
    left: dict[Key, str] = field(default_factory=dict)

    def say(self, reading: Reading, part: int, how: str) -> None:
        self.part[reading.row.key] = part
        self.how[reading.row.key] = how


def propose(name: str, sector: str, rows: Sequence[SplitRow], around: Around) -> Split:
    """The parts of a brand called `name`, or none; the order of the rows changes nothing."""
    readings = sorted(read_rows(name, rows), key=lambda r: r.row.key)
    named = [r for r in readings if r.named]
    if not named:
        why = "no row holds the brand's name" if readings else "the brand has no rows"
        return Split(name, (), (), why)
    classes = _classes(named, around)
    if (core := _core(named, classes)) is not None:
        classes.append(core)
    if not classes:
        return Split(name, (), (), "no word beside the name stands at several merchants")
    if not _several_trades(classes, around):
        return Split(name, (), (), "the rows are one trade: no word goes with other codes")
    told = _tell(readings, classes)
    own = _own(classes, told)
    parts = [
        _part(name, sector, readings, c, told, i, around, own=i == own)
        for i, c in enumerate(classes)
    ]
    parts = [part for part in parts if part.rows]
    if len(parts) < 2:
        return Split(name, (), (), "no two parts have rows of their own")
    why = _why(parts)
    return Split(
        name, tuple(sorted(parts, key=lambda p: (-len(p.rows), p.name))),
        tuple(sorted(told.left.items())), why, information([c.profile for c in classes]),
    )  # fmt: skip


def _why(parts: Sequence[Part]) -> str:
    said = (f"{p.name} ({', '.join(p.words) or 'no word'}; {', '.join(p.mccids)})" for p in parts)
    return f"words beside the name go with codes of different trades: {'; '.join(sorted(said))}"


def _classes(named: Sequence[Reading], around: Around) -> list[_Class]:
    """Words that tell, those of one part joined, in order of their first word."""
    words = _candidates(named, around)
    groups = _that_stand_together(named, words)
    classes = [_class_of(named, group, words) for group in groups]
    classes = [c for c in classes if c.profile]
    while (pair := _most_alike(classes, around)) is not None:
        one, other = pair
        one.join(other)
        classes.remove(other)
    _drop_strays(named, classes)
    found = [_class_of(named, c.words, {w for c in classes for w in c.words}) for c in classes]
    kept = [c for c in found if len(c.merchants) >= FEWEST_MERCHANTS]
    return sorted(kept, key=lambda c: min(c.words))


def _candidates(named: Sequence[Reading], around: Around) -> set[str]:
    """Words right behind the name at several merchants, whatever stands around them."""
    rows: Counter[str] = Counter()
    touching: Counter[str] = Counter()
    merchants: dict[str, set[str]] = defaultdict(set)
    surroundings: dict[str, set[str]] = defaultdict(set)
    for reading in named:
        for word in set(reading.words) - around.spread:
            rows[word] += 1
            touching[word] += word == reading.follows
            merchants[word].add(reading.merchant)
            surroundings[word].add(reading.row.narrative)
    good = [
        word
        for word in rows
        if len(merchants[word]) >= FEWEST_MERCHANTS
        and len(surroundings[word]) >= FEWEST_SURROUNDINGS
        and touching[word] >= TOUCHING * rows[word]
    ]
    return set(sorted(good, key=lambda w: (-len(merchants[w]), w))[:MOST_WORDS])


def _that_stand_together(named: Sequence[Reading], words: set[str]) -> list[set[str]]:
    """The words in groups: a word that mostly stands with another names the same part."""
    rows: dict[str, set[Key]] = defaultdict(set)
    for reading in named:
        for word in words & set(reading.words):
            rows[word].add(reading.row.key)
    groups = [{word} for word in sorted(words)]
    for one, other in combinations(sorted(words), 2):
        shared = len(rows[one] & rows[other])
        if shared >= TOGETHER * min(len(rows[one]), len(rows[other])):
            joined = [g for g in groups if one in g or other in g]
            groups = [g for g in groups if g not in joined] + [set().union(*joined)]
    return sorted(groups, key=min)


def _class_of(named: Sequence[Reading], words: set[str], all_words: set[str]) -> _Class:
    """The rows that hold words of this class and of no other."""
    made = _Class(set(words), Counter(), set())
    cells: set[tuple[str, str]] = set()
    for reading in named:
        held = all_words & set(reading.words)
        if held and held <= words:
            cells.add((reading.merchant, reading.row.mccid))
            made.rows += 1
    made.profile = Counter(mccid for _, mccid in cells)
    made.merchants = {merchant for merchant, _ in cells}
    return made


def _most_alike(classes: Sequence[_Class], around: Around) -> tuple[_Class, _Class] | None:
    """The two classes that one habit of codes explains best, if it does better than two."""
    ranked = [
        (apart(a.profile, b.profile), min(a.words), min(b.words), a, b)
        for a, b in combinations(classes, 2)
        if not _of_two_kinds(a, b, around)
    ]
    best = min(ranked, key=lambda r: r[:3], default=None)
    return (best[3], best[4]) if best is not None and best[0] <= 0 else None


def _of_two_kinds(one: _Class, other: _Class, around: Around) -> bool:
    """Whether the words say that these are different kinds of shop, whatever their codes."""
    first, second = ({around.kinds.get(w) for w in c.words} - {None} for c in (one, other))
    return bool(first and second and not first & second)


def _drop_strays(named: Sequence[Reading], classes: list[_Class]) -> None:
    """Take out words that stand with words of other parts: places look so."""
    part = {word: i for i, c in enumerate(classes) for word in c.words}
    rows: Counter[str] = Counter()
    astray: Counter[str] = Counter()
    for reading in named:
        held = {word for word in reading.words if word in part}
        for word in held:
            rows[word] += 1
            astray[word] += len({part[w] for w in held}) > 1
    # The rarer word strays; the one that names the part stands with many of them.
    gone = {w for w in part if astray[w] >= ASTRAY * rows[w]}
    for c in classes:
        c.words -= gone
    classes[:] = [c for c in classes if c.words]


def _core(named: Sequence[Reading], classes: Sequence[_Class]) -> _Class | None:
    """Rows without a telling word whose codes no part has: a part that is called like the brand."""
    words = {word for c in classes for word in c.words}
    wordless = [r for r in named if not r.telling(words)]
    claimed = {m for c in classes for m, n in c.profile.items() if n >= FEWEST_TOLD}
    cells = {(r.merchant, r.row.mccid) for r in wordless}
    free = {(merchant, mccid) for merchant, mccid in cells if mccid not in claimed}
    common = {m for m, n in Counter(mccid for _, mccid in free).items() if n >= FEWEST_TOLD}
    free = {(merchant, mccid) for merchant, mccid in free if mccid in common}
    merchants = {merchant for merchant, _ in free}
    if len(merchants) < FEWEST_MERCHANTS or len(free) < CORE * len(cells):
        return None
    return _Class(set(), Counter(mccid for _, mccid in free), merchants, core=True)


def _several_trades(classes: Sequence[_Class], around: Around) -> bool:
    return any(
        apart(a.profile, b.profile) >= MIXED
        and one_trade(a.profile, b.profile, around.together) < SAME_TRADE
        for a, b in combinations(classes, 2)
    )


def _tell(readings: Sequence[Reading], classes: Sequence[_Class]) -> _Told:
    """Every row to a part: by its word, else by its merchant, else by its code, else to a human."""
    told, part = _Told(), {word: i for i, c in enumerate(classes) for word in c.words}
    open_rows = []
    for reading in readings:
        found = {part[word] for word in reading.telling(part)}
        if len(found) == 1:
            told.say(reading, found.pop(), "word")
        elif found:
            told.left[reading.row.key] = "holds words of several parts"
        else:
            open_rows.append(reading)
    merchants = _merchants(readings, told)
    codes = _codes(classes)
    for reading in open_rows:
        at_merchant = merchants.get(reading.row.mid, set())
        if len(at_merchant) == 1:
            told.say(reading, min(at_merchant), "merchant")
        elif not reading.named:
            told.left[reading.row.key] = "does not hold the name"
        elif reading.row.mccid in codes:
            told.say(reading, codes[reading.row.mccid], "code")
        else:
            told.left[reading.row.key] = f"code {reading.row.mccid} tells no part, no word does"
    return told


def _merchants(readings: Iterable[Reading], told: _Told) -> Mapping[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for reading in readings:
        if reading.row.mid and reading.row.key in told.part:
            found[reading.row.mid].add(told.part[reading.row.key])
    return found


def _codes(classes: Sequence[_Class]) -> dict[str, int]:
    """The codes that tell a part. Stray codes happen, so one merchant of doubt is added."""
    total: Counter[str] = Counter()
    for c in classes:
        total.update(c.profile)
    return {
        mccid: i
        for i, c in enumerate(classes)
        for mccid, n in c.profile.items()
        if n >= FEWEST_TOLD and n >= TOLD * total[mccid]
    }


def _own(classes: Sequence[_Class], told: _Told) -> int | None:
    """The part that keeps the brand's name: most of its rows, or all, go without a word."""
    rows = Counter(told.part.values())
    worded = Counter(part for key, part in told.part.items() if told.how[key] == "word")
    found = [i for i, c in enumerate(classes) if c.core or worded[i] * 2 < rows[i]]
    return max(found, key=lambda i: (classes[i].core, rows[i], -i), default=None)


def _part(
    name: str,
    sector: str,
    readings: Sequence[Reading],
    found: _Class,
    told: _Told,
    place: int,
    around: Around,
    *,
    own: bool,
) -> Part:
    rows = [r for r in readings if told.part.get(r.row.key) == place]
    how = Counter(told.how[r.row.key] for r in rows)
    words: Counter[str] = Counter()
    for reading in rows:
        words.update(reading.telling(found.words))
    ranked = sorted(found.words, key=lambda w: (-words[w], w))
    codes = sorted(found.profile.items(), key=lambda code: (-code[1], code[0]))
    mccids = [mccid for mccid, n in codes if n >= FEWEST_TOLD] or [codes[0][0]]
    kind = next((around.kinds[w] for w in ranked if w in around.kinds), "")
    return Part(
        name=name if own else f"{name} {_as_written(name, ranked[0])}",
        sector=around.sectors.get(mccids[0], "") or kind or sector,
        words=tuple(ranked),
        mccids=tuple(mccids),
        rows=tuple(r.row.key for r in rows),
        merchants=len({r.merchant for r in rows}),
        by_word=how["word"],
        by_merchant=tuple(r.row.key for r in rows if told.how[r.row.key] == "merchant"),
        by_code=tuple(r.row.key for r in rows if told.how[r.row.key] == "code"),
        samples=tuple(sorted({r.row.narrative for r in rows})[:SAMPLES]),
    )


def _as_written(name: str, word: str) -> str:
    """The word in the letters the brand's name is written in."""
    return word if name.isupper() else word.capitalize()
