"""One brand made several (ESC-12): proposed from its rows, shown, applied as one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from itertools import islice

from brand_metagen.app.brand_admin import check_id, chosen, given_to
from brand_metagen.app.correcting import Authority, Corrected, keep
from brand_metagen.app.guards import brand_text
from brand_metagen.app.proposals import Promises, Proposal, ProposedPart, written
from brand_metagen.app.source_tables import SourceTables, read_source
from brand_metagen.app.surroundings import around
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.escalate.split import FEWEST_TOLD, Part, Split, propose
from brand_metagen.escalate.split_rows import SplitRow
from brand_metagen.ports import Correction, Subject
from brand_metagen.synthesise.names import core_phrase
from brand_metagen.tables.normalise import normalise

MOST_NAMED = 20
"""Rows of a part that its rule is asked for one by one: more would make the rule a list."""


def analyse(workspace: Workspace, wanted: str) -> Proposal:
    """The brands that a brand's rows say it is; no parts where they say that it is one."""
    source = read_source(workspace)
    brand = source.known(wanted)
    combos = source.combos
    rows = [
        SplitRow(*source.key(i), combos["mid"][i], combos["mccid"][i], source.narratives[i])
        for i in source.rows(brand.brandid)
    ]
    found = propose(brand.brandname, brand.sector, rows, around(source, brand.brandid))
    taken = {*source.brands, *(b.brandid for b in workspace.store.brands())}
    ids = _ids(taken, brand.brandid, len(found.parts))
    parts = (
        replace(_proposed(part, b, len(rows)), promises=_promises(part, found))
        for part, b in zip(found.parts, ids, strict=True)
    )
    return Proposal(brand.brandid, brand.brandname, found.why, found.bits, tuple(parts), found.left)


def _ids(taken: Collection[str], brandid: str, count: int) -> list[str]:
    """Ids that say where a brand comes from: 17-1, 17-2 and so on.

    >>> _ids({"17", "17-1"}, "17", 2)
    ['17-2', '17-3']
    """
    numbers = range(1, len(taken) + count + 1)
    free = (made for i in numbers if (made := f"{brandid}-{i}") not in taken)
    return list(islice(free, count))


def _promises(part: Part, split: Split) -> Promises:
    """What lets the new rule take the rows that no word tells.

    Codes tell them: then the brand's name is enough, with the codes and words of the others out.
    A merchant tells them, or only a few: then they are named one by one.
    """
    if len(part.by_code) < FEWEST_TOLD:
        return Promises(rows=(*part.by_code, *part.by_merchant)[:MOST_NAMED])
    others = [p for p in split.parts if p is not part]
    codes = {mccid for p in others for mccid in p.mccids} - set(part.mccids)
    words = {word for p in others for word in p.words}
    return Promises(
        rf"\b{core_phrase(split.brandname).pattern()}\b",
        tuple(sorted(codes)),
        tuple(sorted(words)),
        part.by_merchant[:MOST_NAMED],
    )


def _proposed(part: Part, brandid: str, rows: int) -> ProposedPart:
    told = {
        "word": part.by_word,
        "merchant": len(part.by_merchant),
        "code": len(part.by_code),
    }
    evidence = {
        "rows": len(part.rows),
        "merchants": part.merchants,
        "share_of_brand": round(len(part.rows) / max(1, rows), 3),
        **{f"told_by_{how}": round(n / max(1, len(part.rows)), 3) for how, n in told.items()},
        "samples": list(part.samples),
    }
    return ProposedPart(
        brandid, part.name, part.sector, part.words, part.mccids, part.rows, evidence
    )


def check_is_of(workspace: Workspace, proposal: Proposal, wanted: str) -> None:
    """Raise InputError unless a proposal is of the brand that was named."""
    brandid = read_source(workspace).known(wanted).brandid
    if proposal.brandid != brandid:
        raise InputError(f"the proposal is of brand {proposal.brandid!r}, not of {brandid!r}")


