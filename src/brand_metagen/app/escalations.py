"""Cases from their opening to their end: what people do to them, and the file they work from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from brand_metagen.app import queries, reviewing
from brand_metagen.app.guards import person, said
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.escalate import checklists
from brand_metagen.escalate.sla import Clock, clock_of
from brand_metagen.escalate.words import channels
from brand_metagen.ports import (
    Act,
    Case,
    CaseAct,
    CaseEvent,
    CaseFilter,
    CaseState,
    Cause,
    Level,
    Method,
    Opening,
    Page,
)
from brand_metagen.publish.metadata import to_record

MOST_LISTED = 100
"""Cases of one page (ESC-17)."""
MOST_NARRATIVES = 200
"""Narratives of one investigation, unless more are asked for (ESC-07)."""
USUAL_LEVEL: Mapping[Cause, Level] = {
    Cause.SYSTEM_ERROR: Level.ENGINEERING,
    Cause.DATA_QUALITY: Level.ENGINEERING,
    Cause.BUSINESS_RULE: Level.PRODUCT,
    Cause.LEGAL: Level.PRODUCT,
}
"""Where a cause usually belongs; all others begin with operations."""
SETTLED_HOW = "say how the case was settled: --note TEXT"
"""Asked of who settles a case without a word."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case and how it stands against its time: `stands` is ok, soon, breached, paused or
    stopped."""

    case: Case
    clock: Clock
    stands: str


@dataclass(frozen=True, slots=True)
class Investigation:
    """Everything that is known of a case in one view (ESC-07).

    `checks` are the points of both lists with whether they are ticked; `brand` is what a reviewer
    sees of it (None where no single brand is meant, or no run knows it yet).
    """

    line: CaseLine
    events: tuple[CaseEvent, ...]
    checks: Mapping[str, tuple[tuple[str, str, bool], ...]]
    brand: Mapping[str, Any] | None
    evaluation: Mapping[str, Any] | None
    narratives: tuple[Mapping[str, Any], ...]
    versions: tuple[Mapping[str, Any], ...]
    batches: tuple[Mapping[str, Any], ...]


def create(
    workspace: Workspace,
    actor: str,
    brandid: str,
    cause: Cause,
    reason: str,
    *,
    level: Level | None = None,
    assignee: str = "",
    facts: Mapping[str, object] | None = None,
) -> tuple[CaseLine, bool]:
    """Open a case by hand (ESC-05), or join the one that is open for brand and cause (then True).

    `brandid` may be empty where no single brand is meant. Raises InputError without a reason.
    """
    said(workspace, reason, "say why: --reason TEXT")
    name = workspace.store.line(brandid).brandname if brandid else ""
    opening = Opening(
        brandid,
        name,
        cause,
        level or USUAL_LEVEL.get(cause, Level.OPERATIONS),
        reason,
        facts or {},
        person(assignee),
        channels(workspace.settings.notify),
    )
    case, joined = workspace.store.open_case(opening, actor)
    return _line(workspace, case, workspace.store.case_events(case.case_id)), joined


def listed(
    workspace: Workspace, wanted: CaseFilter, limit: int = MOST_LISTED, cursor: str | None = None
) -> Page[CaseLine]:
    """Cases with their clocks; raises InputError beyond 100 at a time."""
    if not 1 <= limit <= MOST_LISTED:
        raise InputError(f"limit lies between 1 and {MOST_LISTED}, not at {limit}")
    found = workspace.store.cases(wanted, limit, cursor)
    lines = (_line(workspace, c, workspace.store.case_events(c.case_id)) for c in found.items)
    return Page(tuple(lines), found.next)


def show(workspace: Workspace, case_id: str, narratives: int = MOST_NARRATIVES) -> Investigation:
    """The investigation file of a case; raises InputError when there is none of that id."""
    store = workspace.store
    case, events = store.case(case_id), store.case_events(case_id)
    done = checklists.ticked(events)
    checks = {
        name: tuple((point, text, point in done) for point, text in points.items())
        for name, points in checklists.LISTS.items()
    }
    return Investigation(
        _line(workspace, case, events),
        events,
        checks,
        *_brand_file(workspace, case.brandid, narratives),
        tuple(asdict(b) for b in store.correction_batches() if b.case_id == case_id),
    )


def _brand_file(workspace: Workspace, brandid: str, limit: int) -> tuple[Any, Any, Any, Any]:
    """A brand as its reviewers and its rows show it; nothing where no run knows the brand."""
    versions = workspace.store.versions(brandid) if brandid else ()
    if not versions:
        return None, None, (), ()
    records = tuple(to_record(version) for version in versions)
    try:
        brand = reviewing.plain(reviewing.look(workspace, brandid, 5))
        rows = tuple(queries.narratives(workspace, brandid, limit))
        return brand, queries.evaluation(workspace, brandid), rows, records
    except (InputError, FileNotFoundError):  # of an earlier run, or the run's files are gone
        return None, None, (), records


def assign(
    workspace: Workspace, actor: str, case_id: str, assignee: str, note: str = ""
) -> CaseLine:
    """Give a case to somebody; work on it begins (ESC-06)."""
    if not assignee.strip():
        raise InputError("say who takes the case: --to NAME")
    changes = {"assigned_to": person(assignee)}
    state = workspace.store.case(case_id).state
    moved = CaseState.IN_PROGRESS if state is CaseState.OPEN else None
    return _act(workspace, actor, case_id, Act.ASSIGNED, note, moved, changes)


def check(
    workspace: Workspace, actor: str, case_id: str, points: Iterable[str], *, done: bool = True
) -> CaseLine:
    """Tick points of the triage or the closing list, or untick them."""
    points = tuple(points)
    found = [(point, checklists.list_of(point)) for point in points]
    if not found:
        raise InputError("say which points; `escalations show` lists them")
    for point, name in found:
        detail = {"list": name, "point": point, "done": done}
        told = point if done else f"not {point}"
        line = _act(workspace, actor, case_id, Act.CHECKED, told, None, {}, detail)
    return line


def note(workspace: Workspace, actor: str, case_id: str, text: str) -> CaseLine:
    """Write something down (ESC-08)."""
    said(workspace, text, "say what is to be noted")
    return _act(workspace, actor, case_id, Act.NOTED, text)


def raise_level(
    workspace: Workspace, actor: str, case_id: str, reason: str, level: Level | None = None
) -> CaseLine:
    """Hand a case to the next level, whose time begins (ESC-09)."""
    said(workspace, reason, "say why the case is raised: --reason TEXT")
    case = workspace.store.case(case_id)
    now = case.level
    if level is None and now is Level.PRODUCT:
        raise ConflictError(f"case {case_id} is at the highest level already")
    wanted = level or Level(now + 1)
    if wanted <= now:
        raise InputError(f"case {case_id} is at level {now:d}; raise it to a higher one")
    changes, detail = {"level": int(wanted)}, {"from": int(now)}
    seen = case.revision  # of two at once, the second would raise what it has not seen
    return _act(workspace, actor, case_id, Act.RAISED, reason, None, changes, detail, seen)


def pause(workspace: Workspace, actor: str, case_id: str, reason: str) -> CaseLine:
    """Stop a case's clock while nobody here can do anything, with the reason."""
    said(workspace, reason, "say what the case waits for: --reason TEXT")
    case = workspace.store.case(case_id)
    if case.paused:
        raise ConflictError(f"case {case_id} is paused already")
    changes = {"paused": True}
    return _act(workspace, actor, case_id, Act.PAUSED, reason, None, changes, {}, case.revision)


