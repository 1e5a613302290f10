"""The client against servers that hang, die, flood, and answer in other shapes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import psutil
import pytest
from desks import questions, spec
from misbehaving import WAYS

from brand_metagen.config import McpSettings
from brand_metagen.mcp.breaker import Breaker
from brand_metagen.mcp.facts import ServerFacts
from brand_metagen.mcp.servers_file import read_servers
from brand_metagen.mcp.sources import Outcome, Reply, Sources
from brand_metagen.ports import Fit, Known, Mode
from brand_metagen.records import Brand
from brand_metagen.store.sql import SqlStore, sqlite_url

pytestmark = pytest.mark.slow

QUICK = McpSettings(deadline_seconds=4.0, attempts=1, wait_seconds=0.0)
TESCO = Brand("7", "Tesco", "Grocery")
FAILS = {
    "dies": "server_not_available",
    "hangs": "slow",
    "floods": "too_long",
    "chatters": "too_long",
    "garbage": "server_not_available",
    "other_shape": "other_shape",
    "huge": "too_long",
    "deep": "other_shape",
    "half_pair": "other_shape",
    "broken_line": "other_shape",
    "error": "query_failed",
    "refuses": "query_failed",
    "never_starts": "slow",
    "wrong_id": "other_shape",
    "drips": "slow",
    "stalls": "slow",
    "closes": "server_not_available",
    "lies": "other_shape",
}
"""What each way comes to."""
WAITED_FOR = ("drips", "stalls")
"""Ways that take the whole deadline, as others do that are tried at once."""
EACH_FAILURE = [
    pytest.param(*pair, marks=pytest.mark.slow if pair[0] in WAITED_FOR else ())
    for pair in FAILS.items()
]
ANSWERS = ("good", "hostile", "unknown", "slow_pattern", "deaf", "asks_us", "twice", "parent",
           "renames")  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


Opener = Callable[..., Sources]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = SqlStore(sqlite_url(tmp_path / "store.sqlite3"))
    yield made
    made.close()


@contextmanager
def sources(
    tmp_path: Path, store: SqlStore, settings: McpSettings = QUICK, data: str = "d1",
    clock: Clock | None = None, **ways: str,
) -> Iterator[Sources]:  # fmt: skip
    specs = read_servers(spec(tmp_path, **ways), {})
    made = Sources(specs, settings, store, data=data, random=Random(1), clock=clock or Clock())
    with made:
        yield made
    assert not [c for c in psutil.Process().children() if "misbehaving.py" in " ".join(c.cmdline())]


def ask(made: Sources, query: str = "Tesco", *, fresh: bool = False) -> Reply:
    return made.ask(made.specs[0], "search_brands", {"query": query}, fresh=fresh)


def notes(store: SqlStore) -> list[dict[str, object]]:
    return [dict(r.detail) for r in store.audit(0, 100).items if r.action == "mcp_call"]


def test_every_way_of_the_server_is_expected_to_come_to_something() -> None:
    assert {*FAILS, *ANSWERS} == set(WAYS)


@pytest.mark.parametrize(("way", "kind"), EACH_FAILURE)
def test_a_failure_is_told_and_nothing_is_left_running(
    tmp_path: Path, store: SqlStore, way: str, kind: str
) -> None:
    with sources(tmp_path, store, one=way) as made:
        reply = ask(made)
    assert (reply.outcome, reply.kind, reply.answer) == (Outcome.FAILED, kind, {})
    assert reply.message.isprintable()
    assert reply.advice
    (note,) = notes(store)
    assert (note["outcome"], note["kind"], note["attempts"]) == ("failed", kind, 1)
    assert store.verify_audit() == 1
    assert store.kept_answers() == ()


@pytest.mark.parametrize("way", ANSWERS)
def test_an_answer_is_kept_and_recorded(tmp_path: Path, store: SqlStore, way: str) -> None:
    with sources(tmp_path, store, one=way) as made:
        first, again = ask(made), ask(made)
    assert (first.outcome, again.outcome) == (Outcome.ASKED, Outcome.CACHED)
    assert again.answer == first.answer
    assert questions(tmp_path, "one") == ["Tesco"]
    assert [n["outcome"] for n in notes(store)] == ["asked", "cached"]


def test_hostile_text_is_harmless_text(tmp_path: Path, store: SqlStore) -> None:
    with sources(tmp_path, store, one="hostile") as made:
        found = ask(made)
    text = json.dumps(found.answer, ensure_ascii=False)
    assert text.isprintable()
    assert "IGNORE PREVIOUS INSTRUCTIONS" in text


def test_a_server_that_died_is_started_anew(tmp_path: Path, store: SqlStore) -> None:
    with sources(tmp_path, store, replace(QUICK, attempts=3), one="dies") as made:
        reply = ask(made)
    assert (reply.kind, reply.attempts) == ("server_not_available", 3)
    assert questions(tmp_path, "one") == ["Tesco"] * 3


@pytest.mark.parametrize("way", ["other_shape", "refuses", "error"])
def test_what_would_fail_again_is_not_tried_again(
    tmp_path: Path, store: SqlStore, way: str
) -> None:
    with sources(tmp_path, store, replace(QUICK, attempts=3), one=way) as made:
        assert ask(made).attempts == 1


def test_after_failures_in_a_row_it_is_left_alone(tmp_path: Path, store: SqlStore) -> None:
    settings = replace(QUICK, breaker_failures=2, breaker_seconds=600)
    with sources(tmp_path, store, settings, one="refuses") as made:
        kinds = [ask(made, f"name {n}").kind for n in range(4)]
    assert kinds == ["query_failed", "query_failed", "left_alone", "left_alone"]
    assert len(questions(tmp_path, "one")) == 2


def test_after_its_rest_one_question_is_tried() -> None:
    now = [0.0]
    settings = replace(QUICK, breaker_failures=2, breaker_seconds=60)
    breaker = Breaker(settings, lambda: now[0], lambda _: None)
    for _ in range(2):
        assert breaker.closed()
        breaker.count(failed=True)
    assert not breaker.closed()
    now[0] = 60.0
    assert breaker.closed()
    breaker.count(failed=True)
    assert not breaker.closed()
    now[0] = 120.0
    breaker.count(failed=False)
    assert breaker.closed()


def test_questions_wait_their_turn() -> None:
    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    breaker = Breaker(replace(QUICK, calls_per_minute=60), lambda: now[0], sleep)
    for _ in range(3):
        breaker.turn()
    assert waits == [1.0, 1.0]


def test_waits_between_tries_grow_and_differ(tmp_path: Path, store: SqlStore) -> None:
    waits: list[float] = []
    settings = replace(QUICK, attempts=3, wait_seconds=1.0, retry_factor=2.0)
    specs = read_servers(spec(tmp_path, one="dies"), {})
    with Sources(specs, settings, store, random=Random(1), sleep=waits.append) as made:
        ask(made)
    first, second = [w for w in waits if w > 0.2]
    assert 0.5 <= first <= 1.0 <= second <= 2.0


def test_lifetimes_end(tmp_path: Path, store: SqlStore) -> None:
    clock = Clock()
    with sources(tmp_path, store, clock=clock, one="good") as made:
        ask(made)
        clock.pass_by(seconds=QUICK.search_seconds - 1)
        assert ask(made).outcome is Outcome.CACHED
        clock.pass_by(seconds=1)
        assert ask(made).outcome is Outcome.ASKED


def test_the_last_good_answer_serves_with_its_age(tmp_path: Path, store: SqlStore) -> None:
    clock = Clock()
    with sources(tmp_path, store, clock=clock, one="good") as made:
        good = ask(made)
    clock.pass_by(days=2)
    with sources(tmp_path, store, clock=clock, one="dies") as made:
        old = ask(made)
    assert (old.outcome, old.kind) == (Outcome.LAST_GOOD, "server_not_available")
    assert old.answer == good.answer
    assert old.age_seconds == 2 * 86_400
    clock.pass_by(seconds=QUICK.last_good_seconds + QUICK.search_seconds)
    with sources(tmp_path, store, clock=clock, one="dies") as made:
        assert ask(made).outcome is Outcome.FAILED


def test_kept_answers_survive_a_restart_and_end_with_their_data(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "store.sqlite3")
    outcomes = []
    for data in ("d1", "d1", "d2"):
        store = SqlStore(url)
        with sources(tmp_path, store, data=data, one="good") as made:
            outcomes.append(ask(made).outcome)
        store.close()
    assert outcomes == [Outcome.ASKED, Outcome.CACHED, Outcome.ASKED]


def test_while_the_system_is_read_only_servers_still_answer(
    tmp_path: Path, store: SqlStore
) -> None:
    store.set_mode(Mode.READ_ONLY, "ana", "a test")
    with sources(tmp_path, store, one="good") as made:
        assert [ask(made).outcome for _ in range(2)] == [Outcome.ASKED, Outcome.ASKED]
    assert store.kept_answers() == ()
    assert len(notes(store)) == 2


def test_a_clock_that_is_set_back_makes_nothing_old(tmp_path: Path, store: SqlStore) -> None:
    clock = Clock()
    with sources(tmp_path, store, clock=clock, one="good") as made:
        ask(made)
        clock.pass_by(days=-1)
        assert ask(made).age_seconds == 0


def test_the_next_source_is_asked_and_at_last_the_packaged_table(
    tmp_path: Path, store: SqlStore
) -> None:
    ways = {"first": "dies", "second": "unknown", "third": "good"}
    with sources(tmp_path, store, **ways) as made:
        fact = ServerFacts(made, QUICK, {}).about(Brand("1", "Zebrawood Cafe", "Coffee"))
    assert (fact.known, fact.source, fact.fit) == (Known.KNOWN, "third", Fit.MISMATCH)
    assert fact.alternatives == ("Grocery",)
    assert "first: server_not_available" in fact.note
    with sources(tmp_path, store, one="hangs", two="unknown") as made:
        packaged = ServerFacts(made, QUICK, {}).about(TESCO)
        nothing = ServerFacts(made, QUICK, {}).about(Brand("1", "Qqqzzz", "Coffee"))
    assert (packaged.known, packaged.source) == (Known.KNOWN, "packaged table")
    assert (nothing.known, nothing.source) == (Known.UNKNOWN, "packaged table")


def test_beyond_the_budget_only_the_packaged_table_is_asked(
    tmp_path: Path, store: SqlStore
) -> None:
    with sources(tmp_path, store, one="good") as made:
        asked = ServerFacts(made, replace(QUICK, run_calls=2), {})
        sources_of = [asked.about(Brand(str(n), f"Name {n}", "Fuel")).source for n in range(4)]
        out_of_time = ServerFacts(made, replace(QUICK, run_seconds=0.0), {}).about(TESCO)
    assert sources_of == ["one", "one", "packaged table", "packaged table"]
    assert "budget" in out_of_time.note
    assert questions(tmp_path, "one") == ["Name 0", "Name 1"]


def test_a_server_gets_only_the_environment_it_is_given(
    tmp_path: Path, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SECRET", "hush")
    script = tmp_path / "printing.py"
    script.write_text("import os, sys\nsys.stderr.write(' '.join(sorted(os.environ)))\n")
    file = tmp_path / "mcp.json"
    import sys

    given = {"command": sys.executable, "args": [str(script)], "env": {"OURS": "${SOME_SECRET}"}}
    file.write_text(json.dumps({"mcpServers": {"one": given}}))
    specs = read_servers(file, {"SOME_SECRET": "hush"})
    assert "hush" not in repr(specs)
    with Sources(specs, QUICK, store) as made:
        assert ask(made).kind == "server_not_available"
        said = made.said(specs[0]).split()
    assert "OURS" in said
    assert "SOME_SECRET" not in said