def apply(
    workspace: Workspace, authority: Authority, proposal: Proposal, *, dry_run: bool = False
) -> Corrected:
    """Make the brands, give them their rows and end the original, as one batch.

    Rows of the brand that no part has lose their label, so that a human decides. Raises InputError
    for a row in two parts or of another brand, ConflictError for an id that is taken.
    """
    source = read_source(workspace)
    brandid = source.known(proposal.brandid).brandid
    if not proposal.parts:
        raise InputError(f"no split of brand {brandid} is proposed: {proposal.why or 'no parts'}")
    _check_parts(source, brandid, proposal)
    made = [
        Correction(Subject.NEW_BRAND, (p.brandid,), value=p.name.strip(), sector=p.sector,
                   parent=brandid)
        for p in proposal.parts
    ]  # fmt: skip
    places = {p.brandid: _rows(source, brandid, p) for p in proposal.parts}
    _check_rows(source, brandid, places)
    given = {place for rows in places.values() for place in rows}
    left = [place for place in source.rows(brandid) if place not in given]
    cells = [c for b, rows in places.items() for c in given_to(source, rows, b)]
    cells += given_to(source, left, "")
    ended = [Correction(Subject.INACTIVE, (brandid,))]
    told = "; ".join(f"{p.name} {len(places[p.brandid]):,} rows" for p in proposal.parts)
    return keep(
        workspace, source, authority, [*made, *cells, *ended], dry_run=dry_run,
        note=f"{told}; left to humans {len(left):,} rows",
        promises={p.brandid: _constraints(source, p, places[p.brandid]) for p in proposal.parts},
    )  # fmt: skip


def _constraints(
    source: SourceTables, part: ProposedPart, places: Collection[int]
) -> tuple[Constraint, ...]:
    """The promises as the brand keeps them; rows that a human took out of the part are let go."""
    asked = part.promises
    own = frozenset(places)
    named = [i for i in source.places(asked.rows) if i in own]
    return (
        *(Constraint(Kind.PATTERN, text) for text in (asked.pattern,) if text),
        *(Constraint(Kind.MCC_OUT, mccid) for mccid in asked.mccids_out),
        *(Constraint(Kind.WORDS_OUT, normalise(word)) for word in asked.words_out),
        *(Constraint(Kind.BELONGS, row=_row(source, i)) for i in named),
    )


def _row(source: SourceTables, place: int) -> Row:
    ccid, bankid = source.key(place)
    combos = source.combos
    return Row(ccid, bankid, source.narratives[place], combos["mccid"][place], combos["mid"][place])


def _rows(source: SourceTables, brandid: str, part: ProposedPart) -> list[int]:
    if part.rows is not None:
        return source.places(part.rows)
    return chosen(source, source.rows(brandid), part.criteria)


def _check_parts(source: SourceTables, brandid: str, proposal: Proposal) -> None:
    ids = Counter(part.brandid for part in proposal.parts)
    names = Counter(normalise(part.name) for part in proposal.parts)
    if max(*ids.values(), *names.values()) > 1:
        raise InputError("every part has an id and a name of its own")
    if not all(names):
        raise InputError("a brand's name needs a Latin letter or a digit")
    others = {normalise(b.brandname): b for b in source.brands.values() if b.brandid != brandid}
    for part in proposal.parts:
        check_id(part.brandid)
        brand_text(part.name, "a brand's name")
        brand_text(part.sector, "a sector")
        if part.brandid in source.brands:
            raise ConflictError(f"the id {part.brandid!r} is taken; give the part another")
        if (other := others.get(normalise(part.name))) is not None:
            raise ConflictError(
                f"brand {other.brandid} is called {part.name!r} already: give it the rows with "
                "`brands reassign`, or name the part otherwise"
            )


def _check_rows(source: SourceTables, brandid: str, places: dict[str, list[int]]) -> None:
    seen: set[int] = set()
    for part, rows in places.items():
        if not rows:
            raise InputError(f"part {part} has no rows")
        for place in rows:
            row, label = written(source.key(place)), source.combos["brandid"][place]
            if label != brandid:
                raise InputError(f"row {row} of part {part} is labelled {label!r}, not {brandid!r}")
            if place in seen:
                raise InputError(f"row {row} stands in two parts")
        seen.update(rows)
