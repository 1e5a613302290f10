"""What came of a remark, as every face shows it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from brand_metagen.constraints import Constraint, Row
from brand_metagen.ports import BrandState, RemarkOutcome
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.diff import Diff


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was understood of a remark, and what came of it.

    `version` is the brand's latest after it; `listed` counts narratives that the rule had to name
    one by one; `stored` is false after a dry run.
    """

    brandid: str
    outcome: RemarkOutcome
    understood: tuple[Constraint, ...]
    not_understood: tuple[str, ...]
    category: str
    version: int
    round: int
    state: BrandState
    question: str | None = None
    candidates: tuple[Row, ...] = ()
    explanation: str = ""
    done: tuple[str, ...] = ()
    listed: int = 0
    diff: Diff | None = None
    blast_radius: BlastRadius | None = None
    proposals: dict[str, int] = field(default_factory=dict)
    feedback_id: str = ""
    stored: bool = False


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome as REST and `--json` show it, and as a replay reads it back."""
    found = {**asdict(outcome), "understood": list(map(shown, outcome.understood))}
    whole: dict[str, Any] = json.loads(json.dumps(found))
    return whole


def shown(constraint: Constraint) -> dict[str, Any]:
    """A constraint as faces show it: its fields that say something, and its words."""
    fields = {name: value for name, value in asdict(constraint).items() if value}
    return {**fields, "kind": constraint.kind.value, "says": str(constraint)}
