"""What learning one brand needs to know of the whole market, gathered once."""

from __future__ import annotations

import re
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import repeat

import numpy as np

from brand_metagen.config import LearnSettings
from brand_metagen.grammar import admits
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.records import Market
from brand_metagen.registry.brands import aliases, usual_mccids
from brand_metagen.synthesise.cells import place_of
from brand_metagen.synthesise.corpus import Corpus, build_corpus
from brand_metagen.synthesise.judge import Candidate, Judge, names_corpus, search_of
from brand_metagen.synthesise.mccs import MccModel, Named, fit_mccs, wide_floor
from brand_metagen.synthesise.misspelt import Misspelt, misspelt, part_of
from brand_metagen.synthesise.names import Phrase, core_phrase
from brand_metagen.synthesise.owners import Owners
from brand_metagen.synthesise.slips import letter_bits
from brand_metagen.synthesise.spellings import full_name, usual_floor
from brand_metagen.synthesise.sweep import Sweep, Sweeps
from brand_metagen.synthesise.tails import glued_tails
from brand_metagen.synthesise.typos import has_typos

LONG_NAME = 8
"""Letters from which a name hardly means anything else: the market's habits are read off these."""
LEAD_IN_BRANDS = 3
MOST_LEAD_INS = 8
LEAST_ALIAS = 4
"""Letters of another name of a brand: shorter ones are initials."""
KNOWN_ROWS = 0.3
"""Narratives that public knowledge of a brand's codes counts for: 0.1 and 1 serve as well."""
PARTS = 4
"""Parts of the rows that are left out in turn to see how wide lists of codes must be."""


@dataclass(frozen=True)
class Gathered:
    """The names, where full names stand, which codes go with whom, what leads in.

    `full_hits[brandid]` lists narratives that hold the brand's full name; `owners` tells whose
    full names stand in a narrative. `lead_ins` are patterns of what a bank or a wallet prints
    before a name. `misspelt` are patterns of names with slips, `bits` how surprising letters are;
    `longer` the brands whose name holds a brand's, as words; `usual` what the world knows of a
    brand's codes: parts of a narrative per code. `typos` says whether any letter of a name may be
    wrong in this market.
    """

    phrases: Mapping[str, Phrase]
    full_hits: Mapping[str, Sequence[int]]
    owners: Owners
    mccs: MccModel
    mcc_floor: float
    lead_ins: tuple[str, ...]
    misspelt: Misspelt
    bits: Mapping[str, float]
    longer: Mapping[str, list[str]]
    usual: Mapping[str, Mapping[str, float]]
    aliases: Mapping[str, list[Phrase]]
    typos: bool


@dataclass(frozen=True)
class Knowledge(Gathered):
    """What was gathered, with the market it was gathered from; `sweeps` hold what patterns take
    that all folds ask for, `advised` spellings that somebody proposes for a brand."""

    market: Market
    judge: Judge
    sweeps: Sweeps
    advised: Mapping[str, Sequence[Candidate]] = field(default_factory=dict)

    @property
    def corpus(self) -> Corpus:
        return self.judge.corpus

    @property
    def gathered(self) -> Gathered:
        """Itself without the market, which can be sent to another process."""
        return Gathered(**{field.name: getattr(self, field.name) for field in fields(Gathered)})

    def counted(self, brandid: str, narratives: Sequence[int]) -> Counter[str]:
        """Narratives of the brand's own per code; half weight on all its rows if none is given.

        What the world knows of the brand counts as KNOWN_ROWS narratives more.
        """
        counts = self._own_codes(brandid, narratives, 1.0)
        counts = counts or self._own_codes(brandid, self.corpus.own.get(brandid, ()), 0.5)
        for mccid, weight in self.usual.get(brandid, {}).items():
            counts[mccid] += weight  # type: ignore[assignment]
        return counts

    def _own_codes(self, brandid: str, narratives: Sequence[int], weight: float) -> Counter[str]:
        seen = Counter(self.corpus.cells.codes_given(narratives, brandid))
        return Counter({mccid: weight * count for mccid, count in seen.items()})


