"""`review`: the queue, one brand at a time, and what is decided of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import BrandArgument, LimitOption, known
from brand_metagen.cli.case_options import telling
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.ports import MANUAL, BrandState, Cause, Verdict

if TYPE_CHECKING:
    from brand_metagen.app.decisions import Decided
    from brand_metagen.ports import BrandLine

app = typer.Typer(help="Review brands: the queue and the decisions.", no_args_is_help=True)

VersionOption = Annotated[
    int | None,
    typer.Option("--version", help="The version that was looked at; the latest by default."),
]
NoteOption = Annotated[str, typer.Option(help="Why.")]
KeyOption = Annotated[
    str, typer.Option("--key", help="The same key again changes nothing and answers the same.")
]


@app.command("queue")
def queue(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    state: Annotated[str, typer.Option(help="Brands in this state.")] = "awaiting_review",
    sector: Annotated[str, typer.Option(help="Only this sector.")] = "",
    search: Annotated[str, typer.Option(help="Part of an id or a name.")] = "",
    below: Annotated[float | None, typer.Option(help="Only below this confidence.")] = None,
    from_round: Annotated[int | None, typer.Option(help="Only from this round on.")] = None,
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Brands to look at, the most worth a look first."""
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.ports import QueueFilter

    found = known(BrandState, state, "state")
    wanted = QueueFilter(
        states=(found,) if found else tuple(BrandState),
        sector=sector,
        search=search,
        confidence_below=below,
        round_from=from_round,
    )
    with opened(workspace) as open_workspace:
        page = open_workspace.store.queue(wanted, limit, None)
    if as_json:
        print_json(page.items)
        return
    columns = ("id", "brand", "v", "confidence", "rows", "round", "priority", "why", "claimed by")
    out.print(table("", columns, [_cells(line) for line in page.items]))


def _cells(line: BrandLine) -> tuple[object, ...]:
    return (
        line.brandid, line.brandname, line.version, line.confidence, line.rows, line.round,
        line.priority, line.reason, line.claimed_by or "",
    )  # fmt: skip


@app.command("next")
def next_brand(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Claim the first brand that nobody else holds, and show it."""
    from brand_metagen.errors import InputError
    from brand_metagen.ports import QueueFilter

    with opened(workspace) as open_workspace:
        seconds = open_workspace.settings.review.claim_seconds
        name = actor(who)
        claim = open_workspace.store.claim_next(QueueFilter(free_for=name), name, seconds)
    if claim is None:
        raise InputError("nothing waits for review that nobody else holds")
    show(claim.brandid, workspace=workspace, as_json=as_json)


@app.command("show")
def show(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    samples: Annotated[int, typer.Option(min=0, max=1_000, help="Rows shown of each kind.")] = 5,
    as_json: JsonOption = False,
) -> None:
    """One brand: rule, evidence, rows, what was said."""
    from brand_metagen.app import queries, reviewing
    from brand_metagen.cli.explain import explain, reviewed
    from brand_metagen.cli.output import out, print_json

    with opened(workspace) as open_workspace:
        found = reviewing.look(open_workspace, queries.brand_id(open_workspace, brand), samples)
    if as_json:
        print_json(reviewing.plain(found))
        return
    for part in (*explain(found.metadata), *reviewed(found)):
        out.print(part)


@app.command("approve")
def approve(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    version: VersionOption = None,
    note: NoteOption = "",
    who: ActorOption = "",
    key: KeyOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve a version; it can be taken back until it is published."""
    _decide(workspace, brand, Verdict.APPROVE, version, note, who, key, changes, as_json)


@app.command("undo")
def undo(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    note: NoteOption = "",
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take an approval back."""
    _decide(workspace, brand, Verdict.UNDO, None, note, who, "", None, as_json)


@app.command("reject")
def reject(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    version: VersionOption = None,
    note: NoteOption = "",
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say that a version will not do.

    `feedback submit` says what to change.
    """
    _decide(workspace, brand, Verdict.REJECT, version, note, who, key, None, as_json)


@app.command("flag")
def flag(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    version: VersionOption = None,
    cause: Annotated[
        str, typer.Option(help=f"What kind of case: {', '.join(c.value for c in MANUAL)}.")
    ] = Cause.EXPERT_WANTED.value,
    note: NoteOption = "",
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Hand a brand to experts: a case is opened."""
    found = known(Cause, cause, "cause") or Cause.EXPERT_WANTED
    _decide(workspace, brand, Verdict.FLAG, version, note, who, key, None, as_json, found)


@app.command("iterations")
def iterations(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """A brand's rounds so far, and the reasons there are to stop."""
    from brand_metagen.app import iterating, queries
    from brand_metagen.cli.output import clean, out, print_json, table

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        found = iterating.rounds_of(open_workspace, brandid)
    if as_json:
        print_json(iterating.plain(found))
        return
    out.print(clean(f"{found.line.brandid}: round {found.line.round} of {found.limit}"))
    rows = [
        (r.round, r.feedback_id, r.author, r.given_at[:19], r.category, f"v{r.version} → v{r.made}",
         f"{r.confidence[0]:.3f} → {r.confidence[1]:.3f}", f"{r.taken[0]} → {r.taken[1]}",
         f"as v{r.same_as}" if r.same_as else "")
        for r in found.rounds
    ]  # fmt: skip
    columns = ("round", "id", "by", "at", "about", "version", "confidence", "rows", "loop")
    out.print(table("", columns, rows))
    for advice in found.stops:
        out.print(clean(f"{advice.stop.value}: {advice.says}; {advice.do}"))


@app.command("round")
def set_round(
    brand: BrandArgument,
    value: Annotated[int, typer.Argument(help="The round to count from.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    note: NoteOption = "",
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Correct a stuck round counter, with a reason."""
    from brand_metagen.app import decisions, queries

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        done = decisions.set_round(open_workspace, actor(who), brandid, value, note)
    _print(done, as_json=as_json)


def _decide(
    workspace: Path,
    brand: str,
    verdict: Verdict,
    version: int | None,
    note: str,
    who: str,
    key: str,
    changes: list[str] | None,
    as_json: bool,
    cause: Cause = Cause.EXPERT_WANTED,
) -> None:
    from brand_metagen.app import decisions, queries

    with opened(workspace, changes) as open_workspace, telling(open_workspace):
        brandid = queries.brand_id(open_workspace, brand)
        seen = open_workspace.store.line(brandid).version if version is None else version
        done = decisions.decide(
            open_workspace, actor(who), brandid, verdict, seen, note=note, key=key, cause=cause
        )
    _print(done, as_json=as_json)


def _print(done: Decided, *, as_json: bool) -> None:
    from brand_metagen.cli.output import clean, out, print_json

    if as_json:
        print_json(done)
        return
    again = " (done before)" if done.replayed else ""
    state = done.state.replace("_", " ")
    out.print(clean(f"{done.brandid} v{done.version}: {done.action}, now {state}{again}"))
