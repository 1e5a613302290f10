"""What recurs, and what settled it."""

from __future__ import annotations

from datetime import date

from stories import all_of, hour, told

from brand_metagen.escalate.patterns import NO_BRAND, NO_SECTOR, Analysis, analyse
from brand_metagen.ports import Cause, Method
from brand_metagen.reports.periods import Period, zone_of

SECTORS = {"1": "Food", "2": "Food", "3": "Travel"}
CASES = all_of(
    told({0: "opened", 4: "resolved", 9: "closed"}, number=1, brandid="1", preventive="Watch it."),
    told({10: "opened", 18: "resolved", 30: "reopened", 34: "resolved"}, number=2, brandid="2",
         method=Method.BRAND_SPLIT),
    told({12: "opened", 13: "joined"}, number=3, brandid="3", cause=Cause.DATA_QUALITY),
    told({15: "opened"}, number=4, brandid="1", cause=Cause.DATA_QUALITY),
    told({16: "opened"}, number=5, brandid="", cause=Cause.SYSTEM_ERROR),
    told({17: "opened"}, number=6, brandid="9", cause=Cause.LEGAL),
    told({50: "opened"}, number=7, brandid="1"),
)  # fmt: skip


def found() -> Analysis:
    period = Period(date(2026, 11, 23), date(2026, 11, 25), zone_of("UTC"))
    return analyse(CASES, period, SECTORS, hour(100))


def test_causes_that_recur_with_what_settled_them() -> None:
    by_name = {p.name: p for p in found().causes}
    assert found().cases == 6
    limit = by_name["round_limit"]
    assert (limit.cases, limit.brands, limit.reopened, limit.active) == (2, 2, 1, 1)
    assert [(s.name, s.count) for s in limit.methods] == [
        ("brand_split", 2), ("manual_metadata", 1),
    ]  # fmt: skip
    assert limit.running.median == 8 * 3600
    assert limit.measures == ("Watch it.",)
    assert by_name["data_quality"].joined == 1
    assert found().causes[0].name == "data_quality"


def test_sectors() -> None:
    assert {p.name: p.cases for p in found().sectors} == {
        "Food": 3, "Travel": 1, NO_BRAND: 1, NO_SECTOR: 1,
    }  # fmt: skip


def test_brands_only_where_they_recur() -> None:
    assert [(p.name, p.cases, p.joined) for p in found().brands] == [
        ("1 Brand 1", 2, 0), ("3 Brand 3", 1, 1),
    ]  # fmt: skip


def test_methods_of_all() -> None:
    assert [(s.name, s.count) for s in found().methods] == [
        ("brand_split", 2), ("manual_metadata", 1),
    ]  # fmt: skip


def test_nothing_gives_nothing() -> None:
    period = Period(date(2020, 1, 1), date(2020, 1, 2), zone_of("UTC"))
    empty = analyse(CASES, period, SECTORS, hour(100))
    assert (empty.cases, empty.causes, empty.sectors, empty.brands, empty.methods) == (
        0, (), (), (), (),
    )  # fmt: skip
