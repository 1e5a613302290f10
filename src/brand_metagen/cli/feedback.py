"""`feedback`: say what is wrong with a rule, and look at what was said."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from brand_metagen.cli import lessons
from brand_metagen.cli.brands import BrandArgument, LimitOption
from brand_metagen.cli.case_options import telling
from brand_metagen.cli.review import KeyOption, VersionOption
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)

app = typer.Typer(help="Tell a rule what is wrong with it.", no_args_is_help=True)
for command in (lessons.lessons, lessons.adopt, lessons.refuse):
    app.command()(command)

TextArgument = Annotated[str, typer.Argument(help="In plain words; `-` reads standard input.")]
RowsOption = Annotated[list[str] | None, typer.Option(help="A row: CCID or CCID@BANK.")]
CodesOption = Annotated[list[str] | None, typer.Option(help="A code.")]


@app.command("submit")
def submit(
    brand: BrandArgument,
    text: TextArgument = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    belongs: RowsOption = None,
    does_not_belong: RowsOption = None,
    mcc_in: CodesOption = None,
    mcc_out: CodesOption = None,
    pattern: Annotated[str, typer.Option(help="The include pattern to start from.")] = "",
    kind: Annotated[str, typer.Option(help="wallet, ambiguous_name or split.")] = "",
    version: VersionOption = None,
    dry_run: Annotated[
        bool, typer.Option(help="Show what would come of it; store nothing.")
    ] = False,
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say what is wrong: a new version keeps it from now on.

    Shows what was understood, what the rule becomes, and the rows that change hands.
    """
    from brand_metagen.agents.wiring import rephrasing
    from brand_metagen.app import feedback, queries
    from brand_metagen.app.live import Live
    from brand_metagen.app.understanding import Submission
    from brand_metagen.cli.output import err, out, print_json
    from brand_metagen.cli.replies import answered

    submission = Submission(
        sys.stdin.read() if text == "-" else text,
        tuple(map(_key, belongs or ())),
        tuple(map(_key, does_not_belong or ())),
        tuple(mcc_in or ()),
        tuple(mcc_out or ()),
        pattern,
        kind,
    )
    with (
        opened(workspace) as opened_workspace,
        rephrasing(opened_workspace) as open_workspace,
        telling(open_workspace),
    ):
        brandid = queries.brand_id(open_workspace, brand)
        seen = open_workspace.store.line(brandid).version if version is None else version
        with err.status("reading the market"):
            live = Live(open_workspace)
            done = feedback.submit(
                live, actor(who), brandid, seen, submission, key=key, dry_run=dry_run
            )
    if as_json:
        print_json(done.reply)
        return
    for part in answered(done.reply):
        out.print(part)


def _key(said: str) -> tuple[str, str]:
    ccid, _, bankid = said.partition("@")
    return ccid, bankid


@app.command("withdraw")
def withdraw(
    feedback_id: Annotated[str, typer.Argument(metavar="FEEDBACK", help="As FB-000001.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    note: Annotated[str, typer.Option(help="Why; kept in the audit log.")] = "",
    version: VersionOption = None,
    dry_run: Annotated[
        bool, typer.Option(help="Show what would come of it; store nothing.")
    ] = False,
    who: ActorOption = "",
    key: KeyOption = "",
    as_json: JsonOption = False,
) -> None:
    """Take back what a remark of yours asked.

    An admin may take back anybody's. A new version is made without it. What somebody else asked
    for as well still binds.
    """
    from brand_metagen.app import withdrawal
    from brand_metagen.app.live import Live
    from brand_metagen.cli.output import err, out, print_json
    from brand_metagen.cli.replies import taken_back
    from brand_metagen.ports import Role

    with opened(workspace) as open_workspace:
        store, name = open_workspace.store, actor(who)
        account = store.account(name)
        admin = account is not None and account.role is Role.ADMIN and not account.disabled
        seen = store.line(store.remark(feedback_id).brandid).version if version is None else version
        with err.status("reading the market"):
            live = Live(open_workspace)
            done = withdrawal.withdraw(
                live, name, feedback_id, seen, admin=admin, note=note, key=key, dry_run=dry_run
            )
    if as_json:
        print_json(done.reply)
        return
    for part in taken_back(done.reply):
        out.print(part)


@app.command("history")
def history(
    brand: Annotated[str, typer.Argument(metavar="[BRAND]", help="All brands by default.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    search: Annotated[str, typer.Option(help="Part of a text, an author or a brand.")] = "",
    limit: LimitOption = 50,
    as_json: JsonOption = False,
) -> None:
    """Remarks in order, with what came of each."""
    from brand_metagen.app import queries, reviewing
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand) if brand else None
        found = open_workspace.store.remarks(brandid, search, limit, None).items
    if as_json:
        print_json([reviewing.remark(said) for said in found])
        return
    columns = ("id", "brand", "v", "author", "at", "came to", "said")
    rows = [
        (r.feedback_id, r.brandid, r.version, r.author, r.given_at[:19], r.outcome.value,
         r.text or "; ".join(map(str, r.understood)))
        for r in found
    ]  # fmt: skip
    out.print(table("", columns, rows))


@app.command("explain")
def explain(
    feedback_id: Annotated[str, typer.Argument(metavar="FEEDBACK", help="As FB-000001.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One remark, and what came of it."""
    from brand_metagen.app import reviewing
    from brand_metagen.cli.output import out, print_json
    from brand_metagen.cli.replies import remembered

    with opened(workspace) as open_workspace:
        said = open_workspace.store.remark(feedback_id)
    if as_json:
        print_json(reviewing.remark(said))
        return
    for part in remembered(said):
        out.print(part)
