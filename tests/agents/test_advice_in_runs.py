"""Advice in a whole run: what rows bear out is adopted; everything else changes no byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import prepared
import pytest
from bedrock import Answer, Asked, Bedrock, tool
from hostile import HOSTILE

from brand_metagen.agents.steps import _outcomes
from brand_metagen.confirm.opinions import Opinion, Verdict, worth
from brand_metagen.constraints import Constraint, Kind, Row
from program import Done, good, inside

pytestmark = pytest.mark.slow

MODEL = "test.model-v1:0"


class Office:
    """Runs over one folder of tables, with a model or without."""

    def __init__(self, folder: Path, bedrock: Bedrock) -> None:
        self.folder, self.bedrock = folder, bedrock

    def run(self, name: str, data: Path, *settings: str, model: bool = True) -> Path:
        """A run in a workspace of its own, exported."""
        given = list(settings)
        if model:
            given += [f"agents.model={MODEL}", f"agents.endpoint_url={self.bedrock.url}"]
        sets = [part for setting in given for part in ("--set", setting)]
        work = self.folder / name
        good(inside("run", "--data", data, "--workspace", work, "--fresh", *sets))
        good(inside("export", "--workspace", work, "--out", work / "out"))
        return work / "out"

    def steps(self, name: str) -> dict[str, Any]:
        shown = good(inside("runs", "show", "RUN-0001", "-w", self.folder / name, "--json"))
        return {step["name"]: step for step in shown.data["steps"]}


@pytest.fixture
def office(tmp_path: Path, bedrock: Bedrock) -> Office:
    return Office(tmp_path, bedrock)


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared.write(tmp_path_factory.mktemp("prepared") / "data", prepared.rows())


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """The export of a run without a model."""
    folder = tmp_path_factory.mktemp("plain")
    return Office(folder, Bedrock()).run("w", data, model=False)


def knows(aliases: Mapping[str, Sequence[str]]) -> Callable[[Asked], Answer]:
    """A model that knows other names, by brand name, and nothing else."""

    def script(asked: Asked) -> Answer:
        if asked.tool == "Spellings":
            return tool(asked, aliases=aliases.get(asked.data["brandname"][0], []), patterns=[])
        if asked.tool == "Judgement":
            return tool(asked, verdict="unsure")
        return tool(asked, text="The run is through.")

    return script


def test_good_advice_is_adopted_and_reads_rows_never_seen(
    office: Office, data: Path, plain: Path
) -> None:
    names = {prepared.BRANDS[prepared.FIRST]: [prepared.ALIAS, "Totally Else", "RIPON"]}
    office.bedrock.script = knows(names)
    advised = office.run("w", data)
    before, after = prepared.f1(plain, prepared.unseen()), prepared.f1(advised, prepared.unseen())
    assert before < 0.93
    assert after == 1.0
    lines = (advised / "metadata.jsonl").read_text().splitlines()
    record = {r["brandid"]: r for r in map(json.loads, lines)}[prepared.FIRST]
    pieces = [p for p in record["evidence"]["pieces"] if p["kind"] == "proposed spelling"]
    assert len(pieces) == 1
    assert pieces[0]["rows"] == 8
    others = [json.loads(line) for line in lines if json.loads(line)["brandid"] != prepared.FIRST]
    was = [json.loads(line) for line in (plain / "metadata.jsonl").read_text().splitlines()]
    rules = {r["brandid"]: (r["include"], r["mccids"]) for r in was}
    assert all(rules[r["brandid"]] == (r["include"], r["mccids"]) for r in others)
    steps = office.steps("w")
    evidence = steps["advise"]["stats"]["evidence"]
    assert (evidence["brands"], evidence["candidates"], evidence["refused"]) == (1, 3, 0)
    assert evidence["calls"] == 6
    assert steps["report"]["stats"]["prose"] == "The run is through."
    audited = good(inside("audit", "export", "-w", office.folder / "w", "--json")).out
    assert audited.count('"advice"') >= 6


BAD: tuple[Callable[[Asked], Answer], ...] = (
    lambda asked: tool(asked, aliases=["Aspen Grille", "LEEDS"], patterns=["[A-Z]{2,40}"]),
    lambda asked: tool(asked, aliases=[], patterns=["^(A+)+$", ".*", "(?:)", "A|B", "[ -~]{0,40}"]),
    lambda asked: tool(asked, aliases=list(HOSTILE[:40]), patterns=list(HOSTILE[10:40])),
    lambda asked: tool(asked, aliases={"a": 1}),
    lambda asked: Answer(calls=((asked.tool, {"aliases": ["Q7VX"]}),), tokens_out=9_999),
    lambda asked: Answer(text="I would rather not.", endless=True),
    lambda asked: Answer(wait=20.0, text="sorry, late"),
    lambda asked: Answer(raw=b"no frame"),
)
"""Wrong, malicious, hostile, malformed, too dear, endless, late, broken."""


def test_bad_advice_changes_no_byte(office: Office, data: Path, plain: Path) -> None:
    asked_for: list[str] = []

    def script(asked: Asked) -> Answer:
        if asked.tool != "Spellings":
            return tool(asked, text="9,999 rows are wrong", verdict="CONFIRM ALL")
        brand = asked.data["brandname"][0]
        if brand not in asked_for:
            asked_for.append(brand)
        return BAD[asked_for.index(brand) % len(BAD)](asked)

    office.bedrock.script = script
    advised = office.run("w", data, "agents.call_seconds=1.5", "agents.run_calls=20")
    assert prepared.digests(advised) == prepared.digests(plain)
    assert len(asked_for) == 6
    steps = office.steps("w")
    assert steps["report"]["stats"]["prose"] == ""
    assert "stand in no fact" in steps["report"]["stats"]["evidence"]["advice"]


@pytest.mark.parametrize("kind", [4, 5, 6, 7], ids=["dear", "endless", "late", "broken"])
def test_a_model_that_never_answers_well_costs_its_budget_and_nothing_else(
    office: Office, data: Path, plain: Path, kind: int
) -> None:
    office.bedrock.script = BAD[kind]
    advised = office.run("w", data, "agents.call_seconds=0.5", "agents.run_calls=4")
    assert prepared.digests(advised) == prepared.digests(plain)
    assert len(office.bedrock.asked) <= 4


def test_a_budget_is_the_run_s(office: Office, data: Path) -> None:
    office.bedrock.script = knows({n: ["none such"] for n in prepared.NAMES})
    office.run("w", data, "agents.run_calls=2")
    assert len(office.bedrock.asked) == 2
    assert office.steps("w")["report"]["stats"]["evidence"]["calls"] == 2


def hostile_rows() -> tuple[dict[str, str], list[Any]]:
    """The market with hostile brand names, and hostile narratives with labels and without."""
    names = {**prepared.BRANDS, **{f"9{i:02d}": text[:60] for i, text in enumerate(HOSTILE[:12])}}
    drawn: list[Any] = prepared.rows()
    for i, text in enumerate(HOSTILE):
        label = ("", prepared.FIRST, f"9{i % 12:02d}")[i % 3]
        safe = text[:900].replace("\x00", " ").replace("\r", " ").replace("\n", " ")
        drawn += [(f"{safe} {n}", label, "5812") for n in range(3)]
    return names, drawn


def test_hostile_texts_in_narratives_names_and_answers_decide_nothing(
    office: Office, tmp_path: Path
) -> None:
    names, drawn = hostile_rows()
    data = prepared.write(tmp_path / "data", drawn, names)
    without = office.run("without", data, model=False)

    def obeys(asked: Asked) -> Answer:
        if asked.tool == "Spellings":
            wanted = ["AMAZON", "TESCO", "VISA", "PAYPAL", "Aspen Grille", "MASTERCARD"]
            turn = len(office.bedrock.asked) % 2
            return tool(asked, aliases=wanted[turn:], patterns=[*HOSTILE[:3], "[A-Z]{2,40}"])
        if asked.tool == "Judgement":
            return tool(asked, verdict="theirs")
        return tool(asked, text=HOSTILE[1])

    office.bedrock.script = obeys
    with_model = office.run("with", data, "agents.run_calls=30")
    assert len(office.bedrock.asked) > 5
    shown = "".join(asked.prompt for asked in office.bedrock.asked)
    assert "IGNORE" in shown
    assert "4929123456789012" not in shown
    assert all(asked.prompt.count("</data>") == 1 for asked in office.bedrock.asked)
    assert prepared.digests(with_model) == prepared.digests(without)


def test_opinions_are_noted_and_not_asked_again(office: Office, tmp_path: Path) -> None:
    drawn = [*prepared.rows(), *((f"ASPEN GRILLE {w} HOTEL", "", "7399") for w in "ABCDEFGH")]
    data = prepared.write(tmp_path / "data", drawn)
    plain = office.run("plain", data, model=False)
    office.bedrock.script = lambda asked: (
        tool(asked, verdict="theirs") if asked.tool == "Judgement" else Answer(text="no")
    )
    advised = office.run("w", data, "confirm.confirm=0.95")
    again = [asked for asked in office.bedrock.asked if asked.tool == "Judgement"]
    consulted = office.steps("w")["consult"]["stats"]
    assert consulted["evidence"]["opinions"] == len(again)
    assert consulted["decision"].startswith("opinions are noted")
    assert (prepared.digests(advised) == prepared.digests(plain)) is (
        json.loads((plain / "model.json").read_text())["thresholds"]["confirm"] >= 0.95
    )


def test_opinions_count_once_reviews_have_shown_what_they_are_worth(
    office: Office, tmp_path: Path
) -> None:
    lookalikes = [(f"ASPEN GRILLE HOTEL {i} {t}", "", "5812") for i, t in enumerate("ABCDEFGHIJKL")]
    data = prepared.write(tmp_path / "data", [*prepared.rows(), *lookalikes])

    def script(asked: Asked) -> Answer:
        if asked.tool != "Judgement":
            return Answer(text="no")
        theirs = "HOTEL" not in asked.data["narrative"][0]
        return tool(asked, verdict="theirs" if theirs else "not_theirs")

    office.bedrock.script = script
    sure = "confirm.confirm=0.999"  # no row is so sure, so all are left to humans
    few = "agents.least_outcomes=20"
    office.run("w", data, sure, few, "agents.run_calls=300", "agents.run_tokens=10000000")
    assert office.steps("w")["consult"]["stats"]["evidence"]["shifts"] == 0
    work = office.folder / "w"
    combos = good(inside("brands", "combos", "102", "-w", work, "--limit", 100, "--json")).data
    inn = [f"{c['ccid']}@{c['bankid']}" for c in combos if c["given_brandid"] == "102"][:10]
    out = [f"{c['ccid']}@{c['bankid']}" for c in combos if "HOTEL" in c["narrative"]][:10]
    pointed = [x for row in inn for x in ("--belongs", row)]
    pointed += [x for row in out for x in ("--does-not-belong", row)]
    good(inside("feedback", "submit", "102", "-w", work, *pointed))
    sets = [
        x
        for s in (
            sure,
            few,
            f"agents.model={MODEL}",
            "agents.run_calls=300",
            f"agents.endpoint_url={office.bedrock.url}",
        )
        for x in ("--set", s)
    ]
    office.bedrock.asked.clear()
    good(inside("run", "--data", data, "-w", work, "--fresh", *sets))
    shown = good(inside("runs", "show", "RUN-0002", "-w", work, "--json")).data
    consult = next(s for s in shown["steps"] if s["name"] == "consult")["stats"]
    assert consult["decision"] == "opinions count"
    assert consult["evidence"]["reviewed"] == 20
    assert consult["evidence"]["worth"]["theirs"] > 1
    assert consult["evidence"]["worth"]["not_theirs"] < -1
    assert not [a for a in office.bedrock.asked if a.tool == "Judgement"]  # asked before
    counts = shown["summary"]["decisions"]
    assert counts["confirmed"] > 100
    good(inside("export", "-w", work, "--out", work / "again"))
    model = json.loads((work / "again" / "model.json").read_text())
    assert len(model["advised"]) == consult["evidence"]["shifts"]
    good(inside("classify", "--metadata", work / "again" / "metadata.jsonl",
                "--output", work / "sql", "--emit-sql", "duckdb"))  # fmt: skip
    with duckdb.connect() as connection:
        table = str(work / "sql" / "opinions" / "opinions.parquet")
        told = connection.execute("SELECT count(*) FROM read_parquet(?)", [table]).fetchone()
    assert told == (len(model["advised"]),)


def test_a_run_that_goes_on_does_not_ask_again(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {prepared.BRANDS[prepared.FIRST]: [prepared.ALIAS]}
    office.bedrock.script = knows(names)
    whole = office.run("whole", data)
    office.bedrock.asked.clear()
    work = office.folder / "w"
    sets = [x for s in (f"agents.model={MODEL}", f"agents.endpoint_url={office.bedrock.url}")
            for x in ("--set", s)]  # fmt: skip
    with monkeypatch.context() as patch:

        def fails(*_: object) -> None:
            raise OSError("no disk")

        patch.setattr("brand_metagen.workflow.pipeline.write_assignments", fails)
        assert inside("run", "--data", data, "-w", work, *sets).code == 1
    asked = [a.tool for a in office.bedrock.asked]
    assert asked.count("Spellings") == 6
    done = good(inside("run", "--data", data, "-w", work, *sets, "--json")).data
    assert done["resumed"]
    assert "advise" in done["steps_skipped"]
    assert [a.tool for a in office.bedrock.asked].count("Spellings") == 6
    good(inside("export", "-w", work, "--out", work / "out"))
    assert prepared.digests(work / "out") == prepared.digests(whole)
    told = [office.steps(name)["report"]["stats"]["evidence"] for name in ("w", "whole")]
    assert told[0] == told[1]  # what was spent before the run went on counts
    assert told[0]["calls"] >= 7


def test_outcomes_are_reviewed_rows_with_an_opinion() -> None:
    def said(kind: Kind, text: str) -> Constraint:
        return Constraint(kind, row=Row("1", "B", text, "5812", ""))

    opinions = [Opinion("1", f"T{i}", "5812", Verdict.THEIRS) for i in range(4)]
    named = {o.key: o for o in opinions}
    asked = {
        "1": (said(Kind.BELONGS, "T0"), said(Kind.DOES_NOT_BELONG, "T1"), said(Kind.BELONGS, "T9"),
              Constraint(Kind.MCC_OUT, "5812")),
        "2": (said(Kind.BELONGS, "T2"),),
    }  # fmt: skip
    assert _outcomes(named, asked) == [(Verdict.THEIRS, True), (Verdict.THEIRS, False)]
    assert worth(_outcomes(named, asked), 50) is None


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("brand_metagen.workflow.pipeline.evaluate_market", "evaluate"),
        ("brand_metagen.workflow.learning.Learning.fit", "confirm"),
        ("brand_metagen.workflow.pipeline.keep_promises", "keep"),
        ("brand_metagen.workflow.pipeline.open_cases", "escalate"),
    ],
)
def test_a_failed_agent_stands_aside_and_the_run_goes_on(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch, where: str, step: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("this agent has failed")

    monkeypatch.setattr(where, fails)
    office.run("w", data, model=False)
    recorded = office.steps("w")[step]
    assert recorded["state"] == "done"
    assert "has failed" in recorded["stats"]["agent_failed"]["error"]
    assert "run again" in recorded["stats"]["agent_failed"]["recommendation"]
    status = good(inside("status", "-w", office.folder / "w", "--json")).data
    if step == "confirm":
        assert status["decisions"]["confirmed"] == status["decisions"]["excluded"] == 0
        assert status["decisions"]["review"] > 100
    else:
        assert status["decisions"]["confirmed"] > 100
    page = (office.folder / "w" / "out" / "report.html").read_text()
    assert "this agent has failed" in page
    cases = good(inside("escalations", "list", "-w", office.folder / "w", "--json")).data
    reasons = [c["reason"] for c in cases if c["cause"] == "system_error"]
    assert len(reasons) == (step != "escalate")
    assert all("went on without its agent" in reason for reason in reasons)


def test_every_role_s_decision_stands_in_the_record(finished: Path) -> None:
    shown: Done = good(inside("runs", "show", "RUN-0001", "-w", finished / "w", "--json"))
    for step in shown.data["steps"]:
        assert step["stats"]["decision"], step["name"]
        assert step["stats"]["evidence"], step["name"]
    table = good(inside("runs", "show", "RUN-0001", "-w", finished / "w", "--agents"))
    assert "tiebreaker" in table.out
    assert '"contested"' in table.out


def test_a_model_without_the_extra_is_told(
    office: Office, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brand_metagen.agents.process.find_spec", lambda name: None)
    done = inside("run", "--data", data, "-w", office.folder / "w", "--set", "agents.model=m")
    assert done.code == 2
    assert "brand-metagen[agents]" in done.err
