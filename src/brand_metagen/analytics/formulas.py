"""What each metric counts: every formula gives the rows behind it, and the figure is their sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median

from brand_metagen.analytics.counting import (
    Counted,
    Of,
    Part,
    Told,
    counted,
    part,
    ratio,
    share,
)
from brand_metagen.analytics.history import (
    DECIDING,
    Deed,
    History,
    RunLine,
    Stretch,
    first_looks,
    latest,
    made,
    within,
)
from brand_metagen.ports import Draw, JudgedKind, Judgement, Remark, VersionLine

HIGH, LOW = 0.8, 0.6
"""Bands of confidence (requirements section 0)."""
WORK = (*DECIDING, "create", "rollback", "undo")
"""Acts that are a reviewer's work."""
SITTING = 600.0
"""Seconds between two acts of one person up to which the time went into the second: as long as a
brand stays claimed (`review.claim_seconds`). A longer gap was a break."""
BINS = 10
"""Bins of confidence in which saying and doing are compared."""


def acts(
    deeds: Sequence[Deed],
    top: Callable[[Deed], float] | float,
    bottom: Callable[[Deed], float] | float,
    says: Callable[[Deed], str] | None = None,
) -> Part:
    """Acts with what each adds; `says` is said of each besides."""

    def tell(deed: Deed) -> Told:
        said = f"{deed.action} of v{deed.version} by {deed.actor}"
        more = says(deed) if says else ""
        return Of.ACT, str(deed.sequence), deed.at, f"{said}: {more}" if more else said

    return part(deeds, top, bottom, tell)


def approval(history: History, span: Stretch) -> Counted:
    """LA-01."""
    looks = [deed for deed in first_looks(history) if span.holds(deed.at)]
    return share(acts(looks, lambda deed: float(deed.action == "approve"), 1.0))


def approvals(history: History, span: Stretch) -> list[Deed]:
    """The last approval of each version that settled it in a span."""
    settled = {(d.brandid, d.version): d for d in within(history, span, "approve") if not d.pending}
    return list(settled.values())


def rounds(history: History, span: Stretch) -> Counted:
    """LA-02."""
    return ratio(
        acts(
            approvals(history, span), lambda deed: 1.0 + deed.round, 1.0,
            lambda deed: f"{deed.round} rounds before it",
        )
    )  # fmt: skip


def escalations(history: History, span: Stretch) -> Counted:
    """LA-03: a brand counts once, however many cases it has."""
    cases: dict[str, list[str]] = defaultdict(list)
    first: dict[str, str] = {}
    for case in history.cases:
        if case.brandid and span.holds(case.opened_at):
            cases[case.brandid].append(case.case_id)
            first.setdefault(case.brandid, case.opened_at)
    for deed in within(history, span):
        first.setdefault(deed.brandid, deed.at)
    for version in made(history, span):
        first.setdefault(version.brandid, version.made_at)

    def tell(brandid: str) -> Told:
        return Of.BRAND, brandid, first[brandid], ", ".join(cases.get(brandid, ()))

    return share(part(list(first), lambda b: float(b in cases), 1.0, tell, brand=str))


def _confident(history: History, span: Stretch, inside: Callable[[VersionLine], float]) -> Counted:
    """Brands whose confidence lies in a band (LA-04)."""
    return share(part(latest(history, span.end), inside, 1.0, _version))


def _version(version: VersionLine) -> Told:
    name = f"{version.brandid} v{version.version}"
    return Of.VERSION, name, version.made_at, f"confidence {version.confidence:.3f}"


def high_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, above 0.8."""
    return _confident(history, span, lambda v: float(v.confidence > HIGH))


def low_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, below 0.6."""
    return _confident(history, span, lambda v: float(v.confidence < LOW))


