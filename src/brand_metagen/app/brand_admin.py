"""Brands changed by hand: renamed, made, ended, rows given to others — as corrections (ESC-11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from brand_metagen.app.correcting import Authority, Corrected, keep
from brand_metagen.app.guards import brand_text
from brand_metagen.app.source_tables import Key, SourceTables, read_source
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.grammar import check_pattern
from brand_metagen.match.matcher import searcher
from brand_metagen.ports import BrandState, Correction, Subject
from brand_metagen.tables.check import LONGEST_ID
from brand_metagen.tables.normalise import normalise

UNLABELLED = "-"
"""Stands for rows without a label where a brand is asked for."""


@dataclass(frozen=True, slots=True)
class Update:
    """New values of a brand's fields, or of some of its rows' fields; None = as it is."""

    name: str | None = None
    sector: str | None = None
    rows: tuple[Key, ...] = ()
    mccid: str | None = None
    mid: str | None = None
    narrative: str | None = None


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which rows; several of one kind mean any of them, several kinds mean all of them."""

    mccids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    rows: tuple[Key, ...] = ()
    pattern: str = ""
    everything: bool = False


def update(
    workspace: Workspace, authority: Authority, wanted: str, to: Update, *, dry_run: bool = False
) -> Corrected:
    """Correct a brand's name or sector, or fields of its rows; cells that say so already stay.

    Raises InputError for a row of another brand, an unknown code, or nothing to change.
    """
    source = read_source(workspace)
    cells = [*_brand_cells(source, wanted, to), *_row_cells(source, wanted, to)]
    changed = [c for c in cells if c.old != c.value]
    return keep(workspace, source, authority, changed, dry_run=dry_run)


def _brand_cells(source: SourceTables, wanted: str, to: Update) -> Iterable[Correction]:
    if to.name is None and to.sector is None:
        return
    brand = source.known(wanted)
    if to.name is not None:
        _check_name(to.name)
        yield _of_brand(brand.brandid, "brandname", brand.brandname, to.name.strip())
    if to.sector is not None:
        yield _of_brand(brand.brandid, "sector", brand.sector, brand_text(to.sector, "a sector"))


def _of_brand(brandid: str, field: str, old: str, value: str) -> Correction:
    return Correction(Subject.BRAND, (brandid,), field, old, value)


def _row_cells(source: SourceTables, wanted: str, to: Update) -> Iterable[Correction]:
    fields = {"mccid": to.mccid, "mid": to.mid, "narrative": to.narrative}
    values = {name: value.strip() for name, value in fields.items() if value is not None}
    if bool(values) != bool(to.rows):
        raise InputError("name both the rows and what they should say (mccid, mid or narrative)")
    if not values:
        if to.name is None and to.sector is None:
            raise InputError("nothing to change: name a name, a sector, or rows and their values")
        return
    if "mccid" in values and values["mccid"] not in source.mccs:
        raise InputError(f"no code {values['mccid']!r} in the mcc table")
    if "narrative" in values and not normalise(values["narrative"]):
        raise InputError("a narrative of which nothing is left after cleaning")
    brandid = source.brand_id(wanted)
    done: set[Key] = set()
    for place in source.places(to.rows):
        label = source.combos["brandid"][place]
        if label != brandid:
            raise InputError(f"row {'@'.join(source.key(place))} is labelled {label!r}")
        if source.key(place) not in done:
            done.add(source.key(place))
            yield from (_of_row(source, place, name, value) for name, value in values.items())


def _of_row(source: SourceTables, place: int, field: str, value: str) -> Correction:
    old = source.combos[field][place]
    return Correction(Subject.COMBO, source.key(place), field, old, value)


def create(
    workspace: Workspace,
    authority: Authority,
    name: str,
    sector: str = "",
    brandid: str = "",
    parent: str = "",
    *,
    dry_run: bool = False,
) -> Corrected:
    """Make a brand; it is learned by the next run. One that stands so already is left as it is.

    Raises ConflictError when the id or the name is another brand's.
    """
    _check_name(name)
    source, name, sector = read_source(workspace), name.strip(), brand_text(sector, "a sector")
    parent = source.known(parent).brandid if parent else ""
    same = [b for b in source.brands.values() if normalise(b.brandname) == normalise(name)]
    if same and brandid in ("", same[0].brandid):
        note = f"brand {same[0].brandid} is called so already"
        return keep(workspace, source, authority, (), dry_run=dry_run, note=note)
    if same:
        raise ConflictError(f"brand {same[0].brandid} is called {same[0].brandname!r} already")
    if brandid in source.brands:
        raise ConflictError(f"{brandid!r} is the brand {source.brands[brandid].brandname!r}")
    brandid = brandid or free_id(source.brands)
    check_id(brandid)
    made = Correction(Subject.NEW_BRAND, (brandid,), value=name, sector=sector, parent=parent)
    return keep(workspace, source, authority, [made], dry_run=dry_run)


