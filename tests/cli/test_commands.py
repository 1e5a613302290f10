"""What every command of the command line promises: help, JSON, exit codes, where things go."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer

from brand_metagen.cli.main import app
from places import Place
from program import good, inside, program

BRAND = {"brandid", "brandname", "sector", "version", "status", "regex", "include", "exclude",
         "mccids", "confidence", "requires_confirmation", "reasons", "evidence"}  # fmt: skip
RUN = {"run_id", "source", "only", "state", "wish", "created_at", "finished_at", "error", "summary"}
LOOKS: list[tuple[tuple[str, ...], set[str]]] = [
    (("runs", "list"), RUN),
    (("runs", "show", "RUN-0001"), RUN | {"settings", "steps", "report"}),
    (
        ("status",),
        {"workspace", "running", "last_run", "last_state", "release", "brands", "decisions",
         "needs_confirmation", "open_ties", "wrong", "waiting", "overdue"},
    ),
    (
        ("brands", "list"),
        {"brandid", "brandname", "sector", "state", "version", "confidence",
         "requires_confirmation", "rows"},
    ),
    (("brands", "show", "1001"), BRAND | {"state", "evaluation"}),
    (
        ("brands", "combos", "1001"),
        {"ccid", "bankid", "mid", "mccid", "narrative", "given_brandid", "brandid", "decision",
         "confidence", "reason"},
    ),
    (("brands", "narratives", "1001"), {"narrative", "decision", "taken", "labelled", "rows"}),
    (("metadata", "show", "1001"), BRAND),
    (
        ("metadata", "test", "--brand", "1001"),
        {"include", "exclude", "mccids", "rows", "share", "labels", "samples"},
    ),
    (
        ("metadata", "test", "--pattern", "ABC", "--narrative", "abc 1"),
        {"narrative", "matched", "taken"},
    ),
    (("ties", "list"), set()),
    (("review", "iterations", "1001"),
     {"brandid", "state", "round", "counted", "limit", "rounds", "stops"}),
    (("feedback", "lessons"), set()),
    (("analytics", "evidence"), {"figure", "title", "formula"}),
    (
        ("analytics", "evidence", "low_confidence", "--brand", "1001"),
        {"figure", "title", "formula", "unit", "begin", "end", "value", "numerator", "denominator",
         "interval", "note", "rows", "items", "next"},
    ),
    (("analytics", "learning"), {"says", "headline", "work", "lessons", "effects"}),
    (("analytics", "settings"), set()),
    (("analytics", "recommend"), set()),
]  # fmt: skip


@pytest.mark.parametrize(("args", "keys"), LOOKS, ids=[" ".join(args) for args, _ in LOOKS])
def test_every_look_has_json_and_a_table(
    place: Place, args: tuple[str, ...], keys: set[str]
) -> None:
    plain = good(inside(*args, "--workspace", place.workspace))
    assert plain.out.strip()
    done = good(inside(*args, "--workspace", place.workspace, "--json"))
    first = done.data[0] if isinstance(done.data, list) and done.data else done.data
    assert set(first) == keys or not keys
    assert done.err == ""


@pytest.mark.slow
def test_another_setting_is_tried_on_the_market_and_nothing_is_kept(place: Place) -> None:
    command = ("analytics", "settings", "--workspace", place.workspace, "--json")
    before = good(inside("runs", "list", "--workspace", place.workspace, "--json")).data
    effect = good(inside(*command, "--try", "confirm.confirm=0.97")).data
    assert effect["settings"] == {"confirm.confirm": "0.97"}
    assert effect["moved_rows"] > 0
    assert good(inside("runs", "list", "--workspace", place.workspace, "--json")).data == before
    assert inside(*command, "--try", "confirm.confirm").code == 2
    assert inside(*command, "--try", "confirm.weather=1").code == 2


def commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def gather(command: object, path: tuple[str, ...]) -> None:
        found.append(path)
        for name, inner in sorted(getattr(command, "commands", {}).items()):
            gather(inner, (*path, name))

    gather(typer.main.get_command(app), ())
    return found


GROUPS = (
    ("runs",), ("brands",), ("metadata",), ("ties",), ("review",), ("feedback",), ("audit",),
    ("users",), ("escalations",), ("analytics",), ("analytics", "plan"),
    ("analytics", "schedule"), ("agents",), ("registry",), ("mcp",), ("cache",), ("incidents",),
    ("alarms",), ("logs",),
)  # fmt: skip


@pytest.mark.parametrize("path", commands(), ids=lambda path: " ".join(path) or "(none)")
def test_every_command_has_help_and_json(path: tuple[str, ...]) -> None:
    done = good(inside(*path, "--help"))
    assert "Usage: brand-metagen" in done.out
    assert done.err == ""
    group = path in {(), *GROUPS}
    assert group or "--json" in done.out
    assert not [line for line in done.out.partition("Commands:")[2].splitlines() if "..." in line]


def test_all_documented_commands_are_there() -> None:
    assert {" ".join(path) for path in commands()} >= {
        "demo", "sample", "run", "export", "classify", "status",
        "runs list", "runs show", "runs pause", "runs resume", "runs stop",
        "brands list", "brands show", "brands combos", "brands narratives", "brands validate",
        "metadata show", "metadata test", "ties list", "ties show", "serve",
        "users add", "users list", "users disable", "users token",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("run", "--data", "nowhere", "-w", "{new}"), 2, "no such folder"),
        (("run", "-w", "{new}"), 2, "--data"),
        (("run", "--data", "{d}", "-w", "{new}", "--set", "no.such=1"), 2, "unknown setting"),
        (("run", "--data", "{d}", "-w", "{new}", "--set", "tables"), 2, "section.name=value"),
        (("run", "--data", "{d}", "-w", "{new}", "--brands", "x"), 2, "brand_to_check"),
        (("run", "--data", "{d}", "-w", "{d}/brand.csv"), 2, "brand.csv"),
        (("runs", "show", "RUN-9999", "-w", "{w}"), 2, "no run RUN-9999"),
        (("runs", "resume", "RUN-9999", "-w", "{w}"), 2, "no run RUN-9999"),
        (("runs", "resume", "RUN-0001", "-w", "{w}"), 3, "completed"),
        (("runs", "pause", "RUN-0001", "-w", "{w}"), 3, "completed"),
        (("runs", "stop", "RUN-0001", "-w", "{w}"), 3, "completed"),
        (("status", "-w", "{new}"), 2, "no workspace"),
        (("export", "-w", "{new}", "--out", "{new}"), 2, "no workspace"),
        (("export", "-w", "{w}", "--out", "{d}/brand.csv"), 2, "cannot be made"),
        (("export", "-w", "{w}", "--out", "{new}", "--what", "published"), 2, "published"),
        (("export", "-w", "{w}", "--out", "{new}", "--what", "x"), 2, "latest or published"),
        (("brands", "show", "zzz", "-w", "{w}"), 2, "no brand"),
        (("brands", "list", "--state", "x", "-w", "{w}"), 2, "awaiting_review"),
        (("brands", "list", "--limit", "0", "-w", "{w}"), 2, "--limit"),
        (("brands", "combos", "1001", "--decision", "x", "-w", "{w}"), 2, "confirmed"),
        (("metadata", "show", "1001", "--version", "9", "-w", "{w}"), 2, "no version 9"),
        (("metadata", "test", "-w", "{w}"), 2, "--pattern"),
        (("metadata", "test", "--pattern", "(A+)+", "-w", "{w}"), 2, "not portable"),
        (("metadata", "test", "--pattern", "^(A+)+$", "-w", "{w}"), 2, "not portable"),
        (("metadata", "test", "--pattern", ".*", "-w", "{w}"), 2, "not portable"),
        (("metadata", "test", "--pattern", "[A-Z]", "-w", "{w}"), 2, "almost every"),
        (("metadata", "test", "--pattern", "ABC", "--exclude", "\\d", "-w", "{w}"), 2, "not port"),
        (("ties", "show", "1", "1", "-w", "{w}"), 2, "not contested"),
        (("sample", "--out", "{new}", "--preset", "huge"), 2, "small, medium, large"),
        (("sample", "--out", "{new}", "--brands", "0"), 2, "brands >= 1"),
        (("sample", "--out", "{new}", "--rows", "-1"), 2, "rows >= 0"),
        (("nonsense",), 2, "nonsense"),
        (("runs", "nonsense"), 2, "nonsense"),
    ],
)
def test_errors_say_what_is_wrong(
    place: Place, tmp_path: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    places = {"{w}": place.workspace, "{d}": place.data, "{new}": tmp_path / "new"}
    filled = [re.sub(r"\{\w+\}", lambda found: str(places[found[0]]), arg) for arg in args]
    done = inside(*filled)
    assert (done.code, done.out) == (code, "")
    assert said in done.err
    assert "Traceback" not in done.err


def test_without_a_command_there_is_help(place: Place) -> None:
    done = inside()
    assert "Usage" in done.out + done.err
    version = good(inside("--version"))
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", version.out)


def test_a_brand_is_found_by_its_name_in_any_case(place: Place) -> None:
    first = inside("brands", "list", "-w", place.workspace, "--json").data[0]
    shown = good(inside("brands", "show", first["brandname"].upper(), "-w", place.workspace))
    assert first["brandid"] in shown.out
    near = inside("brands", "show", first["brandname"][:4], "-w", place.workspace)
    assert near.code == 2
    assert first["brandname"] in near.err


@pytest.mark.parametrize("brand", ["1001' OR '1'='1", "1001; DROP TABLE brands", "%", ""])
def test_a_brand_is_never_part_of_a_query(place: Place, brand: str) -> None:
    for noun, verb in (("brands", "combos"), ("brands", "narratives"), ("metadata", "show")):
        done = inside(noun, verb, brand, "-w", place.workspace)
        assert (done.code, done.out) == (2, "")


def test_rows_of_a_brand_are_paged(place: Place) -> None:
    at = ("-w", place.workspace, "--json")
    brand = max(inside("brands", "list", *at).data, key=lambda b: b["rows"])["brandid"]
    every = good(inside("brands", "combos", brand, *at, "--limit", 1_000)).data
    pages = [
        row
        for offset in range(0, len(every), 7)
        for row in inside("brands", "combos", brand, *at, "--limit", 7, "--offset", offset).data
    ]
    assert pages == every
    assert sorted((r["ccid"], r["bankid"]) for r in every) == [
        (r["ccid"], r["bankid"]) for r in every
    ]
    sure = inside("brands", "combos", brand, *at, "--decision", "confirmed", "--limit", 1_000).data
    assert sure == [row for row in every if row["decision"] == "confirmed"]
    counted = inside("brands", "narratives", brand, *at, "--limit", 1_000).data
    assert sum(row["rows"] for row in counted) == len(every)


def test_status_and_looks_before_any_run_is_done(tmp_path: Path, place: Place) -> None:
    """A workspace whose only run failed."""
    (tmp_path / "d").mkdir()
    for name in ("brand", "brand_to_check", "combo", "mcc"):
        (tmp_path / "d" / f"{name}.csv").write_text("x\n")
    workspace = ("-w", tmp_path / "w")
    assert inside("run", "--data", tmp_path / "d", *workspace).code == 2
    status = good(inside("status", *workspace, "--json")).data
    assert (status["last_state"], status["release"], status["brands"]) == ("failed", None, {})
    assert "none yet" in good(inside("status", *workspace)).out
    (run,) = good(inside("runs", "list", *workspace, "--json")).data
    assert "no column" in run["error"]
    assert "ingest" in good(inside("runs", "show", "RUN-0001", *workspace)).out
    for args in (("brands", "list"), ("ties", "list"), ("export", "--out", tmp_path / "o")):
        done = inside(*args, *workspace)
        assert (done.code, done.out) == (2, "")
        assert "no completed run yet" in done.err


def test_validate_tells_grave_from_slight(place: Place) -> None:
    codes = set()
    for line in inside("brands", "list", "-w", place.workspace, "--json").data:
        done = inside("brands", "validate", line["brandid"], "-w", place.workspace, "--json")
        grave = any(issue["severity"] == "high" for issue in done.data["issues"])
        assert (done.code, done.data["valid"]) == (int(grave), not grave)
        codes.add(done.code)
    assert codes == {0, 1}


def test_export_twice_and_over_a_half_written_one(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "o"
    first = good(inside("export", "-w", place.workspace, "--out", out, "--json")).data
    files = {p.name: p.read_bytes() for p in out.iterdir()}
    assert sorted(files) == first["files"]
    shown = inside("runs", "show", first["run_id"], "-w", place.workspace, "--json").data
    assert {**json.loads(files["run.json"]), "report": shown["report"]} == shown
    (out / "manifest.json").unlink()
    (out / "metadata.jsonl").write_text("half")
    half = inside("classify", "--metadata", out / "metadata.jsonl", "--input", "-", "--output", "-")
    assert half.code == 2
    assert good(inside("export", "-w", place.workspace, "--out", out, "--json")).data == first
    assert {p.name: p.read_bytes() for p in out.iterdir()} == files


@pytest.mark.parametrize(
    ("args", "brands", "rows"),
    [(("--preset", "small"), 10, 100), (("--preset", "small", "--rows", "0"), 10, 0),
     (("--preset", "medium", "--rows", "50", "--brands", "7"), 7, 50)],
)  # fmt: skip
def test_sample_presets(tmp_path: Path, args: tuple[str, ...], brands: int, rows: int) -> None:
    made = good(inside("sample", "--out", tmp_path / "a", "--seed", 3, *args, "--json")).data
    assert (made["brands"], made["rows"]) == (brands, rows)
    combos = (tmp_path / "a" / "combo.csv").read_text().splitlines()
    assert len(combos) == rows + 1
    good(inside("sample", "--out", tmp_path / "b", "--seed", 3, *args))
    assert (tmp_path / "b" / "combo.csv").read_text().splitlines() == combos


def test_a_sample_does_not_write_over_tables_of_others(tmp_path: Path) -> None:
    (tmp_path / "combo.csv").write_text("mine")
    done = inside("sample", "--out", tmp_path, "--preset", "small")
    assert (done.code, "not a sample's" in done.err) == (2, True)
    assert [p.name for p in tmp_path.iterdir()] == ["combo.csv"]


def test_settings_are_refused_wherever_they_stand(place: Place, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    workspace.mkdir()
    run = ("run", "--data", place.data, "--workspace", workspace)
    config = workspace / "config.toml"
    for text, said in (
        ("[workflow]\nbatch_size = 0\n", "batch_size lies between 1 and 100"),
        ("[workflow]\nbatch_size = 'many'\n", "takes int"),
        ("[confirm]\nconfirm = 1.5\n", "between 0 and 1"),
        ("[no]\nsuch = 1\n", "unknown setting no.such"),
        ("batch_size = 1\n", "outside a [section]"),
        ("[workflow\n", "not a settings file"),
    ):
        config.write_text(text)
        done = inside(*run)
        assert (done.code, done.out) == (2, ""), text
        assert said in done.err
        assert str(config) in done.err
    config.unlink()
    for variable, value in (("WORKFLOW_BATCH_SIZE", "0"), ("CONFIRM_ENABLED", "maybe"),
                            ("TABLES_NO_SUCH", "1"), ("CONFIRM_WIN", "nan")):  # fmt: skip
        done = inside(*run, **{f"BRAND_METAGEN_{variable}": value})
        assert (done.code, "environment" in done.err) == (2, True), variable
    done = inside(*run, "--set", "workflow.batch_size=101")
    assert (done.code, "command line" in done.err) == (2, True)


def test_later_layers_of_settings_win(place: Place, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    workspace.mkdir()
    (workspace / "config.toml").write_text("[workflow]\nbatch_size = 20\nmax_iterations = 4\n")
    env = {"BRAND_METAGEN_WORKFLOW_BATCH_SIZE": "30", "BRAND_METAGEN_WORKFLOW_STEP_ATTEMPTS": "2"}
    changes = ("--set", "workflow.step_attempts=1")
    good(inside("run", "--data", place.data, "--workspace", workspace, *changes, **env))
    shown = inside("runs", "show", "RUN-0001", "--workspace", workspace, "--json").data
    used = json.loads(shown["settings"])["settings"]["workflow"]
    assert (used["batch_size"], used["max_iterations"], used["step_attempts"]) == (30, 4, 1)
    assert sum(step["name"].startswith("synthesise") for step in shown["steps"]) == 1


def test_the_workspace_may_come_from_the_environment(place: Place) -> None:
    done = good(inside("status", "--json", BRAND_METAGEN_WORKSPACE=str(place.workspace)))
    assert done.data["last_state"] == "completed"


def test_demo_ends_with_a_report_that_is_there(tmp_path: Path) -> None:
    small = ("--brands", "25", "--rows", "400")
    done = good(program("demo", "--out", tmp_path / "demo", *small))
    assert "\x1b" not in done.out + done.err
    (report,) = re.findall(r"the report +(\S+)", done.out)
    assert Path(report).read_text().lower().startswith("<!doctype html>")
    assert "against the truth" in done.out
    again = good(inside("demo", "--out", tmp_path / "demo", *small, "--json")).data
    assert (again["exported"]["run_id"], again["report"]) == ("RUN-0002", report)
    assert [held["rows"] for held in again["truth"]] == ["learned from", "never seen"]
