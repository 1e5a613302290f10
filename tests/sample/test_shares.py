"""Every share of the settings can be measured in what is drawn, so changing one is noticed."""

from collections import Counter, defaultdict
from dataclasses import replace
from random import Random

import pytest

from brand_metagen.config import SampleSettings
from brand_metagen.registry.brands import squeeze
from brand_metagen.sample.cast import Cast, cast, choose, sizes
from brand_metagen.sample.layouts import layouts
from brand_metagen.sample.rows import Row, Shares, draw, shares
from brand_metagen.sample.shops import look_alikes
from brand_metagen.sample.spelling import written

DEFAULT = SampleSettings()
WALLETS = {layout.name for layout in layouts() if layout.wallet}
BLANKS_OF_THEIR_OWN = {"fixed_width", "sumup", "klarna"}

type_of_draw = tuple[list[Cast], list[Row]]


@pytest.fixture(scope="module")
def drawn() -> type_of_draw:
    rng = Random(11)
    counts = shares(24_000, DEFAULT)
    brands = cast(60, counts.labelled, rng, DEFAULT)
    return brands, draw(brands, counts, 16_000, rng, DEFAULT)


def part(rows: list[Row], fits: list[bool]) -> float:
    return sum(fits) / len(rows)


def test_background_labels(drawn: type_of_draw) -> None:
    rows = [row for row in drawn[1] if row.kind == "background" and row.split == "train"]
    assert part(rows, [row.noise == "wrong" for row in rows]) == pytest.approx(0.01, abs=0.004)


def test_stray_codes(drawn: type_of_draw) -> None:
    usual = {brand.brandid: brand.mccids for brand in drawn[0]}
    rows = [row for row in drawn[1] if row.true_brandid and row.format not in WALLETS]
    strays = [row.mccid not in usual[row.true_brandid] for row in rows]
    assert part(rows, strays) == pytest.approx(0.06, abs=0.015)


def test_dirty_names(drawn: type_of_draw) -> None:
    brands = {brand.brandid: brand for brand in drawn[0]}
    rows = [row for row in drawn[1] if row.true_brandid and row.format == "card_payment"]

    def clean(row: Row) -> bool:
        text = squeeze(row.narrative)
        return any(squeeze(name) in text for name in brands[row.true_brandid].spellings)

    assert part(rows, [not clean(row) for row in rows]) == pytest.approx(0.031, abs=0.012)


def test_odd_blanks(drawn: type_of_draw) -> None:
    rows = [row for row in drawn[1] if row.format not in BLANKS_OF_THEIR_OWN]
    odd = [row.narrative != " ".join(row.narrative.split()) for row in rows]
    assert part(rows, odd) == pytest.approx(0.03, abs=0.006)


def test_accents() -> None:
    rng = Random(5)
    brands = cast(1_500, 1_500, rng, DEFAULT)
    accented = [
        replace(one, rows=80)
        for one in brands
        if not written(one.candidate.name).isascii() and not one.spellings[0].isascii()
    ]
    counts = Shares(80 * len(accented), 0, 0)
    rows = draw(accented, counts, 0, rng, DEFAULT)
    kept = [not row.narrative.isascii() for row in rows if row.format in ("town", "store")]
    assert len(kept) > 200
    assert sum(kept) / len(kept) == pytest.approx(0.12, abs=0.04)


def test_merchant_ids_of_branches(drawn: type_of_draw) -> None:
    branches = {brand.brandid: {place.mid for place in brand.places} for brand in drawn[0]}
    rows = [row for row in drawn[1] if row.true_brandid]
    known = [row.mid in branches[row.true_brandid] for row in rows]
    assert part(rows, known) == pytest.approx(0.6, abs=0.03)


def test_rows_of_one_shop(drawn: type_of_draw) -> None:
    rows = [row for row in drawn[1] if row.kind == "background"]
    often = sum(count >= 4 for count in Counter(row.mid for row in rows).values())
    assert often / len(rows) == pytest.approx(0.017, abs=0.008)


def test_one_giant_is_capped() -> None:
    found = [max(sizes(40, 10_000, Random(seed), DEFAULT)) / 10_000 for seed in range(60)]
    assert 0.12 <= max(found) < 0.25


def test_some_brands_have_no_row() -> None:
    found = sizes(4_000, 4_000_000, Random(3), DEFAULT)
    assert sum(size == 0 for size in found) / 4_000 == pytest.approx(0.02, abs=0.006)


def test_sisters_come_along() -> None:
    heads: Counter[str] = Counter()
    for seed in range(8):
        found = Counter(one.head for one in choose(100, Random(seed), DEFAULT))
        heads["twice"] += sum(count for count in found.values() if count > 1)
    assert heads["twice"] / 800 == pytest.approx(0.156, abs=0.05)


def test_look_alikes_borrow_single_words_and_sometimes_the_code(drawn: type_of_draw) -> None:
    brands = {brand.brandid: brand for brand in drawn[0]}
    shops = look_alikes(6_000, drawn[0], frozenset(), Random(2), DEFAULT)
    counts: defaultdict[bool, list[int]] = defaultdict(list)
    borrowed = Counter(shop.confusable for shop in shops)
    for brandid, brand in brands.items():
        counts[" " in brand.candidate.name].append(borrowed[brandid])
    single, several = (sum(counts[key]) / len(counts[key]) for key in (False, True))
    assert single / several == pytest.approx(4.0, rel=0.2)
    trades = {"5411", "5651", "5812", "5814", "5541", "7011", "5912", "5661", "5712"}
    near = [shop for shop in shops if trades & set(brands[shop.confusable].mccids)]
    same = sum(shop.mccid in brands[shop.confusable].mccids for shop in near) / len(near)
    assert same == pytest.approx(0.32, abs=0.04)
