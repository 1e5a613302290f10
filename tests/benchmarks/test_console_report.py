"""What the console's benchmark says of a page and of a step beside their budgets."""

from __future__ import annotations

from benchmarks.console import BUDGET, STEP_BUDGET, STEPS, Opening, report

STEP = next(iter(STEPS.values()))


def test_a_page_and_a_step_have_budgets_of_their_own() -> None:
    between = (BUDGET + STEP_BUDGET) / 2
    lines = report([Opening("/queue", between, 1.0), Opening(STEP, between, 1.0)]).splitlines()
    said = {cells[0].strip(): cells[-1].strip() for cells in (x[1:-1].split("|") for x in lines)}
    assert (said["/queue"], said[STEP]) == (f"{1_000 * BUDGET:.0f}", "over")


def test_the_dearest_comes_first_by_its_worst_openings() -> None:
    seen = [Opening("/runs", 0.01 * n, 0.1) for n in range(20)] + [Opening("/log", 0.15, 0.1)]
    lines = report(seen).splitlines()
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["/runs", "/log"]
    assert [cell.strip() for cell in lines[2].split("|")[2:5]] == ["20", "100", "180"]
