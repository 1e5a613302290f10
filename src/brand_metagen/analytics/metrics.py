"""The metrics, each with its formula, what was counted, how sure that is, and what it asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from brand_metagen.analytics.bands import IMPROVEMENT, ROUNDS, SHARE_BAD, SHARE_GOOD, Band, Bands
from brand_metagen.analytics.history import (
    DECIDING,
    History,
    Stretch,
    first_looks,
    within,
)
from brand_metagen.analytics.stats import Interval, mean_interval, wilson
from brand_metagen.ports import Draw, JudgedKind

HIGH, LOW = 0.8, 0.6
"""Bands of confidence (requirements section 0)."""
WALLETS = "wallet"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a formula counted: `top` ÷ `bottom`, the brands behind it, and an interval where one can
    be given. `value` is None where there was nothing to count."""

    top: float
    bottom: float
    interval: Interval | None
    brands: tuple[str, ...] = ()
    note: str = ""

    @property
    def value(self) -> float | None:
        return self.top / self.bottom if self.bottom else None


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
    """Count a metric; without anything to count it has neither value nor band."""
    counted = metric.count(history, span)
    value = counted.value
    band = metric.bands.of(value) if metric.bands and value is not None else None
    alarmed = False
    if value is not None and metric.alert is not None:
        alarmed = value < metric.alert if metric.rising else value > metric.alert
    return Measured(metric, span, counted, band, alarmed)


def _share(top: Sequence[str], bottom: Sequence[str], note: str = "") -> Counted:
    return Counted(
        len(top), len(bottom), wilson(len(top), len(bottom)), tuple(sorted(set(bottom))), note
    )


def approval(history: History, span: Stretch) -> Counted:
    looks = [deed for deed in first_looks(history) if span.holds(deed.at)]
    approved = [deed.brandid for deed in looks if deed.action == "approve"]
    return _share(approved, [deed.brandid for deed in looks])


def rounds(history: History, span: Stretch) -> Counted:
    settled = {
        (d.brandid, d.version): d for d in within(span, history.deeds, "approve") if not d.pending
    }
    values = [float(1 + deed.round) for deed in settled.values()]
    brands = tuple(sorted({brandid for brandid, _ in settled}))
    return Counted(sum(values), len(values), mean_interval(values), brands)


def escalations(history: History, span: Stretch) -> Counted:
    opened = {c.brandid for c in history.cases if c.brandid and span.holds(c.opened_at)}
    worked = {d.brandid for d in within(span, history.deeds)} | opened
    worked |= {v.brandid for v in history.versions if span.holds(v.made_at)}
    return _share(sorted(opened), sorted(worked))


def _latest(history: History, end: str) -> dict[str, float]:
    """Each brand's confidence as it stood at a moment."""
    found: dict[str, float] = {}
    for version in history.versions:
        if version.made_at < end:
            found[version.brandid] = version.confidence
    return found


def high_confidence(history: History, span: Stretch) -> Counted:
    latest = _latest(history, span.end)
    return _share([b for b, c in latest.items() if c > HIGH], list(latest))


def low_confidence(history: History, span: Stretch) -> Counted:
    latest = _latest(history, span.end)
    return _share([b for b, c in latest.items() if c < LOW], list(latest))


def improvement(history: History, span: Stretch) -> Counted:
    """Ratio of sums, so that a brand that began near nothing does not drown all others."""
    by_key = {(v.brandid, v.version): v.confidence for v in history.versions}
    pairs = [
        (by_key[d.brandid, d.version], by_key[d.brandid, d.made], d.brandid)
        for d in within(span, history.deeds, "feedback")
        if d.made and {(d.brandid, d.version), (d.brandid, d.made)} <= by_key.keys()
    ]
    gains = mean_interval([after - before for before, after, _ in pairs])
    before = sum(pair[0] for pair in pairs)
    interval = None
    if gains and before:
        scale = len(pairs) / before
        interval = (gains[0] * scale, gains[1] * scale)
    gained = sum(after - earlier for earlier, after, _ in pairs)
    return Counted(gained, before, interval, tuple(sorted({p[2] for p in pairs})))


def _wrong(history: History, span: Stretch, kind: JudgedKind) -> Counted:
    answered = [j for j in history.judgements if j.right is not None and j.kind is kind]
    judged = [j for j in answered if span.holds(j.at)]
    drawn = [j for j in judged if j.how is Draw.DRAWN]
    wrong = [j.brandid for j in drawn if not j.right]
    pointed = sum(j.how is Draw.POINTED and not j.right for j in judged)
    note = f"besides, reviewers pointed at {pointed} wrong ones" if pointed else ""
    return _share(wrong, [j.brandid for j in drawn], note)


def false_positives(history: History, span: Stretch) -> Counted:
    return _wrong(history, span, JudgedKind.TAKEN)


def false_negatives(history: History, span: Stretch) -> Counted:
    return _wrong(history, span, JudgedKind.LEFT)


def run_seconds(history: History, span: Stretch) -> Counted:
    runs = [r for r in history.runs if span.holds(r.at) and not r.failed]
    brands = sum(r.brands for r in runs)
    return Counted(sum(r.seconds for r in runs), brands, None, note=f"{len(runs)} runs")


def failed_runs(history: History, span: Stretch) -> Counted:
    runs = [r for r in history.runs if span.holds(r.at)]
    return _share([r.run_id for r in runs if r.failed], [r.run_id for r in runs])


