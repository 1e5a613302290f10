"""What can be had without this project, on the same rows: name as a word, TF-IDF, exact lookup."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import re2

from benchmarks.counting import Predictions, f1
from benchmarks.sets import BenchSet, Key, Row
from brand_metagen.tables.normalise import normalise

Yardstick = Callable[[BenchSet], Predictions]

SET_MEMORY = 1 << 30
"""Bytes an RE2 set may use; its default fails at some 10,000 patterns (measured)."""
NGRAMS = (2, 5)
"""Characters of a TF-IDF feature, inside words."""
HELD_BACK = 5
"""Every fifth narrative sets the linear classifier's threshold and is not learned from then."""
MOST_WORK = 60_000_000
"""Training rows times classes up to which the linear classifier is fitted (some three minutes)."""


class TooLarge(Exception):
    """A yardstick would take unreasonably long on this set."""


def by_name(one: BenchSet) -> Predictions:
    """The brand whose name stands in the narrative as a word, with a code its label was seen with.

    The longest name wins; two of the same length leave the row without a brand.
    """
    names = {b: normalise(name) for b, name in sorted(one.brands.items()) if normalise(name)}
    brandids, codes = list(names), _seen_codes(one.train)
    options = re2.Options()
    options.max_mem = SET_MEMORY
    search = re2.Set.SearchSet(options)
    for name in names.values():
        search.Add(rf"(?:^|[^A-Z0-9]){re2.escape(name)}(?:$|[^A-Z0-9])")
    search.Compile()
    found: dict[Key, frozenset[str]] = {}
    for row in one.rows:
        named = (brandids[i] for i in search.Match(row.narrative) or ())
        taking = [b for b in named if row.mccid in codes[b]]
        longest = max((len(names[b]) for b in taking), default=0)
        best = [b for b in taking if len(names[b]) == longest]
        if len(best) == 1:
            found[row.key] = frozenset(best)
    return found


def by_lookup(one: BenchSet) -> Predictions:
    """The label most given to the very same narrative; nothing where it is new or undecided."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for row in one.train:
        if row.given:
            labels[row.narrative][row.given] += 1
    found: dict[Key, frozenset[str]] = {}
    for row in one.rows:
        ranked = labels[row.narrative].most_common(2) if row.narrative in labels else []
        if ranked and (len(ranked) == 1 or ranked[0][1] > ranked[1][1]):
            found[row.key] = frozenset({ranked[0][0]})
    return found


def by_tfidf(one: BenchSet) -> Predictions:
    """TF-IDF of character n-grams and a linear classifier, "no brand" being one more class.

    A brand is given where its margin reaches the threshold that serves F1 best on rows held back.
    Needs scikit-learn (ImportError); raises TooLarge beyond `MOST_WORK`.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.svm import LinearSVC  # type: ignore[import-untyped]

    labels = np.array([row.given for row in one.train], dtype=object)
    if len(labels) * len(set(labels)) > MOST_WORK:
        raise TooLarge(f"{len(labels):,} rows of {len(set(labels)):,} classes")
    words = TfidfVectorizer(analyzer="char_wb", ngram_range=NGRAMS, sublinear_tf=True)
    train = words.fit_transform([row.narrative for row in one.train])
    kept = _kept(one.train)
    trial = LinearSVC(random_state=1).fit(train[kept], labels[kept])
    threshold = _threshold(*_best(trial, train[~kept]), labels[~kept])
    final = LinearSVC(random_state=1).fit(train, labels)
    brands, margins = _best(final, words.transform([row.narrative for row in one.rows]))
    given = zip(one.rows, brands, margins, strict=True)
    return {r.key: frozenset({b}) for r, b, margin in given if b and margin >= threshold}


def _seen_codes(train: Sequence[Row]) -> defaultdict[str, set[str]]:
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for row in train:
        codes[row.given].add(row.mccid)
    return codes


def _kept(train: Sequence[Row]) -> Any:
    """Which rows are learned from; a narrative is wholly kept or wholly held back."""
    order = {text: i for i, text in enumerate(sorted({row.narrative for row in train}))}
    return np.array([order[row.narrative] % HELD_BACK != 0 for row in train])


def _best(classifier: Any, features: Any) -> tuple[Any, Any]:
    """The best class of each row and its margin."""
    margins = classifier.decision_function(features)
    best = margins.argmax(axis=1)
    return classifier.classes_[best], margins[np.arange(len(best)), best]


def _threshold(brands: Any, margins: Any, labels: Any) -> float:
    """The margin from which on giving the brand makes F1 against the labels highest."""
    named = brands != ""
    order = np.argsort(-margins[named], kind="stable")
    right = np.cumsum((brands[named] == labels[named])[order])
    labelled = int((labels != "").sum())
    scores = [f1(int(r), n, labelled) for n, r in enumerate(right, start=1)]
    return float(margins[named][order][int(np.argmax(scores))]) if scores else 0.0


YARDSTICKS: dict[str, Yardstick] = {
    "brand name as a word": by_name,
    "TF-IDF + linear": by_tfidf,
    "exact lookup": by_lookup,
}
