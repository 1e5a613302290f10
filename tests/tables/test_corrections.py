"""Corrections lie over the tables: cells, brands, rescued rows, stale ones; no file is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brand_metagen.config import TableSettings
from brand_metagen.ports import Correction, Subject
from brand_metagen.tables.corrections import overlay
from brand_metagen.tables.load import load_market
from brand_metagen.tables.quality import quality_from_json, quality_to_json
from brand_metagen.tables.raw import RawTable

LOOSE = TableSettings(max_bad_share=1.0)
FILES = {
    "brand": "brandid,brandname,sector\n07,Star,Grocery\n08,Other,Food\n",
    "brand_to_check": "brandid\n07\n08\n",
    "mcc": "mccid,mcc_desc,sector\n5411,Groceries,Grocery\n5812,Restaurants,Food\n",
    "combo": "ccid,bankid,mid,brandid,mccid,narrative\n"
    "1,1,M1,07,5411,Star  Market\n2,1,M2,07,0000,STAR BAD CODE\n3,1,M3,99,5812,STAR BAD BRAND\n"
    "4,1,M4,,5812,SOMEBODY\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def cell(ccid: str, field: str, old: str, value: str) -> Correction:
    return Correction(Subject.COMBO, (ccid, "1"), field, old, value)


def test_rows_in_quarantine_are_rescued_and_checked_like_any_other(folder: Path) -> None:
    assert len(load_market(folder, LOOSE).quarantine) == 2
    mended = [cell("2", "mccid", "0000", "5411"), cell("3", "brandid", "99", "08")]
    loaded = load_market(folder, LOOSE, mended)
    assert loaded.quarantine == ()
    combos = loaded.market.combos
    assert (combos.ccid, combos.brandid[2], combos.mccid[1]) == (
        ["1", "2", "3", "4"], "08", "5411",
    )  # fmt: skip
    assert (loaded.quality.corrected, loaded.quality.stale) == (2, ())
    worse = load_market(folder, LOOSE, [cell("1", "mccid", "5411", "no such")])
    assert {q.reason for q in worse.quarantine} >= {"unknown mccid", "unknown brandid"}
    assert "1" not in worse.market.combos.ccid


def test_a_corrected_narrative_is_cleaned_and_its_old_one_compared_cleaned(folder: Path) -> None:
    loaded = load_market(folder, LOOSE, [cell("1", "narrative", "STAR MARKET", "  Café   Star ")])
    assert loaded.market.combos.narrative[0] == "CAFE STAR"
    assert loaded.quality.stale == ()


def test_brands_are_made_renamed_and_ended(folder: Path) -> None:
    made = Correction(Subject.NEW_BRAND, ("07-1",), value="Star Market", sector="Grocery")
    renamed = Correction(Subject.BRAND, ("07-1",), "brandname", "Star Market", "Star Stores")
    ended = Correction(Subject.INACTIVE, ("07",), old="awaiting_review")
    given_to = cell("1", "brandid", "07", "07-1")
    market = load_market(folder, LOOSE, [made, renamed, ended, given_to]).market
    assert set(market.to_check) == {"07-1", "08"}
    assert market.brands["07-1"].brandname == "Star Stores"
    assert market.brands["07"].brandname == "Star"
    assert market.combos.brandid[0] == "07-1"


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (cell("1", "mccid", "5814", "5812"), "the source says '5411' by now, not '5814'"),
        (cell("77", "mccid", "5814", "5812"), "the source has no such row any more"),
        (Correction(Subject.NEW_BRAND, ("08",), value="New"), "has a brand of that id by now"),
        (Correction(Subject.BRAND, ("09",), "sector", "a", "b"), "no such row"),
    ],
)
def test_what_the_source_has_overtaken_is_reported_and_not_applied(
    folder: Path, correction: Correction, why: str
) -> None:
    plain, loaded = load_market(folder, LOOSE), load_market(folder, LOOSE, [correction])
    assert loaded.market == plain.market
    (said,) = loaded.quality.stale
    assert why in said
    assert correction.key[0] in said
    assert quality_from_json(quality_to_json(loaded.quality)) == loaded.quality


def test_a_source_that_was_mended_meanwhile_needs_no_correction(folder: Path) -> None:
    loaded = load_market(folder, LOOSE, [cell("1", "mccid", "5814", "5411")])
    assert (loaded.quality.corrected, loaded.quality.stale) == (0, ())


def test_of_several_corrections_of_a_cell_the_last_counts(folder: Path) -> None:
    chain = [cell("1", "mccid", "5411", "5999"), cell("1", "mccid", "5999", "5812")]
    assert load_market(folder, LOOSE, chain).market.combos.mccid[0] == "5812"
    # The source has taken over the first of them.
    text = FILES["combo"].replace("M1,07,5411", "M1,07,5999")
    (folder / "combo.csv").write_text(text)
    assert load_market(folder, LOOSE, chain).market.combos.mccid[0] == "5812"


def test_the_files_are_never_written(folder: Path) -> None:
    before = {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    made = Correction(Subject.NEW_BRAND, ("07-1",), value="Star Market")
    load_market(folder, LOOSE, [made, cell("1", "brandid", "07", "07-1")])
    assert {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()} == before


IDS = st.sampled_from(["1", "2", "3"])


@given(st.lists(st.tuples(IDS, IDS), max_size=6), st.lists(st.tuples(IDS, IDS, IDS), max_size=6))
def test_only_cells_that_say_a_known_value_change(
    rows: list[tuple[str, str]], said: list[tuple[str, str, str]]
) -> None:
    """A cell is the last value said of it, if it was any value said of it; else what it was."""
    columns = {
        "ccid": [ccid for ccid, _ in rows],
        "bankid": ["1"] * len(rows),
        "mccid": [mccid for _, mccid in rows],
    }
    raw = RawTable("combo.csv", "utf-8", columns, list(range(len(rows))))
    corrections = [cell(ccid, "mccid", old, value) for ccid, old, value in said]
    overlay("combo", raw, corrections)
    for (ccid, before), after in zip(rows, raw.columns["mccid"], strict=True):
        chain = [(old, value) for of, old, value in said if of == ccid]
        known = {text for pair in chain for text in pair}
        assert after == (chain[-1][1] if before in known else before)
