"""Words beside a match: what the market's brands say of them, each leaving its own say out."""

from __future__ import annotations

import math

import pytest

from brand_metagen.confirm.posterior import _Table
from brand_metagen.confirm.words import (
    MOST,
    NEUTRAL_BRANDS,
    SHRINK,
    STEPS,
    WordCounts,
    count_words,
    residue,
    sayings,
)

RATE = 0.8
ROWS = [
    *((str(b), ("LEEDS",), True) for b in range(8)),
    *((str(b), ("LEEDS",), False) for b in (8, 9)),
    *((str(b), ("SOLICITORS",), False) for b in range(6)),
    ("1", ("SOLICITORS",), True),
    ("7", ("MUMBLE", "MUMBLE"), False),
]
SAID = sayings(ROWS)
COUNTS = count_words(SAID, RATE)


def expected(agreed: float, disagreed: float) -> float:
    odds = (agreed + SHRINK * RATE) / (disagreed + SHRINK * (1 - RATE))
    return math.log(odds) - math.log(RATE / (1 - RATE))


def test_every_brand_has_one_voice() -> None:
    assert COUNTS.agreed == {"LEEDS": 8, "SOLICITORS": 0.5}
    assert COUNTS.disagreed == {"LEEDS": 2, "MUMBLE": 1, "SOLICITORS": 5.5}
    assert count_words(sayings(ROWS * 3), RATE) == COUNTS
    assert count_words(sayings(reversed(ROWS)), RATE) == COUNTS


def test_missing_labels_of_large_brands_are_not_held_against_a_word() -> None:
    """Every brand has a row in LONDON that lacks its label, as it must have among many."""
    rows = [(str(b), ("LONDON",), i > 0) for b in range(40) for i in range(5)]
    counts = count_words(sayings(rows), RATE)
    assert counts.weight("LONDON") == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("word", "less", "weight"),
    [
        ("LEEDS", (0, 0), expected(8, 2)),
        ("LEEDS", (1, 0), expected(7, 2)),
        ("SOLICITORS", (0, 0), expected(0.5, 5.5)),
        ("SOLICITORS", (0.5, 0.5), expected(0, 5)),
        ("MUMBLE", (0, 0), expected(0, 1)),
    ],
)
def test_weights(word: str, less: tuple[float, float], weight: float) -> None:
    found = COUNTS.weight(word, less)
    assert found == pytest.approx(weight, abs=0.5 / STEPS)
    assert (found * STEPS).is_integer()


def test_a_brand_does_not_judge_itself() -> None:
    """A word only one brand stood beside is unknown to that brand, and known to others."""
    assert COUNTS.weight("MUMBLE", (0, 1)) is None
    assert COUNTS.weight("MUMBLE") is not None
    assert COUNTS.weight("NEVER SEEN") is None


def test_what_speaks_for_and_against() -> None:
    leeds, solicitors = COUNTS.worth("LEEDS"), COUNTS.worth("SOLICITORS")
    assert leeds == 0.0
    assert solicitors is not None
    assert solicitors < -1.5


def test_common_words_near_nothing_are_no_news() -> None:
    few = WordCounts({"YORK": NEUTRAL_BRANDS - 1}, {}, RATE)
    many = WordCounts({"YORK": NEUTRAL_BRANDS}, {}, RATE)
    assert few.worth("YORK") == few.weight("YORK") != 0.0
    assert many.worth("YORK") == 0.0
    # One brand's own say is taken out before the word is common.
    assert many.worth("YORK", (1, 0)) == few.weight("YORK")


def test_a_table_of_words_says_what_its_counts_say_of_all_words() -> None:
    counts = WordCounts({"LEEDS": 9, "ACME": 2, "BOTH": 1}, {"ACME": 1, "LTD": 4}, RATE,
                        {"SMITH": 7, "ACME": 3, "LEEDS": 1})  # fmt: skip
    worth = _Table(counts.agreed.keys() | counts.disagreed.keys(), counts.worth, None)
    strange = _Table(counts.elsewhere.keys(), counts.strange, 0.0)
    for _ in range(2):  # made, and kept
        for word in ("LEEDS", "ACME", "BOTH", "LTD", "SMITH", "NEVER SEEN"):
            assert worth[word] == counts.worth(word)
            assert strange[word] == counts.strange(word)
    assert "NEVER SEEN" not in worth


def test_weights_are_bounded() -> None:
    assert WordCounts({}, {"X": 10_000}, RATE).weight("X") == -MOST
    assert WordCounts({"X": 10_000}, {}, 0.5).weight("X") == MOST


@pytest.mark.parametrize(
    ("text", "span", "before", "after", "glued"),
    [
        ("STARBUCKS & JONES", (0, 9), (), ("&", "JONES"), False),
        ("POS STARBUCKS 0412 LEEDS", (4, 13), ("POS",), ("LEEDS",), False),
        ("STARBUCKS-JONES LTD", (0, 9), (), ("JONES", "LTD"), True),
        ("STARBUCKS-2727", (0, 9), (), (), False),
        ("STARBUCKS - LEEDS", (0, 9), (), ("LEEDS",), False),
        ("STARBUCKS X9Y A O'NEILL", (0, 9), (), ("O'NEILL",), False),
        ("STARBUCKS", (0, 9), (), (), False),
    ],
)
def test_the_rest_of_a_narrative(
    text: str, span: tuple[int, int], before: tuple[str, ...], after: tuple[str, ...], glued: bool
) -> None:
    rest = residue(text, *span)
    assert (rest.before, rest.after, rest.glued) == (before, after, glued)
    assert rest.words == before + after


@pytest.mark.parametrize(
    ("before", "initial"),
    [
        ("J ", True), ("SQ *J ", True), ("POS J ", True), ("POSJ ", False), ("7 ", False),
        ("J", False), ("J  ", False), ("", False), ("*J", False),
    ],
)  # fmt: skip
def test_a_letter_before_the_name(before: str, initial: bool) -> None:
    text = f"{before}STARBUCKS"
    assert residue(text, len(before), len(text)).initial == initial


def test_words_of_nobody_s() -> None:
    """Twice as many words there as here: each weighs half."""
    rows = [(str(b), ("LEEDS",), True) for b in range(8)]
    counts = count_words(sayings(rows), RATE, {"LEEDS": 8, "VETS": 6, "SMITH": 2})
    scale = (1 - RATE) / RATE * 8 / 16
    assert counts.elsewhere == pytest.approx({"LEEDS": 8 * scale, "SMITH": 0.25, "VETS": 0.75})
    assert counts.strange("LEEDS") == 0.0, "as usual beside names as elsewhere"
    assert counts.strange("VETS") == pytest.approx(expected(0, 0.75), abs=0.5 / STEPS)
    assert counts.strange("VETS") < counts.strange("SMITH") < counts.strange("NEVER SEEN") == 0
    assert counts.weight("VETS") is None, "beside names it is unknown"
    one = count_words(sayings(rows), RATE, {"LEEDS": 16})
    assert one.strange("LEEDS") == 0.0 > one.strange("LEEDS", (8, 0))
