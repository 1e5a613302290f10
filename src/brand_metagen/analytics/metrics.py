"""The metrics, each with its formula, what was counted, how sure that is, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from brand_metagen.analytics import formulas, wallets
from brand_metagen.analytics.bands import (
    HIGH_SHARE,
    IMPROVEMENT,
    LOW_SHARE,
    NAMES,
    RIGHT,
    ROUNDS,
    SHARE_BAD,
    SHARE_GOOD,
    Band,
    Bands,
)
from brand_metagen.analytics.counting import Counted
from brand_metagen.analytics.history import History, Stretch

Formula = Callable[[History, Stretch], Counted]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: `formula` in words, `target` and `alert` where the requirements set them."""

    key: str
    title: str
    formula: str
    unit: str
    count: Formula
    bands: Bands | None = None
    target: float | None = None
    alert: float | None = None

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.bands.rising if self.bands else True


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric over a span of time."""

    metric: Metric
    span: Stretch
    counted: Counted
    band: Band | None
    alarmed: bool

    @property
    def action(self) -> str:
        """What its band asks for."""
        return self.band.action if self.band else ""


def measure(metric: Metric, history: History, span: Stretch) -> Measured:
    """Count a metric; without anything to count it has neither value nor band.

    The rows behind it are not kept: `evidence.behind` gives them.
    """
    counted = replace(metric.count(history, span), parts=())
    value = counted.value
    band = metric.bands.of(value) if metric.bands and value is not None else None
    alarmed = False
    if value is not None and metric.alert is not None:
        alarmed = value < metric.alert if metric.rising else value > metric.alert
    return Measured(metric, span, counted, band, alarmed)


_ALL = (
    Metric(
        "approval_rate", "Approved at first look",
        "versions of runs approved by the first decision on them ÷ versions decided on", "share",
        formulas.approval, SHARE_GOOD, target=0.8,
    ),
    Metric(
        "average_rounds", "Looks per approved brand",
        "Σ (1 + rounds of feedback before the approval) ÷ approvals", "looks", formulas.rounds,
        ROUNDS, target=2.0, alert=5.0,
    ),
    Metric(
        "escalation_rate", "Escalated brands",
        "brands with a case opened ÷ brands with a version, a decision or a case", "share",
        formulas.escalations, SHARE_BAD, target=0.05, alert=0.1,
    ),
    Metric(
        "high_confidence", "Brands above 0.8",
        "brands whose latest version has a confidence above 0.8 ÷ brands with a version", "share",
        formulas.high_confidence, HIGH_SHARE, target=0.7,
    ),
    Metric(
        "medium_confidence", "Brands from 0.6 to 0.8",
        "brands whose latest version has a confidence from 0.6 to 0.8 ÷ brands with a version",
        "share", formulas.medium_confidence,
    ),
    Metric(
        "low_confidence", "Brands below 0.6",
        "brands whose latest version has a confidence below 0.6 ÷ brands with a version", "share",
        formulas.low_confidence, LOW_SHARE, target=0.1,
    ),
    Metric(
        "improvement_rate", "Confidence gained per round",
        "Σ (confidence after − before) ÷ Σ confidence before, over remarks that made a version",
        "share", formulas.improvement, IMPROVEMENT,
    ),
    Metric(
        "false_positive_rate", "Rows wrongly taken",
        "drawn rows of a brand that a human judged not to be its ÷ rows so drawn and judged",
        "share", formulas.false_positives, SHARE_BAD, target=0.05,
    ),
    Metric(
        "false_negative_rate", "Rows wrongly left out",
        "drawn rows labelled to a brand, not given to it, that a human judged to be its ÷ rows so "
        "drawn and judged", "share", formulas.false_negatives, SHARE_BAD, target=0.05,
    ),
    Metric(
        "seconds_per_brand", "Processing time per brand",
        "Σ seconds of completed runs ÷ brands they learned", "seconds", formulas.run_seconds,
        Bands(False, NAMES, (0.1, 1.0, 10.0)),
    ),
    Metric(
        "failed_runs", "Failed runs", "runs that failed ÷ runs that ended", "share",
        formulas.failed_runs, SHARE_BAD,
    ),
    Metric(
        "reviewer_effort", "Acts per settled brand",
        "decisions, remarks and versions by hand ÷ brands approved", "acts", formulas.effort,
        Bands(False, NAMES, (1.5, 3.0, 6.0)),
    ),
    Metric(
        "remarks_per_brand", "Remarks per settled brand", "remarks ÷ brands approved", "remarks",
        formulas.remarks, Bands(False, NAMES, (0.5, 1.5, 3.0)),
    ),
    Metric(
        "review_minutes", "Minutes per settled brand",
        "Σ minutes since the same person's act before, up to 10 (the usual time after a break) "
        "÷ brands approved", "minutes", formulas.minutes, Bands(False, NAMES, (2.0, 5.0, 15.0)),
    ),
    Metric(
        "corrected_rows", "Rows corrected per remark",
        "rows gained and lost by remarks ÷ remarks", "rows", formulas.corrected,
    ),
    Metric(
        "wallet_effectiveness", "Wallet rows against others",
        "wallet rows confirmed for the brand of their label ÷ (wallet rows × share of other rows "
        "so confirmed), last run", "ratio", wallets.effectiveness,
        Bands(True, NAMES, (0.95, 0.85, 0.7)),
    ),
    Metric(
        "wallet_accuracy", "Wallet rows decided rightly",
        "drawn rows through a wallet that a human judged to be decided rightly ÷ rows so drawn and "
        "judged", "share", wallets.accuracy, RIGHT,
    ),
    Metric(
        "wallet_detection", "Wallets found",
        "rows pointed at in remarks on wallets in which the list of wallets finds one ÷ rows so "
        "pointed at", "share", wallets.detection, RIGHT,
    ),
    Metric(
        "calibration_error", "Confidence against decisions",
        "Σ over ten bins |mean confidence − share approved at first look| × looks ÷ looks",
        "probability", formulas.calibration, Bands(False, NAMES, (0.05, 0.1, 0.2)), target=0.1,
    ),
)  # fmt: skip
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _ALL}
