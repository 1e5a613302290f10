"""Runs: started, watched, paused."""

from __future__ import annotations

import os
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from brand_metagen.app import runs
from brand_metagen.errors import InputError
from brand_metagen.ports import RunRecord, RunState, StepRecord, StepState, Wish
from brand_metagen.web.api.fields import Cursor, Id, IdempotencyKey, Limit, Model, PageOf, problems
from brand_metagen.web.sign_in import Operator, TheServer, Viewer

router = APIRouter(tags=["runs"])
RunId = Annotated[str, Path(max_length=40, description="For example RUN-0001.")]


class RunIn(Model):
    """The main job over a folder of tables."""

    data: str = Field(
        min_length=1,
        max_length=1_000,
        description="Folder of the four tables, below the data root.",
    )
    brands: list[Id] = Field([], max_length=10_000, description="Learn these only; empty = all.")


class RunShape(Model):
    """A run."""

    run_id: str = Field(description="Its id.")
    data: str = Field(description="The name of its folder of tables.")
    only: list[str] = Field(description="The brands it was asked for; empty = all.")
    state: RunState = Field(description="Where it stands.")
    wish: Wish = Field(description="What an operator wants of it.")
    created_at: str = Field(description="When it began, UTC in ISO 8601.")
    finished_at: str | None = Field(description="When it ended.")
    error: str | None = Field(description="What stopped it.")
    summary: dict[str, Any] = Field(description="What it counted.")


class StepShape(Model):
    """A step of a run."""

    position: int = Field(description="Its place.")
    name: str = Field(description="Its name.")
    role: str = Field(description="The role that does it.")
    state: StepState = Field(description="Where it stands.")
    starts: int = Field(description="How often it was begun.")
    completions: int = Field(description="How often it was finished.")
    seconds: float = Field(description="How long it took.")
    started_at: str = Field(description="When it began, UTC in ISO 8601.")
    finished_at: str | None = Field(description="When it ended.")
    error: str | None = Field(description="What stopped it.")


class RunWithSteps(RunShape):
    """A run step by step."""

    steps: list[StepShape] = Field(description="Its steps so far, in order.")


@router.get("/runs", responses=problems())
def listed(
    server: TheServer, actor: Viewer, limit: Limit = 50, cursor: Cursor = None
) -> PageOf[RunShape]:
    """All runs, newest first."""
    found = [server.jobs.seen(run) for run in runs.listed(server.workspace)][::-1]
    ids = [run.run_id for run in found]
    if cursor is not None and cursor not in ids:
        raise InputError("this is no cursor of the runs; take `next` of the page before")
    first = ids.index(cursor) + 1 if cursor else 0
    items = [_shape(run) for run in found[first : first + limit]]
    return PageOf(items=items, next=items[-1].run_id if first + limit < len(found) else None)


@router.post("/runs", status_code=202, responses=problems(409))
def start(
    server: TheServer,
    actor: Operator,
    wanted: RunIn,
    response: Response,
    key: IdempotencyKey = "",
) -> RunShape:
    """Start the main job in a process of its own; watch it at its `Location`."""
    brands = sorted(set(wanted.brands))
    run, replayed = server.jobs.start(wanted.data, brands, actor.name, key)
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return _located(server.jobs.seen(run), response)


@router.get("/runs/{run_id}", responses=problems(404))
def show(server: TheServer, actor: Viewer, run_id: RunId) -> RunWithSteps:
    """One run, step by step."""
    run = _run(server, run_id)
    store = server.workspace.store
    if not server.jobs.alive(run_id):
        run, _ = runs.shown(server.workspace, run_id)
    shape = _shape(server.jobs.seen(run))
    return RunWithSteps(**shape.model_dump(), steps=list(map(_step, store.steps(run_id))))


@router.post("/runs/{run_id}/resume", status_code=202, responses=problems(404, 409))
def resume(server: TheServer, actor: Operator, run_id: RunId, response: Response) -> RunShape:
    """Go on with a run that was paused, stopped, killed or has failed."""
    _run(server, run_id)
    return _located(server.jobs.resume(run_id), response)


@router.post("/runs/{run_id}/{wish}", responses=problems(404, 409))
def wish(server: TheServer, actor: Operator, run_id: RunId, wish: Wish) -> RunShape:
    """Ask a running run to pause or stop after the step it is in, or no longer to (`run`)."""
    _run(server, run_id)
    return _shape(runs.wish(server.workspace, run_id, wish))


def _run(server: TheServer, run_id: str) -> RunRecord:
    return server.workspace.store.run(run_id)


def _shape(run: RunRecord) -> RunShape:
    names = RunShape.model_fields.keys() - {"data"}
    # Where tables lie on the server is nobody's business but its operator's.
    data = os.path.basename(run.source)  # noqa: PTH119
    return RunShape(data=data, **{name: getattr(run, name) for name in names})


def _step(step: StepRecord) -> StepShape:
    return StepShape.model_validate(step)


def _located(run: RunRecord, response: Response) -> RunShape:
    response.headers["Location"] = f"/api/v1/runs/{run.run_id}"
    return _shape(run)
