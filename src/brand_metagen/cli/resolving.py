"""`escalations resolve|verify|undo`: how a case is settled, and whether it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import known
from brand_metagen.cli.case_options import CaseArgument, ReasonOption, telling, told
from brand_metagen.cli.versions import DryOption
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError
from brand_metagen.ports import Method

if TYPE_CHECKING:
    from brand_metagen.app.resolving import Resolved
    from brand_metagen.app.workspace import Workspace


def add_to(app: typer.Typer) -> None:
    """Hang the commands under `escalations`."""
    app.command("resolve")(resolve)
    app.command("verify")(verify)
    app.command("undo")(undo)


def resolve(
    case: CaseArgument,
    method: Annotated[str, typer.Option(help=f"One of {', '.join(m.value for m in Method)}.")] = "",
    note: Annotated[str, typer.Option(help="How it was settled.")] = "",
    rule: Annotated[
        Path | None,
        typer.Option(help="manual_metadata: JSON with include, mccids, notes (and exclude)."),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="SECTION.NAME=VALUE", help="algorithm_update: a setting."),
    ] = None,
    batch: Annotated[
        str, typer.Option(help="data_correction, brand_split: the corrections made, as COR-0001.")
    ] = "",
    dry_run: DryOption = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Settle a case by one of the ways.

    `--dry-run` shows what it would do.
    """
    wanted = known(Method, method, "method")
    if wanted is None:
        raise InputError(f"say how: --method {'|'.join(m.value for m in Method)}")
    with opened(workspace) as open_workspace, telling(open_workspace):
        done = _resolved(
            open_workspace, actor(who), case, wanted, note, rule, changes or [], batch, dry_run
        )
    _print(done, as_json=as_json)


def _resolved(
    workspace: Workspace,
    name: str,
    case: str,
    method: Method,
    note: str,
    rule: Path | None,
    changes: list[str],
    batch: str,
    dry_run: bool,
) -> Resolved:
    from brand_metagen.app import resolving, versions
    from brand_metagen.app.live import Live
    from brand_metagen.cli.output import RunProgress

    if method is Method.MANUAL_METADATA:
        if rule is None:
            raise InputError("say which rule: --rule FILE")
        manual = versions.manual_from(rule)
        return resolving.by_metadata(Live(workspace), name, case, manual, dry_run=dry_run)
    if method is Method.ALGORITHM_UPDATE:
        pairs = dict(_pair(change) for change in changes)
        with RunProgress() as progress:
            return resolving.by_settings(
                workspace, name, case, pairs, note, progress, dry_run=dry_run
            )
    if dry_run:
        raise InputError(f"{method.value} has no effect of its own to show; leave --dry-run out")
    if method is Method.NO_CHANGE:
        return resolving.without_change(workspace, name, case, note)
    return resolving.by_corrections(workspace, name, case, method, batch, note)


def _pair(change: str) -> tuple[str, str]:
    key, equals, value = change.partition("=")
    if not equals:
        raise InputError(f"--set {change}: write it as section.name=value")
    return key, value


def verify(
    case: CaseArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What stands behind the closing list.

    Rule, rows, other brands, confidence.
    """
    from brand_metagen.app import resolving
    from brand_metagen.app.live import Live
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        found = resolving.verify(Live(open_workspace), case)
    if as_json:
        print_json(found)
        return
    marks = {True: "yes", False: "NO", None: "?"}
    rows = [(marks[f.fine], f.point, f.said) for f in found]
    out.print(table("", ("fine", "point", "what was found"), rows))


def undo(
    case: CaseArgument,
    reason: ReasonOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take a resolution back and open the case again."""
    from brand_metagen.app import resolving
    from brand_metagen.app.live import Live

    with opened(workspace) as open_workspace, telling(open_workspace):
        done = resolving.undo(Live(open_workspace), actor(who), case, reason)
    _print(done, as_json=as_json)


def _print(done: Resolved, *, as_json: bool) -> None:
    from brand_metagen.app import escalations
    from brand_metagen.cli.effects import parts
    from brand_metagen.cli.output import out, print_json

    if as_json:
        line = escalations.plain(done.line) if done.line else None
        print_json(
            {"case_id": done.case_id, "method": done.method, "effect": done.effect, "case": line}
        )
        return
    for part in parts(done.effect):
        out.print(part)
    if done.line is None:
        out.print(f"{done.case_id}: nothing stored (dry run)")
    else:
        told(done.line, as_json=False)
