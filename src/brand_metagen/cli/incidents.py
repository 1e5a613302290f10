"""`incidents`: what is wrong with the system as a whole, and what is done about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.plans import action_of
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError
from brand_metagen.ports import IncidentKind, Severity

if TYPE_CHECKING:
    from brand_metagen.ports import Incident

app = typer.Typer(help="Incidents: open, tell, recover, close, report.", no_args_is_help=True)

IncidentArgument = Annotated[str, typer.Argument(metavar="INCIDENT", help="For example INC-0001.")]
TellOption = Annotated[
    bool, typer.Option("--tell", help="Tell stakeholders, over the channels of notify.channels.")
]
NextOption = Annotated[
    int | None,
    typer.Option("--next-update", metavar="MINUTES", help="When stakeholders hear more."),
]
SeverityOption = Annotated[Severity, typer.Option(help="How bad it is.")]


@app.command("open")
def open_incident(
    kind: Annotated[IncidentKind, typer.Argument(help="Which procedure it follows.")],
    title: Annotated[str, typer.Argument(help="What is wrong, for everybody to read.")],
    affected: Annotated[str, typer.Option(help="What is affected, for everybody to read.")] = "",
    severity: SeverityOption = Severity.MAJOR,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="When it began, UTC; now by default.")
    ] = "",
    next_update: NextOption = None,
    tell: TellOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write down that something is wrong."""
    from brand_metagen.app import incidents

    with opened(workspace) as open_workspace:
        made = incidents.open_incident(
            open_workspace, actor(who), kind, severity, title, affected,
            since=since, next_update=next_update, tell=tell,
        )  # fmt: skip
    _say(made, as_json)


@app.command("note")
def note(
    incident: IncidentArgument,
    text: Annotated[str, typer.Argument(help="What is known now.")],
    affected: Annotated[str, typer.Option(help="What is affected now.")] = "",
    severity: Annotated[Severity | None, typer.Option(help="How bad it is now.")] = None,
    next_update: NextOption = None,
    recovered: Annotated[
        bool, typer.Option("--recovered", help="The system works again: the text says by what.")
    ] = False,
    worsened: Annotated[
        bool, typer.Option("--worsened", help="It was thought over, and is not.")
    ] = False,
    tell: TellOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Add what is known now.

    With --recovered the time to recovery ends.
    """
    from brand_metagen.app import incidents

    if recovered and worsened:
        raise InputError("--recovered and --worsened exclude each other")
    with opened(workspace) as open_workspace:
        name = actor(who)
        if recovered or worsened:
            act = incidents.recovered if recovered else incidents.worsened
            made = act(open_workspace, name, incident, text, tell=tell)
        else:
            made = incidents.note(
                open_workspace, name, incident, text, next_update=next_update,
                affected=affected, severity=severity, tell=tell,
            )  # fmt: skip
    _say(made, as_json)


@app.command("list")
def list_incidents(
    open_only: Annotated[bool, typer.Option("--open", help="Without those closed.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """All incidents, oldest first."""
    from brand_metagen.app import incidents
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        found = incidents.listed(open_workspace, open_only=open_only)
    if as_json:
        print_json(found)
        return
    rows = [
        (i.incident_id, i.state, i.kind, i.severity, i.began_at[:16], i.recovered_at[:16], i.title)
        for i in found
    ]
    columns = ("incident", "state", "kind", "severity", "since", "recovered", "what")
    out.print(table("", columns, rows))


@app.command("show")
def show(
    incident: IncidentArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One incident with its timeline.

    From what was noted and from the audit log.
    """
    from brand_metagen.app import incidents
    from brand_metagen.app.incident_report import lasted
    from brand_metagen.cli.output import clean, out, print_json, table

    with opened(workspace) as open_workspace:
        found = incidents.shown(open_workspace, incident)
    if as_json:
        print_json(found)
        return
    one, took = found.incident, found.durations
    out.print(clean(f"{one.incident_id} ({one.state}): {one.title}"))
    out.print(clean(f"  {one.kind}, {one.severity}; affected: {one.affected}"))
    out.print(clean(f"  since {one.began_at[:16]}; worked again after {lasted(took.to_recovery)}"))
    if took.clock_suspect:
        out.print("  an end lies before the beginning: some machine's clock was wrong")
    out.print(clean(f"  cause: {one.cause or 'not known yet'}"))
    for action in one.actions:
        out.print(clean(f"  {action['owner']} by {action['due']}: {action['what']}"))
    rows = [(m.at[:19], m.actor, m.source, m.what) for m in found.timeline]
    out.print(table("\ntimeline", ("at", "by", "from", "what"), rows))
    if found.left_out:
        out.print(f"and {found.left_out:,} acts more in the log")


@app.command("close")
def close(
    incident: IncidentArgument,
    cause: Annotated[str, typer.Option(help="What the cause was.")] = "",
    action: Annotated[
        list[str] | None,
        typer.Option(metavar="OWNER:DAY:WHAT", help="Who does what by when; may be repeated."),
    ] = None,
    tell: TellOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """End an incident that was recovered from.

    With its cause, and what keeps it from coming again.
    """
    from brand_metagen.app import incidents

    actions = [action_of(text) for text in action or ()]
    with opened(workspace) as open_workspace:
        made = incidents.close(open_workspace, actor(who), incident, cause, actions, tell=tell)
    _say(made, as_json)


@app.command("report")
def report(
    incident: IncidentArgument,
    formats: Annotated[
        str, typer.Option("--format", help="html, pdf, json; several with commas.")
    ] = "html,pdf,json",
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="The folder; the workspace's reports by default.")
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """The record of an incident, to be read and kept."""
    from brand_metagen.app import incident_report
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace, changes) as open_workspace:
        wanted = [form.strip() for form in formats.split(",") if form.strip()]
        written = incident_report.write(open_workspace, incident, wanted, out_folder)
    if as_json:
        print_json(written)
        return
    for path in written.files:
        out.print(clean(path))


def _say(made: Incident, as_json: bool) -> None:
    from brand_metagen.cli.output import clean, out, print_json

    if as_json:
        print_json(made)
        return
    more = f"; next update {made.next_update[:16]} UTC" if made.next_update else ""
    out.print(clean(f"{made.incident_id} is {made.state}: {made.title}{more}"))
