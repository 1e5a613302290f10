"""Options that many commands share, and the workspace they open."""

from __future__ import annotations

import getpass
import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.errors import (
    BrandMetagenError,
    ConflictError,
    InputError,
    RuleError,
    ServiceError,
)

if TYPE_CHECKING:
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.config import Settings
    from brand_metagen.ports import Facts, FactsSource, MarketUse, Store

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace", "-w", envvar="BRAND_METAGEN_WORKSPACE", help="The folder runs live in."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="SECTION.NAME=VALUE", help="Override a setting; may be repeated."
    ),
]
ActorOption = Annotated[
    str, typer.Option("--as", metavar="NAME", help="Who decides; the signed-in user by default.")
]
DEFAULT_WORKSPACE = Path("workspace")
SERVERS = "mcp.json"
LOG = logging.getLogger("brand_metagen.cli")


def actor(said: str) -> str:
    """Whose name stands in the log: who was named, else who is signed in at this machine."""
    from brand_metagen.app.guards import person

    return person(said) or getpass.getuser()


def settings(workspace: Path | None, changes: Sequence[str] | None) -> Settings:
    """Defaults, then the workspace's config.toml, then the environment, then `--set`."""
    from brand_metagen.app.workspace import CONFIG
    from brand_metagen.config import load_settings

    overrides: dict[str, str] = {}
    for change in changes or ():
        key, equals, value = change.partition("=")
        if not equals:
            raise InputError(f"--set {change}: write it as section.name=value")
        overrides[key] = value
    return load_settings(workspace / CONFIG if workspace else None, overrides=overrides)


@contextmanager
def opened(
    folder: Path,
    changes: Sequence[str] | None = None,
    *,
    create: bool = False,
    server: bool = False,
) -> Iterator[Workspace]:
    """The workspace with its store; raises InputError when it is not there and not to be made.

    What is done with it is logged; a server shows its log on standard error.
    """
    from brand_metagen.app.workspace import DATABASE, RESTORING, Workspace
    from brand_metagen.logs.setup import logging_to
    from brand_metagen.store.sql import SqlStore, sqlite_url

    chosen = settings(folder, changes)
    url = chosen.store.database_url
    if create:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be made: {error.strerror}") from error
    elif (folder / RESTORING).exists():
        raise InputError(
            f"a restore into {folder} was cut off, so what was revoked since may be good there: "
            "delete it and restore again"
        )
    elif not (folder.is_dir() if url else (folder / DATABASE).is_file()):
        raise InputError(
            f"{folder} is no workspace. `brand-metagen run --data FOLDER --workspace {folder}` "
            "makes one"
        )
    with logging_to(folder, chosen.log, server=server), _logged():
        store = SqlStore(url or sqlite_url(folder / DATABASE), chosen.review, told=_waits)
        try:
            yield Workspace(folder, chosen, store, _asked_in_runs(folder, chosen, store))
        finally:
            store.close()


def _waits(said: str) -> None:
    """What is waited for, to whoever sits there and to the log."""
    LOG.warning(said)
    typer.echo(f"brand-metagen: {said}", err=True)


@contextmanager
def _logged() -> Iterator[None]:
    """A line for what a command did with a workspace: how long it took, and what went wrong."""
    began = time.monotonic()

    def say(level: int, message: str, error: str = "", **more: object) -> None:
        context = {"seconds": round(time.monotonic() - began, 3), **more}
        LOG.log(level, message, extra={"told": True, "error": error, "context": context})

    try:
        yield
    except typer.Exit as left:
        say(logging.INFO, f"ended with {left.exit_code}")
        raise
    except Exception as error:
        ours = isinstance(error, BrandMetagenError) and not isinstance(error, ServiceError)
        # What refuses a remark or a rule repeats narratives and patterns.
        repeats = isinstance(error, ConflictError | RuleError)
        words, more = ("refused", {"remark": str(error)}) if repeats else (str(error), {})
        say(logging.WARNING if ours else logging.ERROR, words, type(error).__name__, **more)
        raise
    say(logging.INFO, "done")


def _asked_in_runs(folder: Path, chosen: Settings, store: Store) -> FactsSource | None:
    """The servers of the workspace's mcp.json; None when there is no such file."""
    if not (folder / SERVERS).is_file():
        return None

    def source(market: MarketUse) -> AbstractContextManager[Facts]:
        """Whatever is wrong with the servers, a run goes on with the packaged table."""
        from brand_metagen.app.catalogue_reading import data_of
        from brand_metagen.app.known_facts import packaged_facts
        from brand_metagen.app.workspace import Workspace
        from brand_metagen.config import environment
        from brand_metagen.mcp.servers_file import read_servers

        try:
            from brand_metagen.mcp.facts import server_facts
            from brand_metagen.mcp.sources import Sources

            specs = read_servers(folder / SERVERS, environment())
        except ModuleNotFoundError as error:
            note = f"no server was asked: {error.name} is missing (brand-metagen[agents])"
            return packaged_facts(chosen.mcp, market, note)
        except InputError as error:
            return packaged_facts(chosen.mcp, market, f"no server was asked: {error}")
        data = data_of(Workspace(folder, chosen, store))
        return server_facts(Sources(specs, chosen.mcp, store, data=data), chosen.mcp, market)

    return source
