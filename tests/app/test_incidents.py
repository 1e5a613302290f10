"""Incidents from their opening to their record, and the status page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.conftest import Opener
from brand_metagen.app import health, incident_report, incidents, publishing, status_page
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.notify.letter import letter
from brand_metagen.ports import Incident, IncidentKind, IncidentState, Mode, Severity

HOSTILE = "<script>alert(1)</script> PAN 4111 1111 1111 1111"
ACTIONS = [{"owner": "olga", "due": "2026-12-01", "what": "watch the disk"}]


@pytest.fixture
def workspace(copied: Opener) -> Workspace:
    return copied()


def opened(workspace: Workspace, **more: object) -> Incident:
    given = {"since": "", "next_update": 30, "tell": True, **more}
    return incidents.open_incident(
        workspace, "olga", IncidentKind.SYSTEM_DOWN, Severity.CRITICAL, f"no answer {HOSTILE}",
        "reviews", **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_from_its_opening_to_its_record(workspace: Workspace) -> None:
    since = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    made = opened(workspace, since=since)
    workspace.store.set_mode(Mode.PAUSED, "olga", "the disk is full")
    with pytest.raises(ConflictError, match="is open"):
        incidents.close(workspace, "olga", made.incident_id, "x", ACTIONS)
    incidents.note(workspace, "ben", made.incident_id, "found it", severity=Severity.MINOR)
    incidents.recovered(workspace, "ben", made.incident_id, "made room", tell=True)
    incidents.close(workspace, "ben", made.incident_id, "a full disk", ACTIONS, tell=True)
    found = incidents.shown(workspace, made.incident_id)
    assert found.incident.severity is Severity.MINOR
    assert found.durations.to_recovery == pytest.approx(120, abs=5)
    assert [m.what.split(":")[0] for m in found.timeline if m.source == "note"] == [
        "opened", "noted", "recovered", "closed",
    ]  # fmt: skip
    assert any(m.source == "log" and "the disk is full" in m.what for m in found.timeline)
    kinds = [m.what.split(" ")[0].rstrip(":") for m in found.timeline]
    assert kinds == ["run", "opened", "mode", "noted", "recovered", "closed"], "as it was written"
    written = incident_report.write(workspace, made.incident_id, ("html", "pdf", "json"))
    html, pdf, figures = (path.read_bytes() for path in written.files)
    assert b"<script>alert" not in html
    assert b"4111 1111 1111 1111" not in html
    assert b"a full disk" in html
    assert pdf.startswith(b"%PDF")
    assert json.loads(figures)["incident"]["cause"] == "a full disk"


def test_stakeholders_are_told_from_a_template(workspace: Workspace) -> None:
    made = opened(workspace)
    incidents.note(workspace, "olga", made.incident_id, "quietly")
    incidents.recovered(workspace, "olga", made.incident_id, "restarted", tell=True)
    told = [n for n in workspace.store.notices() if n.channel == "log"]
    assert [n.case_id for n in told] == ["INC-0001", "INC-0001"]
    first, last = map(letter, told)
    for fact in ("In short: We are looking into it.", "State: open", "What is affected: reviews",
                 "Next update: 20", "Incident INC-0001 has the rest."):  # fmt: skip
        assert fact in first
    assert "In short: The system works again." in last
    assert "Next update" not in last


def test_health_names_an_update_that_was_promised(workspace: Workspace) -> None:
    def seen() -> tuple[health.Condition, str]:
        check = next(c for c in health.health(workspace) if c.part == "incidents")
        return check.condition, check.said

    assert seen()[0] is health.Condition.OK
    store = workspace.store
    late = Incident("", IncidentKind.OTHER, Severity.MINOR, IncidentState.OPEN, "x", "y", "",
                    "olga", "", "2026-01-01T00:00:00.000+00:00")  # fmt: skip
    store.open_incident(late, ())
    assert seen()[1] == "the update of INC-0001 was due at 2026-01-01T00:00 UTC"
    incidents.note(workspace, "olga", "INC-0001", "still", next_update=30)
    assert seen() == (health.Condition.WARN, "1 open: INC-0001")
    incidents.recovered(workspace, "olga", "INC-0001", "over")
    assert seen()[0] is health.Condition.OK


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"since": "yesterday"}, "is no time"),
        ({"since": "2999-01-01"}, "has not come yet"),
        ({"next_update": 0}, "1 to"),
        ({"next_update": incidents.MOST_MINUTES + 1}, "1 to"),
    ],
)
def test_what_cannot_be_is_refused(
    workspace: Workspace, change: dict[str, object], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        opened(workspace, **change)
    made = opened(workspace)
    incidents.recovered(workspace, "olga", made.incident_id, "x")
    for cause, actions in (("", ACTIONS), ("x", []), ("x", [{**ACTIONS[0], "due": "soon"}]),
                           ("x", [{**ACTIONS[0], "owner": " "}])):  # fmt: skip
        with pytest.raises(InputError):
            incidents.close(workspace, "olga", made.incident_id, cause, actions)
    for text in ("", " "):
        with pytest.raises(InputError):
            incidents.note(workspace, "olga", made.incident_id, text)


def test_a_clock_that_jumped_is_named_and_counts_no_minutes() -> None:
    one = Incident("INC-0001", IncidentKind.OTHER, Severity.MINOR, IncidentState.RECOVERED, "", "",
                   "2026-03-29T01:30:00.000+00:00", "", "2026-03-29T01:30:00.000+00:00",
                   recovered_at="2026-03-29T00:30:00.000+00:00")  # fmt: skip
    took = incidents.took(one)
    assert (took.to_report, took.to_recovery, took.clock_suspect) == (0.0, None, True)
    # A night of daylight saving has no hour twice: times are UTC.
    later = replace(one, recovered_at=incidents.stamp(incidents.moment("2026-03-29T03:45+01:00")))
    assert incidents.took(later).to_recovery == 75.0


def test_the_status_page_says_what_everybody_may_know(workspace: Workspace) -> None:
    file = workspace.folder / "status.html"
    done = status_page.write(workspace, file)
    assert (done.state, done.incidents) == (status_page.State.UP, ())
    workspace.store.set_mode(Mode.READ_ONLY, "olga", "secret reason /etc/passwd")
    assert status_page.write(workspace, file).state == status_page.State.LIMITED
    opened(workspace)
    done = status_page.write(workspace, file)
    assert (done.state, done.incidents) == (status_page.State.DOWN, ("INC-0001",))
    text = file.read_text(encoding="utf-8")
    for kept_back in ("secret reason", str(workspace.folder), "<script>alert", "4111 1111"):
        assert kept_back not in text
    assert not any(b.brandname in text for b in workspace.store.brands() if len(b.brandname) > 9)
    for shown in ("read-only", "INC-0001", "reviews", "Next update", "does not work"):
        assert shown in text
    for elsewhere in ("http://", "https://", " src=", "@import", "url("):
        assert elsewhere not in text, "it stands by itself"
    incidents.recovered(workspace, "olga", "INC-0001", "restarted")
    workspace.store.set_mode(Mode.NORMAL, "olga", "")
    assert status_page.write(workspace, file).state == status_page.State.UP
    assert "INC-0001" in file.read_text(encoding="utf-8")


def test_the_status_page_of_a_store_that_does_not_open(tmp_path: Path) -> None:
    done = status_page.write_down(tmp_path / "s.html")
    assert done.state == status_page.State.DOWN
    assert "not known" in (tmp_path / "s.html").read_text(encoding="utf-8")


def test_a_damaged_release_shows_on_the_page_without_its_cause(workspace: Workspace) -> None:
    assert publishing.current(workspace) is None
    (workspace.step("ingest") / "combo.parquet").unlink()
    done = status_page.write(workspace, workspace.folder / "s.html")
    assert done.state == status_page.State.LIMITED
    assert "combo" not in (workspace.folder / "s.html").read_text(encoding="utf-8")
