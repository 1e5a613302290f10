"""The letter index answers as a search through all narratives would."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.records import Combos
from brand_metagen.synthesise import letters
from brand_metagen.synthesise.corpus import STRIDE, Corpus, build_corpus
from brand_metagen.synthesise.judge import search_of
from brand_metagen.synthesise.letters import DEPTH, EDGE
from brand_metagen.tables.normalise import normalise
from markets import market_of

TEXT = st.text(st.sampled_from("ABC1 -*&_~"), max_size=16)


def combos(rows: list[tuple[str, str, str]]) -> Combos:
    return market_of({"1": "One", "2": "Two"}, rows).combos


def own(corpus: Corpus) -> dict[str, list[int]]:
    return {brandid: list(narratives) for brandid, narratives in corpus.own.items()}


def squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@settings(deadline=None)
@given(st.lists(TEXT, max_size=12), st.text("ABC1", min_size=EDGE + 1, max_size=DEPTH + 2))
def test_containing_is_a_search_through_the_letters(texts: list[str], letters: str) -> None:
    corpus = build_corpus(combos([(text, "", "5411") for text in texts]))
    expected = [i for i, text in enumerate(corpus.texts) if letters in squeezed(text)]
    assert corpus.containing(letters) == expected


@settings(deadline=None)
@given(st.lists(TEXT, max_size=12), st.text("ABC1", min_size=1, max_size=EDGE))
def test_short_runs_are_found_at_the_edges_of_words(texts: list[str], letters: str) -> None:
    corpus = build_corpus(combos([(text, "", "5411") for text in texts]))

    def edge(text: str) -> bool:
        words = [squeezed(word) for word in text.split(" ")]
        return any(word.startswith(letters) or word.endswith(letters) for word in words)

    assert corpus.containing(letters) == [i for i, t in enumerate(corpus.texts) if edge(t)]


def test_every_narrative_holds_no_letters() -> None:
    assert build_corpus(combos([("*", "", "5411"), ("A", "", "5411")])).containing("") == [0, 1]


def test_longer_runs_than_the_index_has_are_read_to_their_end() -> None:
    long = "ABCDEFGHIJKLMNO"
    corpus = build_corpus(combos([(long, "", "5411"), (long[:-1] + "X", "", "5411")]))
    assert corpus.containing(long) == [0]


@settings(deadline=None)
@given(
    st.sets(TEXT.map(normalise), max_size=12),
    st.text("ABC1", min_size=1, max_size=7),
    st.booleans(),
)
def test_a_part_answers_as_a_corpus_of_its_narratives(
    texts: set[str], letters: str, bare: bool
) -> None:
    def answers(corpus: Corpus) -> tuple[list[int], list[int]]:
        found = corpus.containing(letters, bare)
        return found, corpus.matching("[ABC]1", letters, bare, search_of)

    whole = build_corpus(combos([(text, "1", "5411") for text in sorted(texts)]))
    kept = [text for text in whole.texts if text.count("A") != 1]
    part = whole.part(kept.__contains__)
    alone = build_corpus(combos([(text, "1", "5411") for text in kept]))
    assert (part.texts, list(part.cells), own(part)) == (alone.texts, list(alone.cells), own(alone))
    assert (part.squeezed, part.labels) == (alone.squeezed, alone.labels)
    assert answers(part) == answers(alone)


@settings(deadline=None)
@given(
    st.lists(TEXT.map(normalise), max_size=40),
    st.text("ABC1", min_size=1, max_size=5),
    st.booleans(),
    st.integers(0, 12),
)
def test_matching_up_to_a_bound_is_matching_or_nothing(
    texts: list[str], letters: str, bare: bool, most: int
) -> None:
    asked = ("[ABC]1", letters, bare, search_of)
    corpus = build_corpus(combos([(text, "1", "5411") for text in texts]))
    found = build_corpus(combos([(text, "1", "5411") for text in texts])).matching(*asked)
    expected = found if len(found) <= most else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("brand_metagen.synthesise.corpus.STRIDE", 3)
        assert corpus.matching_within(*asked, most) == expected
        assert corpus.matching_within(*asked, most) == expected


def test_hardly_more_than_wanted_is_looked_at() -> None:
    texts = [f"SHOP {number:04d}" for number in range(3 * STRIDE)]
    corpus = build_corpus(combos([(text, "1", "5411") for text in texts]))
    looked: list[str] = []

    def compiled(pattern: str) -> Callable[[str], object]:
        return lambda text: looked.append(text) or True

    assert corpus.matching_within("SHOP", "SHOP", False, compiled, 10) is None
    assert len(looked) == STRIDE


@settings(deadline=None)
@given(st.lists(TEXT.map(normalise), max_size=12), st.text("ABC1 -*&", min_size=1, max_size=4))
def test_beginning_is_a_search_from_the_start(texts: list[str], start: str) -> None:
    corpus = build_corpus(combos([(text, "1", "5411") for text in texts]))
    expected = [i for i, text in enumerate(corpus.texts) if text.startswith(start)]
    assert list(corpus.beginning(start)) == expected


def test_answers_are_kept_in_bounded_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "MOST_REMEMBERED", 3)
    monkeypatch.setattr(letters, "MOST_PLACES", 10)
    few, many = np.arange(2, dtype=np.int32), np.arange(9, dtype=np.int32)
    answers = letters.Answers[str]()
    for asked in "ABC":
        answers.put(asked, few)
    assert all(answers.get(asked) is few for asked in "ABC")
    answers.put("D", few)
    assert (answers.get("A"), answers.get("D")) == (None, few)
    answers.put("E", many)
    assert (answers.get("D"), answers.get("E")) == (None, many)
    answers.put("F", many[:1])
    assert answers.get("E") is many


def test_a_market_without_rows() -> None:
    corpus = build_corpus(combos([]))
    assert (len(corpus), corpus.containing("ABCDE"), corpus.containing("AB")) == (0, [], [])


def test_rows_become_narratives_with_counts() -> None:
    rows = [
        ("B", "2", "5812"),
        ("A", "1", "5411"),
        ("A", "1", "5411"),
        ("A", "", "5411"),
        ("A", "2", "5812"),
    ]
    corpus = build_corpus(combos(rows))
    assert corpus.texts == ["A", "B"]
    assert corpus.cells[0] == [("5411", ""), ("5411", "1"), ("5812", "2")]
    assert own(corpus) == {"1": [0], "2": [0, 1]}
    assert corpus.labels == [("", "1", "2"), "2"]


def test_a_fold_is_left_out_whole() -> None:
    rows = [("A", "1", "5411"), ("B", "1", "5411"), ("B", "2", "5411")]
    corpus = build_corpus(combos(rows)).part(lambda text: text != "B")
    assert (corpus.texts, own(corpus)) == (["A"], {"1": [0]})


def test_the_order_of_rows_does_not_matter() -> None:
    rows = [(f"{a}{b} SHOP", a, "5411") for a in "12" for b in "12345"] * 2
    brands = {"1": "One", "2": "Two"}
    first, other = market_of(brands, rows), market_of(brands, rows, Random(3))
    assert first.combos.ccid != other.combos.ccid
    a, b = build_corpus(first.combos), build_corpus(other.combos)
    assert (a.texts, list(a.cells), own(a)) == (b.texts, list(b.cells), own(b))
