"""The commands, and the one place where errors become exit codes.

0 done, 1 failed, 2 bad usage or input, 3 conflict, 4 not allowed. Data goes to standard output,
progress and messages to standard error. Heavy imports wait until a command runs.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from brand_metagen.cli import brands, look, metadata, runs, work
from brand_metagen.errors import BrandMetagenError

app = typer.Typer(
    name="brand-metagen",
    help="Learn, prove and apply the rules that tell which brand a card transaction belongs to.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(runs.app, name="runs")
app.add_typer(brands.app, name="brands")
app.add_typer(metadata.app, name="metadata")
app.add_typer(look.ties_app, name="ties")
app.command("demo")(work.demo)
app.command("sample")(work.sample)
app.command("run")(runs.run)
app.command("export")(work.export)
app.command("classify")(work.classify)
app.command("status")(look.status)


def _version(wanted: bool) -> None:
    if wanted:
        from brand_metagen import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""


def main() -> None:
    """Run a command and exit with its code."""
    try:
        app()
    except BrandMetagenError as error:
        typer.echo(f"brand-metagen: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo(
            "brand-metagen: interrupted; the same command goes on where it stopped", err=True
        )
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output left, as `head` does.
        sys.stderr.close()
        sys.exit(0)
