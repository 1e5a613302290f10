"""The made-up markets: the same for a seed, divided as promised, as dirty as said."""

from __future__ import annotations

import csv
import gzip
import os
import string
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from random import Random

import pytest
from benchmarks.commands import BenchError
from benchmarks.market import narratives, strangers
from benchmarks.market.__main__ import main
from benchmarks.market.brands import choose, head, part_of, public_brands
from benchmarks.market.knowledge import OPEN, PARTS, WITHHELD, layouts, part, spellings
from benchmarks.market.make import LAYOUT_FOLDS, make_market
from benchmarks.market.spelling import ANY_EDIT, CHANGES, KNOWN_OTHERWISE
from benchmarks.sets import BenchSet, open_set

from brand_metagen.registry.mccs import known_mccs

BRANDS, ROWS, SEED = 120, 3_000, 3
Truths = list[dict[str, str]]


@pytest.fixture(scope="module", params=PARTS)
def made(request, tmp_path_factory) -> tuple[str, BenchSet, Truths]:
    folder = tmp_path_factory.mktemp("made") / "set"
    make_market(folder, request.param, BRANDS, ROWS, SEED)
    with gzip.open(folder / "truth.csv.gz", "rt", newline="") as file:
        truth = list(csv.DictReader(file))
    return request.param, open_set(folder, folder.parent), truth


def share(rows: Truths, column: str, value: str) -> float:
    return sum(row[column] == value for row in rows) / len(rows)


