"""Evidence in, rule and proof out: one brand's rule, narrowed until the market bears it out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter

from brand_metagen.grammar import admits
from brand_metagen.records import Piece, Rule
from brand_metagen.synthesise.advised import worth_trying
from brand_metagen.synthesise.exclusions import exclusion
from brand_metagen.synthesise.judge import CLOSED, Candidate, Tally, search_of
from brand_metagen.synthesise.knowledge import LONG_NAME, Knowledge
from brand_metagen.synthesise.misspelt import Slips
from brand_metagen.synthesise.ngrams import evidence_pieces
from brand_metagen.synthesise.slips import LETTER_LOST, swaps
from brand_metagen.synthesise.spellings import (
    SHORT,
    WORDS_CUT,
    full_name,
    head,
    other_names,
    reads_bare,
    shortenings,
    shortest_head,
)
from brand_metagen.synthesise.typos import typos

LONG_NAME_ROWS = 4
"""Rows without a label, or with a strange one, that a long name may take unpunished."""
READABLE, LONG = 79, 129
"""Characters of a pattern read at a glance and of a long one: half of the rules are to be of the
first sort and nine in ten of the second. What no row has shown does not make a rule pass from one
to the next."""
SHARED = "its pattern also takes rows of others"
"""Said of a rule that no narrowing cleans, though it takes more rows of the brand than not."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of one brand: a proven rule, or none with the reasons; `rounds` counts attempts."""

    brandid: str
    rule: Rule | None
    rounds: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    candidate: Candidate
    narratives: tuple[int, ...]


def learn_brand(knowledge: Knowledge, brandid: str, max_rounds: int = 5) -> Learned:
    """Propose the widest rule, prove it on the market, narrow it until it holds.

    Where none holds, the one that gains most is given with SHARED as a reason, which a human must
    see; where none takes more of the brand's rows than speak against it, the brand abstains.
    """
    if not knowledge.phrases[brandid].letters:
        return Learned(brandid, None, 0, ("the name has no letters or digits in ASCII",))
    parts = _propose(knowledge, brandid)
    letters = len(knowledge.phrases[brandid].letters)
    tried: list[tuple[float, Rule | None, tuple[str, ...]]] = []
    tally = Tally()
    for rule, reasons in islice(_narrowings(knowledge, brandid, parts), max_rounds):
        tally = prove(knowledge, rule, parts)
        if _printable(rule):
            if holds(tally, letters):
                return Learned(brandid, rule, len(tried) + 1, reasons)
            tried.append((tally.own - against(tally, letters), rule, reasons))
    gain, best, reasons = max(tried, key=itemgetter(0), default=(0.0, None, ()))
    if best and gain > 0:
        return Learned(brandid, best, len(tried), (*reasons, SHARED))
    return Learned(brandid, None, len(tried), (_why_not(tally),))


def prove(knowledge: Knowledge, rule: Rule, parts: Sequence[_Part]) -> Tally:
    """Run the printed rule, with its codes, where its parts can match at all, and count.

    The index names every narrative a part can stand in; the whole market is run again by the
    matcher once all rules are printed.
    """
    include = search_of(rule.include)
    exclude = search_of(rule.exclude) if rule.exclude else None
    corpus = knowledge.corpus
    taken = [
        i
        for i in sorted({i for part in parts for i in part.narratives})
        if include(corpus.texts[i]) and not (exclude and exclude(corpus.texts[i]))
    ]
    return knowledge.judge.tally(rule.brandid, corpus.cells.carrying(taken, rule.mccids))


def _printable(rule: Rule) -> bool:
    """Whether the language admits the patterns: they mean something and are not too long."""
    return admits(rule.include) and (rule.exclude is None or admits(rule.exclude))


def holds(tally: Tally, letters: int) -> bool:
    """Whether the brand's own rows outweigh what else the rule takes, usual label noise allowed.

    `letters` is the length of the name: a long one hardly means anything else, so that rows
    without a label weigh against it only when there are many.

    >>> holds(Tally(own=1, unlabelled=3), letters=10), holds(Tally(own=1, unlabelled=3), letters=4)
    (True, False)
    """
    return against(tally, letters) <= 0.25 * tally.own + 1


def against(tally: Tally, letters: int) -> float:
    """The rows that speak against a rule, usual label noise allowed; `letters` as in `holds`."""
    benefit = LONG_NAME_ROWS if letters >= LONG_NAME else 1
    unlabelled = max(0.0, tally.unlabelled - benefit - 0.5 * tally.own)
    noise = max(0.0, tally.noise - benefit - 0.25 * tally.own)
    return tally.rival + unlabelled + noise


