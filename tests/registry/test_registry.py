"""The packaged tables are whole, and looking up survives the spellings of statements."""

import csv
import gzip
import io
import json
import tarfile
import zipfile
from importlib import resources
from pathlib import Path

import pytest

from brand_metagen.errors import InputError
from brand_metagen.registry.brands import known_brands, lookup, squeeze
from brand_metagen.registry.build import build, read_brands, read_mccs
from brand_metagen.registry.mccs import known_mccs
from brand_metagen.registry.sectors import categories, category, sector_of_mcc

SOURCE_HEADER = "name,category,regions,wikidata,match_names\n"


def packaged(name: str) -> bytes:
    return resources.files("brand_metagen.registry").joinpath("data", name).read_bytes()


def test_the_table_of_brands_is_whole_sorted_and_unique() -> None:
    keys = [(brand.name, brand.category, brand.wikidata) for brand in known_brands()]
    assert len(keys) == 5938
    assert keys == sorted(set(keys))
    assert all(brand.regions and brand.sector for brand in known_brands())
    assert all(category(brand.category).sector == brand.sector for brand in known_brands())


def test_reading_twice_is_one_table() -> None:
    assert known_brands() is known_brands()


def test_the_packed_table_has_no_time_stamp() -> None:
    assert packaged("brands.csv.gz")[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize(
    ("text", "name", "sector"),
    [
        ("SAINSBURYS", "Sainsbury's", "Grocery"),
        ("sainsbury's", "Sainsbury's", "Fuel"),
        ("J  Sainsbury", "Sainsbury's", "Grocery"),
        ("ARGOS", "Argos", "Department Store"),
        ("next", "Next", "Fashion"),
        ("boots the chemist", "Boots", "Pharmacy"),
        ("MARKS&SPENCER", "Marks & Spencer", "Department Store"),
    ],
)
def test_lookup_by_name_and_alias(text: str, name: str, sector: str) -> None:
    assert (name, sector) in [(brand.name, brand.sector) for brand in lookup(text)]


@pytest.mark.parametrize("text", ["", "  ", "'", "家乐福", "NO SUCH BRAND ANYWHERE", "SAINSB"])
def test_lookup_is_exact(text: str) -> None:
    assert lookup(text) == ()


def test_names_come_before_aliases_and_shops_before_signs() -> None:
    assert [brand.name for brand in lookup("Tesco Metro")] == [
        "Tesco Metro",
        "Tesco",
        "Tesco Express",
    ]
    kinds = [brand.category for brand in lookup("Tesco") if brand.name == "Tesco"]
    assert kinds[-1] == "advertising/totem"


def test_every_latin_name_finds_itself() -> None:
    lost = [b.name for b in known_brands() if squeeze(b.name) and b not in lookup(b.name)]
    assert lost == []


def test_codes_keep_leading_zeros_and_have_a_sector() -> None:
    codes = [mcc.mccid for mcc in known_mccs()]
    assert len(codes) == 924
    assert codes == sorted(set(codes))
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert all(mcc.sector == sector_of_mcc(mcc.mccid) and mcc.mcc_desc for mcc in known_mccs())
    assert codes[0] == "0742"


def test_each_code_lies_in_one_range_only() -> None:
    rows = list(csv.DictReader(io.StringIO(packaged("sectors.csv").decode())))
    ranges = [(row["first"], row["last"]) for row in rows if row["source"] == "mcc"]
    assert all(first <= last for first, last in ranges)
    for mcc in known_mccs():
        assert sum(first <= mcc.mccid <= last for first, last in ranges) == 1, mcc


def test_categories_name_known_codes() -> None:
    codes = {mcc.mccid for mcc in known_mccs()}
    assert {brand.category for brand in known_brands()} <= {one.name for one in categories()}
    for one in categories():
        assert one.usual_mccids
        assert set(one.usual_mccids) <= codes, one


@pytest.mark.parametrize("code", ["0001", "9999", "", "54"])
def test_a_code_outside_every_range_is_refused(code: str) -> None:
    with pytest.raises(InputError, match=r"sectors\.csv"):
        sector_of_mcc(code)


def test_the_licences_travel_with_the_tables() -> None:
    text = packaged("LICENSES.md").decode()
    for phrase in (
        "Copyright 2021, name-suggestion-index contributors",
        "Neither the name of the copyright holder",
        "MIT License",
        "The above copyright notice and this permission notice",
    ):
        assert phrase in text


def source_files(tmp_path: Path) -> tuple[Path, Path]:
    brands = tmp_path / "brands.csv.gz"
    rows = (
        "Zeta,shop/shoes,GB,Q2,zeta | zeta shoes\n"
        'Alpha,shop/clothes,GB|US,Q1,"alpha\'s / alpha of london|Alpha"\n'
        "Alpha,shop/clothes,IE,Q1,\n"
    )
    brands.write_bytes(gzip.compress((SOURCE_HEADER + rows).encode()))
    mccs = tmp_path / "codes.csv"
    mccs.write_text('mcc,edited_description\n5411,Groceries\n0742,"Vets,  all"\n')
    return brands, mccs


def test_build_merges_sorts_and_repeats_itself(tmp_path: Path) -> None:
    brands, mccs = source_files(tmp_path)
    read = read_brands(brands)
    assert [brand.name for brand in read] == ["Alpha", "Zeta"]
    assert read[0].regions == ("GB", "IE", "US")
    assert read[0].aliases == ("alpha of london", "alpha's")
    assert read[1].aliases == ("zeta shoes",)
    assert [mcc.mccid for mcc in read_mccs(mccs)] == ["0742", "5411"]
    assert build(brands, mccs, tmp_path / "one") == (2, 2)
    build(brands, mccs, tmp_path / "two")
    for name in ("brands.csv.gz", "mccs.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,category\nA,shop/shoes\n", "column regions, wikidata, match_names is missing"),
        (SOURCE_HEADER + "A,shop/nonsense,GB,,\n", "shop/nonsense"),
    ],
)
def test_build_names_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    source = tmp_path / "brands.csv"
    source.write_text(text)
    with pytest.raises(InputError, match=message):
        read_brands(source)


