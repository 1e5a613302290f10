"""`escalations`: cases from trigger to lesson."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli import escalation_reports, resolving
from brand_metagen.cli.brands import known
from brand_metagen.cli.case_options import (
    CaseArgument,
    LevelOption,
    ReasonOption,
    hours,
    telling,
    told,
    words,
)
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.ports import CaseFilter, CaseOrder, CaseState, Cause, Level

if TYPE_CHECKING:
    from brand_metagen.app.escalations import CaseLine
    from brand_metagen.app.workspace import Workspace

app = typer.Typer(help="Cases that need an expert, from trigger to lesson.", no_args_is_help=True)


@app.command("list")
def list_cases(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    state: Annotated[str, typer.Option(help="Only this state; `all` shows ended ones too.")] = "",
    level: LevelOption = None,
    cause: Annotated[str, typer.Option(help="Only this cause.")] = "",
    assignee: Annotated[str, typer.Option(help="Only this person's.")] = "",
    sort: Annotated[str, typer.Option(help="newest, confidence, id or name.")] = "newest",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Cases at the most.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Open cases with their clocks."""
    from brand_metagen.app import escalations
    from brand_metagen.cli.output import out, print_json, table

    only = known(CaseState, "" if state == "all" else state.upper(), "state")
    every = () if state == "all" else CaseFilter().states
    wanted = CaseFilter(
        states=(only,) if only else every,
        level=Level(level) if level else None,
        cause=known(Cause, cause, "cause"),
        assigned_to=assignee,
        order=known(CaseOrder, sort, "order") or CaseOrder.NEWEST,
    )
    with opened(workspace) as open_workspace:
        page = escalations.listed(open_workspace, wanted, limit)
    if as_json:
        print_json([escalations.plain(line) for line in page.items])
        return
    columns = ("case", "brand", "cause", "level", "state", "assigned to", "time", "left", "opened")
    out.print(table("", columns, [_cells(line) for line in page.items]))
    if page.next:
        out.print(f"and more: --limit up to {escalations.MOST_LISTED}")


def _cells(line: CaseLine) -> tuple[object, ...]:
    case = line.case
    brand = f"{case.brandid} {case.brandname}".strip() or "(all)"
    return (
        case.case_id, brand, words(case.cause), str(int(case.level)), words(case.state),
        case.assigned_to, line.stands, hours(line.clock.left), case.opened_at[:16],
    )  # fmt: skip


