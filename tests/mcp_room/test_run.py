"""What servers do in the middle of a run costs the run nothing but their advice."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from desks import questions, spec
from misbehaving import CORPUS, HOSTILE

from brand_metagen.registry.brands import lookup
from program import good, inside

pytestmark = pytest.mark.slow

QUICK = (
    *("--set", "mcp.deadline_seconds=4", "--set", "mcp.attempts=1"),
    *("--set", "mcp.wait_seconds=0", "--set", "mcp.breaker_failures=1"),
)
BRANDS = 8


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    good(inside("sample", "--out", folder / "data", "--brands", BRANDS, "--rows", 160))
    return folder / "data"


def exported(workspace: Path) -> dict[str, bytes]:
    """Every byte of an export but the run's record, which has its times."""
    out = workspace.parent / "out"
    good(inside("export", "--workspace", workspace, "--out", out))
    return {p.name: p.read_bytes() for p in sorted(out.iterdir()) if p.name != "run.json"}


@pytest.fixture(scope="module")
def undisturbed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    workspace = tmp_path_factory.mktemp("alone") / "w"
    good(inside("run", "--data", data, "--workspace", workspace))
    found = exported(workspace)
    assert {"metadata.jsonl", "assignments.csv", "model.json", "report.html"} <= set(found)
    return found


def facts(workspace: Path) -> list[dict[str, Any]]:
    (file,) = workspace.glob("runs/RUN-0001/*-commercial/facts.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def run(tmp_path: Path, data: Path, **ways: str) -> Path:
    workspace = tmp_path / "w"
    workspace.mkdir()
    spec(tmp_path, **ways).rename(workspace / "mcp.json")
    good(inside("run", "--data", data, "--workspace", workspace, *QUICK))
    return workspace


@pytest.mark.parametrize(
    "way", ["good", "hostile", "dies", "hangs", "floods", "huge", "other_shape", "never_starts"]
)
def test_an_export_is_the_same_to_the_byte(
    tmp_path: Path, data: Path, undisturbed: dict[str, bytes], way: str
) -> None:
    workspace = run(tmp_path, data, one=way)
    assert exported(workspace) == undisturbed
    found = facts(workspace)
    assert len(found) == BRANDS
    answers = way in ("good", "hostile")
    assert {fact["source"] for fact in found} == {"one" if answers else "packaged table"}
    if answers:
        assert len(questions(tmp_path, "one")) == BRANDS
    if way == "hostile":
        assert all("IGNORE PREVIOUS INSTRUCTIONS" in fact["sector"] for fact in found)
        assert all(fact["sector"].isprintable() for fact in found)
        assert HOSTILE not in json.dumps(found)
        assert all(len(fact["aliases"]) == len(CORPUS) for fact in found)
        brandid = found[0]["brandid"]
        shown = good(inside("review", "show", brandid, "--workspace", workspace)).out
        assert all(c.isprintable() or c == "\n" for c in shown)
    if not answers:
        assert all("one: " in fact["note"] for fact in found)
    good(inside("verify", "--workspace", workspace))


def test_a_broken_list_of_servers_stops_nothing(
    tmp_path: Path, data: Path, undisturbed: dict[str, bytes]
) -> None:
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "mcp.json").write_text("{")
    good(inside("run", "--data", data, "--workspace", workspace))
    assert exported(workspace) == undisturbed
    assert all("not JSON" in fact["note"] for fact in facts(workspace))


def test_the_role_and_its_evidence_are_on_record(tmp_path: Path, data: Path) -> None:
    workspace = run(tmp_path, data, one="good")
    shown = good(inside("runs", "show", "RUN-0001", "--workspace", workspace, "--json")).data
    (step,) = [s for s in shown["steps"] if s["name"] == "commercial"]
    assert step["role"] == "commercial assessment"
    assert step["stats"]["sources"] == {"one": BRANDS}
    brandid = facts(workspace)[0]["brandid"]
    look = good(inside("review", "show", brandid, "--workspace", workspace, "--json")).data
    assert (look["commercial"]["source"], look["commercial"]["known"]) == ("one", "known")
    text = good(inside("review", "show", brandid, "--workspace", workspace)).out
    assert "commercial" in text


def test_a_second_run_finds_the_answers_kept(tmp_path: Path, data: Path) -> None:
    workspace = run(tmp_path, data, one="good")
    good(inside("run", "--data", data, "--workspace", workspace, "--fresh", *QUICK))
    stats = good(inside("cache", "stats", "--workspace", workspace, "--json")).data
    # The first run had no data behind it yet, so what it asked is asked once more.
    assert (stats["hits"], stats["misses"]) == (0, 2 * BRANDS)
    good(inside("run", "--data", data, "--workspace", workspace, "--fresh", *QUICK))
    stats = good(inside("cache", "stats", "--workspace", workspace, "--json")).data
    assert (stats["hits"], stats["misses"]) == (BRANDS, 2 * BRANDS)
    assert len(questions(tmp_path, "one")) == 2 * BRANDS


def test_a_sector_that_the_packaged_table_contradicts_asks_for_a_look(
    tmp_path: Path, data: Path
) -> None:
    """EVA-13. Whatever servers say of it, it is the packaged table's word that counts."""
    changed = tmp_path / "data"
    shutil.copytree(data, changed)
    with (data / "brand.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    brand = next(row for row in rows if lookup(row["brandname"]) and row["sector"] != "Fuel")
    brand["sector"] = "Fuel"
    with (changed / "brand.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(brand))
        writer.writeheader()
        writer.writerows(rows)
    workspace = run(tmp_path, changed, one="good")
    shown = inside("metadata", "show", brand["brandid"], "--workspace", workspace, "--json")
    record = good(shown).data
    assert record["requires_confirmation"]
    (reason,) = [said for said in record["reasons"] if said.startswith("commercial check")]
    assert reason.endswith("not Fuel")
    others = [json.loads(line) for line in exported(workspace)["metadata.jsonl"].splitlines()]
    doubted = [m["brandid"] for m in others if any("commercial" in why for why in m["reasons"])]
    assert doubted == [brand["brandid"]]
