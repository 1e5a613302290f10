"""Escalations: cases, what is done to them, and how they are settled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from brand_metagen.app import escalations, resolving
from brand_metagen.app.escalations import CaseLine
from brand_metagen.app.versions import Manual
from brand_metagen.errors import InputError
from brand_metagen.escalate.checklists import LISTS
from brand_metagen.ports import CaseFilter, CaseOrder, CaseState, Cause, Level, Method
from brand_metagen.web.api.fields import Cursor, Id, Limit, Model, PageOf, problems
from brand_metagen.web.sign_in import Operator, Reviewer, TheServer, Viewer

router = APIRouter(tags=["escalations"])
LONGEST = 10_000
"""Characters of what is said; the setting review.remark_chars may allow fewer."""

Said = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Person = Annotated[str, Field(min_length=1, max_length=200)]


class Sla(Model):
    """How a case stands against its time; seconds."""

    stands: str = Field(description="ok, soon, breached, paused or stopped.")
    spent: float = Field(description="At this level, while the clock ran.")
    limit: float = Field(description="What the level has.")
    left: float = Field(description="Negative = breached by so much.")
    due: str | None = Field(description="When the limit is reached, UTC; null = it stands still.")
    clock_suspect: bool = Field(description="Stamps disagree: some machine's clock was wrong.")


class CaseShape(Model):
    """One escalation."""

    case_id: str = Field(description="ESC-YYYY-NNN.")
    brandid: str = Field(description="The brand; empty = no single one.")
    brandname: str = Field(description="Its name.")
    cause: Cause = Field(description="Why it was opened.")
    level: int = Field(description="1 operations, 2 engineering, 3 product.")
    state: CaseState = Field(description="Where it stands.")
    reason: str = Field(description="In words.")
    round: int = Field(description="The brand's rounds of feedback when it was opened.")
    version: int = Field(description="The brand's version then.")
    confidence: float = Field(description="The brand's confidence then.")
    opened_by: str = Field(description="Who opened it; system = nobody by hand.")
    opened_at: str = Field(description="UTC in ISO 8601, as all times; empty = not yet.")
    assigned_to: str = Field(description="Who has it.")
    paused: bool = Field(description="Whether its clock stands still.")
    joined: int = Field(description="Further triggers of the same cause.")
    method: Method | None = Field(description="How it was settled.")
    resolution: str = Field(description="In words.")
    resolved_at: str = Field(description="When.")
    preventive: str = Field(description="What keeps it from coming again.")
    lessons: str = Field(description="What was learned.")
    closed_at: str = Field(description="When it was closed.")
    revision: int = Field(description="Grows with every event.")
    sla: Sla = Field(description="Its clock.")


class CaseFile(CaseShape):
    """A case with everything that is known of it."""

    events: list[dict[str, Any]] = Field(description="What happened, oldest first.")
    checklists: dict[str, list[dict[str, Any]]] = Field(description="Points, and whether ticked.")
    brand: dict[str, Any] | None = Field(description="The brand as a reviewer sees it.")
    evaluation: dict[str, Any] | None = Field(description="What its rows show.")
    narratives: list[dict[str, Any]] = Field(description="Its narratives, most frequent first.")
    versions: list[dict[str, Any]] = Field(description="Its versions, oldest first.")
    corrections: list[dict[str, Any]] = Field(description="Corrections made for the case.")


class NewCase(Model):
    """A case to be opened."""

    brandid: Id = Field("", description="The brand; empty = no single one.")
    cause: Cause = Field(description="Why.")
    reason: Said = Field(description="In words.")
    level: int | None = Field(None, ge=1, le=3, description="Where; null = the usual one.")
    assignee: str = Field("", max_length=200, description="Who should take it.")


class Opened(CaseShape):
    """A case that was opened, or joined."""

    joined_an_open_one: bool = Field(description="There was one for this brand and cause.")


class Assigned(Model):
    """Who takes a case."""

    assignee: Person = Field(description="The person.")
    note: str = Field("", max_length=LONGEST, description="A word to them.")


class Checked(Model):
    """Points of the checklists."""

    points: list[Id] = Field(
        min_length=1, max_length=20,
        description="Any of " + ", ".join(p for points in LISTS.values() for p in points) + ".",
    )  # fmt: skip
    done: bool = Field(True, description="False unticks them.")


class Reasoned(Model):
    """Why, or what is to be kept."""

    text: Said = Field(description="In words.")


class Raised(Reasoned):
    """A case that goes to another level."""

    level: int | None = Field(None, ge=1, le=3, description="null = the next one.")


class RuleShape(Model):
    """A rule written by hand."""

    include: str = Field(max_length=LONGEST, description="What must be found.")
    exclude: str | None = Field(None, max_length=LONGEST, description="What must not.")
    mccids: list[Id] = Field(min_length=1, max_length=1_000, description="The codes.")


class Resolution(Model):
    """How a case is settled."""

    method: Method = Field(description="The way.")
    note: Said = Field(description="In words.")
    rule: RuleShape | None = Field(None, description="manual_metadata: the rule.")
    batch_id: str = Field("", max_length=40, description="data_correction, brand_split: which.")
    dry_run: bool = Field(False, description="manual_metadata: show the effect, store nothing.")


class ResolvedShape(Model):
    """What a resolution did, or would do."""

    method: Method = Field(description="The way.")
    effect: dict[str, Any] = Field(description="Difference and blast radius, or corrections.")
    case: CaseShape | None = Field(description="The case afterwards; null = dry run.")


class Closed(Model):
    """What is left of a case."""

    preventive: Said = Field(description="What keeps it from coming again.")
    lessons: Said = Field(description="What was learned.")
    note: str = Field("", max_length=LONGEST, description="A last word.")


class FindingShape(Model):
    """What stands behind a point of the closing list."""

    point: str = Field(description="The point.")
    fine: bool | None = Field(description="null = only a human can tell.")
    said: str = Field(description="What was found.")
    figures: dict[str, Any] = Field(description="Its figures.")


def the_case(case_id: str, server: TheServer) -> str:
    """The case of the path; raises NotFound when there is none of that id."""
    return server.workspace.store.case(case_id).case_id


TheCase = Annotated[str, Depends(the_case)]


@router.get("/escalations", responses=problems())
def cases(
    server: TheServer,
    actor: Viewer,
    state: Annotated[list[CaseState] | None, Query(description="Only these; none = open.")] = None,
    level: Annotated[int | None, Query(ge=1, le=3, description="Only this level.")] = None,
    cause: Annotated[Cause | None, Query(description="Only this cause.")] = None,
    brandid: Annotated[str, Query(max_length=200, description="Only this brand's.")] = "",
    assigned_to: Annotated[str, Query(max_length=200, description="Only this person's.")] = "",
    sort: Annotated[CaseOrder, Query(description="By what.")] = CaseOrder.NEWEST,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[CaseShape]:
    """Cases with their clocks."""
    wanted = CaseFilter(
        states=tuple(state) if state else CaseFilter().states,
        level=Level(level) if level else None,
        cause=cause,
        brandid=brandid,
        assigned_to=assigned_to,
        order=sort,
    )
    found = escalations.listed(server.workspace, wanted, limit, cursor)
    return PageOf(items=list(map(_shape, found.items)), next=found.next)


@router.post("/escalations", status_code=201, responses=problems(404, 409))
def create(server: TheServer, actor: Reviewer, wanted: NewCase) -> Opened:
    """Open a case, or join the open one of the same brand and cause."""
    if wanted.brandid:
        server.workspace.store.line(wanted.brandid)
    line, joined = escalations.create(
        server.workspace, actor.name, wanted.brandid, wanted.cause, wanted.reason,
        level=Level(wanted.level) if wanted.level else None, assignee=wanted.assignee,
    )  # fmt: skip
    return Opened(**escalations.plain(line), joined_an_open_one=joined)


@router.get("/escalations/{case_id}", responses=problems(404))
def case(
    server: TheServer,
    actor: Viewer,
    case_id: TheCase,
    narratives: Annotated[int, Query(ge=0, le=1_000, description="Narratives at the most.")] = 100,
) -> CaseFile:
    """The investigation file of a case."""
    found = escalations.show(server.workspace, case_id, narratives)
    return CaseFile(**escalations.plain_file(found))


@router.get("/escalations/{case_id}/verification", responses=problems(404, 409))
def verification(server: TheServer, actor: Viewer, case_id: TheCase) -> list[FindingShape]:
    """What stands behind the points of the closing list."""
    found = resolving.verify(server.warm.current(), case_id)
    return [FindingShape.model_validate(finding) for finding in found]


@router.post("/escalations/{case_id}/assign", responses=problems(404, 409))
def assign(server: TheServer, actor: Operator, case_id: TheCase, said: Assigned) -> CaseShape:
    """Give a case to somebody; work on it begins."""
    line = escalations.assign(server.workspace, actor.name, case_id, said.assignee, said.note)
    return _shape(line)


@router.post("/escalations/{case_id}/check", responses=problems(404, 409))
def check(server: TheServer, actor: Operator, case_id: TheCase, said: Checked) -> CaseShape:
    """Tick points of the checklists."""
    return _shape(
        escalations.check(server.workspace, actor.name, case_id, said.points, done=said.done)
    )


@router.post("/escalations/{case_id}/note", responses=problems(404, 409))
def note(server: TheServer, actor: Reviewer, case_id: TheCase, said: Reasoned) -> CaseShape:
    """Write something down."""
    return _shape(escalations.note(server.workspace, actor.name, case_id, said.text))


@router.post("/escalations/{case_id}/raise", responses=problems(404, 409))
def raise_level(server: TheServer, actor: Operator, case_id: TheCase, said: Raised) -> CaseShape:
    """Hand a case to a higher level, whose time begins."""
    level = Level(said.level) if said.level else None
    return _shape(escalations.raise_level(server.workspace, actor.name, case_id, said.text, level))


Simple = Callable[..., CaseLine]

ACTS: dict[str, tuple[Simple, str]] = {
    "pause": (escalations.pause, "Stop the clock while the case waits for somebody outside."),
    "resume": (escalations.resume, "Let the clock run again."),
    "reopen": (escalations.reopen, "Go on with a case whose resolution did not hold."),
    "cancel": (escalations.cancel, "End a case that was none."),
}
"""Acts that need a reason and nothing else, at an address each."""


def _add(name: str, act: Simple, description: str) -> None:
    def acted(server: TheServer, actor: Operator, case_id: TheCase, said: Reasoned) -> CaseShape:
        return _shape(act(server.workspace, actor.name, case_id, said.text))

    path = f"/escalations/{{case_id}}/{name}"
    router.post(path, name=name, description=description, responses=problems(404, 409))(acted)


for _name, (_act, _description) in ACTS.items():
    _add(_name, _act, _description)


@router.post("/escalations/{case_id}/resolve", responses=problems(404, 409))
def resolve(
    server: TheServer, actor: Operator, case_id: TheCase, said: Resolution
) -> ResolvedShape:
    """Settle a case. Other settings are tried and adopted by the command line only: it takes as
    long as a run."""
    workspace = server.workspace
    if said.method is Method.ALGORITHM_UPDATE:
        raise InputError("`brand-metagen escalations resolve` tries other settings and adopts them")
    if said.method is Method.MANUAL_METADATA:
        if said.rule is None:
            raise InputError("say which rule: rule.include, rule.mccids")
        rule = said.rule
        manual = Manual(rule.include, rule.exclude, tuple(rule.mccids), said.note)
        done = resolving.by_metadata(
            server.warm.current(), actor.name, case_id, manual, dry_run=said.dry_run
        )
    elif said.dry_run:
        raise InputError(f"{said.method.value} has no effect of its own to show")
    elif said.method is Method.NO_CHANGE:
        done = resolving.without_change(workspace, actor.name, case_id, said.note)
    else:
        done = resolving.by_corrections(
            workspace, actor.name, case_id, said.method, said.batch_id, said.note
        )
    return ResolvedShape(
        method=done.method, effect=dict(done.effect), case=_shape(done.line) if done.line else None
    )


@router.post("/escalations/{case_id}/close", responses=problems(404, 409))
def close(server: TheServer, actor: Operator, case_id: TheCase, said: Closed) -> CaseShape:
    """End a resolved case whose closing list is ticked."""
    return _shape(
        escalations.close(
            server.workspace, actor.name, case_id, said.preventive, said.lessons, said.note
        )
    )


def _shape(line: CaseLine) -> CaseShape:
    return CaseShape(**escalations.plain(line))
