"""A rule in words: piece by piece, with what each is worth and what the rule does on the market."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from brand_metagen.cli.output import clean, table
from brand_metagen.records import Metadata

if TYPE_CHECKING:
    from brand_metagen.app.reviewing import Look


def explain(record: Metadata) -> Iterator[RenderableType]:
    """The parts to print, top to bottom."""
    head = (
        f"{record.brandname} ({record.brandid}), {record.sector or 'no sector'}, v{record.version}"
    )
    yield Text(clean(head), style="bold")
    doubt = "requires confirmation" if record.requires_confirmation else "needs no confirmation"
    yield Text(f"  confidence {record.confidence:.2f}: {doubt}")
    for reason in record.reasons:
        yield Text(clean(f"    because {reason}"))
    if record.rule is None:
        return
    yield Text(f"  include  {record.rule.include}", style="green")
    if record.rule.exclude:
        yield Text(f"  exclude  {record.rule.exclude}", style="red")
    yield Text(clean(f"  codes    {' '.join(record.rule.mccids)}"))
    yield table(
        "",
        ("   from", "pattern", "narratives", "not its own"),
        [(f"   {p.kind}", p.pattern, p.rows, p.wrong) for p in record.rule.pieces],
    )
    yield from _evidence(record)


def _evidence(record: Metadata) -> Iterator[RenderableType]:
    evidence: Any = record.evidence
    held, covered = evidence["held_out"], evidence["covered"]
    low, high = held["recall_interval"]
    if held["recall"] is not None:
        yield Text(
            f"  held out: recall {held['recall']:.3f} ({low:.2f}-{high:.2f}, "
            f"{held['rows']:,} rows), expected precision {held['precision'] or 0:.3f}"
        )
    yield Text(
        f"  on the market: takes {evidence['taken']:,} rows, covers {covered['count']:,} of "
        f"{evidence['rows']:,} labelled to it, "
        f"{evidence['contradicted']['count']:,} labelled to others"
    )
    for title in ("covered", "missed", "contradicted"):
        for sample in evidence[title]["samples"][:3]:
            yield Text(clean(f"    {title:<13} {sample}"))
    for other in evidence["nearest"][:3]:
        yield Text(clean(f"    also wanted by {other['brandname']}: {other['rows']:,} rows"))


def reviewed(look: Look) -> Iterator[RenderableType]:
    """What a reviewer sees beside the rule: where the brand stands, rows, what was said."""
    line = look.line
    where = (
        f"{line.state.value.replace('_', ' ')}, round {line.round}, priority {line.priority:.1f}"
    )
    yield Text(clean(f"  {where}"), style="bold")
    for kind, rows in look.rows.items():
        for row in rows:
            whose = f"  {row['whose']}" if row["whose"] else ""
            yield Text(clean(f"    {kind:<10} {row['narrative']}  {row['mccid']}{whose}"))
    if look.commercial is not None:
        yield Text(clean(f"  {_commercial(look.commercial)}"))
    for constraint in look.constraints:
        yield Text(clean(f"  promised to {constraint.author}: {constraint}"))
    for said in look.remarks:
        yield Text(clean(f"  {said.feedback_id} {said.author}: {said.text or said.category}"))
    for advice in look.stops:
        why = f"  {advice.stop.value}: {advice.says}; {advice.do}"
        yield Text(clean(why), style="yellow")
    for proposal in look.proposals:
        yield Text(clean(f"  a review of a similar brand proposes: {proposal}"), style="yellow")


def _commercial(fact: Mapping[str, Any]) -> str:
    """What the world is said to know of a brand, in a line; it is data and gives no orders."""
    said = f"commercial: {fact['known']} to {fact['source']}"
    if fact["known"] == "known":
        said += f" as {fact['name']}, {fact['sector']}; the sector fits: {fact['fit']}"
    if fact["alternatives"]:
        said += f" (rather {', '.join(fact['alternatives'])})"
    if fact["age_seconds"]:
        said += f", {fact['age_seconds']:,.0f} s old"
    return said + (f"; {fact['note']}" if fact["note"] else "")
