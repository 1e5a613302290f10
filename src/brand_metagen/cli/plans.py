"""`analytics plan`: what is to be done, by whom and when, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError

plan_app = typer.Typer(help="Plans of action, and what came of them.", no_args_is_help=True)

PlanArgument = Annotated[str, typer.Argument(metavar="PLAN", help="For example PLAN-0001.")]


@plan_app.command("create")
def create(
    issue: Annotated[str, typer.Argument(help="What is wrong.")],
    cause: Annotated[str, typer.Option(help="Why.")] = "",
    target: Annotated[
        list[str] | None, typer.Option(metavar="METRIC=VALUE", help="Where a metric should be.")
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option(metavar="OWNER:DAY:WHAT", help="Who does what by when; may be repeated."),
    ] = None,
    success: Annotated[str, typer.Option(help="By what it is known to have worked.")] = "",
    due: Annotated[str, typer.Option(metavar="DAY", help="When it is reviewed.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Write a plan of action.

    Its metrics are measured now, and again when it is reviewed.
    """
    from brand_metagen.app import analysing
    from brand_metagen.cli.output import clean, out, print_json

    if not due:
        raise InputError("say when the plan is reviewed: --due 2026-11-30")
    targets = dict(_target(text) for text in target or ())
    actions = [action_of(text) for text in action or ()]
    with opened(workspace) as open_workspace:
        made = analysing.make_plan(
            open_workspace, actor(who), issue, cause, targets, actions, success, due
        )
    if as_json:
        print_json(analysing.plain_plan(made))
        return
    out.print(clean(f"{made.plan_id}: {issue}, reviewed on {due}"))


def _target(text: str) -> tuple[str, float]:
    name, equals, value = text.partition("=")
    try:
        return name, float(value if equals else "")
    except ValueError as error:
        raise InputError(f"--target {text}: write it as metric=value") from error


def action_of(text: str) -> dict[str, str]:
    owner, _, rest = text.partition(":")
    day, colon, what = rest.partition(":")
    if not colon or not owner.strip() or not what.strip():
        raise InputError(f"--action {text}: write it as owner:2026-11-30:what")
    return {"owner": owner.strip(), "due": day.strip(), "what": what.strip()}


@plan_app.command("list")
def list_plans(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All plans, oldest first."""
    from brand_metagen.app import analysing
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        found = open_workspace.store.plans()
    if as_json:
        print_json([analysing.plain_plan(plan) for plan in found])
        return
    rows = [(p.plan_id, p.state.value, p.due, p.author, str(p.body["issue"])) for p in found]
    out.print(table("", ("plan", "state", "reviewed on", "by", "issue"), rows))


@plan_app.command("show")
def show(
    plan: PlanArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One plan with its actions, targets and result."""
    from brand_metagen.app import analysing
    from brand_metagen.cli.output import clean, out, print_json, table

    with opened(workspace) as open_workspace:
        found = {p.plan_id: p for p in open_workspace.store.plans()}
    if plan not in found:
        raise InputError(f"no plan {plan}; `analytics plan list` shows them")
    plain = analysing.plain_plan(found[plan])
    if as_json:
        print_json(plain)
        return
    body = plain["body"]
    out.print(clean(f"{plan} ({plain['state']}): {body['issue']}"))
    out.print(clean(f"  cause: {body['cause'] or 'not said'}; success: {body['success']}"))
    actions = [(a["owner"], a["due"], a["what"]) for a in body["actions"]]
    out.print(table("\nactions", ("who", "by", "what"), actions))
    told = plain["result"].get("metrics") or body["metrics"]
    rows = [
        (m["metric"], _number(m["now"]), m["target"], _number(m.get("then")), m.get("reached"))
        for m in told
    ]
    out.print(table("\nmetrics", ("metric", "at first", "target", "then", "reached"), rows))


def _number(value: float | None) -> str:
    return "nothing to count" if value is None else f"{value:.3f}"


@plan_app.command("review")
def review(
    plan: PlanArgument,
    note: Annotated[str, typer.Option(help="What was done, what was learned.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Measure a plan's metrics again.

    Whether its targets were reached is written down.
    """
    from brand_metagen.app import analysing
    from brand_metagen.cli.output import out, print_json, table

    with opened(workspace) as open_workspace:
        done = analysing.review_plan(open_workspace, actor(who), plan, note)
    plain = analysing.plain_plan(done)
    if as_json:
        print_json(plain)
        return
    rows = [
        (m["metric"], _number(m["now"]), m["target"], _number(m["then"]), str(m["reached"]))
        for m in plain["result"]["metrics"]
    ]
    out.print(table(done.plan_id, ("metric", "at first", "target", "then", "reached"), rows))
