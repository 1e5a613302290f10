"""Pages of incidents: what is wrong with the system as a whole, told, mended, closed."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.app import accounts, incidents
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, IncidentKind, IncidentState, Role, Severity
from brand_metagen.web.state import Server


def listed(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """All incidents, those that go on first."""
    del wanted
    newest = tuple(reversed(incidents.listed(server.workspace)))
    found = [one for one in newest if one.state is not IncidentState.CLOSED]
    found += [one for one in newest if one.state is IncidentState.CLOSED]
    lines = [(one, incidents.took(one)) for one in found]
    return render(
        "incidents.html.j2", root=ROOT, lines=lines, kinds=list(IncidentKind),
        severities=list(Severity), usual=Severity.MAJOR, may=actor.role.may(Role.OPERATOR),
        going=sum(one.state is IncidentState.OPEN for one in found),
    )  # fmt: skip


def one(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One incident with its timeline, and what may be done now."""
    accounts.need(actor, Role.OPERATOR)
    found = incidents.shown(server.workspace, wanted["id"])
    return render(
        "incident.html.j2", root=ROOT, found=found, at=found.incident, severities=list(Severity),
        State=IncidentState, mode=server.workspace.store.mode(),
    )  # fmt: skip


def _minutes(form: Form) -> int | None:
    return form.number("next_update") if form.text("next_update") else None


def _severity(form: Form) -> Severity | None:
    text = form.text("severity")
    return Severity(text) if text in tuple(Severity) else None


def begin(server: Server, actor: Actor, form: Form) -> Reply:
    """Write down that something is wrong."""
    kind, severity = form.text("kind"), _severity(form)
    if kind not in tuple(IncidentKind) or severity is None:
        raise InputError("say what kind it is, and how bad")
    made = incidents.open_incident(
        server.workspace, actor.name, IncidentKind(kind), severity, form.text("title"),
        form.text("affected"), since=form.text("since").strip(), next_update=_minutes(form),
        tell=form.text("tell") == "yes",
    )  # fmt: skip
    return Reply(f"{made.incident_id} is open.", go=f"/incident/{made.incident_id}")


def note(server: Server, actor: Actor, form: Form) -> Reply:
    """Add what is known now: news, that the system works again, or that it does not after all."""
    workspace, name, what = server.workspace, actor.name, form.text("what")
    incident_id, text, tell = form.text("incident_id"), form.text("note"), form.text("tell")
    if what == "recovered":
        incidents.recovered(workspace, name, incident_id, text, tell=tell == "yes")
    elif what == "worsened":
        incidents.worsened(workspace, name, incident_id, text, tell=tell == "yes")
    else:
        incidents.note(
            workspace, name, incident_id, text, next_update=_minutes(form),
            affected=form.text("affected"), severity=_severity(form), tell=tell == "yes",
        )  # fmt: skip
    return Reply("Written down.", again=True)


def close(server: Server, actor: Actor, form: Form) -> Reply:
    """End an incident with its cause and what keeps it from coming again."""
    action = {name: form.text(name).strip() for name in ("owner", "due", "what")}
    if not all(action.values()):
        raise InputError("say who does what by when, so that it does not come again")
    incidents.close(
        server.workspace, actor.name, form.text("incident_id"), form.text("cause"), [action],
        tell=form.text("tell") == "yes",
    )  # fmt: skip
    return Reply("Closed.", again=True)


DEEDS: Deeds = {
    "incident_open": (Role.OPERATOR, begin),
    "incident_note": (Role.OPERATOR, note),
    "incident_close": (Role.OPERATOR, close),
}
