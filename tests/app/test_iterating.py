"""The rounds of a brand as its reviewer sees them."""

from __future__ import annotations

from sqlalchemy import update

from brand_metagen.app import decisions, iterating, reviewing
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.review.iterations import Stop
from brand_metagen.store import schema
from brand_metagen.store.sql import SqlStore


def test_rounds_stand_in_order_with_what_each_brought(live: Live) -> None:
    workspace = live.workspace
    brandid = max(sorted(live.versions), key=lambda b: len(live.rows(b).taken))
    assert iterating.rounds_of(workspace, brandid).rounds == ()
    assert reviewing.look(workspace, brandid, 1).stops == ()
    combos = live.market.combos
    for number in (1, 2):
        row = live.rows(brandid).taken[0]
        asked = Submission(does_not_belong=((combos.ccid[row], combos.bankid[row]),))
        submit(live, "ana", brandid, number, asked)
    found = iterating.rounds_of(workspace, brandid)
    assert [(r.version, r.made, r.round) for r in found.rounds] == [(1, 2, 1), (2, 3, 2)]
    assert (found.line.round, found.counted) == (2, 2)
    versions = workspace.store.versions(brandid)
    assert [r.confidence[1] for r in found.rounds] == [v.confidence for v in versions[1:]]
    assert Stop.COUNTER not in {advice.stop for advice in found.stops}
    assert reviewing.look(workspace, brandid, 1).stops == found.stops
    shown = iterating.plain(found)
    assert [one["gain"] for one in shown["rounds"]] == [r.gain for r in found.rounds]

    store = workspace.store
    assert isinstance(store, SqlStore)
    with store._writing() as connection:
        here = schema.brands.c.brandid == brandid
        connection.execute(update(schema.brands).where(here).values(round=0))
    stuck = iterating.rounds_of(workspace, brandid)
    assert stuck.stops[0].stop is Stop.COUNTER
    assert f"the counter says 0, the log has {stuck.counted} rounds" in stuck.stops[0].says
    decisions.set_round(workspace, "olga", brandid, stuck.counted, "it was stuck")
    again = iterating.rounds_of(workspace, brandid)
    assert Stop.COUNTER not in {advice.stop for advice in again.stops}
    last = store.audit(0, 1_000).items[-1]
    assert (last.action, last.actor, last.detail["note"]) == ("round", "olga", "it was stuck")
