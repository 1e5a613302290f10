"""Candidates from the rows: runs of words that mark a brand without spelling its name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from brand_metagen.synthesise.judge import Candidate, Judge, Tally
from brand_metagen.synthesise.names import Phrase

MOST_WORDS = 3
MOST_PIECES = 4
"""More alternatives than these list rows instead of explaining them."""
ROWS_AKIN, ROWS_FOREIGN = 2, 3
"""Distinct narratives a run of words needs, when it shares letters with the name and when not."""

_WORD = re.compile(r"[A-Z][A-Z&'-]*[A-Z]")
_SPLIT = re.compile(r"[ *]+")
_EDGES = "*.,-_#'/"


def evidence_pieces(
    judge: Judge, brandid: str, unexplained: Iterable[int], covered: set[int]
) -> Iterator[tuple[Candidate, list[int]]]:
    """Greedily the runs of words that explain most of what the name does not.

    Yields candidates with the narratives they take; `covered` is what earlier pieces took and is
    extended as candidates are yielded.
    """
    remaining = [i for i in unexplained if i not in covered]
    for _ in range(MOST_PIECES):
        best = _best(judge, brandid, remaining, covered)
        if best is None:
            return
        covered.update(best[1])
        yield best
        remaining = [i for i in remaining if i not in covered]


def _best(
    judge: Judge, brandid: str, rows: list[int], covered: set[int]
) -> tuple[Candidate, list[int]] | None:
    phrase = judge.phrases[brandid]
    best: tuple[Candidate, list[int]] | None = None
    best_score: tuple[float, int, str] | None = None
    most = _most(judge, len(judge.corpus.own.get(brandid, ())))
    for run, support in sorted(runs_of(judge.corpus.texts[i] for i in rows).items()):
        needed = ROWS_AKIN if _akin(run, phrase) else ROWS_FOREIGN
        # A run that cannot beat the best even if every row of it were right is not tried.
        if support < needed or (best_score is not None and support < best_score[0]):
            continue
        for anchored in (False, True):
            candidate = _candidate(run, anchored, phrase)
            taken = judge.hits_within(candidate, most + len(covered))
            if taken is None:
                continue
            tally = judge.tally(brandid, (i for i in taken if i not in covered))
            if _credible(judge, brandid, candidate, tally, needed):
                score = (tally.own - 2 * _bad(tally), len(run), run)
                if best_score is None or score > best_score:
                    best, best_score = (candidate, taken), score
                break
    return best


def runs_of(texts: Iterable[str]) -> dict[str, int]:
    """Runs of one to three plain words with the number of texts they stand in."""
    counts: dict[str, int] = defaultdict(int)
    for text in texts:
        words = [word.strip(_EDGES) for word in _SPLIT.split(text)]
        plain = [bool(_WORD.fullmatch(word)) for word in words]
        runs = {
            " ".join(words[a : a + n])
            for n in range(1, MOST_WORDS + 1)
            for a in range(len(words) - n + 1)
            if all(plain[a : a + n])
        }
        for run in runs:
            counts[run] += 1
    return counts


def _akin(run: str, phrase: Phrase) -> bool:
    if run.replace(" ", "")[:3] == phrase.letters[:3]:
        return True
    words = [word for word in run.split(" ") if len(word) >= 3]
    return any(word in phrase.letters or phrase.letters in word for word in words)


def _candidate(run: str, anchored: bool, phrase: Phrase) -> Candidate:
    letters = "".join(filter(str.isalnum, run))
    return Candidate(run, letters, "words of its rows", anchored, tails=phrase.tails)


def _bad(tally: Tally) -> float:
    return tally.rival + tally.noise + 0.5 * tally.unlabelled


def _most(judge: Judge, own: int) -> float:
    """More narratives than these cannot be credible, whosever they are: counting them is spared."""
    s = judge.settings
    return own * (1 + s.rival_share + s.ngram_noise_share + s.ngram_unlabelled_share) + 1


def _credible(judge: Judge, brandid: str, candidate: Candidate, tally: Tally, needed: int) -> bool:
    settings = judge.settings
    if tally.own < needed:
        return False
    slack = 1 if needed == ROWS_AKIN else 0
    return (
        tally.rival <= settings.rival_share * tally.own
        and tally.noise <= settings.ngram_noise_share * tally.own
        and tally.unlabelled <= settings.ngram_unlabelled_share * tally.own + slack
        and 5 * len(judge.public_conflicts(brandid, candidate)) <= tally.own
    )
