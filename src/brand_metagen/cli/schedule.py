"""`analytics schedule`: reports that are made and sent by themselves."""

from __future__ import annotations

from typing import Any

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
)

schedule_app = typer.Typer(
    help="Reports that are made and sent by themselves.", no_args_is_help=True
)


@schedule_app.command("list")
def listed(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """What is scheduled, for whom, and what went out last."""
    from datetime import UTC, datetime

    from brand_metagen.app import scheduling
    from brand_metagen.cli.output import err, out, print_json, table

    now, rows = datetime.now(UTC), []
    with opened(workspace, changes) as open_workspace:
        sent = open_workspace.store.sendings()
        for entry in scheduling.entries(open_workspace):
            when = scheduling.next_due(open_workspace, entry, now)
            for name in scheduling.recipients(open_workspace):
                mine = [s for s in sent if (s.kind, s.recipient) == (entry.name, name)]
                last = max(mine, key=lambda s: (s.first, s.period), default=None)
                rows.append(
                    {
                        "kind": entry.name,
                        "recipient": name,
                        "next": when.isoformat(timespec="minutes") if when else "after each run",
                        "last": last.period if last else "",
                        "sent": len(mine),
                    }
                )
    if as_json:
        print_json(rows)
        return
    if not rows:
        err.print("nothing is scheduled; schedule.kinds says which reports are (docs/reports.md)")
    columns = ("kind", "recipient", "next", "last", "sent")
    out.print(table("", columns, [tuple(row.values()) for row in rows]))


@schedule_app.command("due")
def due(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """What `send` would send now."""
    from brand_metagen.app import scheduling
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace, changes) as open_workspace:
        found = scheduling.due(open_workspace)
    rows: list[dict[str, Any]] = [
        {
            "report": one.report_id,
            "recipient": one.recipient,
            "stands_for": [slot.name for slot in one.slots],
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    cells = [(r["report"], r["recipient"], len(r["stands_for"])) for r in rows]
    out.print(table("", ("report", "recipient", "periods"), cells))


@schedule_app.command("send")
def send(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make and send what is due.

    For any scheduler: as often as you like, nothing goes out twice.

    Exit code 1 = a report could not be made, or a message was given up.
    """
    from brand_metagen.app import sending
    from brand_metagen.cli.output import clean, err, print_json
    from brand_metagen.notify.channels import notifiers

    with opened(workspace, changes) as open_workspace:
        channels = notifiers(open_workspace.settings.notify, workspace)
        done = sending.send(open_workspace, channels)
    if as_json:
        print_json(
            {
                "claimed": done.claimed,
                "elsewhere": done.elsewhere,
                "failed": done.failed,
                "files": done.files,
                "sent": [n.sequence for n in done.delivered.sent],
                "waiting": [n.sequence for n in done.delivered.waiting],
                "given_up": [n.sequence for n in done.delivered.given_up],
            }
        )
    for name, why in done.failed:
        err.print(clean(f"{name} could not be made: {why}"))
    counts = done.delivered
    err.print(
        f"{len(done.claimed)} reports claimed, {len(done.elsewhere)} by somebody else; messages: "
        f"{len(counts.sent)} sent, {len(counts.waiting)} to be tried later, "
        f"{len(counts.given_up)} given up"
    )
    if done.failed or counts.given_up:
        raise typer.Exit(1)