def test_the_seed_alone_decides(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.market", "--part", OPEN]
    command += ["--brands", "30", "--rows", "400"]
    for name, seed, hashes in (("a", "1", "0"), ("b", "1", "77"), ("c", "2", "0")):
        environment = {**os.environ, "PYTHONHASHSEED": hashes}
        options = ["--seed", seed, "--out", str(tmp_path / name)]
        subprocess.run(command + options, check=True, env=environment)
    files = {
        name: {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in "abc"
    }
    assert files["a"] == files["b"]
    assert files["a"]["combo.csv.gz"] != files["c"]["combo.csv.gz"]


@pytest.mark.parametrize("fold", range(LAYOUT_FOLDS))
def test_layouts_of_a_fold_stand_in_held_out_rows_alone(fold: int, tmp_path: Path) -> None:
    make_market(tmp_path / "set", OPEN, 30, 600, SEED, left_out=fold)
    with gzip.open(tmp_path / "set" / "truth.csv.gz", "rt", newline="") as file:
        truth = list(csv.DictReader(file))
    of_side = defaultdict(Counter)
    for row in truth:
        of_side[row["split"]][row["format"]] += 1
    fold_names = {layout.name for layout in part(OPEN).layouts[fold::LAYOUT_FOLDS]}
    assert sum(of_side["train"].values()) == sum(of_side["heldout"].values()) == 600
    # A narrative that both sides could have stays where it was drawn first.
    assert sum(of_side["train"][name] for name in fold_names) <= 6
    assert sum(of_side["heldout"][name] for name in fold_names) >= 594


def test_slips_are_any_edits_in_the_share_asked_for(tmp_path: Path) -> None:
    make_market(tmp_path / "set", OPEN, 30, 3_000, SEED, edits=0.4)
    with gzip.open(tmp_path / "set" / "truth.csv.gz", "rt", newline="") as file:
        slips = [s for row in csv.DictReader(file) for s in row["slip"].split("+") if s]
    assert 0.33 < slips.count(ANY_EDIT) / len(slips) < 0.47
    assert ANY_EDIT not in {slip.name for name in PARTS for slip in part(name).slips}


def test_an_edit_leaves_the_first_letter_and_most_of_the_name() -> None:
    rng = Random(4)
    for _ in range(200):
        edited = CHANGES[ANY_EDIT](rng, "FOXTAILS")
        assert edited[0] == "F"
        assert abs(len(edited) - 8) <= 1
    assert CHANGES[ANY_EDIT](rng, "FOX") == "FOX"


def test_more_brands_than_there_are_is_an_error(tmp_path: Path, capsys) -> None:
    arguments = ["--out", str(tmp_path), "--part", WITHHELD, "--brands", "9999"]
    assert main(arguments) == 1
    assert "not 9,999" in capsys.readouterr().err
    with pytest.raises(BenchError, match="need more than"):
        make_market(tmp_path, OPEN, 100, 200, 1)


def test_a_third_of_the_layouts_is_withheld_and_kinds_are_kept_back() -> None:
    parts = Counter(layout.part for layout in layouts())
    assert parts[WITHHELD] * 2 == parts[OPEN]
    names = {p: {layout.name for layout in part(p).layouts} for p in PARTS}
    texts = {p: {text for layout in part(p).layouts for text in layout.texts} for p in PARTS}
    assert not names[OPEN] & names[WITHHELD]
    assert not texts[OPEN] & texts[WITHHELD]
    assert not set(part(OPEN).words.towns) & set(part(WITHHELD).words.towns)
    for sort in ("habits", "slips", "look_alikes", "background"):
        assert set(getattr(part(OPEN), sort)) < set(getattr(part(WITHHELD), sort))


def test_brands_are_divided_with_their_sisters() -> None:
    sides = defaultdict(set)
    for brand in public_brands():
        sides[head(brand.name)].add(part_of(brand.name))
    assert all(len(found) == 1 for found in sides.values())
    withheld = sum(part_of(brand.name) == WITHHELD for brand in public_brands())
    assert withheld / len(public_brands()) == pytest.approx(1 / 3, abs=0.04)
    chosen = {p: {b.name for b in choose(p, 400, narratives.Random(1))} for p in PARTS}
    assert not chosen[OPEN] & chosen[WITHHELD]


def test_what_the_files_name_exists() -> None:
    braces = string.Formatter()
    used = {f for one in layouts() for text in one.texts for _, f, _, _ in braces.parse(text) if f}
    assert used == narratives.FIELDS
    kinds = (*part(WITHHELD).look_alikes, *part(WITHHELD).background)
    used = {f for one in kinds for text in one.texts for _, f, _, _ in braces.parse(text) if f}
    assert used == strangers.FIELDS
    assert {spelling.name for spelling in spellings()} == {*CHANGES, KNOWN_OTHERWISE} - {ANY_EDIT}
    codes = {mcc.mccid for mcc in known_mccs()}
    assert {code for layout in layouts() for code in layout.mccids} <= codes
    assert {code for _, code in part(OPEN).words.trades} <= codes


@pytest.mark.parametrize(
    ("change", "name", "written"),
    [
        ("apostrophe_lost", "SAM'S BARN", {"SAMS BARN"}),
        ("apostrophe_blank", "SAM'S BARN", {"SAM S BARN"}),
        ("ampersand_word", "A & B", {"A AND B"}),
        ("ampersand_letter", "A&B", {"A N B"}),
        ("ampersand_lost", "A & B", {"A B"}),
        ("article_lost", "THE BARN", {"BARN"}),
        ("hyphen_blank", "CO-OP", {"CO OP"}),
        ("hyphen_made", "BIG BARN", {"BIG-BARN"}),
        ("letters_swapped", "BARN", {"BRAN", "BANR"}),
        ("vowels_dropped", "AUBURN BARN", {"ABRN BRN"}),
        ("vowels_dropped", "OASIS", {"OASIS"}),
        ("words_joined", "BIG BARN", {"BIGBARN"}),
        ("blank_moved", "BIG BARN", {"BIGB ARN"}),
        ("words_cut", "COUNTRY BARN", {"COUN BARN"}),
        ("name_cut", "BIG BARN", {"BIG BA", "BIG BAR"}),
        ("letter_lost", "BARNS", {"BRNS", "BANS", "BARS", "BARN"}),
        ("letter_doubled", "OOOOO", {"OOOOOO"}),
        ("key_beside", "AAAAA", {"ASAAA", "AASAA", "AAASA", "AAAAS"}),
        ("digit_for_letter", "BOXER", {"B0XER", "BOX3R"}),
        ("initials_kept", "BIG RED BARN", {"B R BARN"}),
        ("name_cut", "BARN", {"BARN"}),
    ],
)
def test_a_name_is_written_otherwise(change: str, name: str, written: set[str]) -> None:
    found = {CHANGES[change](narratives.Random(seed), name) for seed in range(80)}
    assert found == written


def test_sides_are_full_and_share_no_narrative(made) -> None:
    _, one, _ = made
    assert (len(one.brands), len(one.train), len(one.held_out)) == (BRANDS, ROWS, ROWS)
    assert not {row.narrative for row in one.train} & {row.narrative for row in one.held_out}
    assert {row.key for row in one.rows} == {truth.key for truth in one.truth}
    assert all(row.narrative for row in one.rows)


def test_rows_are_as_dirty_as_said(made) -> None:
    name, _, truth = made
    said = part(name).shares
    assert share(truth, "kind", "near_miss") == said.look_alikes
    assert share(truth, "kind", "background") == said.background
    learned = [t for t in truth if t["split"] == "train"]
    brands = [t for t in learned if t["true_brandid"]]
    assert share(brands, "noise", "wrong") == pytest.approx(said.wrong, abs=0.015)
    assert 0.05 <= said.wrong <= 0.06
    assert share(brands, "noise", "missing") == pytest.approx(said.missing, abs=0.02)
    assert 0.08 <= said.missing <= 0.15
    near = [t for t in learned if t["kind"] == "near_miss"]
    assert share(near, "noise", "wrong") == pytest.approx(said.look_alikes_labelled, abs=0.09)
    slips = sum(bool(t["slip"]) for t in truth if t["true_brandid"])
    assert slips / sum(bool(t["true_brandid"]) for t in truth) == pytest.approx(
        said.slips, abs=0.04
    )


def test_labels_are_what_the_noise_says(made) -> None:
    _, one, truth = made
    given = {row.key: row.given for row in one.rows}
    for t in truth:
        label = given[t["ccid"], t["bankid"]]
        if t["split"] == "heldout" or t["noise"] == "missing":
            assert label == ""
        else:
            assert (label == t["true_brandid"]) == (t["noise"] == "none")
        assert bool(t["confusable_brandid"]) == (t["kind"] == "near_miss")


def test_codes_stray_and_wallets_bring_their_own(made) -> None:
    name, one, truth = made
    usual = {b.name: set(b.mccids) for b in public_brands()}
    code = {row.key: row.mccid for row in one.rows}
    wallet = {layout.name: set(layout.mccids) for layout in part(name).layouts}
    strays: Mapping[bool, Counter[bool]] = {True: Counter(), False: Counter()}
    for t in truth:
        if t["true_brandid"]:
            codes = usual[one.brands[t["true_brandid"]]]
            out_of_place = code[t["ccid"], t["bankid"]] not in codes
            strays[bool(wallet[t["format"]])][out_of_place] += 1
    plain = strays[False][True] / strays[False].total()
    assert plain == pytest.approx(part(name).shares.stray, abs=0.015)
    assert strays[True][True] / strays[True].total() > 2 * plain


def test_every_brand_can_be_learned_and_few_are_large(made) -> None:
    name, _, truth = made
    sizes = Counter(t["true_brandid"] for t in truth if t["split"] == "train" and t["true_brandid"])
    assert len(sizes) == BRANDS
    assert min(sizes.values()) >= part(name).shares.fewest
    largest = sum(size for _, size in sizes.most_common(BRANDS // 10))
    assert largest / sizes.total() > 0.25


def test_every_layout_and_no_other_is_used(made) -> None:
    name, _, truth = made
    assert {t["format"] for t in truth} == {layout.name for layout in part(name).layouts}


def test_look_alikes_resemble_and_background_does_not(made) -> None:
    _, one, truth = made
    names = {name.upper() for name in one.brands.values()}
    text = {row.key: row.narrative for row in one.rows}
    for t in truth:
        if t["kind"] == "background" and not t["slip"]:
            assert text[t["ccid"], t["bankid"]] not in names
    near = [t for t in truth if t["kind"] == "near_miss" and not t["slip"]]
    holding = sum(
        head(one.brands[t["confusable_brandid"]])[:4] in text[t["ccid"], t["bankid"]] for t in near
    )
    assert holding / len(near) > 0.7
