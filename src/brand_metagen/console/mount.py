"""The console put beside the API; NiceGUI takes a second to import, so only `serve` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

from brand_metagen.console import door, downloads
from brand_metagen.console.policy import Policy

if TYPE_CHECKING:
    from fastapi import FastAPI

RECONNECT_SECONDS = 60.0
"""How long a page is kept for a browser that is offline: shorter ones lost what was typed."""
STATIC = Path(__file__).parent / "static"


def add_console(app: FastAPI) -> None:
    """Serve the console under /console, over the same warm market as the API."""
    from nicegui import ui

    from brand_metagen.console.screens import root

    server = app.state.server
    app.include_router(door.router)
    app.include_router(downloads.router)
    app.mount(f"{door.ROOT}/static", StaticFiles(directory=STATIC))
    app.add_middleware(Policy)
    ui.run_with(
        app,
        root=lambda: root(server),
        title="brand-metagen",
        language="en-GB",
        mount_path=door.ROOT,
        tailwind=False,
        gzip_middleware_factory=None,
        reconnect_timeout=RECONNECT_SECONDS,
        show_welcome_message=False,
    )
