"""Rows that belong let in, rows that do not shut out: generally, and by listing only at last."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from brand_metagen.constraints import Kind, Row
from brand_metagen.review.draft import Draft
from brand_metagen.review.shapes import Shape, first_bearable
from brand_metagen.review.wanted import Wanted
from brand_metagen.review.words import escaped, joined, outside, safe_search
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.judge import CLOSED, Candidate
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.names import squeeze
from brand_metagen.synthesise.ngrams import runs_of

OWN_LOST = 0.02
"""Share of the brand's own narratives that a general exclusion may cost; one is always bearable."""
TELLING = 3
"""Letters a word needs to stand for a brand's rows, or against them."""
UNLABELLED, BEARABLE = 0.25, 0.25
"""What an unlabelled row weighs against a piece, and the weight it may bear per row of its own."""
LOOSE = "~"
"""Before every word of a run whose words may be tied by anything."""
TIES = "[ ./*#-]?"
UNKNOWN = -1.0
"""What a word that the market does not know says against a row, in log odds."""

_ALNUM = re.compile(r"[A-Z0-9](?:[A-Z0-9']*[A-Z0-9])?")
_INITIAL = re.compile(r"(?:^|[ *])[A-Z] $")
_LETTER = re.compile(r"[A-Z]{2}")

Worth = Callable[[str], float | None]
"""What a word says of the rows it stands in: log odds, None where the market does not know it."""


def spelled(words: str) -> Candidate:
    """A reviewer's words as a piece of a pattern."""
    return Candidate(joined(words), squeeze(words), "a reviewer's words")


def let_in(draft: Draft, missing: Sequence[Row], wanted: Wanted, knowledge: Knowledge) -> None:
    """Codes and pieces for rows that belong; an exclusion that hits one of them gives way."""
    for row in missing:
        draft.list_code(row.mccid, f", because {row.narrative!r} belongs")
    draft.let_in([row.narrative for row in missing])
    # A rule that is blank yet has no pattern that could be searched for.
    taken = safe_search(draft.include) if draft.include else lambda _: None
    texts = sorted({row.narrative for row in missing if not taken(row.narrative)})
    while texts:
        candidate = _best_piece(draft, texts, wanted, knowledge)
        if candidate is None:
            texts = _take_alone(draft, texts, wanted, knowledge)
            continue
        draft.add(candidate, f"takes what says {candidate.pattern}")
        texts = [t for t in texts if not safe_search(candidate.closed)(t)]


def _take_alone(
    draft: Draft, texts: Sequence[str], wanted: Wanted, knowledge: Knowledge
) -> list[str]:
    """Take the first text by its shape, or as it stands; the texts that are left."""
    outside = [row.narrative for row in wanted.rows_out]

    def bearable(shape: Shape) -> bool:
        wrong = any(map(safe_search(shape.pattern), outside))
        taken = shape.taken(knowledge.corpus)
        return not wrong and _bad(draft, taken, 1, wanted, knowledge) is not None

    shape = first_bearable(texts[0], bearable)
    if shape is None:
        draft.take_as_it_stands(texts[0])
        return list(texts[1:])
    draft.take_shape(shape.pattern, f"takes {shape.says}")
    return [text for text in texts if not safe_search(shape.pattern)(text)]


def _bad(
    draft: Draft, taken: Iterable[int], support: int, wanted: Wanted, knowledge: Knowledge
) -> tuple[float, int] | None:
    """What speaks against taking some narratives, and how many are the brand's; None when it is
    more than may be borne."""
    texts, inside = knowledge.corpus.texts, {row.narrative for row in wanted.rows_in}
    others = (i for i in taken if texts[i] not in inside)
    tally = knowledge.judge.tally(draft.brandid, others)
    bad = tally.rival + tally.noise + UNLABELLED * tally.unlabelled
    return None if bad > max(1.0, BEARABLE * (tally.own + support)) else (bad, tally.own)


def _best_piece(
    draft: Draft, texts: Sequence[str], wanted: Wanted, knowledge: Knowledge
) -> Candidate | None:
    """The run of words that most of the texts share and that takes least of others' rows."""
    judge, best, best_score = knowledge.judge, None, None
    outside = [row.narrative for row in wanted.rows_out]
    for run, (candidate, support) in sorted(_runs(texts).items()):
        found = safe_search(candidate.closed)
        # A run ends where blanks and stars do; the pattern asks for the edge of a word.
        if any(map(found, outside)) or not any(map(found, texts)):
            continue
        found_bad = _bad(draft, judge.hits(candidate), support, wanted, knowledge)
        if found_bad is None:
            continue
        bad, own = found_bad
        if len(judge.public_conflicts(draft.brandid, candidate)) > support + own:
            continue
        score = (support + own - 2 * bad, len(run), run)
        if best_score is None or score > best_score:
            best, best_score = candidate, score
    return best


def _runs(texts: Sequence[str]) -> dict[str, tuple[Candidate, int]]:
    """Pieces that some of the texts could be told by, and in how many of them each stands: runs of
    plain words, and where those say too little runs of any words, whatever ties them."""
    counted = {**_loose_runs(texts), **runs_of(texts)}
    told = {run: n for run, n in counted.items() if len(squeeze(run)) >= TELLING}
    return {run: (_piece(run), n) for run, n in told.items()}


