"""An incident from its first word to its end, from pages alone."""

from __future__ import annotations

from test_acts import Seats
from test_operating import asked, shown

from brand_metagen.ports import IncidentState, Role


def test_an_incident_is_told_mended_and_closed(shared: Seats) -> None:
    store = shared[Role.ADMIN].server.workspace.store
    new = {"kind": "system_down", "severity": "major", "title": "no pages", "affected": "reviews"}
    assert asked(shared, Role.OPERATOR, "incident_open", **{**new, "kind": "war"}).bad
    made = asked(shared, Role.OPERATOR, "incident_open", **new, next_update="30")
    incident_id = made.go.rpartition("/")[2]
    assert "incident: no pages" in shown(shared, "/")
    at = {"incident_id": incident_id}
    assert asked(shared, Role.OPERATOR, "incident_note", **at, what="news", note="").bad
    assert not asked(shared, Role.OPERATOR, "incident_note", **at, what="news", note="disk").bad
    ended = {"cause": "full disk", "owner": "oona", "due": "2030-01-01", "what": "watch it"}
    assert asked(shared, Role.OPERATOR, "incident_close", **at, **ended).bad
    assert not asked(shared, Role.OPERATOR, "incident_note", **at, what="recovered", note="ok").bad
    assert asked(shared, Role.OPERATOR, "incident_close", **at, **{**ended, "owner": ""}).bad
    assert not asked(shared, Role.OPERATOR, "incident_close", **at, **ended).bad
    assert store.incident(incident_id).state is IncidentState.CLOSED
    page = shown(shared, "/incident/{id}", Role.OPERATOR, id=incident_id)
    assert "full disk" in page
    assert "incident_note" not in page
