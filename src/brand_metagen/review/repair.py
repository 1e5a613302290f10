"""Rows that belong let in, rows that do not shut out: generally, and by listing only at last."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from brand_metagen.constraints import Kind, Row
from brand_metagen.review.draft import Draft
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
UNKNOWN = -1.0
"""What a word that the market does not know says against a row, in log odds."""

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
    taken = safe_search(draft.include)
    texts = sorted({row.narrative for row in missing if not taken(row.narrative)})
    while texts:
        candidate = _best_piece(draft, texts, wanted, knowledge)
        if candidate is None:
            draft.take_as_it_stands(texts[0])
            texts = texts[1:]
            continue
        draft.add(candidate, f"takes what says {candidate.pattern}")
        texts = [t for t in texts if not safe_search(candidate.closed)(t)]


def _best_piece(
    draft: Draft, texts: Sequence[str], wanted: Wanted, knowledge: Knowledge
) -> Candidate | None:
    """The run of words that most of the texts share and that takes least of others' rows."""
    judge, best, best_score = knowledge.judge, None, None
    inside = {row.narrative for row in wanted.rows_in}
    outside = [row.narrative for row in wanted.rows_out]
    for run, support in sorted(runs_of(texts).items()):
        if len(squeeze(run)) < TELLING:
            continue
        candidate = spelled(run)
        found = safe_search(candidate.closed)
        # A run ends where blanks and stars do; the pattern asks for the edge of a word.
        if any(map(found, outside)) or not any(map(found, texts)):
            continue
        taken = judge.hits(candidate)
        others = (i for i in taken if knowledge.corpus.texts[i] not in inside)
        tally = judge.tally(draft.brandid, others)
        bad = tally.rival + tally.noise + 0.5 * tally.unlabelled
        if bad > max(1.0, 0.25 * (tally.own + support)):
            continue
        if len(judge.public_conflicts(draft.brandid, candidate)) > support + tally.own:
            continue
        score = (support + tally.own - 2 * bad, len(run), run)
        if best_score is None or score > best_score:
            best, best_score = candidate, score
    return best


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """Words to shut out, the better the smaller: own rows lost, rows solved (negative), what the
    market says of the words, how many there are."""

    lost: int
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
        way = _best_exclusion(draft, texts, own, wanted, worth)
        if way is not None and way.lost <= bearable:
            draft.shut_out(rf"\b{joined(way.run)}{CLOSED}", f"shuts out {way.run}")
        if not draft.takes(row):
            continue
        if _spare(draft, row.mccid, own, wanted, knowledge.corpus) <= bearable:
            draft.drop_code(row.mccid, f", because {row.narrative!r} is not theirs")
        else:
            draft.listed += 1
            draft.shut_out(f"^{escaped(row.narrative)}$", f"shuts out {row.narrative!r} as it is")


def _own_taken(draft: Draft, wanted: Wanted, corpus: Corpus) -> list[str]:
    """The brand's own narratives that the draft matches, those said not to be its own left out."""
    besides = {row.narrative for row in wanted.rows_out}
    rows = (corpus.texts[i] for i in corpus.own.get(draft.brandid, ()))
    return [text for text in rows if text not in besides and draft.matches(text)]


def _best_exclusion(
    draft: Draft, texts: Sequence[str], own: Sequence[str], wanted: Wanted, worth: Worth
) -> _Way | None:
    """The words beside the match that stand in most of the texts and in fewest rows to keep."""
    kept = [row.narrative for row in wanted.rows_in]
    ways = []
    for run, solved in sorted(runs_of(outside(draft.include, text) for text in texts).items()):
        found = safe_search(rf"\b{joined(run)}{CLOSED}")
        if len(squeeze(run)) < TELLING or any(map(found, kept)):
            continue
        lost = sum(found(text) is not None for text in own)
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
        if (mccid, draft.brandid) in {(code, given) for code, given, _ in corpus.cells[i]}
    )
