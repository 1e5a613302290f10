"""`status --page`: the status page as a file."""

from __future__ import annotations

from pathlib import Path

from brand_metagen.cli.wiring import opened
from brand_metagen.errors import ServiceError


def write(workspace: Path, file: Path, *, as_json: bool) -> None:
    """Write the page; a store that does not open is a state of the system like any other."""
    from brand_metagen.app import status_page
    from brand_metagen.cli.output import clean, out, print_json

    try:
        with opened(workspace) as open_workspace:
            done = status_page.write(open_workspace, file)
    except ServiceError:
        done = status_page.write_down(file)
    if as_json:
        print_json(done)
        return
    out.print(clean(f"{done.file}: the system {done.state}"))
