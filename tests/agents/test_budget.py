"""Budgets are held before a call and after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from brand_metagen.agents.budget import GIVE_UP, Budget
from brand_metagen.agents.steps import spent_before
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AgentSettings
from brand_metagen.ports import Spent

SETTINGS = AgentSettings(
    call_chars=300, call_tokens=100, call_money=0.001, run_calls=3, run_tokens=1_000,
    run_seconds=10, run_money=0.002, price_in=1.0, price_out=5.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("chars", "changes", "said"),
    [
        (300, {}, ""),
        (301, {}, "call_chars"),
        (300, {"price_out": 9.0}, ""),
        (300, {"price_out": 9.1}, "call_money"),
        (300, {"price_in": 5.0}, ""),
        (300, {"price_in": 5.1}, "call_money"),
    ],
)
def test_one_question_may_be_so_large(chars: int, changes: dict[str, float], said: str) -> None:
    why = Budget(replace(SETTINGS, **changes)).too_large(chars)  # type: ignore[arg-type]
    assert (said in why) if said else why == ""


@pytest.mark.parametrize(
    ("spent", "said"),
    [
        (Spent(), ""),
        (Spent(tokens_in=800), ""),
        (Spent(tokens_in=801), "run_tokens"),
        (Spent(tokens_out=280), ""),
        (Spent(tokens_out=281), "run_money"),
        (Spent(seconds=10.0), ""),
        (Spent(seconds=10.1), "run_seconds"),
    ],
)
def test_a_run_may_spend_so_much(spent: Spent, said: str) -> None:
    budget = Budget(SETTINGS)
    budget.take(spent)
    why = budget.used_up(300)
    assert (said in why) if said else why == ""


def test_calls_are_counted() -> None:
    budget = Budget(SETTINGS)
    for _ in range(3):
        assert budget.used_up() == ""
        budget.take(Spent())
    assert "run_calls = 3" in budget.used_up()


def test_the_deadline_is_what_is_left() -> None:
    budget = Budget(replace(SETTINGS, call_seconds=4))
    assert budget.deadline == 4
    budget.take(Spent(seconds=8))
    assert budget.deadline == 2
    budget.take(Spent(seconds=8))
    assert budget.deadline == 0


def test_failures_in_a_row_end_it_and_an_answer_begins_anew() -> None:
    budget = Budget(replace(SETTINGS, run_calls=100))
    for _ in range(GIVE_UP - 1):
        budget.take(Spent(), failed=True)
    assert budget.used_up() == ""
    budget.take(Spent())
    for _ in range(GIVE_UP):
        assert budget.used_up() == ""
        budget.take(Spent(), failed=True)
    assert "in a row" in budget.used_up()


@pytest.mark.parametrize(
    ("tokens", "money", "fits"),
    [(100, 0.001, True), (101, 0.0005, False), (100, 0.0011, False)],
)
def test_an_answer_may_have_cost_so_much(tokens: int, money: float, fits: bool) -> None:
    assert (Budget(SETTINGS).dear(Spent(tokens_out=tokens, money=money)) == "") is fits


def test_prices_are_per_million() -> None:
    assert Budget(SETTINGS).take(Spent(1_000, 1_000)).money == pytest.approx(0.006)


def test_what_a_run_had_spent_is_read_from_the_log(workspace: Workspace) -> None:
    def note(run: str, outcome: str, tokens: int) -> None:
        told = {"run": run, "outcome": outcome, "tokens_in": tokens, "tokens_out": 10,
                "seconds": 0.5, "money": 0.25}  # fmt: skip
        workspace.store.note("agent x", "advice", "brand 1", told)

    for outcome, tokens in (("advice", 100), ("late", 100), ("budget", 100), ("budget", 0)):
        note("RUN-0007", outcome, tokens)
    note("RUN-0008", "advice", 5)
    workspace.store.note("x", "other", "y", {"run": "RUN-0007"})
    calls, spent = spent_before(workspace.store, "RUN-0007")
    assert (calls, spent) == (3, Spent(300, 30, 1.5, 0.75))
    budget = Budget(AgentSettings(run_calls=4))
    budget.counts(calls, spent)
    assert not budget.used_up()
    budget.take(Spent())
    assert "run_calls" in budget.used_up()