def medium_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, between them: both bounds belong to it."""
    return _confident(history, span, lambda v: float(LOW <= v.confidence <= HIGH))


def _said(history: History) -> Mapping[tuple[str, int], float]:
    """The confidence of each version, by brand and number."""
    return history.once(
        "confidences", lambda: {(v.brandid, v.version): v.confidence for v in history.versions}
    )


def improvement(history: History, span: Stretch) -> Counted:
    """LA-05: a ratio of sums, so that a brand that began near nothing does not drown all others."""
    said = _said(history)

    def before(deed: Deed) -> float:
        return said[deed.brandid, deed.version]

    def after(deed: Deed) -> float:
        return said[deed.brandid, deed.made]

    changed = [
        d
        for d in within(history, span, "feedback")
        if d.made and (d.brandid, d.version) in said and (d.brandid, d.made) in said
    ]
    return ratio(
        acts(
            changed, lambda d: after(d) - before(d), before,
            lambda d: f"{before(d):.3f} → {after(d):.3f}",
        )
    )  # fmt: skip


def _wrong(history: History, span: Stretch, kind: JudgedKind) -> Counted:
    answered = [j for j in history.judgements if j.right is not None and j.kind is kind]
    judged = [j for j in answered if span.holds(j.at)]
    pointed = sum(j.how is Draw.POINTED and not j.right for j in judged)
    note = f"besides, reviewers pointed at {pointed} wrong ones" if pointed else ""
    drawn = [j for j in judged if j.how is Draw.DRAWN]
    return share(part(drawn, lambda j: float(not j.right), 1.0, _judged), note=note)


def _judged(j: Judgement) -> Told:
    said = f"{j.sample_id}, {'right' if j.right else 'wrong'} to {j.actor}: {j.narrative}"
    return Of.JUDGED, f"{j.ccid}@{j.bankid}", j.at, said


def false_positives(history: History, span: Stretch) -> Counted:
    """LA-06, of rows drawn by lot and judged by people."""
    return _wrong(history, span, JudgedKind.TAKEN)


def false_negatives(history: History, span: Stretch) -> Counted:
    """LA-07, of rows drawn by lot and judged by people."""
    return _wrong(history, span, JudgedKind.LEFT)


def run_seconds(history: History, span: Stretch) -> Counted:
    """Work per brand; failed runs did none."""
    runs = [r for r in history.runs if span.holds(r.at) and not r.failed]
    note = f"{len(runs)} runs" if len(runs) != 1 else "1 run"
    return ratio(
        part(
            runs, lambda r: r.seconds, lambda r: float(r.brands),
            lambda r: (Of.RUN, r.run_id, r.at, f"{r.rows:,} rows"), _nobody,
        ),
        note=note,
    )  # fmt: skip


def failed_runs(history: History, span: Stretch) -> Counted:
    """Of the runs that ended."""
    runs = [r for r in history.runs if span.holds(r.at)]
    return share(
        part(runs, lambda r: float(r.failed), 1.0, lambda r: (Of.RUN, r.run_id, r.at, ""), _nobody)
    )


def _nobody(run: RunLine) -> str:
    """A run is of no brand."""
    del run
    return ""


def _settling(deeds: Iterable[Deed]) -> set[int]:
    """The first approval of each brand, by sequence: it settles the brand."""
    first: dict[str, int] = {}
    for deed in deeds:
        if deed.action == "approve" and not deed.pending:
            first.setdefault(deed.brandid, deed.sequence)
    return set(first.values())


def effort(history: History, span: Stretch) -> Counted:
    """Acts of reviewers for each brand they settled."""
    work = within(history, span, *WORK)
    settling = _settling(work)
    return ratio(acts(work, 1.0, lambda d: float(d.sequence in settling)), by_brand=True)


def remarks(history: History, span: Stretch) -> Counted:
    """Remarks for each brand that was settled."""
    work = within(history, span, *WORK)
    settling = _settling(work)
    settled = [d for d in work if d.sequence in settling]
    given = [r for r in history.remarks if span.holds(r.given_at)]
    return ratio(acts(settled, 0.0, 1.0), part(given, 1.0, 0.0, _remark), by_brand=True)


def _remark(remark: Remark) -> Told:
    said = f"{remark.category}, {remark.outcome}, by {remark.author}"
    return Of.REMARK, remark.feedback_id, remark.given_at, said


def minutes(history: History, span: Stretch) -> Counted:
    """Minutes of reviewers for each brand they settled; nothing where no act could be timed."""
    work = within(history, span, *WORK)
    timed = time_spent(history)
    known = [timed[d.sequence] for d in work if d.sequence in timed]
    if not known:
        return counted()
    usual, settling = median(known), _settling(work)
    note = f"{len(known)} of {len(work)} acts timed, the others at the usual {usual:.1f} minutes"
    return ratio(
        acts(
            work, lambda d: timed.get(d.sequence, usual), lambda d: float(d.sequence in settling),
            lambda d: "" if d.sequence in timed else "the usual time: the first act after a break",
        ),
        note=note, by_brand=True,
    )  # fmt: skip


def time_spent(history: History) -> Mapping[int, float]:
    """Minutes of the acts that follow another one of the same person closely, by sequence."""
    return history.once("time spent", lambda: _time_spent(history.deeds))


def _time_spent(deeds: Sequence[Deed]) -> Mapping[int, float]:
    last: dict[str, datetime] = {}
    found: dict[int, float] = {}
    for deed in deeds:
        now = datetime.fromisoformat(deed.at)
        if (before := last.get(deed.actor)) is not None:
            seconds = (now - before).total_seconds()
            if 0 <= seconds <= SITTING:
                found[deed.sequence] = seconds / 60
        last[deed.actor] = now
    return found


def corrected(history: History, span: Stretch) -> Counted:
    """Rows that remarks moved."""
    return ratio(
        acts(within(history, span, "feedback"), lambda d: float(d.gained + d.lost), 1.0, moved)
    )


def moved(deed: Deed) -> str:
    """The rows that an act moved, in words."""
    return f"{deed.gained} gained, {deed.lost} lost"


def calibration(history: History, span: Stretch) -> Counted:
    """Mean distance between confidence and what reviewers did at first look, in ten bins (ECE).

    Each look adds what it lies beside its bin's side: confidence − approved where the bin says too
    much, the other way round where it says too little; their mean is the figure, and its interval
    that of a mean.
    """
    said = _said(history)

    def confidence(deed: Deed) -> float:
        return said[deed.brandid, deed.version]

    def place(deed: Deed) -> int:
        return min(BINS - 1, int(confidence(deed) * BINS))

    def gap(deed: Deed) -> float:
        return confidence(deed) - (deed.action == "approve")

    looks = [d for d in first_looks(history) if span.holds(d.at)]
    sums: dict[int, float] = defaultdict(float)
    for deed in looks:
        sums[place(deed)] += gap(deed)
    return ratio(
        acts(
            looks, lambda d: gap(d) if sums[place(d)] >= 0 else -gap(d), 1.0,
            lambda d: f"confidence {confidence(d):.3f}",
        )
    )  # fmt: skip