def effort(history: History, span: Stretch) -> Counted:
    """Acts of reviewers for each brand they settled."""
    acts = within(span, history.deeds, *DECIDING, "create", "rollback", "undo")
    settled = {d.brandid for d in acts if d.action == "approve" and not d.pending}
    return Counted(len(acts), len(settled), None, tuple(sorted(settled)))


def corrected(history: History, span: Stretch) -> Counted:
    acts = within(span, history.deeds, "feedback")
    moved = [float(d.gained + d.lost) for d in acts]
    return Counted(
        sum(moved), len(acts), mean_interval(moved), tuple(sorted({d.brandid for d in acts}))
    )


def wallets(history: History, span: Stretch) -> Counted:
    """How far wallet rows are behind all others: shares taken, one divided by the other."""
    del span  # the last run says it
    rows, taken = history.wallets.get(WALLETS, (0, 0))
    others = [pair for name, pair in history.wallets.items() if name != WALLETS]
    all_rows, all_taken = sum(p[0] for p in others), sum(p[1] for p in others)
    if not rows or not all_taken:
        return Counted(0, 0, None)
    low, high = wilson(taken, rows)
    usual = all_taken / all_rows
    note = f"{taken} of {rows} wallet rows are taken, {all_taken} of {all_rows} others"
    return Counted(taken / rows, usual, (low / usual, high / usual), note=note)


def calibration(history: History, span: Stretch) -> Counted:
    """Mean distance between confidence and what reviewers did at first look, in ten bins (ECE)."""
    by_key = {(v.brandid, v.version): v.confidence for v in history.versions}
    looks = [d for d in first_looks(history) if span.holds(d.at)]
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for deed in looks:
        confidence = by_key[deed.brandid, deed.version]
        bins[min(9, int(confidence * 10))].append((confidence, deed.action == "approve"))
    gaps = [
        abs(fmean(c for c, _ in pairs) - fmean(a for _, a in pairs)) * len(pairs)
        for pairs in bins.values()
    ]
    return Counted(sum(gaps), len(looks), None, tuple(sorted({d.brandid for d in looks})))


_ALL = (
    Metric(
        "approval_rate", "Approved at first look",
        "versions of runs approved by the first decision on them ÷ versions decided on", "share",
        approval, SHARE_GOOD, target=0.8,
    ),
    Metric(
        "average_rounds", "Looks per approved brand",
        "Σ (1 + rounds of feedback before the approval) ÷ approvals", "looks", rounds, ROUNDS,
        target=2.0, alert=5.0,
    ),
    Metric(
        "escalation_rate", "Escalated brands",
        "brands with a case opened ÷ brands with a version, a decision or a case", "share",
        escalations, SHARE_BAD, target=0.05, alert=0.1,
    ),
    Metric(
        "high_confidence", "Brands above 0.8",
        "brands whose latest version has a confidence above 0.8 ÷ brands with a version", "share",
        high_confidence, target=0.7,
    ),
    Metric(
        "low_confidence", "Brands below 0.6",
        "brands whose latest version has a confidence below 0.6 ÷ brands with a version", "share",
        low_confidence, Bands(False, ("excellent", "good", "fair", "poor"), (0.1, 0.2, 0.4)),
        target=0.1,
    ),
    Metric(
        "improvement_rate", "Confidence gained per round",
        "Σ (confidence after − before) ÷ Σ confidence before, over remarks that made a version",
        "share", improvement, IMPROVEMENT,
    ),
    Metric(
        "false_positive_rate", "Rows wrongly taken",
        "drawn rows of a brand that a human judged not to be its ÷ rows so drawn and judged",
        "share", false_positives, SHARE_BAD, target=0.05,
    ),
    Metric(
        "false_negative_rate", "Rows wrongly left out",
        "drawn rows labelled to a brand, not given to it, that a human judged to be its ÷ rows so "
        "drawn and judged", "share", false_negatives, SHARE_BAD, target=0.05,
    ),
    Metric(
        "seconds_per_brand", "Processing time per brand",
        "Σ seconds of completed runs ÷ brands they learned", "seconds", run_seconds,
        Bands(False, ("excellent", "good", "fair", "poor"), (0.1, 1.0, 10.0)),
    ),
    Metric(
        "failed_runs", "Failed runs", "runs that failed ÷ runs that ended", "share", failed_runs,
        SHARE_BAD,
    ),
    Metric(
        "reviewer_effort", "Acts per settled brand",
        "decisions, remarks and versions by hand ÷ brands approved", "acts", effort,
        Bands(False, ("excellent", "good", "fair", "poor"), (1.5, 3.0, 6.0)),
    ),
    Metric(
        "corrected_rows", "Rows corrected per remark",
        "rows gained and lost by remarks ÷ remarks", "rows", corrected,
    ),
    Metric(
        "wallet_effectiveness", "Wallet rows against others",
        "share of wallet rows that rules take ÷ share of other rows so taken, last run", "ratio",
        wallets, Bands(True, ("excellent", "good", "fair", "poor"), (0.95, 0.85, 0.7)),
    ),
    Metric(
        "calibration_error", "Confidence against decisions",
        "Σ over ten bins |mean confidence − share approved at first look| × looks ÷ looks",
        "probability", calibration,
        Bands(False, ("excellent", "good", "fair", "poor"), (0.05, 0.1, 0.2)), target=0.1,
    ),
)  # fmt: skip
METRICS: Mapping[str, Metric] = {metric.key: metric for metric in _ALL}
