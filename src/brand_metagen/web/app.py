"""The application: routes, problems, and the guard around them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp

from brand_metagen import __version__
from brand_metagen.app.totals import Totals
from brand_metagen.app.watching import forget, watching
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Actor
from brand_metagen.web import problems, prometheus
from brand_metagen.web.api import (
    alarms,
    audit,
    brand_admin,
    brands,
    cases,
    classify,
    decisions,
    feedback,
    figures,
    incidents,
    lessons,
    publishing,
    queue,
    reports,
    runs,
    status,
    users,
    versions,
)
from brand_metagen.web.guard import Guard
from brand_metagen.web.jobs import Jobs
from brand_metagen.web.limiter import Limiter
from brand_metagen.web.requests import Requests, Traced
from brand_metagen.web.slashes import KeptSlashes
from brand_metagen.web.state import Server
from brand_metagen.web.warm import Warm

PREFIX = "/api/v1"
ROUTERS = (
    queue,
    brands,
    brand_admin,
    decisions,
    feedback,
    versions,
    cases,
    incidents,
    publishing,
    reports,
    figures,
    lessons,
    runs,
    classify,
    status,
    alarms,
    users,
)


def make_app(workspace: Workspace, without_login: Actor | None = None) -> FastAPI:
    """The application over an open workspace; the market is read when it starts."""
    serve = workspace.settings.serve
    warm, requests = Warm(workspace, serve.wait_seconds), Requests()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        warm.start()
        with watching(workspace, lambda: requests.write(workspace, forget(workspace))):
            yield
        with suppress(BrandMetagenError):  # the last minute's figures are no reason to fail
            requests.write(workspace)

    app = FastAPI(
        title="brand-metagen",
        version=__version__,
        description="Review, correct and publish the rules that tell which brand a card "
        "transaction belongs to.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # its page would load scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
    )
    app.add_middleware(KeptSlashes)
    app.add_middleware(Traced, requests=requests)
    app.state.server = Server(
        workspace, warm, Jobs(workspace), Limiter(serve), Totals(workspace), requests,
        without_login,
    )  # fmt: skip
    problems.install(app)
    api = APIRouter(prefix=PREFIX)
    for module in (*ROUTERS, audit):
        api.include_router(module.router)
    api.include_router(status.health)
    app.include_router(api)
    app.include_router(status.health, include_in_schema=False)
    app.include_router(prometheus.router)
    return app


def guarded(app: FastAPI, workspace: Workspace, hosts: Sequence[str]) -> ASGIApp:
    """The application behind its guard; `hosts` are the names it answers to, empty = any."""
    return Guard(app, hosts, workspace.settings.serve.body_bytes)