@app.command("show")
def show(
    case: CaseArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    narratives: Annotated[int, typer.Option(min=0, max=100_000, help="Narratives shown.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """The investigation file of a case.

    Clock, history, checklists, brand, rows, rounds, versions.
    """
    from brand_metagen.app import escalations
    from brand_metagen.cli.case_file import parts
    from brand_metagen.cli.output import out, print_json

    with opened(workspace) as open_workspace:
        found = escalations.show(open_workspace, case, narratives)
    if as_json:
        print_json(escalations.plain_file(found))
        return
    for part in parts(found):
        out.print(part)


@app.command("contacts")
def contacts(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Who is asked at each level.

    And how long they have; names come from the settings.
    """
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        chain = open_workspace.settings.escalate
    rows: list[tuple[object, ...]] = [
        ("1", "operations", chain.operations_hours, chain.contact_operations),
        ("2", "engineering", chain.engineering_hours, chain.contact_engineering),
        ("3", "product", chain.product_hours, chain.contact_product),
        ("", "vendor support", "", chain.contact_vendor),
    ]
    columns = ("level", "team", "hours", "contact")
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
        return
    missing = "(none: set escalate.contact_…)"
    out.print(table("", columns, [(*row[:3], row[3] or missing) for row in rows]))


@app.command("create")
def create(
    brand: Annotated[
        str, typer.Argument(metavar="[BRAND]", help="A brandid or name; none = no single brand.")
    ] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    cause: Annotated[
        str, typer.Option(help=f"One of {', '.join(c.value for c in Cause)}.")
    ] = Cause.EXPERT_WANTED.value,
    reason: ReasonOption = "",
    level: LevelOption = None,
    assignee: Annotated[str, typer.Option(help="Who should take it.")] = "",
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Open a case, or join the open one.

    One case is open for a brand and a cause at a time.
    """
    from brand_metagen.app import escalations, queries

    found = known(Cause, cause, "cause") or Cause.EXPERT_WANTED
    with opened(workspace) as open_workspace, telling(open_workspace):
        brandid = queries.brand_id(open_workspace, brand) if brand else ""
        line, joined = escalations.create(
            open_workspace, actor(who), brandid, found, reason,
            level=Level(level) if level else None, assignee=assignee,
        )  # fmt: skip
    told(line, as_json=as_json, how="joined" if joined else "opened")


@app.command("assign")
def assign(
    case: CaseArgument,
    to: Annotated[str, typer.Option(help="Who takes it.")] = "",
    check_points: Annotated[
        list[str] | None, typer.Option("--check", help="A point of the triage that is done.")
    ] = None,
    note: Annotated[str, typer.Option(help="A word to them.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Triage: tick what was looked at, and give the case to somebody."""
    from brand_metagen.app import escalations

    def act(open_workspace: Workspace, name: str) -> CaseLine:
        if check_points:
            escalations.check(open_workspace, name, case, check_points)
        return escalations.assign(open_workspace, name, case, to or name, note)

    _run(workspace, who, as_json, act)


@app.command("check")
def check(
    case: CaseArgument,
    points: Annotated[list[str], typer.Argument(help="Points of a checklist.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    undo: Annotated[bool, typer.Option("--undo", help="Untick them.")] = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Tick points of the triage or the closing list."""
    from brand_metagen.app import escalations

    _run(
        workspace, who, as_json,
        lambda w, name: escalations.check(w, name, case, points, done=not undo),
    )  # fmt: skip


@app.command("note")
def note(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(help="What is to be kept.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write something down."""
    from brand_metagen.app import escalations

    _run(workspace, who, as_json, lambda w, name: escalations.note(w, name, case, text))


@app.command("raise")
def raise_level(
    case: CaseArgument,
    reason: ReasonOption = "",
    level: LevelOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Hand a case to a higher level, whose time begins."""
    from brand_metagen.app import escalations

    wanted = Level(level) if level else None
    _run(
        workspace, who, as_json,
        lambda w, name: escalations.raise_level(w, name, case, reason, wanted),
    )  # fmt: skip


@app.command("pause")
def pause(
    case: CaseArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Stop the clock while the case waits for somebody outside."""
    from brand_metagen.app import escalations

    _run(workspace, who, as_json, lambda w, name: escalations.pause(w, name, case, reason))


@app.command("resume")
def resume(
    case: CaseArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let the clock run again."""
    from brand_metagen.app import escalations

    _run(workspace, who, as_json, lambda w, name: escalations.resume(w, name, case))


@app.command("reopen")
def reopen(
    case: CaseArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Go on with a case whose resolution did not hold."""
    from brand_metagen.app import escalations

    _run(workspace, who, as_json, lambda w, name: escalations.reopen(w, name, case, reason))


@app.command("close")
def close(
    case: CaseArgument,
    preventive: Annotated[str, typer.Option(help="What keeps it from coming again.")] = "",
    lessons: Annotated[str, typer.Option(help="What was learned.")] = "",
    check_points: Annotated[
        list[str] | None, typer.Option("--check", help="A point of the closing list that is done.")
    ] = None,
    note: Annotated[str, typer.Option(help="A last word.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """End a resolved case, its closing list ticked."""
    from brand_metagen.app import escalations

    def act(open_workspace: Workspace, name: str) -> CaseLine:
        if check_points:
            escalations.check(open_workspace, name, case, check_points)
        return escalations.close(open_workspace, name, case, preventive, lessons, note)

    _run(workspace, who, as_json, act)


@app.command("cancel")
def cancel(
    case: CaseArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """End a case that was none."""
    from brand_metagen.app import escalations

    _run(workspace, who, as_json, lambda w, name: escalations.cancel(w, name, case, reason))


def _run(
    workspace: Path, who: str, as_json: bool, act: Callable[[Workspace, str], CaseLine]
) -> None:
    with opened(workspace) as open_workspace, telling(open_workspace):
        line = act(open_workspace, actor(who))
    told(line, as_json=as_json)


resolving.add_to(app)
app.command("report")(escalation_reports.report)
app.command("analyse")(escalation_reports.analyse)
app.command("notices")(escalation_reports.notices)
