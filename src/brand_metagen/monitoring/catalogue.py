"""The one table of metrics (MON-07, MON-08, ESC-20): local and cloud take names from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

NAMESPACE = "BrandMetadataGenerator"
"""Under which a cloud keeps them (requirements section 0)."""


class Kind(StrEnum):
    """How values of one metric go together."""

    COUNT = "count"
    """Each adds to those before."""
    GAUGE = "gauge"
    """Each takes the place of the one before."""
    SAMPLES = "samples"
    """Each stands for itself: averages and extremes are asked for."""


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric: its unit, what it counts, by what it is split, and which record says it.

    `source` is the record it is derived from, `measures` where it has none of its own.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    source: str
    dimensions: tuple[str, ...] = ()


def _count(name: str, meaning: str, source: str, *dimensions: str) -> MetricName:
    return MetricName(name, Kind.COUNT, "Count", meaning, source, dimensions)


def _gauge(name: str, meaning: str) -> MetricName:
    return MetricName(name, Kind.GAUGE, "Count", meaning, "measures")


def _samples(name: str, unit: str, meaning: str, source: str, *dimensions: str) -> MetricName:
    return MetricName(name, Kind.SAMPLES, unit, meaning, source, dimensions)


_RUN = "summary of a completed run"
_STEPS = "steps of runs, at their last start"
INVOCATIONS: Mapping[str, str] = {
    "evaluator": "EvaluatorInvocations",
    "metadata production": "MetadataProductionInvocations",
    "commercial assessment": "CommercialAssessmentInvocations",
    "confirmation": "ConfirmationInvocations",
    "tiebreaker": "TiebreakerInvocations",
}
"""The five agents whose calls are counted, by role."""

_ALL = (
    _count("RunsCompleted", "runs that ended well", "audit log: run_completed"),
    _count("RunsFailed", "runs that failed", "audit log: run_failed"),
    MetricName(
        "RunDuration", Kind.GAUGE, "Seconds",
        "time since a run was begun or gone on with, every five minutes and at its end",
        "audit log: run_started, run_resumed and how it ended",
    ),
    _count("BrandsProcessed", "brands that a completed run learned", _RUN),
    _gauge("BrandsInProgress", "brands that are processed or regenerated now"),
    _gauge("BrandsPending", "brands that wait to be processed"),
    _gauge("BrandsFailed", "brands whose processing failed"),
    _count("CombosMatched", "rows that a rule takes, after a completed run", _RUN),
    _count("CombosConfirmed", "rows given to a brand", _RUN),
    _count("CombosExcluded", "rows that a rule takes and confirmation gives to nobody", _RUN),
    _count("CombosFlaggedForReview", "rows left to humans: not sure, or a tie", _RUN),
    _count("TiesDetected", "rows that several brands claim", _RUN),
    _count("TiesResolved", "of those, rows in which one brand is far enough ahead", _RUN),
    _count("TiesFlaggedForReview", "of those, rows left to humans", _RUN),
    *(_count(name, f"steps of runs that the role {role} was called for", _STEPS)
      for role, name in INVOCATIONS.items()),
    _count(
        "AgentErrors",
        "steps that failed, brands that a step could not do, remarks whose processing broke, and "
        "advice that did not come or had another shape",
        "steps; audit log: feedback_failed, advice", "Agent",
    ),
    _count(
        "ValidationErrors",
        "rows of the tables that were put into quarantine, and advice of another shape",
        "summary of a completed run; audit log: advice", "Source",
    ),
    _count(
        "RetryAttempts", "tries after the first, of steps and of questions to servers",
        "steps; audit log: mcp_call", "Of",
    ),
    _samples(
        "MCPResponseTime", "Seconds", "time of one question to a server, cache included",
        "audit log: mcp_call", "Server", "Tool",
    ),
    _count(
        "FeedbackProcessingInvocations", "remarks that were processed",
        "remarks, those refused included",
    ),
    _samples(
        "FeedbackProcessingDuration", "Seconds",
        "time from a remark's arrival to its decision being written",
        "audit log: feedback, flag",
    ),
    _samples(
        "AverageIterationsPerBrand", "Looks",
        "1 + rounds of feedback before an approval, of each version approved (as the metric "
        "average_rounds)", "audit log: approve",
    ),
    MetricName(
        "EscalationRate", Kind.GAUGE, "Share",
        "brands with a case opened in a day (UTC), of the brands worked on in it (as the metric "
        "escalation_rate)", "cases; audit log; versions",
    ),
    _count("BrandsEscalated", "brands whose case was opened", "cases"),
    _count("EscalationsByReason", "cases opened, by cause", "cases", "Reason"),
    _samples(
        "EscalationResolutionTime", "Seconds", "time from a case's opening to its being settled",
        "events of cases",
    ),
    _samples(
        "RequestLatency", "Seconds", "time of one answer of the web server", "measures", "Route",
        "Status",
    ),
)  # fmt: skip
METRICS: Mapping[str, MetricName] = {metric.name: metric for metric in _ALL}
"""All of them, by name, in the order of the day's work."""
