"""Split analysis: parts are found from rows; places, wallets, franchises and attacks make none."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest

from brand_metagen.escalate.profiles import apart, information, one_trade
from brand_metagen.escalate.split import Split, propose
from brand_metagen.escalate.split_rows import Around, SplitRow, read_rows
from markets import TOWNS
from star import OTHERS, PARTS, STAR, star_market

RELATED = Around(together=frozenset({("5411", "5499"), ("5812", "5814")}))


def of_star() -> tuple[list[SplitRow], dict[tuple[str, str], str]]:
    made = star_market()
    rows = [SplitRow(r[0], r[1], r[2], r[4], r[5]) for r in made.rows if r[3] == STAR]
    return rows, {row.key: made.truth[row.ccid] for row in rows}


def rows_of(texts: Iterable[tuple[str, str]], mids: bool = True) -> list[SplitRow]:
    """(narrative, code) as rows, each of a merchant of its own."""
    return [
        SplitRow(f"{i:05d}", "1", f"M{i}" if mids else "", mccid, text)
        for i, (text, mccid) in enumerate(texts)
    ]


def found(split: Split) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {part.name: (part.words, part.mccids) for part in split.parts}


@pytest.mark.parametrize("seed", range(4))
def test_star_is_three_brands_and_every_row_is_told_right(seed: int) -> None:
    rows, truth = of_star()
    Random(seed).shuffle(rows)
    split = propose("Star", "Grocery", rows, RELATED)
    assert found(split) == {
        "Star Market": (("MARKET",), ("5411", "5499")),
        "Star Burger": (("BURGER",), ("5812", "5814")),
        "Star Coffee": (("COFFEE",), ("5814", "5812")),
    }
    told = {key: part.name for part in split.parts for key in part.rows}
    assert all(truth[key] == name for key, name in told.items())
    # What nothing tells is left, and said so.
    assert {key for key, name in truth.items() if not name} == set(truth) - set(told)
    assert [why for _, why in split.left] == ["code 5814 tells no part, no word does"]
    assert split.bits > 0.5


def test_how_each_row_was_told_is_counted() -> None:
    rows, _ = of_star()
    market = propose("Star", "Grocery", rows, RELATED).parts[0]
    assert (market.name, market.by_word, len(market.by_code), len(market.by_merchant)) == (
        "Star Market", 48, 6, 1,
    )  # fmt: skip
    assert len(market.rows) == 55
    assert market.merchants == 22


@pytest.mark.parametrize("brandid", sorted(OTHERS))
def test_a_brand_with_branches_in_many_towns_stays_one(brandid: str) -> None:
    made = star_market()
    rows = [SplitRow(r[0], r[1], r[2], r[4], r[5]) for r in made.rows if r[3] == brandid]
    name, sector, _ = OTHERS[brandid]
    split = propose(name, sector, rows, RELATED)
    assert split.parts == ()
    assert "one trade" in split.why


WORDS = ("EXPRESS", "LOCAL", "GARDEN", "CENTRAL")
UNIFORM = {
    "towns that stand with one code each": [
        (f"STAR {TOWNS[i % 12]} {i}", ("5812", "5814")[i % 12 % 2]) for i in range(120)
    ],
    "a franchise: words that go with related codes": [
        (f"STAR {('GRILL', 'TAKEAWAY')[i % 2]} {TOWNS[i % 12]}", ("5812", "5814")[i % 2])
        for i in range(80)
    ],
    "formats of one trade": [
        (f"STAR {WORDS[i % 4]} {TOWNS[i % 12]}", ("5411", "5411", "5499")[i % 3])
        for i in range(120)
    ],
    "wallets before the name, with codes of their own": [
        (f"{('PAYPAL *', 'SQ *', 'ZETTLE_*', 'QQPAY*')[i % 4]}STAR {TOWNS[i % 12]}",
         ("7399", "5812")[i % 4 % 2]) for i in range(80)
    ],
    "stray codes": [
        (f"STAR {WORDS[i % 4]} {TOWNS[i % 12]}", "5411" if i % 12 else "5812") for i in range(120)
    ],
    "a word of one shop": [
        *((f"STAR {i} {TOWNS[i % 12]}", "5411") for i in range(60)),
        *(("STAR OPTICS LEEDS", "8043") for _ in range(3)),
    ],
    "what a bank prints before the name": [
        (f"{('DIRECT', 'PURCHASE')[i % 2]} STAR {TOWNS[i // 2 % 12]} {i}", ("5812", "5411")[i % 2])
        for i in range(120)
    ],
    "no name": [(f"SOMETHING {i}", "5411") for i in range(30)],
}  # fmt: skip


@pytest.mark.parametrize("what", UNIFORM)
@pytest.mark.parametrize("mids", [True, False])
def test_what_is_one_brand_is_not_split(what: str, mids: bool) -> None:
    assert propose("Star", "Food", rows_of(UNIFORM[what], mids), RELATED).parts == ()
    assert propose("Star", "Food", [], RELATED).parts == ()


def test_many_rows_of_one_merchant_are_one_merchant() -> None:
    """Three hundred rows of one shop prove no more than one."""
    star = [SplitRow(f"A{i}", "1", f"M{i}", "5411", f"STAR {i} LEEDS") for i in range(60)]
    shop = [SplitRow(f"B{i}", "1", "OPTICS", "8043", f"STAR OPTICS {i} YORK") for i in range(300)]
    assert propose("Star", "Grocery", star + shop, RELATED).parts == ()
    shops = [SplitRow(f"B{i}", "1", f"O{i}", "8043", f"STAR OPTICS {i} YORK") for i in range(12)]
    assert set(found(propose("Star", "Grocery", star + shops, RELATED))) == {"Star", "Star Optics"}


def test_the_same_word_makes_parts_only_with_codes_of_another_trade() -> None:
    texts = [(f"STAR {('FUEL', 'FOODS')[i % 2]} {TOWNS[i % 12]} {i}", ("5541", "5411")[i % 2])
             for i in range(60)]  # fmt: skip
    assert set(found(propose("Star", "x", rows_of(texts), Around()))) == {"Star Fuel", "Star Foods"}
    fuel_station = Around(together=frozenset({("5411", "5541")}))
    assert propose("Star", "x", rows_of(texts), fuel_station).parts == ()


def test_a_place_that_stands_with_every_part_tells_none() -> None:
    texts = [
        (f"STAR {TOWNS[i % 3]} {('MARKET', 'BURGER')[i % 2]} {i}", ("5411", "5812")[i % 2])
        for i in range(90)
    ] + [
        (f"STAR {('MARKET', 'BURGER')[i % 2]} {TOWNS[i % 12]} {i}", ("5411", "5812")[i % 2])
        for i in range(300)
    ]
    parts = found(propose("Star", "x", rows_of(texts), RELATED))
    assert {words for words, _ in parts.values()} == {("MARKET",), ("BURGER",)}
    spread = Around(RELATED.together, spread=frozenset({"MARKET", "BURGER"}))
    assert propose("Star", "x", rows_of(texts), spread).parts == ()


def test_words_of_two_kinds_of_shop_are_two_parts_whatever_their_codes() -> None:
    words = ("MARKET", "BURGER", "COFFEE")
    texts = [
        (f"STAR {words[i % 3]} {TOWNS[i % 12]} {i}", ("5411", "5812", "5812")[i % 3])
        for i in range(90)
    ]
    assert len(propose("Star", "x", rows_of(texts), RELATED).parts) == 2
    kinds = {"BURGER": "Fast Food", "COFFEE": "Coffee"}
    told = Around(RELATED.together, kinds=kinds)
    assert len(propose("Star", "x", rows_of(texts), told).parts) == 3


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("STAR MARKET BURGER 5 YORK", None),
        ("STARMARKET 12 YORK", "Star Market"),
        ("STAR 77 YORK MARKE", "Star Market"),
        ("PLANET MARKET YORK", None),
        ("STAR BURGERS", None),
    ],
)
def test_rows_are_told_by_whole_glued_and_cut_words_only(text: str, part: str | None) -> None:
    rows, _ = of_star()
    odd = SplitRow("99999", "1", "", "5814", text)
    split = propose("Star", "Grocery", [*rows, odd], RELATED)
    home = [p.name for p in split.parts if odd.key in p.rows]
    assert home == ([part] if part else [])
    assert (odd.key in dict(split.left)) == (part is None)


HOSTILE = (
    "STAR (((((((((((", "STAR " + "A" * 900, "STAR \\b(?:X+)+$", "STAR ' OR 1=1 --", "*" * 500,
    "STAR '''''''''''''''''''' MARKET", "STAR <SCRIPT>ALERT(1)</SCRIPT>", "STAR =CMD()", "",
    "STAR " + "STAR " * 150, "STAR MARKET" * 90,
)  # fmt: skip


def test_hostile_texts_do_no_harm() -> None:
    rows, truth = of_star()
    bad = [SplitRow(f"H{i}", "1", f"H{i}", "5411", text) for i, text in enumerate(HOSTILE * 3)]
    split = propose("Star", "Grocery", [*rows, *bad], RELATED)
    assert set(found(split)) == set(PARTS)
    for part in split.parts:
        assert {truth.get(key, part.name) for key in part.rows} == {part.name}
    for name in ("(((", "", "*", "A" * 500, "É", "\\"):
        assert propose(name, "", [*rows, *bad], RELATED).parts == ()


def test_wallets_and_what_stands_before_a_star_are_no_words() -> None:
    read = read_rows("Star", rows_of([("SQ *STAR MARKET LEEDS", "5411"), ("ZZ PAY*STAR", "1")]))
    assert [(r.named, r.words, r.follows) for r in read] == [
        (True, ("MARKET", "LEEDS"), "MARKET"),
        (True, (), ""),
    ]


def test_profiles_by_hand() -> None:
    assert apart({"a": 20}, {"b": 20}) > 6.9 > apart({"a": 3}, {"b": 3}) > 0
    assert apart({"a": 5, "b": 5}, {"a": 50, "b": 50}) < 0
    assert apart({"a": 9}, {"b": 2}) == pytest.approx(apart({"b": 2}, {"a": 9}))
    assert one_trade({"a": 1, "b": 1}, {"a": 1}, frozenset()) == 0.5
    assert information([{"a": 4, "b": 4}, {"a": 4, "b": 4}]) == pytest.approx(0.0)


@pytest.mark.parametrize("seed", range(6))
def test_dirt_moves_no_row_to_a_wrong_part(seed: int) -> None:
    """Stray codes, slips of the pen, rows of others under the label: as statements are."""
    rows, truth = of_star()
    random = Random(seed)
    dirty: list[SplitRow] = []
    for row in rows:
        text, code = row.narrative, row.mccid
        if random.random() < 0.06:
            code = random.choice(["5411", "5812", "5999", "7399"])
        if random.random() < 0.05:
            at = random.randrange(5, len(text))
            text = text[:at] + text[at + 1 :]
        dirty.append(SplitRow(row.ccid, row.bankid, row.mid, code, text))
    strangers = [
        SplitRow(f"X{i}", "1", f"X{i}", random.choice(["5651", "5814"]), f"{name} {i}")
        for i, name in enumerate(("TIDEWELL", "COPPER KETTLE COFFEE", "PEPPER LANE", "A1") * 2)
    ]
    kinds = {"MARKET": "Grocery", "BURGER": "Fast Food", "COFFEE": "Coffee"}
    split = propose("Star", "Grocery", [*dirty, *strangers], Around(RELATED.together, kinds=kinds))
    assert set(found(split)) == set(PARTS)
    told = {key: part.name for part in split.parts for key in part.rows}
    wrong = [key for key, name in told.items() if truth.get(key) not in (name, "")]
    assert len(wrong) <= 1, wrong
    assert len(told) >= 0.93 * len(truth)


def many(words: str, code: str, count: int, first: int = 0) -> list[tuple[str, str]]:
    return [(f"STAR {words} {TOWNS[i % 5]} {i}", code) for i in range(first, first + count)]


def told(texts: list[tuple[str, str]], around: Around = RELATED) -> dict[str, str]:
    """The part of every narrative that one was found for."""
    rows = rows_of(texts)
    names = {row.key: row.narrative for row in rows}
    parts = propose("Star", "x", rows, around).parts
    return {names[key]: part.name for part in parts for key in part.rows}


TWO = [*many("MARKET", "5411", 40), *many("BURGER", "5812", 40)]


@pytest.mark.parametrize(("merchants", "parts"), [(3, 0), (5, 2)])
def test_a_word_needs_several_merchants(merchants: int, parts: int) -> None:
    rows = [*many("", "5411", 60), *many("OPTICS", "8043", merchants)]
    assert len(set(told(rows).values())) == parts


@pytest.mark.parametrize(("each", "parts"), [(4, 0), (12, 2)])
def test_a_split_needs_evidence_beyond_chance(each: int, parts: int) -> None:
    rows = [*many("FUEL", "5541", each), *many("FOODS", "5411", each)]
    assert len(set(told(rows, Around()).values())) == parts


def test_words_that_stand_together_name_one_part() -> None:
    fresh = [*many("MARKET FRESH", "5411", 20), *many("MARKET", "5411", 20, 20),
             *many("FRESH", "5411", 30)]  # fmt: skip
    kinds = {"MARKET": "Grocery", "FRESH": "Fashion"}
    found = told([*fresh, *many("BURGER", "5812", 40)], Around(RELATED.together, kinds=kinds))
    assert len(found) == 110
    assert set(found.values()) == {"Star Fresh", "Star Burger"}


def test_a_word_that_strays_into_other_parts_tells_nothing() -> None:
    hull = [*many("HULL", "5411", 30), *many("MARKET HULL", "5411", 10, 50)]
    burger = many("BURGER HULL", "5812", 10, 50)
    found = told([*TWO, *hull, *burger, *many("BURGER", "5812", 40, 60)])
    assert {found.get(text) for text, _ in burger} == {"Star Burger"}


def test_a_code_tells_only_where_a_part_has_it_at_several_merchants() -> None:
    stray = [("STAR MARKET LEEDS 900", "5999"), ("STAR 901 LEEDS", "5999")]
    sure = [("STAR 902 LEEDS", "5411")]
    found = told([*TWO, *stray, *sure])
    assert (found.get("STAR 901 LEEDS"), found["STAR 902 LEEDS"]) == (None, "Star Market")


@pytest.mark.parametrize(("strays", "parts"), [(4, 2), (20, 3)])
def test_rows_without_a_word_are_a_part_only_where_they_are_many(strays: int, parts: int) -> None:
    rows = [*TWO, *many("", "5411", 30), *many("", "5651", strays, 100)]
    assert len(set(told(rows).values())) == parts
