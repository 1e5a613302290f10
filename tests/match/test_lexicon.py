"""Words are told apart exactly, however they are looked up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.match import recall
from brand_metagen.match.lexicon import WORD, Lexicon
from brand_metagen.match.recall import UNKNOWN, Recall

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
LONG = st.sampled_from(
    ["A" * 8, "A" * 9, "A" * 16, "A" * 16 + "B", "A" * 16 + "C", "B" * 8 + "A" * 8, "A" * 1_000]
)
TEXTS = st.lists(st.one_of(PRINTABLE, LONG, st.just("")), max_size=12)


@settings(max_examples=300, deadline=None)
@given(TEXTS, TEXTS)
def test_every_word_has_its_own_number(earlier: list[str], texts: list[str]) -> None:
    lexicon = Lexicon()
    lexicon.read(earlier)
    words = lexicon.read(texts)
    found = [(i, word) for i, text in enumerate(texts) for word in WORD.findall(text)]
    assert [lexicon.listed[number] for number in words.number.tolist()] == [w for _, w in found]
    assert words.text.tolist() == [i for i, _ in found]
    places = zip(words.begin.tolist(), words.end.tolist(), strict=True)
    assert [words.joined[begin:end] for begin, end in places] == [w for _, w in found]
    assert len(set(lexicon.listed)) == len(lexicon.listed)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_gaps_are_what_stands_between(texts: list[str]) -> None:
    words = Lexicon().read(texts)
    gaps = words.gaps()
    at = 0
    for text in texts:
        matches = list(WORD.finditer(text))
        for i, match in enumerate(matches):
            behind = text[match.end() : match.end() + 2]
            shown = chr(gaps.first[at]) + chr(gaps.second[at])
            assert shown.partition("\x00")[0] == behind
            last = i + 1 == len(matches)
            gap = text[match.end() :] if last else text[match.end() : matches[i + 1].start()]
            assert gaps.told[at] == (not last and len(gap) <= 8)
            if gaps.told[at]:
                assert int(gaps.bits[at]).to_bytes(8, "little").rstrip(b"\0").decode() == gap
            at += 1
    assert at == len(words.number)


@pytest.mark.parametrize("text", ["A\nB", "A\rB", "A\x00", "CAFÉ"])
def test_what_is_not_normalised_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="normalise"):
        Lexicon().read(["A", text])


KEYS = st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 3)), max_size=40)


@settings(max_examples=200, deadline=None)
@given(KEYS, KEYS)
def test_recall_forgets_but_never_errs(
    known: list[tuple[int, int]], asked: list[tuple[int, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recall, "SLOTS", 3)
        memory = Recall()
        numbers = {key: number for number, key in enumerate(dict.fromkeys(known))}
        first, second = (np.array([k[i] for k in numbers], np.uint64) for i in range(2))
        memory.put(first, second, np.arange(len(numbers), dtype=np.int32))
        both = asked + known
        first, second = (np.array([k[i] for k in both], np.uint64) for i in range(2))
        found = memory.find(first, second).tolist()
        assert all(n in (UNKNOWN, numbers.get(k)) for k, n in zip(both, found, strict=True))
        if len(numbers) == 1:
            assert found[-1] == 0
        memory.clear()
        assert set(memory.find(first, second).tolist()) <= {UNKNOWN}
