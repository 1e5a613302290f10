"""What came of a remark, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from brand_metagen.cli.output import clean
from brand_metagen.ports import Remark

MANY = 10
"""Narratives of a side that are printed."""


def answered(reply: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A submission's answer, top to bottom: understood, not understood, the rule, the rows."""
    head = f"{reply['brandid']}: {str(reply['outcome']).replace('_', ' ')}"
    stored = f", {reply['feedback_id']}" if reply.get("feedback_id") else ", nothing stored"
    yield Text(clean(f"{head}{stored}, now v{reply['version']}"), style="bold")
    for constraint in reply["understood"]:
        yield Text(clean(f"  understood      {constraint['says']}"), style="green")
    for clause in reply["not_understood"]:
        yield Text(clean(f"  not understood  {clause}"), style="yellow")
    if reply.get("explanation"):
        yield Text(clean(f"  {reply['explanation']}"))
    yield from _question(reply)
    for done in reply.get("done", ()):
        yield Text(clean(f"  {done}"))
    if reply.get("diff"):
        yield from difference(reply["diff"])
    if reply.get("blast_radius"):
        yield from radius(reply["blast_radius"])
    for other, count in (reply.get("proposals") or {}).items():
        yield Text(clean(f"  proposed to brand {other} as well: {count}"))


def taken_back(reply: Mapping[str, Any]) -> Iterator[RenderableType]:
    """A withdrawal's answer: what binds no longer, what does, the rule, the rows."""
    stored = "withdrawn" if reply["stored"] else "nothing stored"
    head = f"{reply['brandid']}: {reply['feedback_id']} {stored}, now v{reply['version']}"
    yield Text(clean(head), style="bold")
    for constraint in reply["withdrawn"]:
        yield Text(clean(f"  no longer  {constraint['says']}"), style="yellow")
    for constraint in reply["kept"]:
        says = f"  still      {constraint['says']}, as {constraint['author']} asked too"
        yield Text(clean(says), style="green")
    if reply.get("diff"):
        yield from difference(reply["diff"])
    if reply.get("blast_radius"):
        yield from radius(reply["blast_radius"])


def _question(reply: Mapping[str, Any]) -> Iterator[RenderableType]:
    if reply.get("question"):
        yield Text(clean(f"  {reply['question']}"), style="bold")
        for row in reply.get("candidates", ()):
            yield Text(clean(f"    {row['ccid']}@{row['bankid']}  {row['narrative']}"))


def difference(diff: Mapping[str, Any]) -> Iterator[RenderableType]:
    """Two versions' differences; what stayed the same is left out."""
    for name in ("include", "exclude"):
        before, after = diff[name]
        if before != after:
            yield Text(clean(f"  {name}  - {before or '(none)'}"), style="red")
            yield Text(clean(f"  {name}  + {after or '(none)'}"), style="green")
    for sign, name, style in (("-", "mccids_removed", "red"), ("+", "mccids_added", "green")):
        if diff[name]:
            yield Text(clean(f"  codes    {sign} {' '.join(diff[name])}"), style=style)
    before, after = diff["confidence"]
    yield Text(f"  confidence {before:.2f} → {after:.2f}")
    for name, (was, now) in diff["evidence"].items():
        if was != now:
            yield Text(clean(f"  {name} {was} → {now}"))


def radius(found: Mapping[str, Any]) -> Iterator[RenderableType]:
    """The blast radius: rows gained, lost and newly left to humans, and whose they were."""
    yield Text(f"  takes {found['taken']:,} rows, {found['share']:.2%} of the market")
    titles = (("gained", "gains"), ("lost", "loses"), ("to_humans", "leaves to humans"))
    for name, title in titles:
        side = found[name]
        whose = ", ".join(f"{rows:,} of {brandid or 'nobody'}" for brandid, rows in side["brands"])
        yield Text(clean(f"  {title} {side['rows']:,} rows{f' ({whose})' if whose else ''}"))
        for sample in side["samples"][:MANY]:
            yield Text(clean(f"    {sample}"))


def remembered(said: Remark) -> Iterator[RenderableType]:
    """A remark that was stored, with what came of it."""
    head = (
        f"{said.feedback_id}, {said.author} on v{said.version} of {said.brandid}, {said.given_at}"
    )
    yield Text(clean(head), style="bold")
    yield Text(clean(f"  {said.text}" if said.text else "  (rows, codes or a pattern only)"))
    for constraint in said.understood:
        yield Text(clean(f"  understood      {constraint}"), style="green")
    for clause in said.not_understood:
        yield Text(clean(f"  not understood  {clause}"), style="yellow")
    made = f", made v{said.made}" if said.made else ""
    yield Text(
        clean(f"  {said.category}: {said.outcome.value}{made}. {said.explanation}".rstrip(". "))
    )