def _piece(run: str) -> Candidate:
    words = TIES.join(map(escaped, run.split(LOOSE)[1:]))
    return spelled(run) if LOOSE not in run else Candidate(words, squeeze(run), "a reviewer's rows")


def _loose_runs(texts: Sequence[str]) -> Counter[str]:
    """Runs of one to three words with a letter in each, tied by anything, written with LOOSE."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = [word if _LETTER.search(word) else "" for word in _ALNUM.findall(text)]
        runs = (words[a : a + n] for n in (1, 2, 3) for a in range(len(words) - n + 1))
        counts.update({LOOSE.join(("", *run)) for run in runs if all(run)})
    return counts


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """Words to shut out, the better the smaller: own rows lost, rows solved (negative), what the
    market says of the words, how many there are."""

    lost: float
    unsolved: int
    against: float
    words: int
    run: str


def shut_out(
    draft: Draft, wrong: Sequence[Row], wanted: Wanted, knowledge: Knowledge, worth: Worth
) -> None:
    """Exclusions, codes or a narrower include for rows that do not belong."""
    own = _own_taken(draft, wanted, knowledge.corpus)
    bearable = max(1.0, OWN_LOST * len(own))
    for row in wrong:
        if not draft.takes(row):
            continue
        texts = [other.narrative for other in wrong if draft.takes(other)]
        for among in (texts, [row.narrative]):
            way = _best_exclusion(draft, among, own, wanted, worth)
            if draft.takes(row) and way is not None and way.lost <= bearable:
                draft.shut_out(rf"\b{joined(way.run)}{CLOSED}", f"shuts out {way.run}")
        if not draft.takes(row):
            continue
        initial = _initial_before(draft.include, row.narrative)
        if initial and _lost(initial, own, wanted) <= bearable:
            draft.shut_out(initial, "shuts out people's names, an initial before it")
        elif _spare(draft, row.mccid, own, wanted, knowledge.corpus) <= bearable:
            draft.drop_code(row.mccid, f", because {row.narrative!r} is not theirs")
        else:
            _shut_out_alone(draft, row.narrative, own, bearable, wanted)


def _shut_out_alone(
    draft: Draft, text: str, own: Sequence[str], bearable: float, wanted: Wanted
) -> None:
    """Shut out a text by its shape, or as it stands."""
    shape = first_bearable(text, lambda one: _lost(one.pattern, own, wanted) <= bearable)
    if shape is not None:
        draft.shut_out(shape.pattern, f"shuts out {shape.says}")
        return
    draft.listed += 1
    draft.shut_out(f"^{escaped(text)}$", f"shuts out {text!r} as it is")


def _initial_before(include: str, text: str) -> str | None:
    r"""What shuts out a person's name: one letter as a word before what the pattern matches.

    >>> _initial_before(r"\bYOUNGS\b", "R YOUNGS INN"), _initial_before(r"\bYOUNGS\b", "YOUNGS")
    ('\\b[A-Z] YOUNGS', None)
    """
    match = safe_search(include)(text)
    if match is None or not _INITIAL.search(text[: match.start()]):
        return None
    name = _ALNUM.match(match.group())
    return rf"\b[A-Z] {escaped(name.group())}" if name else None


def _lost(pattern: str, own: Sequence[str], wanted: Wanted) -> float:
    """The brand's own narratives that a pattern would shut out; rows that belong never may be."""
    found = safe_search(pattern)
    if any(found(row.narrative) for row in wanted.rows_in):
        return math.inf
    return sum(found(text) is not None for text in own)


def _own_taken(draft: Draft, wanted: Wanted, corpus: Corpus) -> list[str]:
    """The brand's own narratives that the draft matches, those said not to be its own left out."""
    besides = {row.narrative for row in wanted.rows_out}
    rows = (corpus.texts[i] for i in corpus.own.get(draft.brandid, ()))
    return [text for text in rows if text not in besides and draft.matches(text)]


def _best_exclusion(
    draft: Draft, texts: Sequence[str], own: Sequence[str], wanted: Wanted, worth: Worth
) -> _Way | None:
    """The words beside the match that stand in most of the texts and in fewest rows to keep."""
    ways = []
    for run, solved in sorted(runs_of(outside(draft.include, text) for text in texts).items()):
        lost = _lost(rf"\b{joined(run)}{CLOSED}", own, wanted)
        if len(squeeze(run)) < TELLING or lost == math.inf:
            continue
        words = run.split(" ")
        against = sum(UNKNOWN if (w := worth(word)) is None else w for word in words)
        ways.append(_Way(lost, -solved, against / len(words), len(words), run))
    return min(ways, default=None)


def _spare(draft: Draft, mccid: str, own: Sequence[str], wanted: Wanted, corpus: Corpus) -> float:
    """What leaving a code out would cost: the brand's own narratives that carry it."""
    if mccid in wanted.words[Kind.MCC_IN] or any(row.mccid == mccid for row in wanted.rows_in):
        return math.inf
    kept = set(own)
    return sum(
        corpus.texts[i] in kept
        for i in corpus.own.get(draft.brandid, ())
        if (mccid, draft.brandid) in corpus.cells[i]
    )
