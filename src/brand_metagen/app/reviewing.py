"""One brand as a reviewer needs it: the version with its evidence, and what was said before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from brand_metagen.app import queries
from brand_metagen.app.brand_rows import held
from brand_metagen.app.iterating import plain_advice, stops_of
from brand_metagen.app.outcomes import shown
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint
from brand_metagen.ports import BrandLine, Remark
from brand_metagen.publish.metadata import to_record
from brand_metagen.records import Decision, Metadata
from brand_metagen.review.iterations import Advice
from brand_metagen.workflow.commercial import FACTS

MOST_REMARKS = 20
KINDS = (Decision.CONFIRMED, Decision.REVIEW, Decision.EXCLUDED, Decision.TIE)
"""Decisions of which rows are shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """A brand's latest version, its place in the queue, rows labelled to it or decided for it by
    decision as the last run left them, remarks (newest last), constraints that stand, and what
    reviews of similar brands propose."""

    line: BrandLine
    metadata: Metadata
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    remarks: tuple[Remark, ...]
    constraints: tuple[Constraint, ...]
    proposals: tuple[Constraint, ...]
    stops: tuple[Advice, ...] = ()
    """Why another round is not worth it."""
    commercial: Mapping[str, Any] | None = None
    """What the world was found to know of it (a `Fact`), None where nobody was asked."""


def look(workspace: Workspace, brandid: str, samples: int) -> Look:
    """Gather it; raises InputError when there is no such brand or no run yet."""
    store = workspace.store
    rows = {kind: _rows(workspace, brandid, kind, samples) for kind in KINDS}
    line = store.line(brandid)
    return Look(
        line,
        queries.metadata(workspace, brandid),
        {kind: found for kind, found in rows.items() if found},
        store.remarks(brandid, "", MOST_REMARKS, None).items,
        store.constraints(brandid).get(brandid, ()),
        store.proposals(brandid),
        stops_of(workspace, line),
        commercial_facts(workspace).get(brandid),
    )


def _rows(
    workspace: Workspace, brandid: str, kind: Decision, samples: int
) -> tuple[Mapping[str, Any], ...]:
    """Rows so decided; `whose` says what another brand has of one labelled to this one."""
    told = []
    for row in queries.combos(workspace, brandid, kind, samples):
        other = row["brandid"] if row["brandid"] != brandid else ""
        name = f"{other} {workspace.store.line(other).brandname}" if other else ""
        told.append({**row, "whose": held(kind, name) if name else ""})
    return tuple(told)


def commercial_facts(workspace: Workspace) -> Mapping[str, Mapping[str, Any]]:
    """What the last completed run was told of each brand; runs of earlier versions did not ask."""
    try:
        path = workspace.step("commercial") / FACTS
    except FileNotFoundError:
        return {}
    told = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {fact["brandid"]: fact for fact in told}


def plain(found: Look) -> dict[str, Any]:
    """The metadata record with all of it, as JSON can take it."""
    return {
        **to_record(found.metadata),
        "state": found.line.state.value,
        "round": found.line.round,
        "priority": found.line.priority,
        "claimed_by": found.line.claimed_by,
        "rows": found.rows,
        "remarks": list(map(remark, found.remarks)),
        "constraints": list(map(shown, found.constraints)),
        "proposals": list(map(shown, found.proposals)),
        "stops": list(map(plain_advice, found.stops)),
        "commercial": found.commercial,
    }


def remark(said: Remark) -> dict[str, Any]:
    """A remark as JSON can take it."""
    return {**asdict(said), "understood": list(map(shown, said.understood))}
