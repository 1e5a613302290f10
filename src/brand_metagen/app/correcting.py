"""What every correction goes through: who may, why, shown before it is kept, undone whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from brand_metagen.app.guards import person, said
from brand_metagen.app.source_tables import SourceTables, read_source
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint
from brand_metagen.errors import InputError, NotAllowed
from brand_metagen.ports import Correction, CorrectionBatch, Subject

SAMPLES = 10
NO_PROMISES: Mapping[str, Sequence[Constraint]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Authority:
    """Who corrects, why, who allowed it (empty = the actor), and the case it settles, if any."""

    actor: str
    reason: str
    authorised_by: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that changes, for the eye: `narrative` is the row's, empty for a brand's."""

    subject: Subject
    key: tuple[str, ...]
    field: str
    old: str
    value: str
    narrative: str = ""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction changes, or changed: `batch_id` is empty and `stored` false in a dry run,
    and where everything says so already.

    `counts` has the changed cells by what they are about; `samples` are some of them.
    """

    batch_id: str
    stored: bool
    counts: Mapping[str, int]
    brands: tuple[str, ...]
    """The brands whose rows, name or place in the work change; a run over them takes it up."""
    samples: tuple[Cell, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """All batches, and which standing corrections do not fit the source any more; `unread` says
    why the source could not be asked, empty = it was."""

    batches: tuple[CorrectionBatch, ...]
    stale: tuple[str, ...]
    unread: str = ""


def keep(
    workspace: Workspace,
    source: SourceTables,
    authority: Authority,
    corrections: Sequence[Correction],
    *,
    dry_run: bool,
    note: str = "",
    promises: Mapping[str, Sequence[Constraint]] = NO_PROMISES,
) -> Corrected:
    """Store corrections as one batch, or show what they would change.

    `promises` bind the rules of brands that the batch makes. A look needs nobody's leave.

    Raises InputError without a reason or for a case that is not there, NotAllowed where a second
    person has to authorise and none did, ConflictError when somebody else corrected a cell.
    """
    if not dry_run:
        check_authority(workspace, authority)
    elif authority.case_id:
        workspace.store.case(authority.case_id)
    shown = _shown(source, corrections, note)
    if dry_run or not corrections:
        return shown
    batch = workspace.store.correct(
        corrections,
        authority.actor,
        authority.authorised_by or authority.actor,
        authority.reason,
        authority.case_id,
        promises,
    )
    return Corrected(batch.batch_id, True, shown.counts, shown.brands, shown.samples, note)


def undo(workspace: Workspace, authority: Authority, batch_id: str) -> CorrectionBatch:
    """Take a batch back; raises ConflictError while a later one builds on it."""
    check_authority(workspace, authority)
    return workspace.store.undo_corrections(batch_id, authority.actor, authority.reason)


def listed(workspace: Workspace) -> Listed:
    """All batches, and the standing corrections that the source as it is now makes stale."""
    batches = workspace.store.correction_batches()
    standing = any(not batch.undone_at for batch in batches)
    try:
        stale = read_source(workspace).stale if standing else ()
    except InputError as error:  # the tables are elsewhere; what was done is seen all the same
        return Listed(batches, (), str(error))
    return Listed(batches, tuple(s.described for s in stale))


def check_authority(workspace: Workspace, authority: Authority) -> None:
    """Raise InputError or NotAllowed unless the correction has all it needs besides its cells."""
    said(workspace, authority.reason, "a correction needs a reason")
    by = person(authority.authorised_by)
    if workspace.settings.escalate.correction_authoriser and by in ("", authority.actor):
        raise NotAllowed(
            "a second person has to authorise corrections (escalate.correction_authoriser): name "
            "who did"
        )
    if authority.case_id:
        workspace.store.case(authority.case_id)


def _shown(source: SourceTables, corrections: Sequence[Correction], note: str) -> Corrected:
    counts = Counter(_about(c) for c in corrections)
    brands = dict.fromkeys(b for c in corrections for b in _brands(c) if b)
    brands |= dict.fromkeys(_owners(source, corrections))
    some = corrections[:: max(1, len(corrections) // SAMPLES)][:SAMPLES]
    texts = _narratives(source, some)
    cells = [Cell(c.subject, c.key, c.field, c.old, c.value, texts.get(c.key, "")) for c in some]
    return Corrected("", False, dict(counts), tuple(sorted(brands)), tuple(cells), note)


def _about(correction: Correction) -> str:
    return f"{correction.subject.value}.{correction.field}".rstrip(".")


def _brands(correction: Correction) -> tuple[str, ...]:
    """The brands a correction names itself."""
    if correction.subject is not Subject.COMBO:
        return (correction.key[0],)
    return (correction.old, correction.value) if correction.field == "brandid" else ()


def _owners(source: SourceTables, corrections: Sequence[Correction]) -> list[str]:
    """The brands whose rows are corrected otherwise than by giving them to somebody else."""
    keys = {c.key for c in corrections if c.subject is Subject.COMBO and c.field != "brandid"}
    if not keys:
        return []
    labels = source.combos["brandid"]
    places = (i for i in range(len(labels)) if source.key(i) in keys)
    return sorted({labels[i] for i in places} - {""})


def _narratives(
    source: SourceTables, corrections: Sequence[Correction]
) -> dict[tuple[str, ...], str]:
    keys = {c.key for c in corrections if c.subject is Subject.COMBO}
    if not keys:
        return {}
    found: dict[tuple[str, ...], str] = {}
    for i in range(len(source.narratives)):
        if source.key(i) in keys:
            found.setdefault(source.key(i), source.narratives[i])
    return found
