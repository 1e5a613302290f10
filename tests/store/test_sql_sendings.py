"""Reports that go out: claimed with their message, once for each kind, period and recipient."""

from __future__ import annotations

import threading

import pytest

from brand_metagen.errors import ConflictError
from brand_metagen.ports import NoticeState, Outgoing
from brand_metagen.store.sql import SqlStore


def report(*periods: str, recipient: str = "email", kind: str = "daily") -> Outgoing:
    channel = "" if recipient == "folder" else recipient
    named = [(period, period) for period in periods]
    return Outgoing(kind, named, recipient, f"REPORT-{periods[-1]}", channel, "Daily", {"a": "é"})


def test_a_claim_leaves_one_message_and_a_row_for_every_period(store: SqlStore) -> None:
    number = store.send_report(report("2026-11-25", "2026-11-26"))
    (notice,) = store.notices()
    assert (notice.sequence, notice.case_id, notice.channel) == (
        number,
        "REPORT-2026-11-26",
        "email",
    )
    assert (notice.state, notice.body) == (NoticeState.WAITING, {"a": "é"})
    found = store.sendings()
    assert [(s.period, s.notice, s.report_id) for s in found] == [
        ("2026-11-25", number, "REPORT-2026-11-26"), ("2026-11-26", number, "REPORT-2026-11-26")
    ]  # fmt: skip
    assert store.send_report(report("2026-11-26", recipient="folder")) == 0
    assert len(store.notices()) == 1


def test_nothing_is_claimed_twice_not_even_in_part(store: SqlStore) -> None:
    store.send_report(report("2026-11-25"))
    for again in (report("2026-11-25"), report("2026-11-24", "2026-11-25")):
        with pytest.raises(ConflictError, match=r"of 2026-11-25 is email's already"):
            store.send_report(again)
    assert len(store.notices()) == len(store.sendings()) == 1
    store.send_report(report("2026-11-25", kind="weekly"))
    store.send_report(report("2026-11-25", recipient="slack"))
    assert len(store.notices()) == 3


def test_of_many_at_once_one_claims(store: SqlStore) -> None:
    done: list[int] = []
    ready = threading.Barrier(6)

    def claim() -> None:
        ready.wait()
        try:
            done.append(store.send_report(report("2026-W48")))
        except ConflictError:
            return

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [n.sequence for n in store.notices()]
    assert len(done) == 1
