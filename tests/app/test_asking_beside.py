"""An adviser is asked while others go on; what they change meanwhile is seen."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from brand_metagen.app.feedback import Submitted, submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.errors import ConflictError
from brand_metagen.ports import RemarkOutcome

PATIENCE = 60.0
"""Seconds after which a test that hangs fails."""


class Slow:
    """Says nothing until it is let."""

    def __init__(self) -> None:
        self.asked, self.let = Event(), Event()

    def rephrase(
        self, brandname: str, remark: str, question: str, rows: Sequence[str]
    ) -> str | None:
        self.asked.set()
        assert self.let.wait(PATIENCE)
        return None


def row_out(live: Live, brandid: str) -> Submission:
    combos, place = live.market.combos, live.rows(brandid).taken[0]
    return Submission(does_not_belong=((combos.ccid[place], combos.bankid[place]),))


@pytest.mark.parametrize("same", [True, False])
def test_a_remark_that_waits_for_an_adviser_holds_nobody_up(live: Live, *, same: bool) -> None:
    ranked = sorted(live.versions, key=lambda b: (-len(live.rows(b).taken), b))
    unclear, clear = ranked[0], ranked[0 if same else 1]
    slow = Slow()
    live.workspace = replace(live.workspace, rephraser=slow)

    def mutter() -> Submitted:
        return submit(live, "ann", unclear, 1, Submission("hmm"), key="k")

    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(mutter)
        assert slow.asked.wait(PATIENCE)
        other = pool.submit(submit, live, "ben", clear, 1, row_out(live, clear))
        done = other.result(PATIENCE)
        assert not waiting.done()
        slow.let.set()
        assert done.reply["outcome"] == RemarkOutcome.APPLIED
        if same:
            with pytest.raises(ConflictError, match="is at version 2, not 1"):
                waiting.result(PATIENCE)
        else:
            assert waiting.result(PATIENCE).reply["outcome"] == RemarkOutcome.UNCLEAR
    remarks = live.workspace.store.remarks(unclear, "", 10, None).items
    assert [remark.author for remark in remarks] == (["ben"] if same else ["ann"])


def test_a_remark_sent_twice_while_an_adviser_is_asked_is_kept_once(live: Live) -> None:
    brandid = max(live.versions, key=lambda b: (len(live.rows(b).taken), b))
    slow = Slow()
    live.workspace = replace(live.workspace, rephraser=slow)

    def mutter() -> Submitted:
        return submit(live, "ann", brandid, 1, Submission("hmm"), key="k")

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(mutter) for _ in range(2)]
        assert slow.asked.wait(PATIENCE)
        slow.let.set()
        said = [one.result(PATIENCE) for one in both]
    assert sorted(one.replayed for one in said) == [False, True]
    assert said[0].reply["feedback_id"] == said[1].reply["feedback_id"]
    assert len(live.workspace.store.remarks(brandid, "", 10, None).items) == 1