def gather(
    market: Market, public_names: Sequence[str], settings: LearnSettings, begin: Begin = when_asked
) -> Knowledge:
    """Index the market."""
    phrases = _phrases(market)
    judge = Judge(build_corpus(market.combos), names_corpus(public_names), phrases, settings)
    names = [" ".join(phrases[brandid].words()) for brandid in _named_brands(phrases)]
    sweeps = Sweeps(Sweep(names), Sweep(judge.corpus.texts, judge.public.texts))
    bits = letter_bits(judge.corpus.squeezed)
    slips = begin(lambda: misspelt(judge, sweeps.texts, bits))
    known = _gather(market, judge, sweeps, bits, slips)
    floor = usual_floor(known.judge, known.full_hits)
    judge = replace(known.judge, settings=replace(settings, head_floor=floor))
    typos = has_typos(judge, known.full_hits, known.misspelt.whole, bits)
    return replace(known, judge=judge, typos=typos)


def gather_part(
    known: Knowledge, keep: Callable[[str], bool], begin: Begin = when_asked
) -> Callable[[], Knowledge]:
    """What is known of some narratives of a market alone, so that folds can be left out.

    How letters are spread, how short heads may be, which slips are tried and whether any letter may
    be wrong is no secret of the rows left out.
    """
    whole, market, sweeps = known.judge, known.market, known.sweeps
    corpus = whole.corpus.part(keep)
    judge = Judge(corpus, whole.public, _phrases(market), whole.settings)
    told = begin(
        lambda: (
            _gather(
                market, judge, sweeps, known.bits, lambda: part_of(known.misspelt, corpus)
            ).gathered
        )
    )

    def result() -> Knowledge:
        gathered = told()
        named = replace(judge, phrases=gathered.phrases)
        gathered = replace(gathered, typos=known.typos)
        return Knowledge(**vars(gathered), market=market, judge=named, sweeps=sweeps)

    return result


def _phrases(market: Market) -> dict[str, Phrase]:
    return {brandid: core_phrase(brand.brandname) for brandid, brand in market.brands.items()}


def _gather(
    market: Market,
    judge: Judge,
    sweeps: Sweeps,
    bits: Mapping[str, float],
    slips: Callable[[], Misspelt],
) -> Knowledge:
    corpus, settings, phrases = judge.corpus, judge.settings, dict(judge.phrases)
    full_hits: dict[str, Sequence[int]] = {
        b: array("i", judge.hits(full_name(p)) if p.letters else []) for b, p in phrases.items()
    }
    for brandid, tails in glued_tails(judge, full_hits).items():
        phrases[brandid] = replace(phrases[brandid], tails=tails)
        full_hits[brandid] = array("i", judge.hits(full_name(phrases[brandid])))
    judge = replace(judge, phrases=phrases)
    bare = Knowledge(
        phrases,
        full_hits,
        Owners.of(full_hits, len(corpus)),
        _NO_CODES,
        0.0,
        (),
        Misspelt({}, {}),
        bits,
        _longer(phrases, sweeps.names),
        {},
        _aliases(market) if len(judge.public) else {},
        False,
        market,
        judge,
        sweeps,
    )
    rows = {brandid: bare.counted(brandid, hits) for brandid, hits in full_hits.items()}
    sectors = {brandid: brand.sector for brandid, brand in market.brands.items()}
    codes = _carried(corpus, market)
    mccs = fit_mccs(rows, sectors, codes)
    floor = wide_floor(_named(bare), sectors, codes, settings.mcc_floor)
    usual = _usual(market) if len(judge.public) else {}
    lead_ins = _lead_ins(bare)
    judge.prepare()
    found = slips()
    return replace(bare, mccs=mccs, mcc_floor=floor, lead_ins=lead_ins, misspelt=found, usual=usual)


def _usual(market: Market) -> dict[str, dict[str, float]]:
    """The codes that shops of a brand's kind carry, of brands known to the world."""
    found = {}
    for brandid, brand in market.brands.items():
        codes = [code for code in usual_mccids(brand.brandname) if code in market.mccs]
        if codes:
            found[brandid] = dict.fromkeys(codes, KNOWN_ROWS / len(codes))
    return found


