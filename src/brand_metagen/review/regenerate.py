"""A rule amended until what is given to the brand in the end is what reviewers asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from brand_metagen.constraints import Constraint, Kind
from brand_metagen.records import Rule
from brand_metagen.review.amend import Amended, amend
from brand_metagen.review.repair import Worth
from brand_metagen.review.wanted import Settled, standing
from brand_metagen.synthesise.knowledge import Knowledge

TRIES = 3
"""Times a rule is amended anew because a row it takes would after all be given to the brand."""

Keys = Set[tuple[str, str]]
Given = Callable[[Rule], Keys]
"""The rows (ccid, bankid) that a rule would have confirmed for its brand or left to humans."""


def regenerate(
    knowledge: Knowledge,
    rule: Rule,
    asked: Sequence[Constraint],
    worth: Worth,
    given_now: Keys,
    given: Given,
) -> Amended:
    """Amend a rule (see `amend`); rows that do not belong may stay taken where the confirmation
    does not give them to the brand, as `given` tells of the amended rule.

    `given_now` are the rows given to the brand under `rule`. What cannot be kept is in `unmet`.
    """
    asked = standing(asked)
    known = given_now
    for _ in range(TRIES):
        amended = amend(knowledge, rule, asked, worth, besides(known))
        wrong = [c for c in asked if c.kind is Kind.DOES_NOT_BELONG and _in(c, given(amended.rule))]
        if not wrong:
            return amended
        known = known | given(amended.rule)
    return replace(amended, unmet=tuple(dict.fromkeys((*amended.unmet, *wrong))))


def besides(given: Keys) -> Settled:
    """What is not given to the brand in the end is settled."""
    return lambda row: (row.ccid, row.bankid) not in given


def _in(constraint: Constraint, given: Keys) -> bool:
    row = constraint.row
    return row is not None and (row.ccid, row.bankid) in given
