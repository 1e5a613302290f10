"""Several reviewers at once on a real server: every outcome is in the log once, nothing stale."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks.crowd import Event, besiege
from benchmarks.ledger import Books, faults
from benchmarks.load import new_token
from offices import Office, opened

from brand_metagen.app.runs import start
from brand_metagen.ports import Quiet
from brand_metagen.store.sql import SqlStore

pytestmark = pytest.mark.slow

REVIEWERS, ACTS = 8, 12
Told = tuple[Sequence[Event], Books]


@contextmanager
def learned(finished: Path, folder: Path, url: str) -> Iterator[Office]:
    """A server over a finished run, in SQLite or at `url`, that lets a crowd in."""
    unlimited = {"serve__requests_per_minute": 1_000_000}
    if not url:
        shutil.copytree(finished / "w", folder)
    folder.mkdir(exist_ok=True)
    with opened(folder, finished / "data", url, **unlimited) as office:
        if url:
            start(office.workspace, finished / "data", (), Quiet())
        yield office


def sieged(office: Office, seed: int) -> Told:
    store = office.workspace.store
    assert isinstance(store, SqlStore)
    tokens = {name: new_token(store, name) for name in (f"r{n}" for n in range(REVIEWERS))}
    address = str(office.client.base_url).rstrip("/")
    members = besiege(address, tokens, lambda acts: acts < ACTS, seed)
    events = [event for member in members for event in member.events]
    return events, Books.of(store, members[0].brands)


@pytest.fixture(scope="module")
def calm(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A siege on SQLite, for tests that only look."""
    with learned(finished, tmp_path_factory.mktemp("siege") / "w", "") as office:
        return sieged(office, seed=1)


def test_nothing_is_lost_doubled_or_stale(calm: Told) -> None:
    events, books = calm
    assert faults(events, books) == []
    assert all(event.answer.status == 409 for event in events if event.how == "stale")
    seen = Counter((event.act, event.how, event.answer.status) for event in events)
    for wanted in (("feedback", "first", 200), ("approve", "first", 200), ("undo", "first", 409)):
        assert seen[wanted], seen
    assert sum(event.replayed for event in events) > 5


def test_nor_on_postgresql(finished: Path, tmp_path: Path, postgresql: str) -> None:
    with learned(finished, tmp_path / "w", postgresql) as office:
        events, books = sieged(office, seed=2)
    assert faults(events, books) == []
    assert sum(event.done for event in events) > REVIEWERS


def _of(events: Sequence[Event], act: str) -> int:
    """Where the first accepted act of a kind stands; of feedback one that made a version."""
    return next(
        n
        for n, event in enumerate(events)
        if event.done
        and event.act == act
        and event.answer.body.get("outcome", "applied") == "applied"
    )


def _without_an_answer(events: list[Event], books: Books) -> Books:
    del events[_of(events, "approve")]
    return books


def _on_an_old_version(events: list[Event], books: Books) -> Books:
    place = _of(events, "approve")
    events[place] = replace(events[place], expected=events[place].expected - 1)
    return books


def _done_twice(events: list[Event], books: Books) -> Books:
    events.append(events[_of(events, "feedback")])
    return books


def _without_a_line(events: list[Event], books: Books) -> Books:
    return replace(books, log=[row for row in books.log if row.action != "approve"])


def _without_a_remark(events: list[Event], books: Books) -> Books:
    lost = events[_of(events, "feedback")].answer.body["feedback_id"]
    return replace(books, remarks={k: v for k, v in books.remarks.items() if k != lost})


def _with_a_gap(events: list[Event], books: Books) -> Books:
    brandid = events[_of(events, "feedback")].brandid
    return replace(books, versions={**books.versions, brandid: [1, 3]})


def _with_an_outage(events: list[Event], books: Books) -> Books:
    events[0] = replace(events[0], answer=replace(events[0].answer, status=503))
    return books


def _with_half_a_conflict(events: list[Event], books: Books) -> Books:
    place = next(n for n, event in enumerate(events) if event.answer.status == 409)
    answer = events[place].answer
    events[place] = replace(events[place], answer=replace(answer, body={**answer.body, "now": {}}))
    return books


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_without_an_answer, "only in the log"),
        (_on_an_old_version, "only told"),
        (_done_twice, "done 2 times"),
        (_without_a_line, "only told"),
        (_without_a_remark, "kept: False"),
        (_with_a_gap, "versions [1, 3]"),
        (_with_an_outage, "503"),
        (_with_half_a_conflict, "without both sides"),
    ],
)
def test_what_does_not_agree_is_found(
    calm: Told, spoil: Callable[[list[Event], Books], Books], says: str
) -> None:
    events = list(calm[0])
    books = spoil(events, calm[1])
    assert says in "\n".join(faults(events, books))