def _propose(knowledge: Knowledge, brandid: str) -> list[_Part]:
    """Name, slips, shortenings and words of the rows, each with what it takes."""
    judge, phrase = knowledge.judge, knowledge.phrases[brandid]
    parts = _name(knowledge, brandid)
    covered = {i for part in parts for i in part.narratives}
    if len(parts) == 1:
        parts += _swaps(knowledge, brandid, covered)
    if not any(reads_bare(phrase, part.candidate) for part in parts[1:]):
        parts += _slips(knowledge, brandid, knowledge.misspelt.bare, covered)
        covered.update(i for part in parts for i in part.narratives)
    if knowledge.typos:
        parts += _typos(knowledge, brandid, parts, covered)
    known = [part.candidate for part in parts]
    aliases = other_names(knowledge.aliases.get(brandid, ()), known)
    advised = worth_trying(judge, brandid, knowledge.advised.get(brandid, ()))
    for candidate, needed in (*shortenings(phrase, known), *aliases, *advised):
        if candidate.kind == WORDS_CUT and not _readable(parts, candidate):
            continue
        if needed and judge.shown(brandid, candidate, covered) < needed:
            continue  # most initials: asking the brand's own rows spares the whole market
        taken = judge.hits(candidate)
        if _believed(knowledge, brandid, candidate, taken, covered, needed):
            parts.append(_Part(candidate, tuple(taken)))
            covered.update(taken)
    rows = knowledge.corpus.own.get(brandid, ())
    parts += [_Part(c, tuple(n)) for c, n in evidence_pieces(judge, brandid, rows, covered)]
    return parts


def _swaps(knowledge: Knowledge, brandid: str, covered: set[int]) -> list[_Part]:
    """Two neighbours swapped, each spelled out and judged by itself: for names that tell little."""
    judge, phrase = knowledge.judge, knowledge.phrases[brandid]
    found = []
    for candidate in swaps(phrase, knowledge.bits):
        taken = judge.hits(candidate)
        if _believed(knowledge, brandid, candidate, taken, covered, 0):
            found.append(candidate)
            covered.update(taken)
    if not found:
        return []
    one = replace(found[0], pattern=_group([c.pattern for c in found]))
    return [_Part(one, tuple(sorted({i for c in found for i in judge.hits(c)})))]


def _typos(
    knowledge: Knowledge, brandid: str, parts: Sequence[_Part], covered: set[int]
) -> list[_Part]:
    """Any letter wrong: as many windows of the name as are safe and leave the rule readable."""
    judge, found = knowledge.judge, list[Candidate]()
    for candidate in typos(knowledge.phrases[brandid], knowledge.bits):
        wider = replace(candidate, pattern=_group([c.pattern for c in (*found, candidate)]))
        if not _readable(parts, wider):
            continue
        taken = judge.hits(candidate)
        if _believed(knowledge, brandid, candidate, taken, covered, 0):
            found.append(candidate)
            covered.update(taken)
    if not found:
        return []
    one = replace(found[0], pattern=_group([c.pattern for c in found]))
    return [_Part(one, tuple(sorted({i for c in found for i in judge.hits(c)})))]


def _readable(parts: Sequence[_Part], candidate: Candidate) -> bool:
    """Whether a rule stays as readable as it is with one more alternative."""
    printed = [part.candidate for part in parts]
    room = READABLE if len(print_include(printed)) <= READABLE else LONG
    return len(print_include([*printed, candidate])) <= room


def _name(knowledge: Knowledge, brandid: str) -> list[_Part]:
    """The name or its shortest safe head, and the widest pattern for slips in it that is safe.

    Where that does not read the name without vowels, they may be missing in the name itself.
    """
    judge, phrase = knowledge.judge, knowledge.phrases[brandid]
    length = shortest_head(judge, brandid, knowledge.full_hits[brandid])
    loose = length is not None and _ends_loose(knowledge, brandid, length)
    plain, bare = (
        full_name(phrase, bare) if length is None else head(phrase, length, bare, loose)
        for bare in (False, True)
    )
    taken = knowledge.full_hits[brandid] if length is None else judge.hits(plain)
    covered = set(taken)
    slips = _slips(knowledge, brandid, knowledge.misspelt.whole, covered)
    if (
        bare.pattern != plain.pattern
        and len(bare.key) >= SHORT
        and not reads_bare(phrase, slips[0].candidate if slips else None)
    ):
        more = judge.hits(bare, besides=covered)
        if _believed(knowledge, brandid, bare, more, covered, 0):
            return [_Part(bare, tuple(sorted({*taken, *more}))), *slips]
    return [_Part(plain, tuple(taken)), *slips]


def _ends_loose(knowledge: Knowledge, brandid: str, length: int) -> bool:
    """Whether any letters may follow the head of a name where any may be wrong."""
    if not knowledge.typos:
        return False
    judge, phrase = knowledge.judge, knowledge.phrases[brandid]
    covered = judge.hits(head(phrase, length))
    loose = head(phrase, length, loose=True)
    return _believed(knowledge, brandid, loose, judge.hits(loose), set(covered), 0)


