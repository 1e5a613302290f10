"""What a user of the command line is promised: exit codes, JSON, streams, columns."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def command(
    *args: str, stdin: str | None = None, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "brand_metagen", *args],
        capture_output=True,
        text=True,
        timeout=120,
        input=stdin,
        env={**os.environ, **environ},
    )


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    for args in (
        ("sample", "--out", str(folder / "data"), "--brands", "30", "--rows", "600"),
        ("run", "--data", str(folder / "data"), "--workspace", str(folder / "w")),
        ("export", "--workspace", str(folder / "w"), "--out", str(folder / "o")),
    ):
        done = command(*args)
        assert done.returncode == 0, done.stderr
        assert "\x1b" not in done.stdout + done.stderr
    return folder


@pytest.mark.parametrize(
    "args",
    [
        ("runs", "list"), ("runs", "show", "RUN-0001"), ("status",), ("brands", "list"),
        ("brands", "show", "1001"), ("brands", "combos", "1001"), ("brands", "narratives", "1001"),
        ("metadata", "show", "1001"), ("metadata", "test", "--brand", "1001"), ("ties", "list"),
        ("metadata", "test", "--pattern", "ABC", "--narrative", "abc 1"),
    ],
)  # fmt: skip
def test_every_look_has_json_and_a_table(place: Path, args: tuple[str, ...]) -> None:
    plain = command(*args, "--workspace", str(place / "w"))
    assert plain.returncode == 0, plain.stderr
    data = command(*args, "--workspace", str(place / "w"), "--json")
    assert json.loads(data.stdout) is not None
    assert data.stderr == ""


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("run", "--data", "nowhere", "--workspace", "{w}2"), 2, "no such folder"),
        (("runs", "show", "RUN-9999", "--workspace", "{w}"), 2, "no run RUN-9999"),
        (("runs", "resume", "RUN-0001", "--workspace", "{w}"), 3, "completed"),
        (("status", "--workspace", "{w}3"), 2, "no workspace"),
        (("brands", "show", "zzz", "--workspace", "{w}"), 2, "no brand"),
        (("metadata", "test", "--pattern", "(A+)+", "--workspace", "{w}"), 2, "not portable"),
        (("metadata", "test", "--pattern", "[A-Z]", "--workspace", "{w}"), 2, "almost every"),
        (
            ("run", "--data", "{d}", "--workspace", "{w}", "--set", "no.such=1"),
            2,
            "unknown setting",
        ),
        (("run", "--data", "{d}", "--workspace", "{w}", "--brands", "x"), 2, "brand_to_check"),
        (("export", "--workspace", "{w}", "--out", "{w}/o", "--what", "published"), 2, "published"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_errors_say_what_is_wrong(place: Path, args: tuple[str, ...], code: int, said: str) -> None:
    filled = [a.replace("{w}", str(place / "w")).replace("{d}", str(place / "data")) for a in args]
    done = command(*filled)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_classify_keeps_rows_and_columns(place: Path) -> None:
    rows = [["0001", "x", "5411", "=cmd()", "07"], ["0002", "y", "0742", "\u202eSTAR", ""]]
    text = "id,extra,mccid,narrative,brandid\n" + "".join(",".join(r) + "\n" for r in rows)
    release = str(place / "o" / "metadata.jsonl")
    done = command("classify", "--metadata", release, "--input", "-", "--output", "-", stdin=text)
    assert done.returncode == 0, done.stderr
    found = list(csv.reader(done.stdout.splitlines()))
    assert found[0] == ["id", "extra", "mccid", "narrative", "given_brandid", "brandid", "decision",
                        "confidence", "reason"]  # fmt: skip
    assert [row[:5] for row in found[1:]] == rows
    clash = command("classify", "--metadata", release, "--input", "-", "--output", "-",
                    stdin="narrative,mccid,decision\nA,1,x\n")  # fmt: skip
    assert clash.returncode == 2
    assert "decision" in clash.stderr


def test_a_release_whose_parts_disagree_is_refused(place: Path, tmp_path: Path) -> None:
    for name in ("metadata.jsonl", "model.json", "manifest.json"):
        (tmp_path / name).write_bytes((place / "o" / name).read_bytes())
    model = tmp_path / "model.json"
    args = (
        "classify",
        "--metadata",
        str(tmp_path / "metadata.jsonl"),
        "--input",
        "-",
        "--output",
        "-",
    )
    assert command(*args, stdin="narrative,mccid\nA,1\n").returncode == 0
    model.write_text(model.read_text() + " ")
    assert command(*args, stdin="narrative,mccid\nA,1\n").returncode == 1
    model.unlink()
    assert command(*args, stdin="narrative,mccid\nA,1\n").returncode == 2
