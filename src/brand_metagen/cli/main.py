"""The commands, and the one place where errors become exit codes.

0 done, 1 failed, 2 bad usage or input, 3 conflict, 4 not allowed. Data goes to standard output,
progress and messages to standard error. Heavy imports wait until a command runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from brand_metagen.cli import (
    agents,
    alarms,
    analytics,
    brands,
    cache,
    chat,
    escalations,
    evidence,
    feedback,
    incidents,
    logs,
    look,
    mcp,
    metadata,
    operations,
    publish,
    registry,
    review,
    runs,
    serve,
    users,
    work,
)
from brand_metagen.errors import BrandMetagenError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it: 128 and the signal's number."""


class _Face(TyperGroup):
    """Errors as messages and exit codes, before typer has words of its own for them."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with _traced(ctx):
                result = super().invoke(ctx)
            sys.stdout.flush()
        except BrandMetagenError as error:
            raise _said(str(error), error.exit_code, error) from error
        except KeyboardInterrupt as error:
            words = "interrupted; the same command goes on where it stopped"
            raise _said(words, INTERRUPTED, error) from error
        except BrokenPipeError as error:
            # The reader of our output left, as `head` does.
            _drop_output()
            raise typer.Exit(0) from error
        except OSError as error:
            _drop_output()
            if isinstance(error, FileNotFoundError) and error.errno is None:
                words = (
                    f"{error}. Its files are gone: restore a backup, or `brand-metagen run` anew"
                )
                raise _said(words, BrandMetagenError.exit_code, error) from error
            where = f"{error.filename}: " if error.filename else ""
            what = f"{where}{error.strerror or error}. See that there is room and that it can be "
            again = "written; then the same command goes on where it stopped"
            raise _said(what + again, BrandMetagenError.exit_code, error) from error
        return result


@contextmanager
def _traced(ctx: Any) -> Iterator[None]:
    """One trace for all that a command does: that of whoever started it, or its own."""
    from brand_metagen import tracing
    from brand_metagen.config import TRACE, environment

    path, command = [], ctx.command
    for word in (*getattr(ctx, "_protected_args", ()), *ctx.args):
        command = getattr(command, "commands", {}).get(word)
        if command is None:
            break
        path.append(word)
    around = environment()
    trace = tracing.taken(around.get("TRACEPARENT", ""), around.get(TRACE, ""))
    with tracing.within(trace=trace, operation=" ".join(path)):
        yield


def _said(message: str, code: int, error: BaseException) -> typer.Exit:
    """The message on standard error, harmless to a terminal; the exit to raise."""
    from brand_metagen.cli.output import clean

    for text in (f"brand-metagen: {message}", *getattr(error, "__notes__", ())):
        typer.echo("\n".join(map(clean, text.split("\n"))), err=True)
    return typer.Exit(code)


def _drop_output() -> None:
    """What is still held for a reader that is gone, or a disk that is full, goes nowhere."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


app = typer.Typer(
    name="brand-metagen",
    cls=_Face,
    help="Learn, prove and apply the rules that tell which brand a card transaction belongs to.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(runs.app, name="runs")
app.add_typer(brands.app, name="brands")
app.add_typer(metadata.app, name="metadata")
app.add_typer(look.ties_app, name="ties")
app.add_typer(review.app, name="review")
app.add_typer(feedback.app, name="feedback")
app.add_typer(escalations.app, name="escalations")
app.add_typer(incidents.app, name="incidents")
app.add_typer(analytics.app, name="analytics")
app.add_typer(evidence.audit_app, name="audit")
app.add_typer(alarms.app, name="alarms")
app.add_typer(logs.app, name="logs")
app.add_typer(agents.app, name="agents")
app.add_typer(users.app, name="users")
app.add_typer(registry.app, name="registry")
app.add_typer(mcp.app, name="mcp")
app.add_typer(cache.app, name="cache")
app.command("demo")(work.demo)
app.command("sample")(work.sample)
app.command("run")(runs.run)
app.command("export")(work.export)
app.command("classify")(work.classify)
app.command("publish")(publish.publish)
app.command("verify")(publish.verify)
app.command("status")(look.status)
app.command("health")(operations.health)
app.command("pause")(operations.pause)
app.command("unpause")(operations.unpause)
app.command("backup")(operations.backup)
app.command("restore")(operations.restore)
app.command("diagnose")(operations.diagnose)
app.command("routine")(operations.routine)
app.command("chat")(chat.chat)
app.command("serve")(serve.serve)


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
    _open_streams()
    app()


def _open_streams() -> None:
    """Data is UTF-8 whatever the locale; letters a message cannot show stand there as codes."""
    if isinstance(sys.stdout, TextIOWrapper):
        encoding = sys.stdout.encoding if sys.stdout.isatty() else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
