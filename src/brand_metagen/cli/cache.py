"""`cache`: the answers of other servers that are kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.asking import ConfigOption, ServerOption, asking, chosen
from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    ActorOption,
    JsonOption,
    SetOption,
    WorkspaceOption,
    actor,
    opened,
)
from brand_metagen.errors import InputError, IntegrityError, ServiceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from brand_metagen.ports import Answer

app = typer.Typer(help="Answers of other servers that are kept.", no_args_is_help=True)

KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="As search_brands:Starbucks.")]
OnlyServer = Annotated[str, typer.Option("--server", metavar="NAME", help="Which server's.")]
STALE_SECONDS = 3_600
"""Age from which an answer is listed as stale (MCP-17)."""


@app.command("stats")
def stats(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    first: Annotated[str, typer.Option("--from", metavar="DATE", help="As 2026-01-31.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DATE", help="As 2026-01-31.")] = "",
    as_json: JsonOption = False,
) -> None:
    """How many answers are kept, and how often found."""
    from brand_metagen.app.catalogue_reading import data_of
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp.cache_view import figures

    for day in filter(None, (first, last)):
        _check_day(day)
    with opened(workspace) as found:
        most = found.settings.mcp.cache_entries
        made = figures(found.store, datetime.now(UTC), data_of(found), most, first, last)
    if as_json:
        print_json(made)
        return
    rate = "none looked for yet" if made.hit_rate is None else f"{made.hit_rate:.1%}"
    rows = [
        ("answers", f"{made.answers:,} of {made.most:,}"),
        ("fresh", f"{made.fresh:,}"),
        ("of data that has changed", f"{made.of_other_data:,}"),
        ("bytes", f"{made.bytes:,}"),
        ("found", f"{made.hits:,} of {made.hits + made.misses:,} ({rate})"),
    ]
    out.print(table("", ("", ""), rows))
    days = [(d.day, d.tool, d.hits, d.misses) for d in made.days]
    if days:
        out.print(table("", ("day", "tool", "found", "not found"), days))


def _check_day(day: str) -> None:
    try:
        datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"{day}: a day is written as 2026-01-31") from error


@app.command("top")
def top(
    limit: Annotated[int, typer.Option(min=1, help="Answers at the most.")] = 50,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """The answers of most use."""
    from brand_metagen.mcp import cache_view

    with opened(workspace) as found:
        _listed(cache_view.top(found.store, limit), as_json)


@app.command("stale")
def stale(
    older: Annotated[int, typer.Option(min=0, help="Seconds.")] = STALE_SECONDS,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Answers made longer ago than that."""
    from brand_metagen.mcp import cache_view

    now = datetime.now(UTC)
    with opened(workspace) as found:
        old = [a for a in found.store.kept_answers() if cache_view.age(a, now) > older]
    _listed(old, as_json)


def _listed(answers: Sequence[Answer], as_json: bool) -> None:
    from brand_metagen.cli.output import out, print_json, table
    from brand_metagen.mcp.cache_view import age, is_stale

    now = datetime.now(UTC)
    lines = [
        {
            "server": a.server,
            "key": a.key,
            "hits": a.hits,
            "age_seconds": round(age(a, now)),
            "fresh": not is_stale(a, now),
            "bytes": a.size,
        }
        for a in answers
    ]
    if as_json:
        print_json(lines)
        return
    columns = ("server", "key", "hits", "age_seconds", "fresh", "bytes")
    out.print(table("", columns, [[line[c] for c in columns] for line in lines]))


