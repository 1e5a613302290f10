"""Rows pasted into a remark: a combo with its own bank, code and narrative is one thing named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from brand_metagen.constraints import Row
from brand_metagen.review.part import Part
from brand_metagen.review.things import Sort
from brand_metagen.synthesise.names import squeeze
from brand_metagen.tables.normalise import normalise

COLUMNS = 8
"""Parts on either side of a combo that may be its columns, and signs between them."""
SIGNS = frozenset({"|", "/", ",", ":", "-", ";"})


def pasted(parts: Sequence[Part]) -> list[Part]:
    """The parts, without those that only repeat columns of the combo they stand beside."""
    kept: list[Part] = []
    at = 0
    while at < len(parts):
        part = parts[at]
        rows = _rows(part)
        at += 1
        if not rows:
            kept.append(part)
            continue
        ahead, narrative = _columns(parts[at : at + COLUMNS], rows)
        behind, before = _columns(reversed(kept[-COLUMNS:]), rows)
        if before:
            del kept[len(kept) - behind :]
        bank = [p for p in parts[at : at + ahead] if _bank(p, rows)]
        kept.append(_at_bank(part, bank))
        if narrative or bank or _glued(parts[at : at + ahead]):
            at += ahead
            at += bool(ahead and at < len(parts) and parts[at].sign == "|")
    return kept


def _rows(part: Part) -> tuple[Row, ...]:
    one = part.things[0] if len(part.things) == 1 else None
    return one.rows if one is not None and one.sort is Sort.ROW else ()


def _columns(parts: Iterable[Part], rows: Sequence[Row]) -> tuple[int, bool]:
    """How many parts from here are columns of one of the rows, and whether a narrative is."""
    last, narrative = 0, False
    for count, part in enumerate(parts, start=1):
        if part.sign in SIGNS and part.sign:
            continue
        text = any(_tells(part, row) for row in rows)
        if not (text or _bank(part, rows) or _code(part, rows)):
            break
        last, narrative = count, narrative or text
    return last, narrative


def _tells(part: Part, row: Row) -> bool:
    """Whether a part is the row's whole narrative."""
    words = len(part.things) == 1 and part.things[0].sort is Sort.WORDS and not part.things[0].plain
    return words and squeeze(part.things[0].text) == squeeze(normalise(row.narrative))


def _bank(part: Part, rows: Sequence[Row]) -> bool:
    said = part.phrase if "at_bank" in part.means else " ".join(part.said)
    said = said or (part.things[0].text if part.things and not part.things[0].rows else "")
    return bool(said) and any(said.upper() == row.bankid.upper() for row in rows)


def _code(part: Part, rows: Sequence[Row]) -> bool:
    code = len(part.things) == 1 and part.things[0].sort is Sort.CODE
    return code and any(part.things[0].text == row.mccid for row in rows)


def _glued(parts: Sequence[Part]) -> bool:
    """Whether nothing parts a code from its combo that parts the things of a list."""
    return all(part.sign not in (",", "/", "-", ";") for part in parts)


def _at_bank(part: Part, banks: Sequence[Part]) -> Part:
    """The combo at the bank that is named among its columns."""
    thing = part.things[0]
    named = {(p.phrase or " ".join(p.said) or p.things[0].text).upper() for p in banks}
    rows = tuple(row for row in thing.rows if row.bankid.upper() in named)
    return replace(part, things=(replace(thing, rows=rows, doubt=""),)) if rows else part
