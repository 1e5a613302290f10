"""Columns of cells answer as a list of pairs per narrative would."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.synthesise.cells import cells_of, numbered
from brand_metagen.synthesise.owners import Owners
from markets import market_of

ROWS = st.lists(
    st.tuples(
        st.sampled_from("ABCD"),
        st.sampled_from(["", "1", "2"]),
        st.sampled_from(["5411", "5812", "5541"]),
    ),
    min_size=1,
    max_size=30,
)
SOME = st.lists(st.integers(0, 9), max_size=6)


@settings(deadline=None)
@given(
    ROWS,
    SOME,
    st.sampled_from(["", "1", "2", "3"]),
    st.sets(st.sampled_from(["5411", "5812", "9999"])),
)
def test_cells_answer_as_pairs_per_narrative(
    rows: list[tuple[str, str, str]], some: list[int], brandid: str, codes: set[str]
) -> None:
    combos = market_of({"1": "One", "2": "Two"}, rows).combos
    texts, text = numbered(combos.narrative)
    cells = cells_of(combos, text, len(texts))
    pairs = [sorted({(m, b) for t, b, m in rows if t == wanted}) for wanted in texts]
    chosen = [i % len(texts) for i in some]
    assert list(cells) == pairs
    assert list(cells.of(chosen)) == [pairs[i] for i in chosen]
    assert cells.carried() == {m for _, _, m in rows}
    assert cells.codes_given(chosen, brandid) == [
        m for i in chosen for m, b in pairs[i] if b == brandid
    ]
    assert cells.carrying(chosen, codes) == [i for i in chosen if codes & {m for m, _ in pairs[i]}]
    labels = [tuple(sorted({b for _, b in of})) for of in pairs]
    assert cells.labels() == [one[0] if len(one) == 1 else one for one in labels]
    own = {b: [i for i, one in enumerate(labels) if b in one] for b in ("1", "2")}
    assert {b: list(found) for b, found in cells.by_label().items()} == {
        b: i for b, i in own.items() if i
    }


@given(
    st.dictionaries(st.sampled_from("123"), st.sets(st.integers(0, 5)).map(sorted)),
    SOME,
    st.sampled_from("1234"),
)
def test_owners_answer_as_a_list_per_narrative(
    hits: dict[str, list[int]], some: list[int], brandid: str
) -> None:
    chosen = [i % 6 for i in some]
    expected = [(i, b) for i in chosen for b, held in hits.items() if i in held and b != brandid]
    assert list(Owners.of(hits, 6).others(chosen, brandid)) == expected