def _aliases(market: Market) -> dict[str, list[Phrase]]:
    """The other names of brands known to the world."""
    found = {}
    for brandid, brand in market.brands.items():
        phrases = [core_phrase(alias) for alias in aliases(brand.brandname)]
        found[brandid] = [p for p in phrases if len(p.letters) >= LEAST_ALIAS]
    return {brandid: phrases for brandid, phrases in found.items() if phrases}


def _carried(corpus: Corpus, market: Market) -> list[str]:
    """The codes that rows of the market carry: nothing is known of others."""
    return sorted(corpus.cells.carried() & market.mccs.keys())


def _named(knowledge: Knowledge) -> dict[Named, int]:
    """What holds a brand's name, dealt to parts by narrative, with how often it stands."""
    corpus, cells = knowledge.corpus, knowledge.corpus.cells
    parts = np.fromiter(
        (zlib.crc32(t.encode()) % PARTS for t in corpus.texts), np.int8, len(corpus)
    )
    counts: Counter[Named] = Counter()
    for brandid, narratives in knowledge.full_hits.items():
        if not narratives:
            continue
        at, place = cells.at(narratives)
        brand = place_of(cells.brandids, brandid)
        own = np.zeros(len(at), bool) if brand is None else cells.brand[at] == brand
        columns = (
            map(cells.codes.__getitem__, cells.code[at].tolist()),
            parts[np.array(narratives)][place].tolist(),
            own.tolist(),
        )
        counts.update(map(Named, repeat(brandid), *columns))
    return counts


def _longer(phrases: Mapping[str, Phrase], sweep: Sweep) -> dict[str, list[str]]:
    """Per brand those whose name holds its own between other words."""
    brandids = _named_brands(phrases)
    patterns = {b: full_name(phrases[b]).closed for b in brandids}
    patterns = {b: pattern for b, pattern in patterns.items() if admits(pattern)}
    sweep.learn(patterns.values())
    found: dict[str, list[str]] = {}
    for brandid, pattern in patterns.items():
        (names,) = sweep.of(pattern)
        others = (brandids[i] for i in names.tolist())
        size = len(phrases[brandid].letters)
        longer = [other for other in others if len(phrases[other].letters) > size]
        if longer:
            found[brandid] = longer
    return found


def _named_brands(phrases: Mapping[str, Phrase]) -> list[str]:
    return [brandid for brandid, phrase in phrases.items() if phrase.letters]


_NO_CODES = MccModel({}, {}, {}, 0.0)


def _lead_ins(knowledge: Knowledge) -> tuple[str, ...]:
    """What stands right before long names of several brands, most widespread first."""
    users: dict[str, set[str]] = defaultdict(set)
    for brandid, narratives in knowledge.full_hits.items():
        phrase = knowledge.phrases[brandid]
        if len(phrase.letters) < LONG_NAME:
            continue
        found = search_of(full_name(phrase).closed)
        for i in narratives:
            text = knowledge.corpus.texts[i]
            match = found(text)
            if match and knowledge.judge.is_own(i, brandid):
                users[_lead_in(text[: match.start()])].add(brandid)
    common = [(len(brands), lead) for lead, brands in users.items() if lead]
    ranked = sorted(
        (pair for pair in common if pair[0] >= LEAD_IN_BRANDS), key=lambda p: (-p[0], p[1])
    )
    return tuple(lead for _, lead in ranked[:MOST_LEAD_INS])


def _lead_in(before: str) -> str:
    r"""The end of a prefix as a pattern: a star, or its last word; empty when it is neither.

    >>> _lead_in("ZETTLE_*"), _lead_in("CARD PAYMENT TO "), _lead_in("WWW.")
    ('\\*[ ]?', 'TO ', 'WWW\\.')
    """
    if before.rstrip(" ").endswith("*"):
        return r"\*[ ]?"
    word = re.search(r"[A-Z]{2,}[ .]$", before)
    return word.group().replace(".", r"\.") if word else ""
