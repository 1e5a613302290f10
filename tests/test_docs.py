"""The commands that the documents show are run, in their order."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from brand_metagen.mcp.servers_file import read_servers
from program import Done, good, inside
from star import star_market, write_tables

DOCS = Path(__file__).parents[1] / "docs"


def commands(path: Path) -> list[str]:
    """Indented lines that run the program."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.startswith("    brand-metagen ")]


def run(command: str, words: dict[str, str]) -> Done:
    args = [words.get(word, word) for word in shlex.split(command)[1:]]
    return good(inside(*args))


@pytest.fixture
def brandid(here: Path) -> str:
    """The largest brand of a small market that was run in the workspace W, here."""
    assert here == Path.cwd()
    queue = json.loads(good(inside("review", "queue", "--workspace", "W", "--json")).out)
    found: str = max(queue, key=lambda brand: brand["rows"])["brandid"]
    return found


@pytest.mark.usefixtures("brandid")
def test_operating() -> None:
    shown = commands(DOCS / "operations.md")
    assert len(shown) >= 18
    shown = [*commands(DOCS / "monitoring.md"), *commands(DOCS / "operations.md")]
    assert len(shown) >= 27
    for command in shown:
        run(command, {})


@pytest.mark.slow
def test_emergencies(brandid: str) -> None:
    """From a backup of a published release to the end of the third emergency."""
    good(inside("users", "add", "mallory", "--no-password", "-w", "W"))
    queue = json.loads(good(inside("review", "queue", "-w", "W", "--json")).out)
    other = next(b["brandid"] for b in queue if b["brandid"] != brandid)
    good(inside("review", "approve", brandid, "--as", "anna", "-w", "W"))
    good(inside("publish", "-w", "W"))
    shown = commands(DOCS / "emergencies.md")
    assert len(shown) >= 48
    words = {"NAME": "mallory"}
    for command in shown:
        if "users isolate" in command:
            good(inside("unpause", "-w", "W"))
            good(inside("review", "approve", other, "--as", "mallory", "-w", "W"))
            good(inside("publish", "--as", "mallory", "-w", "W"))
        done = run(command, words)
        if "incidents open" in command:
            words["INCIDENT"] = done.out.split(" ")[0]
    assert Path("status.html").stat().st_size > 1_000
    assert words["INCIDENT"] == "INC-0003"


@pytest.mark.usefixtures("brandid")
def test_analysing() -> None:
    shown = commands(DOCS / "analytics.md")
    assert len(shown) >= 14
    words: dict[str, str] = {}
    for command in shown:
        run(command, words)
        if "analytics sample" in command and "DRAWN" not in words:
            again = [*shlex.split(command)[1:], "--seed", "9", "--json"]
            (row, *_) = json.loads(good(inside(*again)).out)["rows"]
            words["DRAWN"] = f"{row['ccid']}@{row['bankid']}"


@pytest.mark.slow
@pytest.mark.usefixtures("brandid")
def test_reporting() -> None:
    shown = commands(DOCS / "reports.md")
    assert len(shown) >= 17
    for command in shown:
        run(command, {})


def test_reviewing(brandid: str) -> None:
    look = json.loads(good(inside("review", "show", brandid, "--workspace", "W", "--json")).out)
    row = look["rows"]["confirmed"][0]
    words = {"BRAND": brandid, "ROW": f"{row['ccid']}@{row['bankid']}"}
    words |= {"CODE": look["mccids"][0], "ANOTHER": look["mccids"][1], "FEEDBACK": "FB-000001"}
    shown = commands(DOCS / "review.md")
    assert len(shown) >= 15
    for command in shown:
        run(command, words)


@pytest.mark.slow
def test_escalating(brandid: str) -> None:
    write_tables(Path("star"), star_market())
    good(inside("run", "--data", "star", "--workspace", "S"))
    look = json.loads(good(inside("review", "show", brandid, "--workspace", "W", "--json")).out)
    brands = json.loads(good(inside("brands", "list", "--workspace", "W", "--json")).out)
    other = next(b["brandid"] for b in brands if b["brandid"] != brandid)
    rule = {"include": look["include"], "exclude": look["exclude"], "notes": "by hand"}
    Path("rule.json").write_text(json.dumps({**rule, "mccids": look["mccids"][:2]}))
    rows = json.loads(good(inside("brands", "combos", brandid, "--workspace", "W", "--json")).out)
    code = next(r["mccid"] for r in rows if r["given_brandid"] == brandid)
    words = {
        "BRAND": brandid,
        "OTHER": other,
        "CODE": code,
        "CASE-S": f"ESC-{datetime.now(UTC).year}-001",
    }
    shown = commands(DOCS / "escalations.md")
    assert len(shown) >= 38
    for command in shown:
        cases = json.loads(good(inside("escalations", "list", "-w", "W", "--json")).out)
        mine = [c["case_id"] for c in cases if c["brandid"] == brandid]
        words["CASE"] = mine[0] if mine else words.get("CASE", "")
        if "PARTS" in command:
            parts = json.loads(Path("parts.json").read_text())["parts"]
            command = command.replace("PARTS", " ".join(part["brandid"] for part in parts))
        run(command, words)
    cases = json.loads(
        good(inside("escalations", "list", "--state", "closed", "-w", "W", "--json")).out
    )
    assert [c["lessons"] for c in cases] == ["codes tell more than words here"]


def json_blocks(path: Path) -> list[str]:
    """Indented JSON documents."""
    lines = path.read_text(encoding="utf-8").splitlines()
    blocks: list[list[str]] = []
    for line in lines:
        if line == "    {":
            blocks.append([])
        if blocks and line.startswith("    ") and "    }" not in blocks[-1]:
            blocks[-1].append(line)
    return ["\n".join(block) for block in blocks]


@pytest.mark.slow
def test_asking_and_serving(brandid: str, tmp_path: Path) -> None:
    good(inside("users", "add", "ana", "--no-password", "--workspace", "W"))
    shown = commands(DOCS / "mcp.md")
    assert len(shown) >= 24
    for command in shown:
        run(command, {"BRAND": brandid, "brandid=BRAND": f"brandid={brandid}"})
    blocks = json_blocks(DOCS / "mcp.md")
    assert len(blocks) == 2
    names = ("REGISTRY_TOKEN", "CRUNCHBASE_API_KEY", "BRAVE_API_KEY")
    for block in blocks:
        (tmp_path / "mcp.json").write_text(block)
        found = read_servers(tmp_path / "mcp.json", dict.fromkeys(names, "x"))
        assert not any(spec.problem for spec in found)
