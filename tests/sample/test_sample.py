"""The made-up market: the same bytes again, sizes and references right, nothing leaks."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.config import SampleSettings
from brand_metagen.errors import InputError
from brand_metagen.sample.layouts import layouts
from brand_metagen.sample.market import PRESETS, SampleSummary, make_sample
from brand_metagen.sample.rows import shares
from brand_metagen.tables.normalise import normalise

FILES = ("brand.csv", "brand_to_check.csv", "combo.csv", "mcc.csv")
TRUTH_FILES = ("truth.csv", "unseen.csv")
BRANDS, ROWS = 150, 8_000


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digest(folder: Path) -> str:
    paths = [folder / name for name in FILES] + [folder / "truth" / name for name in TRUTH_FILES]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


@dataclass(frozen=True)
class Made:
    folder: Path
    summary: SampleSummary
    brands: list[dict[str, str]]
    combos: list[dict[str, str]]
    unseen: list[dict[str, str]]
    truth: dict[tuple[str, str], dict[str, str]]

    def of(self, **wanted: str) -> list[dict[str, str]]:
        return [
            row
            for row in self.combos + self.unseen
            if all(self.truth[row["ccid"], row["bankid"]][k] == v for k, v in wanted.items())
        ]


def made(folder: Path, brands: int, rows: int, seed: int = 1) -> Made:
    summary = make_sample(folder, brands, rows, seed)
    truth = rows_of(folder / "truth" / "truth.csv")
    return Made(
        folder,
        summary,
        rows_of(folder / "brand.csv"),
        rows_of(folder / "combo.csv"),
        rows_of(folder / "truth" / "unseen.csv"),
        {(row["ccid"], row["bankid"]): row for row in truth},
    )


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("market"), BRANDS, ROWS)


def test_the_same_seed_is_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    make_sample(tmp_path / "here", 20, 500, 7)
    script = (
        "import sys; from pathlib import Path; from brand_metagen.sample.market import make_sample;"
        "make_sample(Path(sys.argv[1]), 20, 500, 7)"
    )
    for hash_seed in ("1", "4242"):
        there = tmp_path / hash_seed
        environ = {
            **os.environ,
            "PYTHONHASHSEED": hash_seed,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        subprocess.run([sys.executable, "-c", script, str(there)], check=True, env=environ)
        assert digest(there) == digest(tmp_path / "here")


def test_another_seed_is_another_market(tmp_path: Path) -> None:
    make_sample(tmp_path / "a", 20, 500, 7)
    make_sample(tmp_path / "b", 20, 500, 8)
    assert digest(tmp_path / "a") != digest(tmp_path / "b")


def test_the_presets_are_the_promised_sizes() -> None:
    assert PRESETS == {
        "small": (10, 100),
        "medium": (100, 10_000),
        "large": (1_000, 100_000),
        "full": (3_200, 150_000),
    }


@pytest.mark.parametrize(
    ("brands", "rows", "unseen"),
    [(1, 0, 0), (1, 1, 0), (1, 40, 20), (2, 3, 2), (10, 100, 50), (300, 20, 10), (5, 2000, 1000)],
)
def test_sizes_are_exact(tmp_path: Path, brands: int, rows: int, unseen: int) -> None:
    one = made(tmp_path, brands, rows)
    assert (len(one.brands), len(one.combos), len(one.unseen)) == (brands, rows, unseen)
    assert len(one.truth) == rows + unseen
    summary = one.summary
    assert (summary.brands, summary.rows, summary.unseen) == (brands, rows, unseen)
    assert summary.labelled + summary.near_misses + summary.background == rows + unseen


def test_more_brands_than_the_registry_has(tmp_path: Path) -> None:
    one = made(tmp_path, 7_000, 50)
    assert len({row["brandid"] for row in one.brands}) == 7_000
    assert len({row["brandname"] for row in one.brands}) == 7_000


def test_keys_are_unique_and_shared_between_banks(market: Made) -> None:
    keys = [(row["ccid"], row["bankid"]) for row in market.combos + market.unseen]
    assert len(set(keys)) == len(keys) == len(market.truth)
    assert set(keys) == set(market.truth)
    assert len({ccid for ccid, _ in keys}) < len(keys)
    assert {bank for _, bank in keys} == {"1", "2", "3", "4", "5"}


def test_every_reference_is_valid(market: Made) -> None:
    brands = {row["brandid"] for row in market.brands}
    codes = {row["mccid"] for row in rows_of(market.folder / "mcc.csv")}
    assert {row["brandid"] for row in rows_of(market.folder / "brand_to_check.csv")} == brands
    assert {row["mccid"] for row in market.combos + market.unseen} <= codes
    assert {row["brandid"] for row in market.combos} - {""} <= brands
    for truth in market.truth.values():
        assert {truth["true_brandid"], truth["confusable_brandid"]} - {""} <= brands
    assert all(row["brandname"] and row["sector"] for row in market.brands)


def test_no_held_out_narrative_is_in_the_combo_table(market: Made) -> None:
    seen = {normalise(row["narrative"]) for row in market.combos}
    assert not [row for row in market.unseen if normalise(row["narrative"]) in seen]
    assert all(normalise(row["narrative"]) for row in market.combos + market.unseen)


def test_a_narrative_has_one_true_owner(market: Made) -> None:
    owners: dict[str, set[str]] = {}
    for row in market.combos + market.unseen:
        true = market.truth[row["ccid"], row["bankid"]]["true_brandid"]
        owners.setdefault(normalise(row["narrative"]), set()).add(true)
    assert [text for text, found in owners.items() if len(found) > 1] == []


def test_no_two_combinations_are_the_same(market: Made) -> None:
    facts = Counter(
        (row["bankid"], row["mid"], row["mccid"], normalise(row["narrative"]))
        for row in market.combos
    )
    assert facts.most_common(1)[0][1] == 1


def test_the_truth_says_what_the_labels_are(market: Made) -> None:
    for row in market.combos:
        truth = market.truth[row["ccid"], row["bankid"]]
        expected = {
            "none": row["brandid"] == truth["true_brandid"],
            "wrong": row["brandid"] not in ("", truth["true_brandid"]),
            "missing": row["brandid"] == "" != truth["true_brandid"],
        }
        assert truth["split"] == "train"
        assert expected[truth["noise"]], (row, truth)
        assert (truth["kind"] == "labelled") == bool(truth["true_brandid"])
        assert (truth["kind"] == "near_miss") == bool(truth["confusable_brandid"])
    for row in market.unseen:
        truth = market.truth[row["ccid"], row["bankid"]]
        assert (truth["split"], truth["noise"]) == ("heldout", "none")


def test_the_tables_leak_no_truth(market: Made) -> None:
    header = (market.folder / "combo.csv").read_text().splitlines()[0]
    assert header == "ccid,bankid,mid,brandid,mccid,narrative"
    header = (market.folder / "truth" / "unseen.csv").read_text().splitlines()[0]
    assert header == "ccid,bankid,mid,mccid,narrative"
    assert sorted(path.name for path in market.folder.iterdir()) == sorted([*FILES, "truth"])
    learned = sorted(int(row["ccid"]) for row in market.combos if row["bankid"] == "1")
    held_out = sorted(int(row["ccid"]) for row in market.unseen if row["bankid"] == "1")
    assert learned[0] < held_out[-1]
    assert held_out[0] < learned[-1]


def share(part: int, whole: int) -> float:
    return part / whole


def test_shares_of_kinds_and_noise(market: Made) -> None:
    total = len(market.truth)
    labelled, near, background = (
        len(market.of(kind=kind)) for kind in ("labelled", "near_miss", "background")
    )
    assert share(background, total) == pytest.approx(0.15, abs=0.001)
    assert share(near, total) == pytest.approx(0.05, abs=0.001)
    learned = len(market.of(kind="labelled", split="train"))
    assert share(len(market.of(kind="labelled", noise="wrong")), learned) == pytest.approx(
        0.05, abs=0.01
    )
    assert share(len(market.of(kind="labelled", noise="missing")), learned) == pytest.approx(
        0.10, abs=0.015
    )
    near_wrong = market.of(kind="near_miss", noise="wrong")
    assert share(len(near_wrong), len(market.of(kind="near_miss", split="train"))) == pytest.approx(
        0.3, abs=0.08
    )
    for row in near_wrong:
        assert row["brandid"] == market.truth[row["ccid"], row["bankid"]]["confusable_brandid"]
    assert labelled + near + background == total


def test_brand_sizes_have_a_long_tail(market: Made) -> None:
    sizes = Counter(
        truth["true_brandid"]
        for truth in market.truth.values()
        if truth["split"] == "train" and truth["true_brandid"]
    )
    counts = sorted((sizes[row["brandid"]] for row in market.brands), reverse=True)
    assert counts[0] > 10 * counts[BRANDS // 2]
    assert 0.005 <= share(sum(count <= 1 for count in counts), BRANDS) <= 0.2
    assert share(sum(2 <= count <= 20 for count in counts), BRANDS) > 0.25


def test_every_layout_is_printed(market: Made) -> None:
    printed = Counter(truth["format"] for truth in market.truth.values())
    assert set(printed) == {layout.name for layout in layouts()}
    for kind in ("labelled", "near_miss", "background"):
        assert (
            len({truth["format"] for truth in market.truth.values() if truth["kind"] == kind}) > 12
        )


@pytest.mark.parametrize(
    ("layout", "starts"),
    [
        ("paypal", ("PAYPAL *", "PP*")),
        ("square", ("SQ *", "SQ ")),
        ("sumup", ("SUMUP *", "SUMUP*")),
        ("zettle", ("ZETTLE_*", "ZETTLE *", "IZETTLE *")),
        ("iz", ("IZ *",)),
        ("klarna", ("KLARNA*", "KLARNA *", "KLARNA ")),
        ("clearpay", ("CLEARPAY*", "CLEARPAY *")),
        ("curve", ("CRV*", "CURVE *")),
        ("google", ("GOOGLE *", "GOOGLE*")),
        ("apple_pay", ("APPLE PAY ", "APPLEPAY *")),
        ("shopify", ("SP * ", "SP *", "SP ")),
        ("toast", ("TST* ", "TST*")),
        ("stripe", ("STRIPE ", "STRIPE*", "STRIPE *")),
        ("worldpay", ("WORLDPAY ", "WP*", "WORLDPAY *")),
    ],
)
def test_wallet_rows_begin_with_their_wallet(
    market: Made, layout: str, starts: tuple[str, ...]
) -> None:
    narratives = [normalise(row["narrative"]) for row in market.of(format=layout)]
    assert narratives
    assert all(narrative.startswith(starts) for narrative in narratives)
    for start in starts:
        assert any(narrative.startswith(start.strip()) for narrative in narratives)


def test_wallet_rows_often_carry_the_wallets_code(market: Made) -> None:
    codes = {"6012", "7399", "8999", "7299", "5969"}
    klarna = market.of(format="klarna")
    assert share(sum(row["mccid"] in codes for row in klarna), len(klarna)) > 0.4
    stores = market.of(format="store", kind="labelled")
    assert share(sum(row["mccid"] in codes for row in stores), len(stores)) < 0.12


def test_narratives_are_raw_text(market: Made) -> None:
    narratives = [row["narrative"] for row in market.combos]
    assert 0.02 < share(sum(text != text.upper() for text in narratives), ROWS) < 0.08
    assert any(text != text.strip() for text in narratives)
    assert all("\n" not in text and "{" not in text for text in narratives)


def test_merchant_ids_repeat_for_a_branch(market: Made) -> None:
    mids = Counter(row["mid"] for row in market.combos)
    assert sum(count > 1 for count in mids.values()) > 200
    assert all(len(mid) == 10 and mid[0] == "M" and mid[1:].isdigit() for mid in mids)


def test_sisters_share_their_first_word(market: Made) -> None:
    heads = Counter(row["brandname"].split()[0].upper() for row in market.brands)
    assert sum(count > 1 for count in heads.values()) >= 2


@settings(max_examples=15, deadline=None)
@given(brands=st.integers(1, 12), rows=st.integers(0, 60), seed=st.integers())
def test_any_size_works(
    tmp_path_factory: pytest.TempPathFactory, brands: int, rows: int, seed: int
) -> None:
    one = made(tmp_path_factory.mktemp("any"), brands, rows, seed)
    assert len(one.combos) == rows
    seen = {normalise(row["narrative"]) for row in one.combos}
    assert not seen & {normalise(row["narrative"]) for row in one.unseen}


def test_settings_are_obeyed(tmp_path: Path) -> None:
    quiet = replace(
        SampleSettings(),
        near_miss_share=0.0,
        background_share=0.0,
        wrong_share=0.0,
        missing_share=0.0,
        unseen_share=0.25,
    )
    summary = make_sample(tmp_path, 5, 200, 1, quiet)
    assert summary == SampleSummary(tmp_path, tmp_path / "truth", 5, 200, 50, 1, 250, 0, 0, 0, 0)
    assert shares(10, quiet).labelled == 10


@pytest.mark.parametrize(("brands", "rows"), [(0, 10), (-1, 10), (1, -1)])
def test_sizes_out_of_range_are_refused(tmp_path: Path, brands: int, rows: int) -> None:
    with pytest.raises(InputError, match="a sample needs brands >= 1 and rows >= 0"):
        make_sample(tmp_path, brands, rows, 1)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken"):
        make_sample(tmp_path / "taken", 1, 1, 1)
