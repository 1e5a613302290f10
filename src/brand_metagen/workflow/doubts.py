"""A brand's sector against what the world knows of the brand, as a reason for a human's look."""

from __future__ import annotations

from dataclasses import replace

from brand_metagen.evaluate.evaluate import Evaluation
from brand_metagen.ports import Fact, Fit
from brand_metagen.records import Brand, Issue, Severity

DOUBTS = "doubts.json"
COMMERCIAL = "commercial_mismatch"
"""The kind of the issue."""


def doubt(brand: Brand, fact: Fact) -> str:
    """Why a human should look at a brand's sector, empty when nothing speaks against it."""
    if fact.fit is not Fit.MISMATCH:
        return ""
    return (
        f"commercial check: {fact.name} is known for {' or '.join(fact.alternatives)}, "
        f"not {brand.sector}"
    )


def with_doubt(found: Evaluation, said: str) -> Evaluation:
    """An evaluation with the doubt as an issue, unchanged where there is none."""
    if not said:
        return found
    return replace(found, issues=(*found.issues, Issue(COMMERCIAL, Severity.MEDIUM, said, 0)))
