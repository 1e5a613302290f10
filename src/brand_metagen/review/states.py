"""The states of a brand as one table of allowed moves, and what runs and undoing leave."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.errors import ConflictError
from brand_metagen.ports import BrandState

S = BrandState

MOVES: Mapping[BrandState, frozenset[BrandState]] = {
    S.UNPROCESSED: frozenset({S.PROCESSING, S.AWAITING_REVIEW, S.FAILED, S.DEACTIVATED}),
    S.PROCESSING: frozenset({S.AWAITING_REVIEW, S.FAILED, S.ESCALATED}),
    S.AWAITING_REVIEW: frozenset(
        {S.AWAITING_REVIEW, S.PROCESSING, S.REGENERATING, S.APPROVED, S.ESCALATED, S.FAILED}
        | {S.DEACTIVATED}
    ),
    S.REGENERATING: frozenset({S.AWAITING_REVIEW, S.ESCALATED, S.FAILED}),
    S.APPROVED: frozenset(
        {S.AWAITING_REVIEW, S.PROCESSING, S.PUBLISHED, S.ESCALATED, S.FAILED, S.DEACTIVATED}
    ),
    S.PUBLISHED: frozenset(
        {S.AWAITING_REVIEW, S.PROCESSING, S.APPROVED, S.PUBLISHED, S.ESCALATED, S.FAILED}
        | {S.DEACTIVATED}
    ),
    S.ESCALATED: frozenset({S.AWAITING_REVIEW, S.PROCESSING, S.APPROVED, S.DEACTIVATED}),
    S.FAILED: frozenset({S.AWAITING_REVIEW, S.PROCESSING, S.FAILED, S.ESCALATED, S.DEACTIVATED}),
    S.DEACTIVATED: frozenset({S.UNPROCESSED}),
}
"""From each state, where a brand may go; to itself where a new version leaves it there."""

AFTER_A_RUN = frozenset({S.ESCALATED, S.DEACTIVATED})
"""States a run leaves alone: a human put the brand there."""


def check_move(brandid: str, now: BrandState, wanted: BrandState) -> None:
    """Raise ConflictError when a brand may not go from one state to another."""
    if wanted not in MOVES[now]:
        allowed = ", ".join(sorted(MOVES[now])) or "nowhere"
        raise ConflictError(
            f"brand {brandid} is {now} and cannot become {wanted}; from there it may become "
            f"{allowed}"
        )


def after_run(now: BrandState, wanted: BrandState, *, new_version: bool) -> BrandState:
    """Where a run leaves a brand: what humans decided stands until the rule changes.

    >>> after_run(S.APPROVED, S.AWAITING_REVIEW, new_version=False)
    <BrandState.APPROVED: 'approved'>
    >>> after_run(S.APPROVED, S.AWAITING_REVIEW, new_version=True)
    <BrandState.AWAITING_REVIEW: 'awaiting_review'>
    """
    decided = now in (S.APPROVED, S.PUBLISHED) and not new_version
    return now if decided or now in AFTER_A_RUN else wanted


def revived(was: BrandState, *, public: bool, held: bool) -> BrandState:
    """Where a brand stands when its deactivation is undone: where it stood.

    `public` says whether its version still is (releases made meanwhile do without it), `held`
    whether an escalation holds the brand.

    >>> revived(S.PUBLISHED, public=False, held=False)
    <BrandState.APPROVED: 'approved'>
    """
    if was is S.PUBLISHED and not public:
        return S.APPROVED
    return S.AWAITING_REVIEW if was is S.ESCALATED and not held else was
