"""The report that every completed run leaves among the workspace's reports."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.analytics.kinds import Kind
from brand_metagen.app import analytics_report
from brand_metagen.app.analytics_report import Wanted
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import UNFORESEEN, BrandMetagenError
from brand_metagen.workflow.runner import worded

LOG = logging.getLogger("brand_metagen.reports")
FIRST, AFTER = ("html", "json"), ("pdf",)
"""Formats by what they lean on: a PDF that cannot be made costs the others nothing."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The files of a run's report, and why the others could not be made (empty = all were)."""

    files: tuple[Path, ...]
    failed: str = ""


def lay_run_report(workspace: Workspace, run_id: str) -> Laid:
    """Write the report of a completed run; the run stands whatever becomes of its report."""
    files: list[Path] = []
    try:
        made = analytics_report.make(workspace, Wanted(Kind.RUN, run_id=run_id))
        for formats in (FIRST, AFTER):
            files += analytics_report.write(workspace, made, formats).files
    except (BrandMetagenError, OSError, *UNFORESEEN) as error:
        # Whatever is wrong with a page is told of: what the run has done is done.
        LOG.warning(
            "the report of %s could not be made", run_id, exc_info=error, extra={"told": True}
        )
        return Laid(tuple(files), worded(error))
    return Laid(tuple(files))
