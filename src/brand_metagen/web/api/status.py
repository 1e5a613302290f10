"""Whether the server is up, and how the workspace stands."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import Field

from brand_metagen.app.overview import Item, overview
from brand_metagen.errors import ServiceError
from brand_metagen.web.api.fields import Model, problems
from brand_metagen.web.sign_in import TheServer, Viewer
from brand_metagen.web.warm import Readiness

router = APIRouter(tags=["status"])
health = APIRouter(tags=["status"])


class Health(Model):
    """Whether each part is up."""

    status: Literal["ok", "failing"] = Field(description="ok, or failing when the store is.")
    store: Literal["ok", "failing"] = Field(description="Whether the store answers.")
    market: Readiness = Field(description="Whether the market of the last run is read.")


class ItemShape(Model):
    """One thing to know of."""

    what: str = Field(description="What it is.")
    said: str = Field(description="How it stands.")
    todo: str = Field(description="The command that shows or settles it.")


class StatusShape(Model):
    """The workspace on one screen."""

    running: bool = Field(description="Whether a run goes on.")
    last_run: str | None = Field(description="The run begun last.")
    last_state: str | None = Field(description="Where it stands.")
    release: str | None = Field(description="The release made last.")
    published: str | None = Field(description="The release in force.")
    brands: dict[str, int] = Field(description="Brands in each state.")
    decisions: dict[str, int] = Field(description="Rows of each decision after the last run.")
    needs_confirmation: int = Field(description="Brands that a human should look at.")
    open_ties: int = Field(description="Rows that several brands claim and nobody settled.")
    market: Readiness = Field(description="Whether the market of the last run is read.")
    wrong: list[ItemShape] = Field(description="Alarms that are on, parts that are not well.")
    waiting: list[ItemShape] = Field(description="What waits for somebody.")
    overdue: list[ItemShape] = Field(description="What should have been done by now.")


@health.get("/healthz", responses={503: {"description": "The store fails", "model": Health}})
def healthz(server: TheServer, response: Response) -> Health:
    """Whether the server is up; needs no token and tells no more."""
    try:
        server.workspace.store.revision()
        market = server.warm.readiness
    except ServiceError:
        response.status_code = 503
        return Health(status="failing", store="failing", market=Readiness.FAILED)
    return Health(status="ok", store="ok", market=market)


@router.get("/status", responses=problems())
def status(server: TheServer, actor: Viewer) -> StatusShape:
    """What runs, what waits, what is wrong or overdue, what is in force."""
    workspace = server.workspace
    seen = overview(workspace)
    found, published = seen.status, workspace.store.publications()
    names = StatusShape.model_fields.keys() - {"published", "market", "wrong", "waiting", "overdue"}
    return StatusShape(
        published=published[-1].release_id if published else None,
        market=server.warm.readiness,
        **{name: getattr(found, name) for name in names},
        wrong=_items(seen.wrong),
        waiting=_items(seen.waiting),
        overdue=_items(seen.overdue),
    )


def _items(found: tuple[Item, ...]) -> list[ItemShape]:
    return list(map(ItemShape.model_validate, found))
