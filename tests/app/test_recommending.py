"""What is recommended follows from the record, and names the command that shows its rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import duckdb
import pytest

from brand_metagen.analytics.history import History
from brand_metagen.analytics.priors import LEAST, judged_rows
from brand_metagen.app import analysing, doubting, queries, recommending
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import InputError
from brand_metagen.ports import (
    BrandState,
    Cause,
    Change,
    Draw,
    JudgedKind,
    Level,
    Opening,
    Remark,
    RemarkOutcome,
    Verdict,
)

Opener = Callable[..., Workspace]


def test_an_untouched_workspace_is_recommended_nothing(copied: Opener) -> None:
    wanted = analysing.period("2020-01-01", "2020-12-31")
    assert recommending.recommendations(copied(), wanted) == []


def test_each_trouble_is_named_with_its_rows(copied: Opener) -> None:
    workspace = copied()
    store = workspace.store
    records = [m for m in store.latest_versions() if m.rule][:16]
    for record in records[:12]:
        case = Opening(record.brandid, "", Cause.LEGAL, Level.PRODUCT, "x")
        store.open_case(case, "anna")
    for record in records[12:]:
        for version in (1, 2):
            remark = Remark(
                record.brandid, version, "ben", "x", {}, "mccid_incorrect", (), (),
                RemarkOutcome.APPLIED,
            )  # fmt: skip
            lesson = {"9": [Constraint(Kind.MCC_OUT, "5812")]} if version == 1 else {}
            change = Change(
                "ben", record.brandid, version, Verdict.FEEDBACK, BrandState.AWAITING_REVIEW,
                made=record, remark=remark, proposals=lesson,
            )  # fmt: skip
            store.change(change)
    found = recommending.recommendations(workspace, analysing.period("", ""))
    by_name = {r.about: r for r in found}
    assert "(12 of 40)" in by_name["escalation_rate"].why
    assert by_name["escalation_rate"].command.endswith("evidence escalation_rate")
    assert "8 remarks on 4 brands (100%)" in by_name["mccid_incorrect"].why
    assert by_name["lessons"].why == "lessons that wait: 1, at so many brands: 1"
    assert all(r.why and r.do and r.command.startswith("brand-metagen ") for r in found)


def test_judged_rows_speak_against_the_cut_off(copied: Opener) -> None:
    plain = copied()
    confirm = replace(plain.settings.confirm, confirm=0.95)
    workspace = replace(plain, settings=replace(plain.settings, confirm=confirm))
    _, rows = analysing.draw(workspace, "anna", JudgedKind.TAKEN, 30)
    assert doubting.against(workspace) == []
    for row in rows:
        analysing.judge(workspace, "anna", row.ccid, row.bankid, belongs=False)
    (doubt,) = (d for d in doubting.against(workspace) if d.setting == "confirm.confirm")
    assert (doubt.current, doubt.suggested, doubt.share) == ("0.95", "0.99", 0.0)
    assert doubt.n >= LEAST
    assert doubt.command == "brand-metagen analytics settings --try confirm.confirm=0.99"


def test_judged_rows_have_the_confidence_of_the_last_run(copied: Opener) -> None:
    """Also where a reviewer pointed at the row for another brand since: then nothing is known."""
    workspace = copied()
    _, drawn = analysing.draw(workspace, "anna", JudgedKind.TAKEN, 30, seed=1)
    for j in drawn[:25]:
        analysing.judge(workspace, "anna", j.ccid, j.bankid, belongs=j.ccid[-1] != "3")
    record = gather(workspace)
    pointed = replace(drawn[0], brandid="another", how=Draw.POINTED, right=False)
    unasked = replace(drawn[29], how=Draw.POINTED, right=False)
    for judgements in (record.judgements, (*record.judgements, pointed, unasked)):
        history = replace(record, judgements=judgements)
        for _ in range(2):  # read, and kept
            rows = judged_rows(history, doubting._confidence(workspace, history))
            assert rows == judged_rows(history, plainly(workspace, history))
            assert len(rows) == 25 - (pointed in judgements)
    moved = replace(record, judgements=tuple(replace(j, brandid="x") for j in record.judgements))
    assert doubting._confidence(workspace, moved) == {}


def plainly(workspace: Workspace, history: History) -> dict[tuple[str, str], float]:
    """Of every row of the last run, where the last that was said of it is of the brand it got."""
    last = {(j.ccid, j.bankid): j.brandid for j in history.judgements}
    path = workspace.step("resolve") / "assignments.parquet"
    with duckdb.connect() as connection:
        query = "SELECT ccid, bankid, brandid, confidence FROM read_parquet($path)"
        rows = connection.execute(query, {"path": str(path)}).fetchall()
    return {(c, bank): sure for c, bank, brand, sure in rows if last.get((c, bank)) == brand}


def test_an_evaluation_is_that_of_the_brand_named(copied: Opener) -> None:
    workspace = copied()
    path = workspace.step("evaluate") / "evaluations.jsonl"
    known = {e["brandid"]: e for e in map(json.loads, path.read_text("utf-8").splitlines())}
    brandid = next(iter(known))
    with path.open("a", encoding="utf-8") as file:
        for named, escaped in (("Ünder", True), ("Ärger", False), (f"x{brandid}", True)):
            known[named] = {**known[brandid], "brandid": named, "says": f'"{brandid}"'}
            file.write(json.dumps(known[named], ensure_ascii=escaped) + "\n")
    for named, evaluation in known.items():
        assert queries.evaluation(workspace, named) == evaluation
    with pytest.raises(InputError, match="brand_to_check"):
        queries.evaluation(workspace, brandid[:-1] or "0")
