"""A report as files: all is made before the first is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brand_metagen.app.workspace import REPORTS, Workspace
from brand_metagen.errors import InputError
from brand_metagen.files import write_file
from brand_metagen.reports.html import render_html
from brand_metagen.reports.model import Page
from brand_metagen.reports.pdf import render_pdf
from brand_metagen.reports.plain import to_json

FORMATS = ("html", "pdf", "json")


@dataclass(frozen=True, slots=True)
class Written:
    """A report as files."""

    name: str
    period: str
    files: tuple[Path, ...]


def lay_down(
    workspace: Workspace,
    name: str,
    page: Page,
    figures: Any,
    formats: Sequence[str] = FORMATS,
    out: Path | None = None,
) -> Written:
    """Write a page as `name.html`, `.pdf` and `.json` into `out` (the workspace's `reports`).

    Raises InputError for a format there is not.
    """
    for form in formats:
        if form not in FORMATS:
            raise InputError(f"no format {form!r}; there are {', '.join(FORMATS)}")
    ready = {form: rendered(workspace, page, figures, form) for form in dict.fromkeys(formats)}
    folder = out or workspace.folder / REPORTS
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder / f"{name}.{form}" for form in ready)
    for path, data in zip(files, ready.values(), strict=True):
        write_file(path, data)
    return Written(name, page.period, files)


def rendered(workspace: Workspace, page: Page, figures: Any, form: str) -> bytes:
    """A page as the bytes of one of the formats."""
    settings = workspace.settings.report
    if form == "html":
        return render_html(page, settings).encode()
    if form == "pdf":
        return render_pdf(page, settings)
    return to_json(figures)
