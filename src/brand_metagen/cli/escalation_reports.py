"""`escalations report`, `analyse` and `notices`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import known
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
)

if TYPE_CHECKING:
    from brand_metagen.app.notifying import Delivered
    from brand_metagen.app.report_files import Written
    from brand_metagen.escalate.patterns import Pattern
    from brand_metagen.ports import Notice

DAY = "YYYY-MM-DD"


def report(
    span: Annotated[str, typer.Argument(metavar="KIND", help="daily, weekly or monthly.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    day: Annotated[
        str, typer.Option("--date", metavar=DAY, help="A day of the period; today by default.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to; the workspace's reports by default.")
    ] = None,
    form: Annotated[
        list[str] | None, typer.Option("--format", help="html, pdf or json; all by default.")
    ] = None,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """A report as HTML, PDF and JSON.

    What is open, how late, why, how it was settled, and what was learned.
    """
    from brand_metagen.app import escalation_report as app
    from brand_metagen.app.report_files import FORMATS
    from brand_metagen.cli.output import clean, err, print_json
    from brand_metagen.reports.periods import Span
    from brand_metagen.reports.plain import plain

    kind = known(Span, span or "none", "kind of report") or Span.DAY
    with opened(workspace, changes) as open_workspace:
        made = app.report(open_workspace, kind, _day(day, "--date"))
        written = app.write(open_workspace, made, tuple(form or FORMATS), out)
    if as_json:
        print_json({**plain(app.plain(made)), "files": written.files})
        return
    err.print(clean(_told(written)))


def _told(written: Written) -> str:
    files = ", ".join(path.name for path in written.files)
    return f"{written.period}: {files} in {written.files[0].parent}"


def analyse(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    first: Annotated[
        str, typer.Option("--from", metavar=DAY, help="Cases opened from this day on.")
    ] = "",
    last: Annotated[
        str, typer.Option("--to", metavar=DAY, help="Up to this day, itself included.")
    ] = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """What recurs among the cases, and what settled it.

    By cause, by sector, and by brand where it came more than once.
    """
    from brand_metagen.app import escalation_report as app
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.escalate.phrases import words
    from brand_metagen.reports.plain import plain

    with opened(workspace, changes) as open_workspace:
        found = app.analyse(open_workspace, _day(first, "--from"), _day(last, "--to"))
    if as_json:
        print_json(plain(found))
        return
    out.print(f"{found.cases:,} cases opened from {found.period.first} to {found.period.last}")
    columns = (
        "", "cases", "share", "brands", "joined", "reopened", "active", "settled by", "median time",
    )  # fmt: skip
    causes = [replace(p, name=words(p.name)) for p in found.causes]
    named = (("causes", causes), ("sectors", found.sectors), ("brands", found.brands))
    for title, patterns in named:
        if patterns:
            out.print()
            out.print(table(title, columns, [_cells(p) for p in patterns]))
    measures = [(p.name, measure) for p in causes for measure in p.measures]
    if measures:
        out.print()
        out.print(table("so that it does not come again", ("cause", "measure"), measures))


def _cells(p: Pattern) -> tuple[object, ...]:
    from brand_metagen.escalate.phrases import took, words

    settled = ", ".join(f"{words(s.name)} {s.count}" for s in p.methods) or "–"
    share, running = f"{p.share:.0%}", took(p.running.median)
    return (
        p.name, p.cases, share, p.brands, p.joined, p.reopened, p.active, settled, running,
    )  # fmt: skip


def _day(text: str, option: str) -> date | None:
    from brand_metagen.errors import InputError

    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} {text}: write a day as {DAY}") from error


def notices(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    state: Annotated[str, typer.Option(help="waiting, sent or failed.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Send what is due first.")] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try again what was given up, then send.")
    ] = False,
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Messages to people outside, and what became of them.

    Fails when a message had to be given up.
    """
    from brand_metagen.app.notifying import deliver
    from brand_metagen.cli.output import err, out, print_json, table
    from brand_metagen.notify.channels import notifiers
    from brand_metagen.ports import NoticeState

    wanted, code = known(NoticeState, state, "state"), 0
    with opened(workspace, changes) as open_workspace:
        if send or retry:
            channels = notifiers(open_workspace.settings.notify, workspace)
            again = open_workspace.store.retry_notices() if retry else 0
            done = deliver(open_workspace, channels)
            err.print(_delivered(done, again))
            code = 1 if done.given_up else 0
        found = open_workspace.store.notices(wanted)
    if as_json:
        print_json(found)
    else:
        names = (
            "n",
            "case",
            "channel",
            "state",
            "tries",
            "made",
            "sent or due",
            "error",
            "subject",
        )
        out.print(table("", names, [_notice_cells(n) for n in found]))
    if code:
        raise typer.Exit(code)


def _delivered(done: Delivered, again: int) -> str:
    said = [f"{again:,} to be tried again"] if again else []
    said += [
        f"{len(done.sent):,} sent",
        f"{len(done.waiting):,} to be tried later",
        f"{len(done.given_up):,} given up",
    ]
    if done.unserved:
        names = ", ".join(sorted({n.channel for n in done.unserved}))
        said.append(f"{len(done.unserved):,} wait for channels not set up here ({names})")
    return ", ".join(said)


_NOTICE_COLUMNS = (
    "n", "case", "channel", "state", "tries", "made", "sent or due", "error", "subject",
)  # fmt: skip


def _notice_cells(n: Notice) -> tuple[object, ...]:
    return (
        n.sequence, n.case_id, n.channel, n.state, n.attempts, n.made_at[:19],
        (n.sent_at or n.due_at)[:19], n.error, n.subject,
    )  # fmt: skip