@app.command("inspect")
def inspect(
    key: KeyArgument,
    server: OnlyServer = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One answer with everything that is known of it."""
    from brand_metagen.cli.output import err, plain, print_json
    from brand_metagen.mcp.cache_view import age, is_stale, one

    now = datetime.now(UTC)
    with opened(workspace) as found:
        kept = one(found.store, key, server)
    shown = {**plain(kept), "age_seconds": round(age(kept, now)), "fresh": not is_stale(kept, now)}
    print_json(shown)
    if not as_json:
        err.print(f"{kept.server}, {shown['age_seconds']:,} s old, used {kept.hits:,} times")


@app.command("compare")
def compare(
    key: KeyArgument,
    server: OnlyServer = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask again, and show where the answer differs."""
    from brand_metagen.cli.output import err, out, print_json, table
    from brand_metagen.mcp.cache_view import differences, one

    with asking(workspace, config, changes, who) as (found, sources):
        kept = one(found.store, key, server)
        spec = sources.spec(kept.server)
        reply = sources.ask(spec, kept.tool, kept.arguments, fresh=True)
    if reply.outcome.value != "asked":
        raise ServiceError(f"{kept.server}: {reply.kind}: {reply.message}. {reply.advice}")
    different = list(differences(dict(kept.answer), dict(reply.answer)))
    if as_json:
        lines = [{"where": w, "kept": old, "now": new} for w, old, new in different]
        print_json({"same": not different, "differences": lines})
    elif different:
        out.print(table("", ("where", "kept", "now"), different))
    else:
        err.print("the answer is the same")


@app.command("invalidate")
def invalidate(
    pattern: Annotated[
        str, typer.Argument(metavar="PATTERN", help="A key; * stands for anything.")
    ] = "",
    data_changed: Annotated[
        bool, typer.Option("--data-changed", help="Those that rest on earlier data.")
    ] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Forget answers by their key, such as `search_brands:*`."""
    from brand_metagen.app.catalogue_reading import data_of

    if not pattern and not data_changed:
        raise InputError("say which: a PATTERN, or --data-changed")
    with opened(workspace) as found:
        other = data_of(found) if data_changed else None
        dropped = found.store.drop_answers(pattern or "*", other_data=other)
        detail = {"pattern": pattern or "*", "data_changed": data_changed, "answers": dropped}
        found.store.note(actor(who), "cache_invalidated", "cache", detail)
    _forgotten(dropped, as_json)


@app.command("clear")
def clear(
    confirm: Annotated[bool, typer.Option("--confirm", help="Yes, all of them.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    who: ActorOption = "",
    as_json: JsonOption = False,
) -> None:
    """Forget all answers."""
    if not confirm:
        raise InputError("this forgets every answer; say --confirm")
    with opened(workspace) as found:
        dropped = found.store.drop_answers("*")
        found.store.note(actor(who), "cache_cleared", "cache", {"answers": dropped})
    _forgotten(dropped, as_json)


def _forgotten(count: int, as_json: bool) -> None:
    from brand_metagen.cli.output import err, print_json

    if as_json:
        print_json({"forgotten": count})
    else:
        err.print(f"{count:,} answers forgotten")


@app.command("warm")
def warm(
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Brands at the most.")] = 50,
    server: ServerOption = "",
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    config: ConfigOption = None,
    who: ActorOption = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask about the brands with most rows ahead of time."""
    from collections import Counter

    from brand_metagen.cli.output import err, print_json

    with asking(workspace, config, changes, who) as (found, sources):
        spec = chosen(sources, server)
        if spec.question is None:
            raise InputError(f"{spec.name} is not asked about brands (asks: false)")
        brands = sorted(found.store.brands(), key=lambda b: (-b.rows, b.brandid))[:limit]
        question = spec.question
        replies = [sources.ask(spec, question.tool, question.about(b.brandname)) for b in brands]
    counts = dict(sorted(Counter(reply.outcome.value for reply in replies).items()))
    if as_json:
        print_json({"server": spec.name, "brands": len(replies), "outcomes": counts})
    else:
        said = ", ".join(f"{n:,} {how}" for how, n in counts.items()) or "no brands yet"
        err.print(f"{spec.name}: {said}")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON lines.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Write all answers into a file."""
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.mcp.cache_view import back_up

    with opened(workspace) as found:
        answers = found.store.kept_answers()
    back_up(answers, file)
    if as_json:
        print_json({"file": file, "answers": len(answers)})
    else:
        err.print(f"{len(answers):,} answers in {file}")


@app.command("verify")
def verify(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """Check every answer: key, size, times and shape."""
    from brand_metagen.cli.output import err, out, print_json, table
    from brand_metagen.mcp.cache_view import faults

    with opened(workspace) as found:
        answers = found.store.kept_answers()
        wrong = faults(answers, found.settings.mcp.cache_entries)
    if as_json:
        print_json({"answers": len(answers), "faults": wrong})
    elif wrong:
        out.print(
            table("", ("server", "key", "fault"), [(w.server, w.key, w.fault) for w in wrong])
        )
    else:
        err.print(f"{len(answers):,} answers, all as they should be")
    if wrong:
        raise IntegrityError(
            f"{len(wrong)} answers are not as they should be: forget them with "
            "`brand-metagen cache invalidate KEY`"
        )
