"""Files that pages offer: reports, and the rows left out of a run. Nobody gets one unseated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from brand_metagen.app import quality
from brand_metagen.app.workspace import REPORTS, Workspace
from brand_metagen.console.door import ROOT, seat_of, to_sign_in
from brand_metagen.console.linked import linked
from brand_metagen.console.text import render
from brand_metagen.errors import BrandMetagenError, NotFound
from brand_metagen.web.state import server_of

KINDS = {".html": "text/html", ".pdf": "application/pdf", ".json": "application/json"}
router = APIRouter(include_in_schema=False, prefix=f"{ROOT}/file")


def reports(workspace: Workspace) -> list[Path]:
    """Reports that lie in the workspace, the latest first."""
    folder = workspace.folder / REPORTS
    found = [path for path in folder.glob("*.*") if path.suffix in KINDS and path.is_file()]
    return sorted(found, key=lambda path: (-path.stat().st_mtime, path.name))


@router.get("/quarantine.csv")
def quarantine(request: Request) -> Response:
    """The rows that the last run left out."""
    return _sent(request, quality.quarantine_file, "quarantine.csv")


@router.get("/report/{name}")
def report(request: Request, name: str) -> Response:
    """A report of the workspace by its name."""
    return _sent(request, lambda place: _one(reports(place), name), "")


@router.get("/run/{run_id}")
def run_report(request: Request, run_id: str) -> Response:
    """The report that a run left."""
    return _sent(request, lambda place: _of_run(place, run_id), "")


def _one(known: list[Path], name: str) -> Path:
    """Only what is listed is given: no name is ever made a path."""
    for path in known:
        if path.name == name:
            return path
    raise NotFound(f"no report {name!r}")


def _of_run(workspace: Workspace, run_id: str) -> Path:
    return workspace.step("report", workspace.store.run(run_id).run_id) / "report.html"


def _sent(request: Request, find: Callable[[Workspace], Path], as_file: str) -> Response:
    server = server_of(request)
    actor = seat_of(server, request).actor()
    if actor is None:
        return RedirectResponse(to_sign_in(request.url), 303)
    try:
        path = find(server.workspace)
        if not path.is_file():
            raise NotFound("the file is not there any more")
    except BrandMetagenError as error:
        text = render("alone.html.j2", title="This cannot be shown", error=error)
        return Response(text, 404, media_type="text/html")
    if path.suffix == ".html":
        return HTMLResponse(linked(path.read_text(encoding="utf-8"), actor.role))
    kind = KINDS.get(path.suffix, "text/csv; charset=utf-8")
    return FileResponse(path, media_type=kind, filename=as_file or None)
