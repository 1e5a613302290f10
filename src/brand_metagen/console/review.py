"""What pages of reviewers share: rules in pieces, rows folded and marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from brand_metagen.app.brand_rows import BrandRow, rows_by_decision, rows_of_others
from brand_metagen.app.live import Live
from brand_metagen.app.marking import PLAIN, SHUT, Part, marker, stops
from brand_metagen.app.worth import Saved, Worth
from brand_metagen.console.rules import Token, drawn
from brand_metagen.records import Decision, Metadata, Piece, Rule

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
OTHERS = "others"
"""The tab of rows that the rule takes and another brand's label is on."""


@dataclass(frozen=True, slots=True)
class DrawnPiece:
    """A piece with its tokens, its colour and, where it was counted, what it is worth."""

    piece: Piece
    tokens: tuple[Token, ...]
    colour: int
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class Shut:
    """What a rule shuts out, as it is drawn, and the rows it keeps out if they were counted."""

    tokens: tuple[Token, ...]
    saved: Saved | None = None


@dataclass(frozen=True, slots=True)
class Like:
    """Rows that look and count the same, folded into one; `stopped` says how near the rule came
    to what it does not match."""

    row: BrandRow
    parts: tuple[Part, ...]
    rows: int
    stopped: str = ""

    @property
    def pieces(self) -> list[str]:
        """The pieces that matched, by their place; `x` where it is shut out."""
        found = sorted({piece for part in self.parts for piece in part.pieces})
        out = ["x"] if any(part.piece == SHUT for part in self.parts) else []
        return [*map(str, found), *out]


@dataclass(frozen=True, slots=True)
class Tab:
    """One kind of a brand's rows: how many there are, and the most doubtful of them."""

    decision: str
    title: str
    total: int
    likes: tuple[Like, ...]


def drawn_pieces(rule: Rule | None, worths: Sequence[Worth] = ()) -> list[DrawnPiece]:
    """The pieces of a rule with their colours; a rule by hand is one piece."""
    if rule is None:
        return []
    pieces = rule.pieces or (Piece(rule.include, "by hand", 0, 0),)
    known: Sequence[Worth | None] = worths or [None] * len(pieces)
    return [
        DrawnPiece(piece, drawn(piece.pattern), place % COLOURS, worth)
        for place, (piece, worth) in enumerate(zip(pieces, known, strict=True))
    ]


def shut_out(rule: Rule | None, saved: Saved | None = None) -> Shut | None:
    """What a rule shuts out, None where it shuts out nothing."""
    return Shut(drawn(rule.exclude), saved) if rule is not None and rule.exclude else None


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


def tabs_of(live: Live, brandid: str, rule: Rule | None) -> tuple[Tab, ...]:
    """A brand's rows by decision, doubtful ones first, marked as a rule matches them."""
    found, mark = rows_by_decision(live, brandid, MOST_READ), marker(rule)
    tabs = []
    for decision, title in TABS:
        total, rows = found[decision]
        likes = [Like(same[0], mark(same[0].narrative), len(same)) for same in _folded(rows)]
        if decision is Decision.UNMATCHED and rule is not None:
            likes = stopped_at(rule, likes)
        tabs.append(Tab(decision.value, title, total, tuple(likes)))
    total, rows = rows_of_others(live, brandid, MOST_READ)
    likes = [Like(same[0], mark(same[0].narrative), len(same)) for same in _folded(rows)]
    return (*tabs, Tab(OTHERS, "Others’", total, tuple(likes)))


def _folded(rows: Iterable[BrandRow]) -> Sequence[Sequence[BrandRow]]:
    """Rows folded by narrative and code, the most doubtful first."""
    folded: dict[tuple[str, str], list[BrandRow]] = {}
    for row in rows:
        folded.setdefault((row.narrative, row.mccid), []).append(row)
    return sorted(folded.values(), key=lambda same: abs(same[0].confidence - 0.5))[:ROWS]


def stopped_at(rule: Rule, likes: Sequence[Like]) -> list[Like]:
    """Rows with where the rule stopped in those in which nothing of it matches."""
    missed = (like for like in likes if all(part.piece == PLAIN for part in like.parts))
    found = stops(rule.include, (like.row.narrative for like in missed))
    return [
        like
        if (stop := found.get(like.row.narrative)) is None
        else replace(like, parts=stop.parts, stopped=stop.says)
        for like in likes
    ]


def names_of(live: Live) -> dict[str, str]:
    """The names of all brands of the market by id."""
    return {brandid: brand.brandname for brandid, brand in live.market.brands.items()}
