"""Corrections that lie over the customer's tables: the source itself is never edited (ESC-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from brand_metagen.constraints import Constraint


class Subject(StrEnum):
    """What a correction is about."""

    COMBO = "combo"
    """A field of one row of `combo`; `key` is (ccid, bankid)."""
    BRAND = "brand"
    """A field of one row of `brand`; `key` is (brandid,)."""
    NEW_BRAND = "new_brand"
    """A row more in `brand` and in `brand_to_check`; `value` is the name."""
    INACTIVE = "inactive"
    """A brand is not learned any more: its row leaves `brand_to_check`."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One changed cell. `old` is what the source said when the correction was made, or what an
    earlier correction of the cell made of it: where the source says neither that nor any `value`
    of the cell by now, the correction is stale, reported and not applied.

    `field` is empty for NEW_BRAND and INACTIVE; a new brand's `sector` and `parent` (the brand it
    was split from) stand beside its name; of INACTIVE, the store keeps in `old` where the brand
    stood.
    """

    subject: Subject
    key: tuple[str, ...]
    field: str = ""
    old: str = ""
    value: str = ""
    sector: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class CorrectionBatch:
    """Corrections made by one act, and undone by one act. `batch_id` looks like COR-0007.

    `authorised_by` is who allowed it; `case_id` the escalation it settles, if any.
    """

    batch_id: str
    actor: str
    authorised_by: str
    reason: str
    case_id: str
    made_at: str
    corrections: tuple[Correction, ...]
    undone_at: str = ""
    undone_by: str = ""


class Corrections(Protocol):
    """The part of the store that keeps corrections. Every method is one transaction."""

    def correct(
        self,
        corrections: Sequence[Correction],
        actor: str,
        authorised_by: str,
        reason: str,
        case_id: str = "",
        promises: Mapping[str, Sequence[Constraint]] = ...,
    ) -> CorrectionBatch:
        """Keep a batch with its audit row; brands that it makes or ends change their state with it.

        `promises` are what the rules of brands that it makes have to keep, as after a remark.

        Raises InputError for an empty batch or a cell named twice, ConflictError for a cell of
        which a standing batch made something else than `old`, a new brand whose id is taken, and
        a brand that may not be deactivated.
        """
        ...

    def corrections(self) -> tuple[Correction, ...]:
        """All that stand, in the order in which they were made."""
        ...

    def correction_batches(self) -> tuple[CorrectionBatch, ...]:
        """All batches, oldest first, those undone included."""
        ...

    def undo_corrections(self, batch_id: str, actor: str, reason: str) -> CorrectionBatch:
        """Take a batch back; the latest on a cell first (ConflictError otherwise)."""
        ...
