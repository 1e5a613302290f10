"""`metadata versions|diff|create|rollback`: a brand's versions, and versions by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import BrandArgument
from brand_metagen.cli.review import KeyOption, VersionOption
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)

if TYPE_CHECKING:
    from brand_metagen.app.versions import NewVersion

DryOption = Annotated[bool, typer.Option("--dry-run", help="Show the effect; store nothing.")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands under `metadata`."""
    app.command("versions")(versions)
    app.command("diff")(compare)
    app.command("create")(create)
    app.command("rollback")(rollback)


def versions(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """All versions of a brand's metadata, oldest first."""
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.publish.metadata import to_record

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        found = open_workspace.store.versions(brandid)
    if as_json:
        print_json([to_record(record) for record in found])
        return
    rows = [
        (m.version, m.status.value, m.confidence, m.rule.include if m.rule else "(no rule)",
         len(m.rule.mccids) if m.rule else 0)
        for m in found
    ]  # fmt: skip
    out.print(table("", ("v", "status", "confidence", "include", "codes"), rows))


def compare(
    brand: BrandArgument,
    before: Annotated[int | None, typer.Argument(help="The last but one by default.")] = None,
    after: Annotated[int | None, typer.Argument(help="The latest by default.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What sets two versions apart: pattern, codes, evidence."""
    from dataclasses import asdict

    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json
    from brand_metagen.cli.replies import difference
    from brand_metagen.publish.diff import diff

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        new = queries.metadata(open_workspace, brandid, after)
        old = queries.metadata(open_workspace, brandid, before or max(1, new.version - 1))
    found = asdict(diff(old, new))
    if as_json:
        print_json(found)
        return
    out.print(f"{brandid}: v{old.version} → v{new.version}")
    for part in difference(found):
        out.print(part)


def create(
    brand: BrandArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    include: Annotated[str, typer.Option(help="The include pattern.")] = "",
    exclude: Annotated[str, typer.Option(help="The exclude pattern.")] = "",
    mccids: Annotated[str, typer.Option(help="The codes, separated by commas.")] = "",
    file: Annotated[
        Path | None, typer.Option(help="JSON with include, exclude, mccids and notes.")
    ] = None,
    notes: Annotated[str, typer.Option(help="Where the rule comes from.")] = "",
    version: VersionOption = None,
    dry_run: DryOption = False,
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write metadata by hand; it is proven and waits for review."""
    from brand_metagen.app import queries, versions
    from brand_metagen.app.live import Live

    codes = tuple(code.strip() for code in mccids.split(",") if code.strip())
    manual = versions.Manual(include, exclude or None, codes, notes)
    if file is not None:
        manual = versions.manual_from(file)
    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        seen = open_workspace.store.line(brandid).version if version is None else version
        live = Live(open_workspace)
        made = versions.create(live, actor(who), brandid, seen, manual, key=key, dry_run=dry_run)
    _print(made, as_json=as_json)


def rollback(
    brand: BrandArgument,
    to: Annotated[int, typer.Option(help="The version whose rule comes back.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    version: VersionOption = None,
    dry_run: DryOption = False,
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Bring an older version's rule back as a new version."""
    from brand_metagen.app import queries, versions
    from brand_metagen.app.live import Live

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand)
        seen = open_workspace.store.line(brandid).version if version is None else version
        live = Live(open_workspace)
        made = versions.rollback(
            live, actor(who), brandid, seen, to, note=note, key=key, dry_run=dry_run
        )
    _print(made, as_json=as_json)


def _print(made: NewVersion, *, as_json: bool) -> None:
    from dataclasses import asdict

    from brand_metagen.cli.output import out, print_json
    from brand_metagen.cli.replies import difference, radius

    if as_json:
        print_json(made)
        return
    stored = "" if made.stored else " (nothing stored)"
    out.print(f"{made.brandid}: v{made.version}{stored}")
    for part in (*difference(asdict(made.diff)), *radius(asdict(made.blast_radius))):
        out.print(part)
