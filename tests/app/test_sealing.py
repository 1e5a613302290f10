"""Sealed evidence: nobody changes, takes out or adds anything unseen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from brand_metagen.app import accounts, decisions, publishing, sealing
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import Settings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Role, Verdict
from brand_metagen.store.sql import SqlStore, sqlite_url
from places import Place

Lines = list[str]


@pytest.fixture(scope="module")
def workspace(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """One for all: sealing adds to the log and changes nothing else."""
    folder = tmp_path_factory.mktemp("sealed") / "w"
    shutil.copytree(place.workspace, folder)
    store = SqlStore(sqlite_url(folder / DATABASE))
    made = Workspace(folder, Settings(), store)
    accounts.add(store, "root", "eve", Role.ADMIN, "correct horse battery")
    brandid = next(m.brandid for m in store.latest_versions() if m.rule)
    decisions.decide(made, "eve", brandid, Verdict.APPROVE, 1)
    publishing.publish(made, "eve")
    yield made
    store.close()


def audit_line(lines: Lines, number: int) -> int:
    return next(i for i, line in enumerate(lines) if f'"sequence": {number},' in line)


def last_row(lines: Lines) -> int:
    rows = [json.loads(line) for line in lines]
    return max(row["row"]["sequence"] for row in rows if row["kind"] == "audit")


def without(lines: Lines, number: int) -> Lines:
    place = audit_line(lines, number)
    return lines[:place] + lines[place + 1 :]


def rechained(lines: Lines, number: int) -> Lines:
    """A row changed by somebody who writes all digests behind it anew."""
    made, digest = [], ""
    for line in lines:
        value = json.loads(line)
        if value["kind"] == "seal":
            value["digest"] = digest
        else:
            if value["row"].get("sequence") == number:
                value["row"]["actor"] = "anna"
            digest = sealing._linked(digest, value["kind"], value["row"])
            value["digest"] = digest
        made.append(json.dumps(value, sort_keys=True))
    return made


TOUCHED: dict[str, Callable[[Lines], Lines]] = {
    "a byte of a row": lambda ls: [line.replace("eve", "Eve", 1) for line in ls],
    "a blank of a row": lambda ls: [ls[0], ls[1].replace(": ", ":  ", 1), *ls[2:]],
    "an empty line": lambda ls: [*ls[:3], "", *ls[3:]],
    "a row taken out": lambda ls: without(ls, 2),
    "the last row of the log taken out": lambda ls: without(ls, last_row(ls)),
    "a row twice": lambda ls: [*ls[:3], ls[2], *ls[3:]],
    "two rows changed over": lambda ls: [*ls[:2], ls[3], ls[2], *ls[4:]],
    "the end cut off": lambda ls: ls[:-1],
    "a line behind the seal": lambda ls: [*ls, ls[-1]],
    "the seal of fewer lines": lambda ls: [*ls[:-3], ls[-1]],
    "a row changed and all behind it written anew": lambda ls: rechained(ls, 3),
}


@pytest.mark.parametrize("how", TOUCHED)
def test_every_touch_is_found(workspace: Workspace, tmp_path: Path, how: str) -> None:
    file = tmp_path / "e.jsonl"
    done = sealing.seal(workspace, "olga", file)
    whole = sealing.check(file, done.seal)
    assert (whole.breaks, whole.anchored, whole.audit_rows) == ((), True, done.audit_rows)
    lines = file.read_text().splitlines()
    file.write_text("\n".join(TOUCHED[how](lines)) + "\n")
    assert sealing.check(file).breaks, how


def test_who_writes_all_of_it_anew_has_another_seal(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "e.jsonl"
    done = sealing.seal(workspace, "olga", file)
    assert sealing.check(file, "", workspace).anchored
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines = [line for line in lines if line["kind"] in ("header", "seal")]
    digest = lines[0]["digest"]
    lines[1] |= {"digest": digest, "lines": 1, "audit_rows": 0}
    file.write_text("\n".join(json.dumps(line, sort_keys=True) for line in lines) + "\n")
    forged = sealing.check(file)
    assert (forged.breaks, forged.anchored) == ((), None), "by itself it looks whole"
    for expected, log in ((done.seal, None), ("", workspace)):
        found = sealing.check(file, expected, log)
        assert found.anchored is False
        assert "written down" in found.breaks[-1]


def test_it_holds_what_is_needed_and_no_secret(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "e.jsonl"
    sealing.seal(workspace, "olga", file)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    kinds = {line["kind"] for line in lines}
    assert kinds == {"header", "audit", "account", "publication", "file", "seal"}
    assert "scrypt" not in file.read_text()
    with pytest.raises(ConflictError, match="never written over"):
        sealing.seal(workspace, "olga", file)
    for text in ("", "{}\n", "no json\n", "[1]\n"):
        (tmp_path / "other").write_text(text)
        with pytest.raises(InputError, match="evidence"):
            sealing.check(tmp_path / "other")
