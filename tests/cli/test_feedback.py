"""`metadata amend`: what a rule would become, and what the market would see of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from places import Place
from program import Done, good, inside


def amended(place: Place, brandid: str, *wishes: str) -> Done:
    return inside("metadata", "amend", brandid, "--workspace", place.workspace, *wishes, "--json")


@pytest.fixture(scope="module")
def rows(place: Place) -> dict[str, list[dict[str, str]]]:
    """The decided rows by the brand they were given to."""
    found: dict[str, list[dict[str, str]]] = {}
    with (place.release.parent / "assignments.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["brandid"], []).append(row)
    return found


def known(place: Place, brandid: str) -> dict[str, object]:
    shown = inside("metadata", "show", brandid, "--workspace", place.workspace, "--json")
    return good(shown).data  # type: ignore[no-any-return]


def test_nothing_asked_changes_nothing(place: Place, rows: dict[str, list[dict[str, str]]]) -> None:
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    found = good(amended(place, brandid)).data
    assert found["include"] == known(place, brandid)["include"]
    assert (found["gained"]["rows"], found["lost"]["rows"], found["done"]) == (0, 0, [])


def test_rows_that_belong_and_do_not(place: Place, rows: dict[str, list[dict[str, str]]]) -> None:
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    stranger, mine = rows[""][0], rows[brandid][0]
    wish = ("--belongs", f"{stranger['ccid']}@{stranger['bankid']}")
    found = good(amended(place, brandid, *wish)).data
    assert found["unmet"] == []
    assert found["gained"]["rows"] >= 1
    assert ["", found["gained"]["rows"]] in found["gained"]["brands"]
    key = f"{mine['ccid']}@{mine['bankid']}"
    found = good(amended(place, brandid, "--does-not-belong", key)).data
    assert found["unmet"] == []
    assert found["lost"]["rows"] >= 1


def test_a_number_of_several_banks_is_asked_about(
    place: Place, rows: dict[str, list[dict[str, str]]]
) -> None:
    keys = [row["ccid"] for found in rows.values() for row in found]
    doubled = next(ccid for ccid in keys if keys.count(ccid) > 1)
    alone = next(ccid for ccid in keys if keys.count(ccid) == 1)
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    done = amended(place, brandid, "--belongs", doubled)
    assert (done.code, "several banks" in done.err) == (2, True)
    assert good(amended(place, brandid, "--belongs", alone)).data["unmet"] == []


def test_words_codes_and_patterns(place: Place, rows: dict[str, list[dict[str, str]]]) -> None:
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    wishes = ("--words", "zzqq shop", "--not-words", "hotel", "--mcc-in", "0742")
    found = good(amended(place, brandid, *wishes)).data
    assert "ZZQQ[ -]?SHOP" in found["include"]
    assert "HOTEL" in found["exclude"]
    assert "0742" in found["mccids"]
    shown = inside("metadata", "amend", brandid, "--workspace", place.workspace, *wishes)
    assert "takes what says ZZQQ SHOP" in good(shown).out


@pytest.mark.parametrize(
    ("wishes", "code", "said"),
    [
        (("--belongs", "no such row"), 2, "no combo"),
        (("--pattern", "^(A+)+$"), 2, "portable"),
        (("--not-words", "é" + chr(0x200B)), 2, "fewer than 2 letters"),
        (("--mcc-in", "no code"), 2, "no such code"),
        (("--words", chr(0x200B)), 2, "nothing is left"),
        (("--mcc-in", "5812", "--mcc-out", "5812"), 3, "but somebody said"),
    ],
)
def test_what_cannot_be_asked(
    place: Place,
    rows: dict[str, list[dict[str, str]]],
    wishes: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    done = amended(place, brandid, *wishes)
    assert done.code == code, done.err
    assert said in done.err


def test_nothing_is_stored(place: Place, rows: dict[str, list[dict[str, str]]]) -> None:
    brandid = max((b for b in rows if b), key=lambda b: len(rows[b]))
    before = (Path(place.workspace) / "brand-metagen.sqlite3").read_bytes()
    good(amended(place, brandid, "--words", "ZZQQ"))
    assert (Path(place.workspace) / "brand-metagen.sqlite3").read_bytes() == before
