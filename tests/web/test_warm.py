"""Whoever reads the market waits for nobody who tries a rule on it."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from offices import SECONDS, Office

from brand_metagen.app import answering
from brand_metagen.app.answering import Answering, Asked
from brand_metagen.app.brand_rows import brand_rows
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import Settings
from brand_metagen.store.sql import SqlStore, sqlite_url
from brand_metagen.web.warm import Readiness, Warm, set_apart


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Iterator[Workspace]:
    folder = tmp_path / "w"
    shutil.copytree(finished / "w", folder)
    store = SqlStore(sqlite_url(folder / DATABASE))
    yield Workspace(folder, Settings(), store)
    store.close()


@pytest.fixture
def warm(workspace: Workspace) -> Warm:
    made = Warm(workspace, SECONDS)
    made.start()
    made.current()
    return made


def largest(live: Live) -> str:
    return max(sorted(live.versions), key=lambda b: len(live.rows(b).taken))


def changed(warm: Warm, workspace: Workspace) -> str:
    """A brand that another process has changed."""
    there = Live(workspace)
    brandid = largest(there)
    row = there.row(there.rows(brandid).taken[0])
    submit(there, "ana", brandid, 1, Submission(does_not_belong=((row.ccid, row.bankid),)))
    return brandid


def test_reads_answer_while_a_rule_is_tried(warm: Warm, workspace: Workspace) -> None:
    """The lock is held here for as long as the reads take, in another thread."""
    live = warm.current()
    brandid = largest(live)
    line = workspace.store.line(brandid)
    combos = live.market.combos
    asked = [Asked(combos.narrative[0], combos.mccid[0])]
    with ThreadPoolExecutor(1) as pool, live.lock:
        rows = pool.submit(lambda: brand_rows(warm.glance(line), brandid, None, 5))
        said = pool.submit(lambda: answering.latest(Answering(), warm.glance(), asked))
        assert rows.result(SECONDS).rows.items
        assert said.result(SECONDS)[0].decision == live.answers[0].decision


def test_a_standing_that_somebody_reads_never_changes(warm: Warm, workspace: Workspace) -> None:
    live = warm.current()
    now, answers = live.now, list(live.now.answers)
    brandid = changed(warm, workspace)
    assert warm.current() is live
    assert (now.answers, now.versions[brandid].version) == (answers, 1)
    assert live.now.versions[brandid].version == 2
    assert live.now.answers != answers


def test_what_others_changed_is_seen_once_nobody_tries_a_rule(
    warm: Warm, workspace: Workspace
) -> None:
    live = warm.current()
    brandid = changed(warm, workspace)
    old = replace(workspace.store.line(brandid), version=1)
    with ThreadPoolExecutor(1) as pool, live.lock:
        then = pool.submit(lambda: warm.glance(old).versions[brandid].version)
        assert then.result(SECONDS) == 1
    assert warm.glance().versions[brandid].version == 2


def test_a_brand_is_never_shown_older_than_its_version(
    warm: Warm, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a glance would be too old, it waits its turn."""
    brandid = changed(warm, workspace)
    live = warm._live
    monkeypatch.setattr(warm, "_fresh", lambda live, *, wait: live.refreshed() if wait else live)
    assert warm.glance().versions[brandid].version == 1
    assert warm.glance(workspace.store.line(brandid)).versions[brandid].version == 2
    assert warm._live is live


def test_over_http_as_well(office: Office) -> None:
    brandid = office.largest()
    row = office.rows(brandid, "confirmed")[0]
    body = {"does_not_belong": [{"ccid": row["ccid"], "bankid": row["bankid"]}]}
    office.good("POST", f"/brands/{brandid}/feedback", body, If_Match='"1"')
    found = {(r["ccid"], r["bankid"]): r["decision"] for r in office.rows(brandid)}
    assert found[row["ccid"], row["bankid"]] in ("excluded", "unmatched")


def test_a_market_that_was_read_is_spared_the_collector(workspace: Workspace) -> None:
    warm, counts = Warm(workspace, SECONDS), []
    warm.once_read = lambda: counts.append(warm.readiness)
    warm.start()
    warm.current()
    for _ in range(2):
        warm.current()
    assert counts == [Readiness.READY]
    try:
        set_apart()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
