"""Whether work falls and lessons help: said where it can be told, and only there."""

from __future__ import annotations

import pytest
from test_metrics import deed

from brand_metagen.analytics.history import Deed, History, Stretch
from brand_metagen.analytics.learning import (
    effects,
    manual_work,
    taught,
)
from brand_metagen.analytics.learning_page import Learning, page_of
from brand_metagen.analytics.stats import difference_of_means
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.ports import Fate, Lesson, VersionLine
from brand_metagen.reports.html import render_html

SPANS = [
    Stretch(f"2026-05-{d:02d}T00:00:00.000+00:00", f"2026-05-{d + 1:02d}T00:00:00.000+00:00")
    for d in range(1, 13)
]


def work(remarks: list[int], brands: int = 3) -> History:
    """So many brands approved a day, after so many remarks on each."""
    deeds: list[Deed] = []
    for day, count in enumerate(remarks, start=1):
        for brand in range(brands):
            deeds += [deed("feedback", f"{day}-{brand}", day=day) for _ in range(count)]
            deeds.append(deed("approve", f"{day}-{brand}", day=day, round=count))
    return History(
        deeds=tuple(
            Deed(n, d.at, d.actor, d.action, d.brandid, d.version, d.round)
            for n, d in enumerate(deeds, start=1)
        )
    )


@pytest.mark.parametrize(
    ("remarks", "brands", "says"),
    [
        ([9, 8, 8, 7, 6, 5, 4, 4, 3, 2, 1, 0], 3, "falls"),
        ([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9], 3, "does not fall"),
        ([3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1], 3, "does not fall"),
        ([9, 8, 7, 6, 5, 4, 3, 2], 3, "falls"),
        ([9, 8, 7, 6, 5, 4, 3], 3, "cannot be told yet"),
        ([9, 8, 8, 7, 6, 5, 4, 4, 3, 2], 2, "falls"),
        ([9, 8, 8, 7, 6, 5, 4, 4, 3], 2, "cannot be told yet"),
        ([], 0, "cannot be told yet"),
    ],
)
def test_work_falls_where_a_test_says_so(remarks: list[int], brands: int, says: str) -> None:
    first = manual_work(work(remarks, brands), SPANS)[0]
    assert first.says == says
    assert first.settled == brands * len(remarks)
    assert "needed" in first.why if says == "cannot be told yet" else "tau" in first.why


def at(month: int) -> str:
    return f"2026-{month:02d}-02T12:00:00.000+00:00"


def market(takers: int, others: int, good_after: bool = True) -> History:
    """Brands that took a lesson in May are approved in July; of the others one in three."""
    code = Constraint(Kind.MCC_OUT, "5812", None, "ana", at(4), "FB-000001")
    taken = [f"t{n}" for n in range(takers)]
    rest = [f"o{n}" for n in range(others)]
    lessons = [
        Lesson(f"LSN-{n}", b, code, "teacher", Fate.ADOPTED, "ben", at(5))
        for n, b in enumerate(taken)
    ]
    lessons.append(Lesson("LSN-R", "o0", code, "teacher", Fate.REFUSED, "ben", at(5), "no"))
    lessons.append(Lesson("LSN-K", "o1", code, "teacher", Fate.KNOWN, "ben", at(1)))
    deeds, versions = [], []
    for n, brand in enumerate([*taken, *rest, "teacher"]):
        versions.append(VersionLine(brand, 1, at(1), "", 0.9))
        versions.append(VersionLine(brand, 2, at(6), "", 0.9))
        good = good_after if brand in taken else n % 3 == 0
        first = "approve" if good else "feedback"
        deeds.append(Deed(3 * n, at(2), "ana", "reject", brand, 1, 0))
        deeds.append(Deed(3 * n + 1, at(7), "ana", first, brand, 2, 0))
        if not good:
            deeds.append(Deed(3 * n + 2, at(8), "ana", "approve", brand, 3, 1))
    names = dict.fromkeys([*taken, *rest, "teacher"], "")
    deeds.sort(key=lambda d: (d.at, d.sequence))
    return History(
        deeds=tuple(deeds), versions=tuple(sorted(versions, key=lambda v: v.made_at)),
        lessons=tuple(lessons), names=names,
    )  # fmt: skip


def test_brands_that_took_a_lesson_are_compared_with_those_that_did_not() -> None:
    look, rounds = effects(market(20, 60), market(20, 60).lessons)
    assert (look.taken, look.taken_value) == (20, 1.0)
    assert (look.without, look.without_value) == (60, pytest.approx(20 / 60))
    assert look.says == "more with the lesson"
    assert (rounds.taken_value, rounds.without_value) == (1.0, pytest.approx(100 / 60))
    assert rounds.says == "less with the lesson"


def test_nothing_is_claimed_of_few_brands_or_of_chance() -> None:
    few = market(19, 60)
    assert all(e.says.startswith("cannot be told yet") for e in effects(few, few.lessons))
    worse = market(20, 60, good_after=False)
    look, _ = effects(worse, worse.lessons)
    assert look.says == "less with the lesson"
    assert effects(History(), ()) == []
    assert difference_of_means([1.0], [1.0, 2.0]) is None


def test_a_lesson_names_where_it_went() -> None:
    (one,) = taught(market(2, 5))
    assert (one.says, one.learned_on) == ("code 5812 is not theirs", "teacher")
    assert (one.proposed, one.taken, one.refused, one.open) == (3, ("t0", "t1"), ("o0",), ())


def test_the_page_charts_the_work_and_says_what_it_means() -> None:
    history = work([9, 8, 8, 7, 6, 5, 4, 4, 3, 2, 1, 0])
    places = tuple(str(n) for n in range(1, 13))
    lessons = market(2, 5)
    found = Learning(
        places, manual_work(history, SPANS), taught(lessons), effects(lessons, lessons.lessons)
    )
    html = render_html(page_of(found, "May", "2026-06-01T00:00:00+00:00"))
    assert "Manual work per approved brand falls" in html
    assert "<title>1, acts per settled brand: 10</title>" in html
    assert "cannot be told yet: 20 brands of each are needed" in html