def published(tmp_path: Path) -> tuple[Path, Path]:
    """Archives as the package registries have them, with a few entries."""

    def item(name: str, *places: object, **more: object) -> dict[str, object]:
        tags = {"brand:wikidata": f"Q{len(name)}"}
        return {"displayName": name, "locationSet": {"include": places}, "tags": tags, **more}

    names = [f"alpha {n}" for n in range(9)]
    shoes = [
        item("Alpha", "gb-lon.geojson", "fr", matchNames=names),
        item("World", "001"),
        item("Europe", "150", "us"),
        item("Dublin", "ie"),
        item("Elsewhere", "de", "ie-d.geojson", [1.5, 2.5]),
    ]
    tree = {"nsi": {
        "brands/shop/shoes": {"items": shoes},
        "operators/shop/shoes": {"items": [item("Operator", "gb")]},
    }}  # fmt: skip
    content = json.dumps(tree).encode()
    brands = tmp_path / "nsi.tgz"
    with tarfile.open(brands, "w:gz") as packed:
        entry = tarfile.TarInfo("package/dist/json/nsi.min.json")
        entry.size = len(content)
        packed.addfile(entry, io.BytesIO(content))
    codes = tmp_path / "iso.whl"
    with zipfile.ZipFile(codes, "w") as wheel:
        for name, rows in {
            "iso18245_official": "5411,Groceries\n",
            "visa": '5411,"Shops, other",\n3000,AIR  ONE,\n',
            "mastercard": "3253,Air Two,TWO\n",
            "usda": "0742,Vets\n",
            "amex": "9400,Embassies\n",
        }.items():
            wheel.writestr(f"iso18245/data/{name}_list.csv", f"MCC,DESCRIPTION,X\n{rows}")
    return brands, codes


def test_the_published_packages_are_read_as_they_are(tmp_path: Path) -> None:
    brands, codes = published(tmp_path)
    assert [(b.name, b.regions) for b in read_brands(brands)] == [
        ("Alpha", ("GB",)), ("Dublin", ("IE",)), ("Europe", ("GB", "US")), ("World", ("GB", "US")),
    ]  # fmt: skip
    assert read_brands(brands)[0].aliases == tuple(f"alpha {n}" for n in range(6))
    assert [(m.mccid, m.mcc_desc) for m in read_mccs(codes)] == [
        ("0742", "Vets"), ("3000", "AIR ONE"), ("3253", "Air Two"), ("5411", "Groceries"),
    ]  # fmt: skip
    assert build(brands, codes, tmp_path / "out") == (4, 4)


@pytest.mark.parametrize("suffix", [".tgz", ".whl"])
def test_another_file_is_no_package(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"x{suffix}").write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match=r"no archive|no wheel"):
        (read_brands if suffix == ".tgz" else read_mccs)(tmp_path / f"x{suffix}")
