"""`feedback lessons|adopt|refuse`: what one brand's review taught, proposed to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.brands import known
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError
from brand_metagen.ports import Fate

if TYPE_CHECKING:
    from brand_metagen.app.lessons import Tried

LessonArgument = Annotated[str, typer.Argument(metavar="LESSON", help="As LSN-000001.")]


def lessons(
    brand: Annotated[str, typer.Argument(metavar="[BRAND]", help="All brands by default.")] = "",
    fate: Annotated[str, typer.Option(help="open, adopted, refused, known or withdrawn.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """What reviews of other brands propose here.

    And what became of it.
    """
    from brand_metagen.app import lessons as using
    from brand_metagen.app import queries
    from brand_metagen.cli.output import out, print_json, table

    wanted = known(Fate, fate, "fate")
    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand) if brand else None
        found = [
            lesson
            for lesson in open_workspace.store.lessons(brandid)
            if wanted in (None, lesson.fate)
        ]
    if as_json:
        print_json(list(map(using.plain, found)))
        return
    rows = [
        (x.lesson_id, x.brandid, str(x.constraint), x.learned_on, x.fate.value, x.decided_by,
         x.note)
        for x in found
    ]  # fmt: skip
    columns = ("lesson", "proposed to", "says", "learned on", "fate", "by", "why")
    out.print(table("", columns, rows))


def adopt(
    lesson: Annotated[str, typer.Argument(metavar="[LESSON]", help="As LSN-000001.")] = "",
    proven: Annotated[
        bool, typer.Option("--proven", help="Every open lesson that the market bears out.")
    ] = False,
    brand: Annotated[str, typer.Option(help="With --proven: only this brand's.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Show what would come of it.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Ask a brand for what another brand's review taught.

    Proven is what shuts out three rows labelled to others, none of the brand's own, and brings
    none. Each adopted lesson makes a version that waits for its reviewer.
    """
    from brand_metagen.app import lessons as using
    from brand_metagen.app import queries
    from brand_metagen.app.live import Live
    from brand_metagen.cli.output import err, out, print_json, table

    if bool(lesson) is proven:
        raise InputError("name a lesson, or --proven for every one that the market bears out")
    with opened(workspace) as open_workspace:
        brandid = queries.brand_id(open_workspace, brand) if brand else None
        with err.status("reading the market"):
            live = Live(open_workspace)
            if proven:
                found = using.adopt_proven(live, actor(who), brandid, dry_run=dry_run)
            else:
                found = [using.adopt(live, actor(who), lesson, dry_run=dry_run)]
    if as_json:
        print_json(list(map(using.plain_tried, found)))
        return
    columns = ("lesson", "brand", "says", "own rows", "others' rows", "lost", "gained", "came to")
    out.print(table("", columns, list(map(_cells, found))))


def _cells(found: Tried) -> tuple[object, ...]:
    lesson, spoken = found.lesson, found.spoken
    came = f"v{found.version}, {found.outcome}" + (", proven" if found.proven else "")
    return (
        lesson.lesson_id, lesson.brandid, str(lesson.constraint), spoken.own, spoken.others,
        found.lost, found.gained, found.refused or came,
    )  # fmt: skip


def refuse(
    lesson: LessonArgument,
    note: Annotated[str, typer.Option(help="Why it does not hold there.")] = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Refuse a lesson for its brand.

    It is not proposed there any more.
    """
    from brand_metagen.app import lessons as using
    from brand_metagen.cli.output import clean, out, print_json

    with opened(workspace) as open_workspace:
        done = using.refuse(open_workspace, actor(who), lesson, note)
    if as_json:
        print_json(using.plain(done))
        return
    out.print(clean(f"{done.lesson_id}: refused for brand {done.brandid}"))