def resume(workspace: Workspace, actor: str, case_id: str, text: str = "") -> CaseLine:
    """Let a paused case's clock run again."""
    case = workspace.store.case(case_id)
    if not case.paused:
        raise ConflictError(f"case {case_id} is not paused")
    changes = {"paused": False}
    return _act(workspace, actor, case_id, Act.RESUMED, text, None, changes, {}, case.revision)


def resolve(
    workspace: Workspace,
    actor: str,
    case_id: str,
    method: Method,
    resolution: str,
    detail: Mapping[str, object] | None = None,
) -> CaseLine:
    """Record how a case was settled (ESC-10); its brand goes back to review, to be approved.

    What settles it is done before (`app.resolving`); `detail` says what it was.
    """
    return _done(workspace, resolution_of(workspace, actor, case_id, method, resolution, detail))


def resolution_of(
    workspace: Workspace,
    actor: str,
    case_id: str,
    method: Method,
    resolution: str,
    detail: Mapping[str, object] | None = None,
) -> CaseAct:
    """The act that `resolve` writes, for who writes it with what settles the case."""
    said(workspace, resolution, SETTLED_HOW)
    return CaseAct(
        actor, case_id, Act.RESOLVED, resolution, CaseState.RESOLVED,
        {"method": method, "resolution": resolution, "paused": False},
        {"method": method.value, **(detail or {})},
        frees_brand=True, channels=channels(workspace.settings.notify),
    )  # fmt: skip


