"""What pages of reviewers share: rules in pieces, rows folded and marked; and the try-it box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.app.brand_rows import BrandRow, rows_by_decision
from brand_metagen.app.live import Live
from brand_metagen.app.marking import Marker, Part
from brand_metagen.app.queries import metadata
from brand_metagen.console.door import ROOT
from brand_metagen.console.rules import Token, drawn
from brand_metagen.console.text import render
from brand_metagen.ports import Actor
from brand_metagen.records import Decision, Metadata, Piece, Rule
from brand_metagen.web.state import Server

ROWS = 40
"""Rows of a tab: what a reviewer can take in."""
MOST_READ = 400
COLOURS = 3
TABS = (
    (Decision.REVIEW, "Not sure"),
    (Decision.UNMATCHED, "Missed"),
    (Decision.EXCLUDED, "Shut out"),
    (Decision.TIE, "Tied"),
    (Decision.CONFIRMED, "Confirmed"),
)
"""Doubtful evidence first."""


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece with its tokens and its colour."""

    piece: Piece
    tokens: tuple[Token, ...]
    colour: int


@dataclass(frozen=True, slots=True)
class Like:
    """Rows that look and count the same, folded into one."""

    row: BrandRow
    parts: tuple[Part, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of a brand's rows: how many there are, and the most doubtful of them."""

    decision: str
    title: str
    total: int
    likes: tuple[Like, ...]


def drawn_pieces(rule: Rule | None) -> list[DrawnPiece]:
    """The pieces of a rule with their colours; a rule by hand is one piece."""
    if rule is None:
        return []
    pieces = rule.pieces or (Piece(rule.include, "by hand", 0, 0),)
    return [DrawnPiece(p, drawn(p.pattern), i % COLOURS) for i, p in enumerate(pieces)]


def shut_out(rule: Rule | None) -> tuple[Token, ...]:
    """What a rule shuts out, as it is drawn; nothing where it shuts out nothing."""
    return drawn(rule.exclude) if rule is not None and rule.exclude else ()


def codes_of(live: Live, record: Metadata) -> list[tuple[str, str, int]]:
    """The rule's codes with their names and how many of the rows it takes have them."""
    if record.rule is None:
        return []
    combos = live.market.combos
    counts = dict.fromkeys(record.rule.mccids, 0)
    for place in live.now.rows(record.brandid).taken:
        if combos.mccid[place] in counts:
            counts[combos.mccid[place]] += 1
    names = live.market.mccs
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(code, names[code].mcc_desc if code in names else "", n) for code, n in ranked]


def tabs_of(live: Live, brandid: str, mark: Marker) -> tuple[Tab, ...]:
    """A brand's rows by decision, doubtful ones first."""
    found = rows_by_decision(live, brandid, MOST_READ)
    return tuple(
        Tab(decision.value, title, found[decision][0], tuple(_likes(found[decision][1], mark)))
        for decision, title in TABS
    )


def _likes(rows: Iterable[BrandRow], mark: Marker) -> Sequence[Like]:
    """Rows folded by narrative and code, the most doubtful first."""
    folded: dict[tuple[str, str], list[BrandRow]] = {}
    for row in rows:
        folded.setdefault((row.narrative, row.mccid), []).append(row)
    ranked = sorted(folded.values(), key=lambda same: abs(same[0].confidence - 0.5))
    return [Like(same[0], mark(same[0].narrative), len(same)) for same in ranked[:ROWS]]


def names_of(live: Live) -> dict[str, str]:
    """The names of all brands of the market by id."""
    return {brandid: brand.brandname for brandid, brand in live.market.brands.items()}


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
        codes=codes,
    )  # fmt: skip
