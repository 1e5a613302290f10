"""What opens a case by itself (ESC-01, ESC-02): facts in, openings out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from brand_metagen.config import EscalateSettings
from brand_metagen.ports import BrandLine, BrandState, Cause, Level, Opening

SHOWN = 5
"""Reasons that a case names in its first line; its facts hold all."""


def of_brand(line: BrandLine, run_id: str, settings: EscalateSettings) -> Iterator[Opening]:
    """What a run left that no further run or round will mend."""
    facts = {"run_id": run_id, "error": line.error or "", "failures": line.failures}
    if line.error and line.failures >= settings.failure_limit:
        reason = f"processing failed {line.failures} times in a row: {line.error}"
        yield _opening(line, Cause.FAILURES, reason, facts)
    elif line.state is BrandState.AWAITING_REVIEW and low(line.round, line.confidence, settings):
        yield low_confidence(line, line.round, line.confidence, settings, {"run_id": run_id})


def low(round_: int, confidence: float, settings: EscalateSettings) -> bool:
    """Whether so many rounds should have led to more confidence."""
    return round_ >= settings.low_rounds and confidence < settings.low_confidence


def low_confidence(
    line: BrandLine,
    round_: int,
    confidence: float,
    settings: EscalateSettings,
    facts: Mapping[str, object] | None = None,
) -> Opening:
    """The case of a brand that rounds do not make surer."""
    reason = f"confidence {confidence:.2f} after {round_} rounds, below {settings.low_confidence:g}"
    return _opening(line, Cause.LOW_CONFIDENCE, reason, facts or {})


def round_limit(line: BrandLine, limit: int) -> Opening:
    """The case of a brand that has had all its rounds (ITR-02)."""
    reason = f"it has had {limit} rounds of feedback and is not settled"
    return _opening(line, Cause.ROUND_LIMIT, reason, {"round": line.round})


def contradiction(line: BrandLine, why: str) -> Opening:
    """The case of remarks that exclude each other."""
    return _opening(line, Cause.CONTRADICTION, why, {})


def several_brands(line: BrandLine, why: str) -> Opening:
    """The case of a brand that is to be split."""
    return _opening(line, Cause.SEVERAL_BRANDS, why, {})


def failures(line: BrandLine, count: int, error: str) -> Opening:
    """The case of a brand whose remarks could not be processed (FB-09)."""
    reason = f"feedback could not be processed {count} times in a row: {error}"
    return _opening(line, Cause.FAILURES, reason, {"failures": count, "error": error})


def flagged(line: BrandLine, cause: Cause, note: str) -> Opening:
    """The case a reviewer asks for."""
    reason = note or "a reviewer wants an expert to look at it"
    return _opening(line, cause, reason, {})


def of_tables(
    critical: Sequence[tuple[str, int]], rows: int, run_id: str, settings: EscalateSettings
) -> Opening | None:
    """The case of tables whose rows are missing fields, malformed or refer to nothing (ING-14).

    `critical` are reasons with the rows they kept out, `rows` all rows that came.
    """
    kept_out = sum(count for _, count in critical)
    if kept_out <= settings.critical_share * rows:
        return None
    first = "; ".join(f"{reason} ({count})" for reason, count in critical[:SHOWN])
    reason = f"{kept_out:,} of {rows:,} rows are critically bad: {first}"
    facts = {"run_id": run_id, "critical": [list(pair) for pair in critical], "rows": rows}
    return Opening("", "", Cause.DATA_QUALITY, Level.ENGINEERING, reason, facts)


def of_failed_run(run_id: str, error: str, *, data: bool) -> Opening:
    """The case of a run that failed, its tries used up: of its data, or of something else."""
    cause = Cause.DATA_QUALITY if data else Cause.SYSTEM_ERROR
    facts = {"run_id": run_id, "error": error}
    return Opening("", "", cause, Level.ENGINEERING, f"{run_id} failed: {error}", facts)


def of_failed_agent(run_id: str, role: str, error: str) -> Opening:
    """The case of a role that failed in a run, which went on without it (WF-11)."""
    facts = {"run_id": run_id, "role": role, "error": error}
    reason = f"{run_id} went on without its {role}: {error}"
    return Opening("", "", Cause.SYSTEM_ERROR, Level.ENGINEERING, reason, facts)


def _opening(line: BrandLine, cause: Cause, reason: str, facts: Mapping[str, object]) -> Opening:
    return Opening(line.brandid, line.brandname, cause, Level.OPERATIONS, reason, facts)
