"""`brands update|create|reassign|deactivate|split|reprocess|corrections|undo|validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.case_options import telling
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)

if TYPE_CHECKING:
    from brand_metagen.app.correcting import Authority, Corrected

BrandArgument = Annotated[str, typer.Argument(metavar="BRAND", help="A brandid or a brand's name.")]
ReasonOption = Annotated[str, typer.Option(help="Why; kept with the correction and in the log.")]
ByOption = Annotated[
    str, typer.Option("--authorised-by", help="Who allowed it; whoever decides by default.")
]
CaseOption = Annotated[
    str, typer.Option("--case", help="The escalation it settles, such as ESC-2026-001.")
]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Show what would change; keep nothing.")]
KeyOption = Annotated[
    list[str] | None,
    typer.Option("--ccid", help="A row: CCID@BANK, or CCID where one has it."),
]


def add_to(app: typer.Typer) -> None:
    """Hang the commands under `brands`."""
    for command in (update, create, reassign, deactivate, split, reprocess, corrections, undo):
        app.command()(command)
    app.command("validate")(validate)


def update(
    brand: BrandArgument,
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    name: Annotated[str | None, typer.Option(help="The brand's right name.")] = None,
    sector: Annotated[str | None, typer.Option(help="The brand's right sector.")] = None,
    ccid: KeyOption = None,
    mccid: Annotated[str | None, typer.Option(help="The code these rows should have.")] = None,
    mid: Annotated[str | None, typer.Option(help="The merchant id they should have.")] = None,
    narrative: Annotated[str | None, typer.Option(help="The text they should have.")] = None,
    authorised_by: ByOption = "",
    case: CaseOption = "",
    dry_run: DryOption = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Correct a brand's name or sector, or fields of its rows.

    The tables stay as they are: corrections lie over them when the next run reads them.
    """
    from brand_metagen.app.brand_admin import Update
    from brand_metagen.app.brand_admin import update as change

    to = Update(name, sector, _keys(ccid), mccid, mid, narrative)
    with opened(workspace) as open_workspace:
        authority = _authority(who, reason, authorised_by, case)
        done = change(open_workspace, authority, brand, to, dry_run=dry_run)
    _print(done, as_json=as_json)


def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new brand's name.")],
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    sector: Annotated[str, typer.Option(help="Its sector.")] = "",
    brandid: Annotated[
        str, typer.Option("--id", help="Its id; the one after the highest by default.")
    ] = "",
    parent: Annotated[str, typer.Option(help="The brand it was a part of.")] = "",
    authorised_by: ByOption = "",
    case: CaseOption = "",
    dry_run: DryOption = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make a brand that the tables do not have.

    The next run learns it.
    """
    from brand_metagen.app.brand_admin import create as make

    with opened(workspace) as open_workspace:
        authority = _authority(who, reason, authorised_by, case)
        done = make(open_workspace, authority, name, sector, brandid, parent, dry_run=dry_run)
    _print(done, as_json=as_json)


def reassign(
    origin: Annotated[
        str, typer.Argument(metavar="FROM", help="Whose rows; - for rows without a label.")
    ],
    to: Annotated[str, typer.Option(help="The brand that gets them.")],
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    mccid: Annotated[list[str] | None, typer.Option(help="Rows with this code.")] = None,
    word: Annotated[list[str] | None, typer.Option(help="Rows that hold this word.")] = None,
    ccid: KeyOption = None,
    narrative_pattern: Annotated[
        str, typer.Option(help="Rows whose text matches, in the portable subset.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="All rows.")] = False,
    authorised_by: ByOption = "",
    case: CaseOption = "",
    dry_run: DryOption = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Give a brand's rows to another brand.

    Options of one kind mean any of them, different kinds mean all of them. Rows that come to the
    source later are not given: a rule is learned for them.
    """
    from brand_metagen.app.brand_admin import Criteria
    from brand_metagen.app.brand_admin import reassign as give

    criteria = Criteria(
        tuple(mccid or ()), tuple(word or ()), _keys(ccid), narrative_pattern, everything
    )
    with opened(workspace) as open_workspace:
        authority = _authority(who, reason, authorised_by, case)
        done = give(open_workspace, authority, origin, to, criteria, dry_run=dry_run)
    _print(done, as_json=as_json)


