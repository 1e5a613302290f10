"""The page of a case: its file, its lists, and the ways to settle it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from brand_metagen.app import escalations, resolving
from brand_metagen.app.resolving import Finding
from brand_metagen.config import Settings
from brand_metagen.console.clocks import HINTS, STAGES, replied, stage_of, waited
from brand_metagen.console.door import ROOT
from brand_metagen.console.settling import trials
from brand_metagen.console.text import render
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Actor, Case, Method, Role
from brand_metagen.web.state import Server

NARRATIVES = 40
METHODS = (
    (Method.MANUAL_METADATA, "Write the rule", "by hand, proven like any other"),
    (Method.DATA_CORRECTION, "Correct the data", "names, sectors, cells, or rows given to others"),
    (Method.BRAND_SPLIT, "Split the brand", "its rows say that it is several"),
    (Method.ALGORITHM_UPDATE, "Change a setting", "tried on the whole market first"),
    (Method.NO_CHANGE, "Nothing is wrong", "say why"),
)
TUNED = ("evaluate", "learn", "confirm")
"""Sections of settings that change what is learned and confirmed."""


def case(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """The file of one case: what happened, what to look at, what may be done now."""
    found = escalations.show(server.workspace, wanted["id"], NARRATIVES)
    line = found.line
    stage = stage_of(line.case, found.events)
    may, work = actor.role.may(Role.OPERATOR), stage < 3
    method = _method(wanted.get("settle", "")) if may and work else None
    return render(
        "case.html.j2", root=ROOT, line=line, case=line.case, events=found.events[::-1],
        checks=found.checks, narratives=found.narratives, actor=actor, batches=found.batches,
        record=found.versions[-1] if found.versions else None, methods=METHODS, may=may,
        notes=actor.role.may(Role.REVIEWER), stage=stage,
        stages=list(zip(STAGES, HINTS, strict=True)),
        method=method, Method=Method, taken=replied(line.case, found.events),
        unanswered=waited(line.case, datetime.now(UTC)),
        findings=_findings(server, line.case) if stage == 3 else {},
        settings=tuned(server.workspace.settings) if method is Method.ALGORITHM_UPDATE else (),
        trial=trials(server).of(line.case.case_id) if may else None, work=work,
        authoriser=server.workspace.settings.escalate.correction_authoriser,
    )  # fmt: skip


def _method(text: str) -> Method | None:
    return next((method for method, _, _ in METHODS if method.value == text), None)


def _findings(server: Server, case: Case) -> Mapping[str, Finding]:
    """What stands behind points of the closing list; nothing while the market cannot tell."""
    try:
        return {f.point: f for f in resolving.verify(server.warm.glance(), case.case_id)}
    except BrandMetagenError:
        return {}


def tuned(settings: Settings) -> list[tuple[str, Any]]:
    """Settings that may be tried for a case, as they are now."""
    sections = ((name, getattr(settings, name)) for name in TUNED)
    return [(f"{s}.{f.name}", getattr(part, f.name)) for s, part in sections for f in fields(part)]
