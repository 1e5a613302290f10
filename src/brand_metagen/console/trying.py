"""The try-it page: what a pattern makes of narratives typed in, and of the market."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.app.marking import Marker, Part, marker, stops
from brand_metagen.app.queries import Tried, metadata, try_narratives
from brand_metagen.app.trying import Taken, Try, try_on
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.review import DrawnPiece, drawn_pieces, names_of
from brand_metagen.console.text import render
from brand_metagen.ports import Actor, Role
from brand_metagen.records import Piece, Rule
from brand_metagen.web.state import Server

MOST_TRIED = 50
"""Narratives tried at once."""


@dataclass(frozen=True, slots=True)
class Line:
    """A narrative that was typed in: whether it is taken, its parts, and why in words."""

    taken: bool
    parts: tuple[Part, ...]
    why: str


def trying(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """A box for narratives or a pattern; what it takes is shown while one types."""
    del actor
    brandid, include, exclude, codes = wanted.get("brand", ""), "", "", ""
    name = ""
    if brandid:
        record = metadata(server.workspace, brandid)
        name = record.brandname
        if record.rule is not None:
            include, exclude = record.rule.include, record.rule.exclude or ""
            codes = " ".join(record.rule.mccids)
    return render(
        "try.html.j2", root=ROOT, brandid=brandid, name=name, include=include, exclude=exclude,
        codes=codes, narratives=wanted.get("text", ""),
    )  # fmt: skip


def tried(server: Server, actor: Actor, form: Form) -> Reply:
    """Run a pattern over narratives typed in, or over the market."""
    del actor
    include, exclude = form.text("include").strip(), form.text("exclude").strip() or None
    texts = [line for line in form.text("narratives").splitlines() if line.strip()][:MOST_TRIED]
    if not include:
        html = render("tried.html.j2", lines=[], pieces=[], market=None)
        return Reply("", panel="tried", html=html)
    brandid = form.text("brandid")
    rows, rule = try_narratives(include, exclude, texts), _rule(server, brandid, include, exclude)
    mark, market, names = marker(rule), None, {}
    if form.text("market"):
        live, codes = server.warm.glance(), form.text("codes").replace(",", " ").split()
        market, names = try_on(live, include, exclude, codes, brandid), names_of(live)
    html = render(
        "tried.html.j2", lines=_lines(rule, rows, mark), pieces=_pieces(rule), market=market,
        names=names, mark=mark, sides=_sides(market),
    )  # fmt: skip
    return Reply("", panel="tried", html=html)


def _rule(server: Server, brandid: str, include: str, exclude: str | None) -> Rule:
    """The pattern with those pieces of the brand's rule that it still holds."""
    pieces: tuple[Piece, ...] = ()
    if brandid and (rule := metadata(server.workspace, brandid).rule) is not None:
        pieces = tuple(piece for piece in rule.pieces if piece.pattern in include)
    return Rule(brandid, include, exclude, (), pieces)


def _pieces(rule: Rule) -> list[DrawnPiece]:
    return drawn_pieces(rule) if rule.pieces else []


def _sides(market: Try | None) -> list[tuple[str, str, Taken]]:
    """What is gained and lost against the brand's rule, where it is held against one."""
    if market is None or market.gained is None or market.lost is None:
        return []
    return [("+", "gain", market.gained), ("−", "loss", market.lost)]


def _lines(rule: Rule, rows: Sequence[Tried], mark: Marker) -> list[Line]:
    """Each narrative with its parts; in one that nothing matches, where it stopped."""
    found = stops(rule.include, (row.narrative for row in rows if not row.matched))
    lines = []
    for row in rows:
        stop = found.get(row.narrative)
        if row.matched:
            said = row.matched if row.taken else "shut out"
            lines.append(Line(row.taken, mark(row.narrative), said))
        elif stop is None:
            lines.append(Line(False, (Part(row.narrative),), "nothing matches"))
        else:
            lines.append(Line(False, stop.parts, stop.says or "nothing of it is there"))
    return lines


DEEDS: Deeds = {"try": (Role.VIEWER, tried)}