def free_id(taken: Iterable[str]) -> str:
    """The id after the highest, as wide; NEW-1 and so on where ids are no numbers.

    >>> free_id(["007", "012"]), free_id(["A"])
    ('013', 'NEW-1')
    """
    taken = set(taken)
    numbers = [brandid for brandid in taken if re.fullmatch("[0-9]{1,18}", brandid)]
    if numbers:
        wide = max(map(len, numbers))
        return str(max(map(int, numbers)) + 1).zfill(wide)
    return next(f"NEW-{i}" for i in range(1, len(taken) + 2) if f"NEW-{i}" not in taken)


def check_id(brandid: str) -> None:
    """Raise InputError for an id that the tables' checks would refuse."""
    if not brandid.strip() or brandid != brandid.strip() or len(brandid) > LONGEST_ID:
        raise InputError(f"an id has 1 to {LONGEST_ID} characters and no blanks around them")
    if not brandid.isprintable():
        raise InputError("an id without control characters, please")


def _check_name(name: str) -> None:
    if not normalise(brand_text(name, "a brand's name")):
        raise InputError("a brand's name needs a Latin letter or a digit")


def reassign(
    workspace: Workspace,
    authority: Authority,
    origin: str,
    to: str,
    criteria: Criteria,
    *,
    dry_run: bool = False,
) -> Corrected:
    """Give those of a brand's rows that fulfil the criteria to another brand, row by row.

    `origin` may be an id that no brand has (rows in quarantine), or UNLABELLED.
    """
    source = read_source(workspace)
    given = "" if origin == UNLABELLED else source.brand_id(origin)
    target = source.known(to).brandid
    places = chosen(source, source.rows(given), criteria)
    return keep(
        workspace, source, authority, given_to(source, places, target), dry_run=dry_run,
        note=f"{len(places):,} of {len(source.rows(given)):,} rows",
    )  # fmt: skip


def given_to(source: SourceTables, places: Sequence[int], brandid: str) -> list[Correction]:
    """The label of some rows as corrections, one for each key; empty = no label."""
    found = {source.key(place): place for place in places}
    cells = (_of_row(source, place, "brandid", brandid) for place in found.values())
    return [c for c in cells if c.old != brandid]


def chosen(source: SourceTables, places: Sequence[int], criteria: Criteria) -> list[int]:
    """The rows among some that fulfil all criteria.

    Raises InputError for no criterion, RuleError for a pattern outside the portable subset.
    """
    kinds = (criteria.mccids, criteria.words, criteria.rows, criteria.pattern)
    if criteria.everything == any(kinds):
        raise InputError("say which rows: by code, word, row or pattern; or all of them")
    found = list(places)
    if criteria.mccids:
        found = [i for i in found if source.combos["mccid"][i] in criteria.mccids]
    if criteria.rows:
        named = set(source.places(criteria.rows))
        found = [i for i in found if i in named]
    if criteria.words:
        words = {normalise(word) for word in criteria.words}
        found = [i for i in found if any(_holds(source.narratives[i], word) for word in words)]
    if criteria.pattern:
        check_pattern(criteria.pattern)
        search = searcher(criteria.pattern)
        found = [i for i in found if search(source.narratives[i]) is not None]
    return found


def _holds(narrative: str, word: str) -> bool:
    """Whether the word stands in the narrative, with no letter or digit beside it.

    >>> _holds("STAR MARKET-HALL", "MARKET"), _holds("STAR MARKETING", "MARKET")
    (True, False)
    """
    at = narrative.find(word)
    while word and at >= 0:
        before, after = narrative[at - 1 : at] if at else "", narrative[at + len(word) :][:1]
        if not before.isalnum() and not after.isalnum():
            return True
        at = narrative.find(word, at + 1)
    return False


def deactivate(
    workspace: Workspace, authority: Authority, wanted: str, *, dry_run: bool = False
) -> Corrected:
    """End a brand: it is not learned any more, and leaves the next release. Its rows keep their
    label; an ended brand is left as it is.

    Raises ConflictError for a brand that is being worked on.
    """
    source = read_source(workspace)
    brandid = source.known(wanted).brandid
    rows = f"{len(source.rows(brandid)):,} rows keep their label"
    if workspace.store.line(brandid).state is BrandState.DEACTIVATED:
        return keep(workspace, source, authority, (), dry_run=dry_run, note="it is ended already")
    ended = Correction(Subject.INACTIVE, (brandid,))
    return keep(workspace, source, authority, [ended], dry_run=dry_run, note=rows)
