"""The investigation file of a case on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import RenderableType

from brand_metagen.cli.output import clean, table

if TYPE_CHECKING:
    from brand_metagen.app.escalations import Investigation

MOST_REMARKS = 10


def parts(found: Investigation) -> Iterator[RenderableType]:
    """The file piece by piece: case, clock, lists, history, then what is known of the brand."""
    case, clock = found.line.case, found.line.clock
    brand = f"{case.brandid} {case.brandname}".strip() or "no single brand"
    yield clean(f"{case.case_id}: {brand}, {case.cause.value.replace('_', ' ')}")
    yield clean(f"  {case.reason}")
    yield clean(
        f"  level {case.level:d} ({case.level.name.lower()}), {case.state.value}, "
        f"{case.assigned_to or 'nobody'} has it, opened {case.opened_at[:16]} by {case.opened_by}"
    )
    due = f", due {clock.due:%Y-%m-%d %H:%M} UTC" if clock.due else ""
    yield f"  {clock.spent / 3600:.1f} of {clock.limit / 3600:g} hours, {found.line.stands}{due}"
    if clock.suspect:
        yield "  a clock jumped: stamps that fit no order were set aside"
    for name, points in found.checks.items():
        rows = [("x" if done else "", point, text) for point, text, done in points]
        yield table(f"\n{name}", ("", "point", "what it says"), rows)
    events = [(e.at[:16], e.actor, e.kind.value, e.note) for e in found.events]
    yield table("\nhistory", ("when", "who", "what", "said"), events)
    yield from _brand(found)


def _brand(found: Investigation) -> Iterator[RenderableType]:
    if found.versions:
        rows = [
            (v["version"], v["status"], v["confidence"], v["include"] or "(no rule)")
            for v in found.versions
        ]
        yield table("\nversions", ("v", "status", "confidence", "include"), rows)
    if found.brand is not None:
        said = [
            (r["given_at"][:16], r["author"], r["outcome"], r["text"])
            for r in found.brand["remarks"][:MOST_REMARKS]
        ]
        yield f"\nround {found.brand['round']}, state {found.brand['state']}"
        yield table("remarks", ("when", "who", "outcome", "text"), said)
    if found.evaluation is not None:
        issues = [(i["severity"], i["kind"], i["description"]) for i in found.evaluation["issues"]]
        yield table("\nissues of its rows", ("severity", "kind", "what"), issues)
    if found.narratives:
        columns = ("rows", "decision", "taken", "labelled", "narrative")
        texts = [[n[column] for column in columns] for n in found.narratives]
        yield table("\nnarratives", columns, texts)
    for batch in found.batches:
        undone = ", undone" if batch["undone_at"] else ""
        count = len(batch["corrections"])
        yield clean(f"{batch['batch_id']}: {count} cells corrected, {batch['reason']}{undone}")
