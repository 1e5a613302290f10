"""`sample`, `export`, `classify` and `demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.wiring import (
    DEFAULT_WORKSPACE,
    JsonOption,
    SetOption,
    WorkspaceOption,
    opened,
    settings,
)

if TYPE_CHECKING:
    from brand_metagen.app.classify import Classified


def sample(
    out: Annotated[Path, typer.Option(help="Folder to write the four tables to.")],
    preset: Annotated[str, typer.Option(help="small, medium, large or full.")] = "",
    brands: Annotated[int | None, typer.Option(help="Number of brands.")] = None,
    rows: Annotated[int | None, typer.Option(help="Number of combos.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Make up a market from real brand names.

    It is as dirty as statements are; its truth stands apart.
    """
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.errors import InputError
    from brand_metagen.sample.market import PRESETS, make_sample

    if preset and preset not in PRESETS:
        raise InputError(f"no preset {preset!r}; there are {', '.join(PRESETS)}")
    usual_brands, usual_rows = PRESETS[preset or "medium"]
    made = make_sample(
        out,
        usual_brands if brands is None else brands,
        usual_rows if rows is None else rows,
        seed,
    )
    if as_json:
        print_json(made)
    else:
        err.print(
            f"{made.brands:,} brands and {made.rows:,} rows in {made.out}; "
            f"their truth and {made.unseen:,} held-out rows in {made.truth}"
        )


def export(
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    what: Annotated[str, typer.Option(help="latest or published.")] = "latest",
    as_json: JsonOption = False,
) -> None:
    """Write what a run left into a folder.

    The release, the assignments, the quarantine, the report and the run's record.
    """
    from brand_metagen.app.export import export as write
    from brand_metagen.cli.output import err, print_json
    from brand_metagen.errors import InputError

    if what not in ("latest", "published"):
        raise InputError(f"--what is latest or published, not {what!r}")
    with opened(workspace) as open_workspace:
        exported = write(open_workspace, out, what)
    if as_json:
        print_json(exported)
    else:
        err.print(f"{exported.release} of {exported.run_id} in {out}: {', '.join(exported.files)}")


def classify(
    metadata: Annotated[Path, typer.Option(help="metadata.jsonl as `export` laid it.")],
    output: Annotated[
        str,
        typer.Option(
            help=".csv, .csv.gz, .parquet, or - for standard output; "
            "a folder with --emit-sql and --engine spark."
        ),
    ],
    input: Annotated[  # noqa: A002
        str, typer.Option(help=".csv, .csv.gz, .parquet, or - for standard input.")
    ] = "",
    engine: Annotated[str, typer.Option(help="local or spark.")] = "local",
    emit_sql: Annotated[
        str,
        typer.Option(help="Write tables and one query for athena, duckdb or spark instead."),
    ] = "",
    changes: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Apply a release to new rows.

    Adds brandid, decision, confidence and reason to each.
    """
    from brand_metagen.errors import InputError

    if emit_sql:
        _emit_sql(metadata, emit_sql, Path(output), as_json=as_json)
    elif not input:
        raise InputError("name the rows to classify with --input")
    elif engine == "spark":
        _classify_on_spark(metadata, input, output, as_json=as_json)
    elif engine == "local":
        _classify_here(metadata, input, output, changes, as_json=as_json)
    else:
        raise InputError(f"--engine is local or spark, not {engine!r}")


def _classify_here(
    metadata: Path, source: str, target: str, changes: list[str] | None, *, as_json: bool
) -> None:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from brand_metagen.app.classify import classify as run
    from brand_metagen.cli.output import err

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        tables = settings(None, changes).tables
        done = run(metadata, source, target, tables, lambda rows: bar.advance(task, rows))
    _told(done, as_json=as_json and target != "-")


def _classify_on_spark(metadata: Path, source: str, target: str, *, as_json: bool) -> None:
    from brand_metagen.errors import InputError

    try:
        from brand_metagen.spark.classify import classify as run
    except ModuleNotFoundError as error:
        raise InputError(
            f"--engine spark needs {error.name}: pip install 'brand-metagen[spark]'"
        ) from error
    _told(run(metadata, source, target), as_json=as_json)


def _emit_sql(metadata: Path, dialect: str, out: Path, *, as_json: bool) -> None:
    from brand_metagen.app.classify import emit_sql
    from brand_metagen.cli.output import err, print_json

    files = emit_sql(metadata, dialect, out)
    if as_json:
        print_json({"out": str(out), "dialect": dialect, "files": files})
    else:
        err.print(f"{len(files)} files in {out}: load.sql, then classify.sql")


def _told(done: Classified, *, as_json: bool) -> None:
    from brand_metagen.cli.output import err, print_json

    if as_json:
        print_json(done)
    else:
        counts = ", ".join(f"{n:,} {decision}" for decision, n in done.decisions.items())
        err.print(f"{done.rows:,} rows by {done.release}: {counts}")


def demo(
    out: Annotated[Path, typer.Option(help="Folder for data, workspace and results.")] = Path(
        "demo"
    ),
    brands: Annotated[int, typer.Option(help="Number of brands.")] = 400,
    rows: Annotated[int, typer.Option(help="Number of combos.")] = 12_000,
    seed: Annotated[int, typer.Option(help="Same seed, same market.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Sample data, a run, and what came of it: start here."""
    from brand_metagen.cli.demo import show

    show(out, brands, rows, seed, as_json=as_json)