def reopen(workspace: Workspace, actor: str, case_id: str, reason: str) -> CaseLine:
    """Go on with a case whose resolution did not hold."""
    return _done(workspace, reopening(workspace, actor, case_id, reason))


def reopening(workspace: Workspace, actor: str, case_id: str, reason: str) -> CaseAct:
    """The act that `reopen` writes, for who writes it with what is taken back."""
    said(workspace, reason, "say why the case is opened again: --reason TEXT")
    return CaseAct(
        actor, case_id, Act.REOPENED, reason, CaseState.IN_PROGRESS,
        channels=channels(workspace.settings.notify),
    )  # fmt: skip


def close(
    workspace: Workspace, actor: str, case_id: str, preventive: str, lessons: str, text: str = ""
) -> CaseLine:
    """End a case (ESC-15); raises ConflictError while points of the closing list are open."""
    said(workspace, preventive, "say what keeps it from coming again: --preventive TEXT")
    said(workspace, lessons, "say what was learned: --lessons TEXT")
    open_points = checklists.missing("closing", workspace.store.case_events(case_id))
    if open_points:
        raise ConflictError(
            f"case {case_id}: not ticked on the closing list: {', '.join(open_points)}. "
            f"`brand-metagen escalations check {case_id} POINT…` ticks them",
            now={"missing": list(open_points)},
        )
    changes = {"preventive": preventive, "lessons": lessons}
    return _act(workspace, actor, case_id, Act.CLOSED, text, CaseState.CLOSED, changes,
                frees_brand=True)  # fmt: skip


def cancel(workspace: Workspace, actor: str, case_id: str, reason: str) -> CaseLine:
    """End a case that was none, with the reason."""
    said(workspace, reason, "say why it is no case: --reason TEXT")
    return _act(
        workspace, actor, case_id, Act.CANCELLED, reason, CaseState.CANCELLED, frees_brand=True
    )


def plain(line: CaseLine) -> dict[str, Any]:
    """A case as REST and `--json` show it; times in seconds, `due` in UTC."""
    clock = line.clock
    case = {**asdict(line.case), "level": int(line.case.level)}
    due = clock.due.isoformat(timespec="seconds") if clock.due else None
    return {
        **case,
        "sla": {
            "stands": line.stands,
            "spent": round(clock.spent, 3),
            "limit": clock.limit,
            "left": round(clock.left, 3),
            "due": due,
            "clock_suspect": clock.suspect,
        },
    }


def plain_file(found: Investigation) -> dict[str, Any]:
    """An investigation as REST and `--json` show it."""
    return {
        **plain(found.line),
        "events": [{**asdict(e), "kind": e.kind.value} for e in found.events],
        "checklists": {
            name: [{"point": p, "text": text, "done": done} for p, text, done in points]
            for name, points in found.checks.items()
        },
        "brand": found.brand,
        "evaluation": found.evaluation,
        "narratives": list(found.narratives),
        "versions": list(found.versions),
        "corrections": list(found.batches),
    }


def _act(
    workspace: Workspace,
    actor: str,
    case_id: str,
    kind: Act,
    text: str = "",
    state: CaseState | None = None,
    changes: Mapping[str, object] | None = None,
    detail: Mapping[str, object] | None = None,
    seen: int | None = None,
    *,
    frees_brand: bool = False,
) -> CaseLine:
    """Write an act, on the revision it was thought up for if that matters (`seen`)."""
    said(workspace, text)
    act = CaseAct(
        actor, case_id, kind, text, state, changes or {}, detail or {}, seen, frees_brand,
        channels(workspace.settings.notify),
    )  # fmt: skip
    return _done(workspace, act)


def _done(workspace: Workspace, act: CaseAct) -> CaseLine:
    workspace.store.act_on_case(act)
    return line_of(workspace, act.case_id)


def line_of(workspace: Workspace, case_id: str) -> CaseLine:
    """A case with its clock; raises NotFound when there is none of that id."""
    store = workspace.store
    return _line(workspace, store.case(case_id), store.case_events(case_id))


def _line(workspace: Workspace, case: Case, events: Sequence[CaseEvent]) -> CaseLine:
    settings = workspace.settings.escalate
    clock = clock_of(case.level, events, datetime.now(UTC), settings)
    if clock.breached:
        stands = "breached"
    elif not clock.running:
        stands = "paused" if case.paused else "stopped"
    else:
        soon = clock.spent >= settings.soon_share * clock.limit
        stands = "soon" if soon else "ok"
    return CaseLine(case, clock, stands)
