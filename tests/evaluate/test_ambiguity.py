"""Names that also mean other things, in markets made up for it."""

from dataclasses import replace

import pytest

from brand_metagen.config import EvaluateSettings
from brand_metagen.evaluate.ambiguity import Ambiguity, NameIndex, words_of
from brand_metagen.records import Market
from markets import Row, market_of, shops

SETTINGS = EvaluateSettings()


def verdict(
    market: Market,
    brandid: str = "1",
    public_names: tuple[str, ...] = (),
    settings: EvaluateSettings = SETTINGS,
) -> Ambiguity:
    return NameIndex(market, public_names).ambiguity(brandid, settings)


def meaning(own: int, others: int, label: str = "") -> Market:
    """A market in which `THREE` stands in so many narratives of its own, and of others'."""
    rows: list[Row] = shops("THREE", "1", "5999", own)
    rows += [(f"THREE CROWNS PUB {i}", label, "5812") for i in range(others)]
    return market_of({"1": "Three", "2": "Crowns"}, rows)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Sainsbury's", ("SAINSBURYS",)),
        ("Sainsbury’s", ("SAINSBURYS",)),
        ("M&S Food", ("M", "S", "FOOD")),
        ("[solidcore]", ("SOLIDCORE",)),
        ("Crème de la Crème", ("CREME", "DE", "LA", "CREME")),
        ("&", ()),
        ("東京", ()),
        ("", ()),
    ],
)
def test_words(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_a_name_of_its_own_is_clear() -> None:
    found = verdict(market_of({"1": "Starbucks"}, shops("STARBUCKS", "1", "5814", 12)))
    assert (found.level, found.reasons, found.place_like) == ("low", (), False)


@pytest.mark.parametrize("label", ["", "2"])
def test_a_word_that_others_use_is_ambiguous(label: str) -> None:
    found = verdict(meaning(4, 12, label))
    assert found.level == "high"
    assert "12 of 16 narratives" in found.reasons[0]


def test_more_foreign_rows_never_make_a_name_clearer() -> None:
    scores = [verdict(meaning(6, others)).score for others in range(20)]
    assert scores == sorted(scores)
    assert scores[0] < SETTINGS.ambiguity_medium < SETTINGS.ambiguity_high < scores[-1]


def test_levels_stand_exactly_at_their_bounds() -> None:
    # (4 + 1) / (6 + 4) is exactly one half.
    market = meaning(2, 4)
    assert verdict(market).score == 0.5
    at = replace(SETTINGS, ambiguity_medium=0.5, ambiguity_high=1.0)
    above = replace(SETTINGS, ambiguity_medium=0.5001, ambiguity_high=1.0)
    assert verdict(market, settings=at).level == "medium"
    assert verdict(market, settings=above).level == "low"
    assert verdict(market, settings=replace(SETTINGS, ambiguity_high=0.5)).level == "high"


@pytest.mark.parametrize(
    ("own", "others", "level"),
    [
        (5, 4, "low"),  # 5 of 13
        (3, 3, "medium"),  # 4 of 10
        (1, 4, "medium"),  # 5 of 9
        (1, 5, "high"),  # 6 of 10
        (0, 2, "low"),  # too few to say
        (0, 3, "medium"),
    ],
)
def test_levels_of_the_default_settings(own: int, others: int, level: str) -> None:
    assert verdict(meaning(own, others)).level == level


def test_equal_narratives_count_once() -> None:
    once = meaning(5, 1)
    rows: list[Row] = [*shops("THREE", "1", "5999", 5), *[("THREE CROWNS PUB 0", "", "5812")] * 40]
    assert verdict(market_of({"1": "Three", "2": "Crowns"}, rows)).score == verdict(once).score


def test_words_count_whole_and_in_a_row() -> None:
    glued: list[Row] = [(f"NEXTDOOR BAR {i}", "", "5812") for i in range(20)]
    market = market_of({"1": "Next"}, shops("NEXT", "1", "5651", 5) + glued)
    assert verdict(market).level == "low"
    apart: list[Row] = [(f"COSTA DEL COFFEE {i}", "", "5812") for i in range(20)]
    market = market_of({"1": "Costa Coffee"}, shops("COSTA COFFEE", "1", "5814", 5) + apart)
    assert verdict(market).level == "low"


def test_a_squeezed_name_is_the_name() -> None:
    rows: list[Row] = [(f"COSTACOFFEE {i}", "2", "5814") for i in range(20)]
    market = market_of({"1": "Costa Coffee", "2": "Other"}, rows)
    assert verdict(market).level == "high"


def test_other_names_that_hold_it() -> None:
    market = market_of({"1": "Uber", "2": "Uber Eats"}, shops("UBER", "1", "5999"))
    alone = verdict(market_of({"1": "Uber"}, shops("UBER", "1", "5999")))
    found = verdict(market, public_names=("Uber Freight", "UBER", "Tuber Farm"))
    assert found.score > alone.score
    assert found.reasons == ("2 other brand names hold it: UBER EATS, UBER FREIGHT",)


def test_other_names_add_no_more_than_stated() -> None:
    market = market_of({"1": "Royal"}, shops("ROYAL", "1", "5999", 20))
    many = tuple(f"Royal {chr(65 + i)}{chr(65 + j)}" for i in range(10) for j in range(10))
    gain = verdict(market, public_names=many).score - verdict(market).score
    one = verdict(market, public_names=many[:1]).score - verdict(market).score
    assert (gain, one) == pytest.approx((0.3, 0.05))


def test_namesakes_and_short_names_are_told() -> None:
    market = market_of({"1": "BP", "2": "Shell"}, shops("BP", "1", "5541"))
    assert verdict(market).reasons == ("it has only 2 letters or digits",)
    same = market_of({"1": "Mace", "2": "MACE"}, shops("MACE", "1", "5411"))
    assert "1 other brands bear the same name" in verdict(same).reasons


@pytest.mark.parametrize(("name", "gain"), [("ABC", 0.15), ("ABCD", 0.0), ("A B C", 0.15)])
def test_what_a_short_name_adds(name: str, gain: float) -> None:
    market = market_of({"1": name}, shops(name, "1", "5541"))
    counted = verdict(market, settings=replace(SETTINGS, short_letters=0)).score
    assert verdict(market).score - counted == pytest.approx(gain)


@pytest.mark.parametrize(("brands", "place"), [(3, True), (2, False)])
def test_a_town_is_what_ends_the_narratives_of_others(brands: int, place: bool) -> None:
    names = {str(i + 2): f"Shop{chr(65 + i)}" for i in range(brands)}
    rows: list[Row] = [(f"{n} {k} BURTON", b, "5999") for b, n in names.items() for k in range(4)]
    rows += shops("BURTON", "1", "5651", 3)
    assert verdict(market_of({"1": "Burton", **names}, rows)).place_like is place


def test_what_begins_its_own_rows_is_no_town() -> None:
    rows: list[Row] = [(f"SHOP{b} BURTON", b, "5999") for b in ("2", "3", "4", "5")]
    rows += shops("BURTON", "1", "5651", 9)
    market = market_of({"1": "Burton", "2": "S2", "3": "S3", "4": "S4", "5": "S5"}, rows)
    assert not verdict(market).place_like


@pytest.mark.parametrize(
    ("name", "said"), [("Square", "wallets"), ("Pay-Pal", "wallets"), ("12345", "a number")]
)
def test_names_that_are_borrowed_are_never_clear(name: str, said: str) -> None:
    found = verdict(market_of({"1": name}, shops(name.upper(), "1", "5814", 12)))
    assert found.level == "high"
    assert said in found.reasons[0]


def test_a_name_with_a_number_or_a_wallet_in_it_is_its_own() -> None:
    for name in ("Studio 54", "Square Enix"):
        found = verdict(market_of({"1": name}, shops(name.upper(), "1", "5814", 12)))
        assert found.level == "low"
