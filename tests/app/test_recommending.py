"""What is recommended follows from the record, and names the command that shows its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from brand_metagen.analytics.priors import LEAST
from brand_metagen.app import analysing, doubting, recommending
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.ports import (
    BrandState,
    Cause,
    Change,
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
