"""What a resolution does, on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType

from brand_metagen.cli.output import clean, table
from brand_metagen.cli.replies import difference, radius


def parts(effect: Mapping[str, Any]) -> Iterator[RenderableType]:
    """An effect piece by piece; the keys it has say what it is of."""
    if "diff" in effect:
        yield from difference(effect["diff"])
        yield from radius(effect["blast_radius"])
    if "meant" in effect:
        yield from _settings(effect)


def _settings(effect: Mapping[str, Any]) -> Iterator[RenderableType]:
    changed = ", ".join(f"{key} = {value}" for key, value in effect["settings"].items())
    yield clean(f"{changed}: {effect['moved_rows']:,} rows would change hands or decision")
    rows = [(name, *pair) for name, pair in effect["decisions"].items()]
    yield table("\nthe whole market", ("decision", "before", "after"), rows)
    for title, brands in (("brands meant", "meant"), ("other brands", "others")):
        if effect[brands]:
            yield table(f"\n{title}", _COLUMNS, list(map(_brand, effect[brands])))
    if effect["other_brands"] > len(effect["others"]):
        yield f"and {effect['other_brands'] - len(effect['others'])} brands more"
    moves = [
        (m["rows"], m["from_brand"] or "", m["from_decision"], m["to_brand"] or "",
         m["to_decision"], "; ".join(m["samples"][:2]))
        for m in effect["moves"]
    ]  # fmt: skip
    if moves:
        columns = ("rows", "from", "", "to", "", "such as")
        yield table("\nrows that move", columns, moves)


_COLUMNS = ("id", "brand", "confirmed", "", "review", "", "confidence", "", "codes", "")


def _brand(effect: Mapping[str, Any]) -> tuple[object, ...]:
    decisions = effect["decisions"]
    return (
        effect["brandid"], effect["brandname"], *decisions.get("confirmed", (0, 0)),
        *decisions.get("review", (0, 0)), *effect["confidence"], *effect["codes"],
    )  # fmt: skip
