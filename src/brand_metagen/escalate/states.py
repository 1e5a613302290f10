"""The states of a case as one table of allowed moves, and what each act needs."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.errors import ConflictError
from brand_metagen.ports import Act, CaseState

S = CaseState

MOVES: Mapping[CaseState, frozenset[CaseState]] = {
    S.OPEN: frozenset({S.IN_PROGRESS, S.RESOLVED, S.CANCELLED}),
    S.IN_PROGRESS: frozenset({S.RESOLVED, S.CANCELLED}),
    S.RESOLVED: frozenset({S.CLOSED, S.IN_PROGRESS}),
    S.CLOSED: frozenset(),
    S.CANCELLED: frozenset(),
}
"""From each state, where a case may go."""

AT_WORK = frozenset({S.OPEN, S.IN_PROGRESS})
"""States in which somebody has something to do, and time runs."""
HOLDING = AT_WORK | {S.RESOLVED}
"""States in which a further trigger joins the case, and the brand stays with it."""

_WHILE: Mapping[Act, frozenset[CaseState]] = {
    Act.ASSIGNED: AT_WORK,
    Act.RAISED: AT_WORK,
    Act.PAUSED: AT_WORK,
    Act.RESUMED: AT_WORK,
    Act.CHECKED: HOLDING,
    Act.REOPENED: frozenset({S.RESOLVED}),
}


def check_act(case_id: str, now: CaseState, act: Act, wanted: CaseState | None) -> None:
    """Raise ConflictError when an act does not fit where the case stands."""
    allowed = _WHILE.get(act)
    if allowed is not None and now not in allowed:
        raise ConflictError(f"case {case_id} is {now} and cannot be {act} any more")
    begun = act is Act.ASSIGNED and wanted is now  # two people give it away at once: both may
    if wanted is not None and not begun and wanted not in MOVES[now]:
        further = ", ".join(sorted(MOVES[now])) or "nothing else"
        raise ConflictError(
            f"case {case_id} is {now} and cannot become {wanted}; from there it may become "
            f"{further}"
        )
