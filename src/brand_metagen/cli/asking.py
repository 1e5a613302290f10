"""What commands that ask servers share: which servers there are, and a client of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brand_metagen.cli.wiring import actor, opened
from brand_metagen.errors import InputError

if TYPE_CHECKING:
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.mcp.servers_file import ServerSpec
    from brand_metagen.mcp.sources import Sources

ServerOption = Annotated[
    str, typer.Option("--server", metavar="NAME", help="Which server; the first by default.")
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="A list of servers; WORKSPACE/mcp.json by default."),
]


@contextmanager
def needing_extra() -> Iterator[None]:
    """What is missing is named with the command that installs it."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise InputError(f"this needs {error.name}: pip install 'brand-metagen[agents]'") from error


def servers(workspace: Path, config: Path | None) -> list[ServerSpec]:
    """The servers of the file; without one our own over this workspace."""
    from brand_metagen.mcp.servers_file import servers_of

    return servers_of(workspace, config)


@contextmanager
def asking(
    workspace: Path, config: Path | None, changes: list[str] | None = None, who: str = ""
) -> Iterator[tuple[Workspace, Sources]]:
    """An open workspace and its servers; at the end none is left running."""
    from brand_metagen.app.catalogue_reading import data_of

    with needing_extra():
        from brand_metagen.mcp.sources import Sources

    with opened(workspace, changes) as found:
        specs, data = servers(workspace, config), data_of(found)
        with Sources(specs, found.settings.mcp, found.store, data=data, actor=actor(who)) as asked:
            yield found, asked


def chosen(sources: Sources, name: str) -> ServerSpec:
    """The server named, or the first."""
    if name:
        return sources.spec(name)
    if not sources.specs:
        raise InputError("no server is configured: mcp.json lists none that is not disabled")
    return sources.specs[0]
