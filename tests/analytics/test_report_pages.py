"""Pages of reports: what each says of given figures, and from where on it says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from test_metrics import MAY, at, deed

from brand_metagen.analytics import errors_page, executive, performance_page, wallets_page
from brand_metagen.analytics.errors_page import ErrorsTold, Fault
from brand_metagen.analytics.history import Deed, History, Stretch
from brand_metagen.analytics.issues import Issue
from brand_metagen.analytics.kinds import Over
from brand_metagen.analytics.metrics import METRICS, Counted, Measured
from brand_metagen.analytics.performance_page import PerformanceTold
from brand_metagen.analytics.run_figures import RunFigures, last_before, within
from brand_metagen.analytics.sections import Told, systematic
from brand_metagen.analytics.stats import wilson
from brand_metagen.analytics.timing import Asked, timings
from brand_metagen.analytics.wallets_page import WalletsTold
from brand_metagen.analytics.work import Done, Resources, done, resources
from brand_metagen.ports import Plan, PlanState
from brand_metagen.publish.facts import WalletRows
from brand_metagen.reports.model import Badge, Page, Section, Table
from brand_metagen.reports.pdf import render_pdf

APRIL = Stretch("2026-04-01T00:00:00.000+00:00", MAY.begin)
OVER = Over("May 2026 (UTC)", "the month before", "2026-06-01T06:00:00+00:00", MAY, APRIL)
NOTHING = Done(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
FREE = Resources(0.0, 0, None, 0.0, 0)


def run(number: int, day: int, state: str = "completed", **more: Any) -> RunFigures:
    made = RunFigures(
        f"RUN-{number:04d}", state, at(day), at(day), 0, "", 10.0, {"keep": 6.0, "grade": 4.0}, (),
        {}, {}, (), "", (), 5, 5, 0, 0, {"confirmed": 8, "tie": 2}, {}, 0,
    )  # fmt: skip
    return replace(made, **more)


def share(key: str, top: int, bottom: int) -> Measured:
    metric = METRICS[key]
    band = metric.bands.of(top / bottom) if metric.bands and bottom else None
    return Measured(metric, MAY, Counted(top, bottom, wilson(top, bottom)), band, False)


def told(pairs: Sequence[tuple[Measured, Measured]], **more: Any) -> Told:
    every = {now.metric.key: (now, then) for now, then in pairs}
    empty = {key: (share(key, 0, 0), share(key, 0, 0)) for key in METRICS}
    made = Told(
        list((empty | every).values()), (), (), {}, (), (), NOTHING, NOTHING, FREE, FREE, 0,
        "2026-05-31", "--from 2026-05-01", (), (), (),
    )  # fmt: skip
    return replace(made, **more)


def rows(page: Page, anchor: str) -> Sequence[tuple[Any, ...]]:
    section: Section = next(s for s in page.sections if s.anchor == anchor)
    return next(block.rows for block in section.blocks if isinstance(block, Table))


def act(second: int, actor: str = "anna") -> Deed:
    moment = f"2026-05-02T12:{second // 60:02d}:{second % 60:02d}.000+00:00"
    return replace(deed("approve", "a"), at=moment, actor=actor)


def test_what_was_done_and_what_it_took() -> None:
    history = History(deeds=(act(0), act(60, "ben"), deed("feedback", "b", day=3)))
    assert done(history, MAY) == replace(NOTHING, decisions=3, approvals=2)
    runs = [run(1, 2, money=0.5, calls=3), run(2, 3), run(3, 3, money=0.25, calls=1)]
    took = resources(history, runs, MAY)
    assert took == Resources(30.0, 4, 0.75, 0.0, 2)
    assert resources(history, [run(2, 3)], MAY).money is None
    assert resources(history, runs, APRIL) == FREE


def test_the_run_before_is_the_last_completed_one_over_as_much() -> None:
    runs = [run(1, 1), run(2, 2, only=3), run(3, 3, "failed"), run(4, 4)]
    found = last_before(runs, at(4))
    assert found is not None
    assert found.run_id == "RUN-0002"
    whole = last_before(runs, at(4), whole=True)
    assert whole is not None
    assert whole.run_id == "RUN-0001"
    assert last_before(runs, at(5), than="RUN-0004") == found
    assert last_before(runs, at(1)) is None
    assert [r.run_id for r in within(runs, Stretch(at(2), at(4)))] == ["RUN-0002", "RUN-0003"]


@pytest.mark.parametrize(
    ("now", "then", "word"),
    [((90, 100), (60, 100), Badge("better", executive.Tone.GOOD)),
     ((60, 100), (90, 100), Badge("worse", executive.Tone.BAD)),
     ((9, 10), (6, 10), "no more than chance may do")],
)  # fmt: skip
def test_a_change_is_better_or_worse_where_chance_could_not_make_it(
    now: tuple[int, int], then: tuple[int, int], word: Any
) -> None:
    pair = (share("approval_rate", *now), share("approval_rate", *then))
    page = executive.page_of(told([pair]), OVER)
    assert rows(page, "changed")[0][-1] == word


def issue(category: str, part: float, brands: int) -> Issue:
    return Issue(category, 5, part, brands, ("7",), "", "read them")


def test_an_issue_is_systematic_from_a_fifth_of_the_remarks_on_two_brands() -> None:
    every = [issue("a", 0.2, 2), issue("b", 0.199, 2), issue("c", 0.5, 1)]
    assert [i.category for i in systematic(told([], issues=every))] == ["a"]


def test_the_executive_page_asks_for_the_most_pressing_first_and_fits_on_a_sheet() -> None:
    poor = [(share(key, 1, 10), share(key, 9, 10)) for key in METRICS if key != "approval_rate"]
    plan = Plan("PLAN-0001", PlanState.OPEN, "2026-05-31", "dana", at(1), {"issue": "x"}, {})
    many = told(
        [(share("approval_rate", 1, 10), share("approval_rate", 9, 10)), *poor], late_cases=3,
        done=replace(NOTHING, failed_runs=1), plans=(plan,),
        issues=[issue("wallet_handling", 0.6, 9)] * 3,
    )  # fmt: skip
    page = executive.page_of(many, OVER)
    assert rows(page, "asked")[0][:2] == ("settle the cases that are past their time", "3 cases")
    assert rows(page, "asked")[1][1] == "1 run"
    assert len(rows(page, "asked")) == len(rows(page, "changed")) == 8
    assert len(page.figures) == 5
    assert len(PdfReader(BytesIO(render_pdf(page))).pages) == 1
    quiet = told([(share(key, 99, 100), share(key, 99, 100)) for key in
                  ("approval_rate", "high_confidence")])  # fmt: skip
    asked = rows(executive.page_of(quiet, OVER), "asked")
    assert [row[0] for row in asked] == ["judge rows drawn by lot"]


def test_faults_stand_by_kind_the_newest_first() -> None:
    faults = tuple(Fault("question", at(day), f"server {day}", "timeout") for day in (2, 3, 4))
    page = errors_page.page_of(ErrorsTold(faults, {"question": 1, "run": 2}), OVER)
    assert page.lead == "3 faults: 3 questions."
    assert [row[1] for row in rows(page, "question")] == ["server 4", "server 3", "server 2"]
    by_label = {figure.label: figure for figure in page.figures}
    assert by_label["Runs that failed"].change == "▼ 2 the month before"
    assert by_label["Questions that failed"].change == "▲ 1 the month before"


@pytest.mark.parametrize(
    ("found", "says"),
    [(850, "Wallets hide brands."), (893, "The difference could be chance."),
     (950, "Rows through wallets are found more often.")],
)  # fmt: skip
def test_whether_wallets_hide_brands_is_said_beyond_chance(found: int, says: str) -> None:
    wallets = {
        "": WalletRows(10_000, 9_000, 9_000, 0, 10_000, 9_000, 9_000, 0),
        "PayPal": WalletRows(1_000, found, found, 0, 1_000, found, found, 0),
    }
    one = run(1, 2, wallets=wallets)
    page = wallets_page.page_of(WalletsTold(one, (one,), {}), OVER)
    assert page.lead.endswith(says)
    assert rows(page, "found")[0][:4] == ("PayPal", 1_000, 1_000, found)
    assert rows(page, "left")[0][1] == 1_000 - found


def test_servers_and_remarks_have_percentiles() -> None:
    asked = [Asked("registry", "look", "asked", n / 100) for n in range(1, 101)]
    servers = tuple(timings(asked, 0.99))
    runs = (run(1, 2), run(2, 3, seconds=40.0))
    page = performance_page.page_of(
        PerformanceTold(runs, (), (("7", "Star", 0.5),), (0.1, 0.2, 3.0), (), servers), OVER
    )
    assert rows(page, "servers")[0] == (
        "registry", "look", 100, "500 ms", "900 ms", "950 ms", "990 ms", "2"
    )  # fmt: skip
    assert page.figures[0].value == seconds_of(50.0 / 10)
    assert page.figures[2].value == "3.0 s"
    assert [row[0] for row in rows(page, "runs")] == ["RUN-0001", "RUN-0002"]
    empty = performance_page.page_of(PerformanceTold((), (), (), (), (), ()), OVER)
    assert empty.lead == "No run completed in the period. No remark was answered."


def seconds_of(value: float) -> str:
    return f"{value:.1f} s"
