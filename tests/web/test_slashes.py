"""Brand ids as customers have them: with slashes, percent signs and blanks."""

from __future__ import annotations

import csv
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import opened

from brand_metagen.ports import Role
from brand_metagen.web.slashes import BRANDS, KeptSlashes, whole
from program import good, inside

ODD = "7/11 %2F 100%"


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_id_comes_through(brandid: str) -> None:
    seen: list[str] = []

    async def app(scope: dict[str, str], _: object, __: object) -> None:
        seen.append(scope["path"])

    raw = (BRANDS + quote(brandid, safe="")).encode()
    scope = {"type": "http", "raw_path": raw, "path": f"{BRANDS}{brandid}"}
    sent = KeptSlashes(app)(scope, None, None)  # type: ignore[arg-type]
    with pytest.raises(StopIteration):
        sent.send(None)
    rest = seen[0].removeprefix(BRANDS)
    assert "/" not in rest
    assert whole(rest) == brandid


def renamed(source: Path, target: Path, brandid: str) -> None:
    """A market's tables, one brand of it under an odd id."""
    target.mkdir()
    for path in source.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        at = header.index("brandid") if "brandid" in header else None
        with (target / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for row in rows:
                if at is not None and row[at] == brandid:
                    row[at] = ODD
                writer.writerow(row)


def test_a_brand_is_reviewed_under_its_own_id(finished: Path, tmp_path: Path) -> None:
    with (finished / "data" / "brand_to_check.csv").open(newline="") as file:
        brandid = next(csv.DictReader(file))["brandid"]
    renamed(finished / "data", tmp_path / "data", brandid)
    good(inside("run", "--data", tmp_path / "data", "--workspace", tmp_path / "w"))
    with opened(tmp_path / "w", tmp_path / "data") as office:
        path = f"/brands/{quote(ODD, safe='')}"
        assert office.get(path)["brandid"] == ODD
        assert office.get(f"{path}/rows")["items"]
        stale = office.ask("POST", f"{path}/approve", If_Match='"7"')
        assert (stale.status_code, stale.json()["now"]["brandid"]) == (409, ODD)
        done = office.good("POST", f"{path}/feedback", {"mccids_in": ["5812"]}, If_Match='"1"')
        assert done["brandid"] == ODD
        version = office.get(path)["version"]
        office.good("POST", f"{path}/approve", If_Match=f'"{version}"')
        assert office.good("POST", "/publish", role=Role.OPERATOR)["changed"] == [ODD]
        assert office.ask("GET", "/brands/no%2Fsuch").status_code == 404