def deactivate(
    brand: BrandArgument,
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    authorised_by: ByOption = "",
    case: CaseOption = "",
    dry_run: DryOption = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """End a brand.

    It is learned no more and leaves the next release; its rows keep their label.
    """
    from brand_metagen.app.brand_admin import deactivate as end

    with opened(workspace) as open_workspace:
        authority = _authority(who, reason, authorised_by, case)
        done = end(open_workspace, authority, brand, dry_run=dry_run)
    _print(done, as_json=as_json, learn=[])


def split(
    brand: BrandArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    proposal: Annotated[
        Path | None,
        typer.Option(help="Write the proposal here; with --apply, read it from here."),
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Split the brand (needs --reason).")] = (
        False
    ),
    authorised_by: ByOption = "",
    case: CaseOption = "",
    dry_run: DryOption = False,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Propose how to split a brand, or split it.

    Without --apply nothing is kept. With --apply the parts become brands, get their rows, and the
    brand itself ends, as one batch that can be undone; `brands reprocess` then learns the parts.
    """
    from brand_metagen.app import proposals, splitting
    from brand_metagen.cli.output import print_json
    from brand_metagen.cli.splits import print_proposal

    with opened(workspace) as open_workspace:
        if apply and proposal is not None:
            wanted = proposals.from_file(proposal)
            splitting.check_is_of(open_workspace, wanted, brand)
        else:
            wanted = splitting.analyse(open_workspace, brand)
        if not apply:
            if proposal is not None and wanted.parts:
                proposals.to_file(wanted, proposal)
            if as_json:
                print_json(proposals.to_json(wanted))
            else:
                print_proposal(wanted, proposal)
            return
        authority = _authority(who, reason, authorised_by, case)
        done = splitting.apply(open_workspace, authority, wanted, dry_run=dry_run)
    _print(done, as_json=as_json, learn=[part.brandid for part in wanted.parts])


def reprocess(
    brands: Annotated[list[str], typer.Argument(metavar="BRAND...", help="Ids or names.")],
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Learn brands anew, and compare.

    Over the last run's tables with all corrections; other brands keep the rule they have.
    """
    from brand_metagen.app.reprocess import reprocess as again
    from brand_metagen.cli.output import RunProgress, print_json
    from brand_metagen.cli.splits import print_reprocessing

    with (
        opened(workspace) as open_workspace,
        telling(open_workspace),
        RunProgress() as progress,
    ):
        done = again(open_workspace, brands, actor(who), reason, progress)
    if as_json:
        print_json(done)
    else:
        print_reprocessing(done)


def corrections(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False
) -> None:
    """All corrections by batch.

    Those that the source has overtaken are named on standard error.
    """
    from brand_metagen.app.correcting import listed
    from brand_metagen.cli.output import clean, err, out, print_json, table

    with opened(workspace) as open_workspace:
        found = listed(open_workspace)
    if as_json:
        print_json(found)
        return
    rows = [
        (b.batch_id, b.made_at[:16], b.actor, b.authorised_by, b.case_id, len(b.corrections),
         f"by {b.undone_by}" if b.undone_at else "", b.reason)
        for b in found.batches
    ]  # fmt: skip
    columns = ("batch", "made (UTC)", "by", "authorised", "case", "cells", "undone", "reason")
    out.print(table("", columns, rows))
    for line in found.stale:
        err.print(f"  not applied: {clean(line)}")
    if found.unread:
        err.print(f"  not known which apply: {clean(found.unread)}")


def undo(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="For example COR-0007.")],
    reason: ReasonOption,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    authorised_by: ByOption = "",
    case: CaseOption = "",
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a batch of corrections back, the latest on a cell first."""
    from brand_metagen.app.correcting import undo as take_back
    from brand_metagen.cli.output import err, print_json

    with opened(workspace) as open_workspace:
        authority = _authority(who, reason, authorised_by, case)
        done = take_back(open_workspace, authority, batch)
    if as_json:
        print_json(done)
    else:
        err.print(f"{done.batch_id} is undone: {len(done.corrections):,} cells say what they said")


def validate(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What is wrong with a brand's data.

    In the tables as they stand now, corrections included. Exit code 1 when something critical or
    grave is.
    """
    from brand_metagen.app.validating import validate as check
    from brand_metagen.cli.output import print_json
    from brand_metagen.cli.splits import print_validation

    with opened(workspace) as open_workspace:
        found = check(open_workspace, brand)
    if as_json:
        print_json({**(found.evaluation or {}), "brandid": found.brandid, "valid": found.valid,
                    "labelled": found.rows, "quarantined": found.quarantined,
                    "critical": found.critical, "table": found.table})  # fmt: skip
    else:
        print_validation(found)
    if not found.valid:
        raise typer.Exit(1)


def _keys(said: list[str] | None) -> tuple[tuple[str, str], ...]:
    from brand_metagen.app.proposals import read_key

    return tuple(map(read_key, said or ()))


def _authority(who: str, reason: str, by: str, case: str) -> Authority:
    from brand_metagen.app.correcting import Authority

    return Authority(actor(who), reason, by.strip(), case.strip())


def _print(done: Corrected, *, as_json: bool, learn: list[str] | None = None) -> None:
    from brand_metagen.cli.output import print_json
    from brand_metagen.cli.splits import print_corrected

    if as_json:
        print_json(done)
    else:
        print_corrected(done, learn)