def _slips(
    knowledge: Knowledge, brandid: str, slips: Mapping[str, Slips], covered: Container[int]
) -> list[_Part]:
    """The widest pattern of the name misspelt that takes nobody else's."""
    judge, texts = knowledge.judge, knowledge.corpus.texts
    known = slips.get(brandid)
    if known is None:
        return []
    taken, others = known.narratives, known.others
    for candidate in known.candidates:
        if knowledge.typos and candidate.kind == LETTER_LOST.kind:
            continue  # read by windows, and by less when they are not
        if candidate is not known.candidates[0]:
            found = search_of(candidate.closed)
            others, taken = list(filter(found, others)), [i for i in taken if found(texts[i])]
        fresh = (i for i in taken if i not in covered)
        if not others and judge.tolerates(judge.tally(brandid, fresh)):
            # Words glued to names are believed of the name, whatever its spelling.
            tails = knowledge.phrases[brandid].tails
            return [_Part(replace(candidate, tails=tails), tuple(taken))]
    return []


def _believed(
    knowledge: Knowledge,
    brandid: str,
    candidate: Candidate,
    taken: Sequence[int],
    covered: Container[int],
    needed: int,
) -> bool:
    """Whether what a spelling newly takes speaks for it, or nothing against one that needs none.

    Rows of longer names, which the rule will shut out, speak neither for nor against it.
    """
    judge, texts = knowledge.judge, knowledge.corpus.texts
    fresh = [i for i in taken if i not in covered]
    longer = exclusion(knowledge, brandid, ()) if fresh and brandid in knowledge.longer else None
    if longer:
        shut_out = search_of(longer)
        fresh = [i for i in fresh if not shut_out(texts[i])]
    tally = judge.tally(brandid, fresh)
    if tally.own < needed or not judge.tolerates(tally):
        return False
    return needed > 0 or not judge.public_conflicts(brandid, candidate)


def _narrowings(
    knowledge: Knowledge, brandid: str, parts: Sequence[_Part]
) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    """Rules from the widest to the narrowest, with what each gives up."""
    settings = knowledge.judge.settings
    wide, strict = knowledge.mcc_floor, settings.mcc_floor_strict
    name_only, from_rows = (
        parts[:1],
        [p for p in parts if p.candidate.anchored or p is not parts[0]],
    )
    yield _rule(knowledge, brandid, parts, wide), ()
    yield _rule(knowledge, brandid, parts, strict), ("only its usual codes are safe",)
    lead = _after_lead_in(knowledge.lead_ins)
    why = "the name is only safe where a merchant's name begins"
    yield _rule(knowledge, brandid, parts, strict, lead), (why, "only its usual codes are safe")
    yield _rule(knowledge, brandid, name_only, strict, lead), (why, "only its full name is safe")
    if any(knowledge.judge.is_own(i, brandid) for p in from_rows for i in p.narratives):
        yield _rule(knowledge, brandid, from_rows, strict), ("the name itself is not safe",)


def _rule(
    knowledge: Knowledge, brandid: str, parts: Sequence[_Part], floor: float, start: str = r"\b"
) -> Rule:
    covered = sorted({i for part in parts for i in part.narratives})
    codes = knowledge.mccs.listed(
        knowledge.market.brands[brandid].sector, knowledge.counted(brandid, covered), floor
    )
    tallies = [knowledge.judge.tally(brandid, part.narratives) for part in parts]
    pieces = tuple(
        Piece(part.candidate.pattern, part.candidate.kind, tally.size, tally.rival + tally.noise)
        for part, tally in zip(parts, tallies, strict=True)
    )
    include = print_include([part.candidate for part in parts], start)
    return Rule(brandid, include, exclusion(knowledge, brandid, covered), codes, pieces)


def _after_lead_in(lead_ins: Sequence[str]) -> str:
    """The start of the narrative, or what banks and wallets print before a name."""
    words = [lead if lead.startswith("\\") else r"\b" + lead for lead in lead_ins]
    return "(?:" + "|".join(["^", *words]) + ")"


def print_include(candidates: Sequence[Candidate], start: str = r"\b") -> str:
    """All alternatives between one beginning and one end.

    >>> print_include([Candidate("A[ -]?B", "AB", ""), Candidate("EB", "EB", "", anchored=True)])
    '(?:\\\\bA[ -]?B|^EB)(?:\\\\b|[0-9])'
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for c in sorted(candidates, key=lambda c: (c.anchored, c.end != CLOSED)):
        groups.setdefault(("^" if c.anchored else start, c.end), []).append(c.pattern)
    if len({end for _, end in groups}) == 1:
        (end,) = {end for _, end in groups}
        return _group([begin + _group(patterns) for (begin, _), patterns in groups.items()]) + end
    return _group([b + _group(patterns) + e for (b, e), patterns in groups.items()])


def _group(patterns: Sequence[str]) -> str:
    return patterns[0] if len(patterns) == 1 else "(?:" + "|".join(patterns) + ")"


def _why_not(tally: Tally) -> str:
    return (
        f"no pattern separates the brand: the narrowest takes {tally.own} of its narratives, "
        f"{tally.rival} of rivals, {tally.unlabelled} without a label"
    )
