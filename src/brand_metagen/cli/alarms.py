"""`alarms`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    actor,
    opened,
)

if TYPE_CHECKING:
    from brand_metagen.app.watching import Standing
    from brand_metagen.ports import AlarmEvent

app = typer.Typer(help="What goes wrong, and who knows.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="ALARM", help="Its name.")]


@app.command("list")
def list_alarms(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """All alarms as they were found last."""
    from brand_metagen.app import watching

    with opened(workspace, changes) as open_workspace:
        _print(watching.standings(open_workspace), as_json=as_json)


@app.command("check")
def check(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at all alarms now.

    For a scheduler: whoever is to be told is told, once.

    Exit code 0 = none is in ALARM, 1 = one is.
    """
    from brand_metagen.app import watching
    from brand_metagen.cli.case_options import telling
    from brand_metagen.ports import AlarmState

    with opened(workspace, changes) as open_workspace:
        with telling(open_workspace):
            found = watching.check(open_workspace)
        _print(found, as_json=as_json)
    if any(s.line.state is AlarmState.ALARM for s in found):
        raise typer.Exit(1)


@app.command("show")
def show(
    name: NameArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """One alarm: how it stands, and what to do.

    With its rule and its history.
    """
    from brand_metagen.app import watching
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace, changes) as open_workspace:
        found = watching.standing(open_workspace, name)
        events = watching.history(open_workspace, name, 20)
    if as_json:
        print_json({**watching.plain(found), "history": events})
        return
    one, line = found.alarm, found.line
    out.print(clean(f"{one.name}: {one.title}"))
    out.print(clean(f"  {line.state.value}{f' since {line.since[:16]}' if line.since else ''}"))
    out.print(clean(f"  rule: {one.rule} ({one.setting})"))
    out.print(clean(f"  found: {line.reason or 'nothing yet; `brand-metagen alarms check` looks'}"))
    if line.acknowledged_at:
        out.print(clean(f"  {line.acknowledged_by} knows since {line.acknowledged_at[:16]}: "
                        f"{line.note or 'no note'}"))  # fmt: skip
    out.print(clean(f"  {one.means}"))
    for number, step in enumerate(one.steps, 1):
        out.print(clean(f"  {number}. {step}"))
    if events:
        out.print(_history(events))


@app.command("acknowledge")
def acknowledge(
    name: NameArgument,
    note: Annotated[str, typer.Option(help="What you know or do.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say that you know of an alarm.

    It went off, be it over or not.
    """
    from brand_metagen.app import watching
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace) as open_workspace:
        found = watching.acknowledge(open_workspace, actor(who), name, note)
    if as_json:
        print_json(watching.plain(found))
        return
    out.print(clean(f"{name}: {found.line.acknowledged_by} knows"))


@app.command("history")
def history(
    name: Annotated[str, typer.Argument(metavar="ALARM", help="Its name; none = all.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="Lines at the most.")] = 50,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """When alarms went off and were over.

    And who said that they knew; newest first.
    """
    from brand_metagen.app import watching
    from brand_metagen.cli.output import out, print_json

    with opened(workspace) as open_workspace:
        found = watching.history(open_workspace, name or None, limit)
    if as_json:
        print_json(found)
        return
    out.print(_history(found))


def _history(events: tuple[AlarmEvent, ...]) -> object:
    from brand_metagen.cli.output import table

    rows = [
        (e.at[:19], e.name, e.kind, e.actor, f"{e.before.value} → {e.after.value}", e.said)
        for e in events
    ]
    return table("", ("at (UTC)", "alarm", "what", "by", "state", "why"), rows)


def _print(found: list[Standing], *, as_json: bool) -> None:
    from brand_metagen.app import watching
    from brand_metagen.cli.output import out, print_json, table

    if as_json:
        print_json([watching.plain(standing) for standing in found])
        return
    rows = [
        (
            s.line.state.value, s.alarm.name, s.alarm.title, s.line.since[:16],
            s.line.acknowledged_by or ("nobody yet" if s.line.unseen else ""),
            s.line.reason or s.alarm.rule,
        )
        for s in found
    ]  # fmt: skip
    columns = ("state", "alarm", "what", "since (UTC)", "who knows", "found")
    out.print(table("", columns, rows))
