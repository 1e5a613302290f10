"""The way to every server that is configured, walked for `diagnose`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from brand_metagen.errors import InputError

if TYPE_CHECKING:
    from brand_metagen.app.findings import Broken, Probe
    from brand_metagen.app.workspace import Workspace

ASKED_ABOUT = "Starbucks"
"""A name that every register of brands knows."""


def server_probe(workspace: Workspace) -> Probe | None:
    """Walks to the servers of the workspace's mcp.json; None where there is no such file."""
    from brand_metagen.cli.wiring import SERVERS

    if not (workspace.folder / SERVERS).is_file():
        return None

    def probe() -> Sequence[Broken]:
        from brand_metagen.app.findings import Broken

        try:
            return _walked(workspace)
        except InputError as error:  # the file itself, or what its client needs, is broken
            return [Broken(SERVERS, "settings", str(error), "mend the file")]

    return probe


def _walked(workspace: Workspace) -> list[Broken]:
    from brand_metagen.app.catalogue_reading import data_of
    from brand_metagen.app.findings import Broken
    from brand_metagen.cli.asking import needing_extra, servers

    with needing_extra():
        from brand_metagen.mcp.sources import Sources
        from brand_metagen.mcp.walk import walk
    specs, mcp = servers(workspace.folder, None), workspace.settings.mcp
    with Sources(specs, mcp, workspace.store, data=data_of(workspace), actor="diagnose") as asked:
        stops = [stop for spec in specs for stop in walk(asked, spec, ASKED_ABOUT)]
    return [Broken(s.server, s.step, s.detail, s.advice) for s in stops if not s.good]
