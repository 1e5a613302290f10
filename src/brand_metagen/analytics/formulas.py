"""What each metric counts: every formula gives the rows behind it, and the figure is their sum."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from statistics import median

from brand_metagen.analytics.counting import Counted, Evidence, Of, counted, ratio, share
from brand_metagen.analytics.history import DECIDING, Deed, History, Stretch, first_looks, within
from brand_metagen.ports import Draw, JudgedKind, VersionLine

HIGH, LOW = 0.8, 0.6
"""Bands of confidence (requirements section 0)."""
WORK = (*DECIDING, "create", "rollback", "undo")
"""Acts that are a reviewer's work."""
SITTING = 600.0
"""Seconds between two acts of one person up to which the time went into the second: as long as a
brand stays claimed (`review.claim_seconds`). A longer gap was a break."""
BINS = 10
"""Bins of confidence in which saying and doing are compared."""


def act(deed: Deed, top: float, bottom: float, says: str = "") -> Evidence:
    """An act as a row of evidence."""
    said = f"{deed.action} of v{deed.version} by {deed.actor}" + (f": {says}" if says else "")
    return Evidence(Of.ACT, str(deed.sequence), deed.brandid, deed.at, top, bottom, said)


def approval(history: History, span: Stretch) -> Counted:
    """LA-01."""
    looks = [deed for deed in first_looks(history) if span.holds(deed.at)]
    return share(act(deed, float(deed.action == "approve"), 1.0) for deed in looks)


def approvals(history: History, span: Stretch) -> list[Deed]:
    """The last approval of each version that settled it in a span."""
    settled = {
        (d.brandid, d.version): d for d in within(span, history.deeds, "approve") if not d.pending
    }
    return list(settled.values())


def rounds(history: History, span: Stretch) -> Counted:
    """LA-02."""
    return ratio(
        act(deed, 1.0 + deed.round, 1.0, f"{deed.round} rounds before it")
        for deed in approvals(history, span)
    )


def escalations(history: History, span: Stretch) -> Counted:
    """LA-03: a brand counts once, however many cases it has."""
    cases: dict[str, list[str]] = defaultdict(list)
    first: dict[str, str] = {}
    for case in history.cases:
        if case.brandid and span.holds(case.opened_at):
            cases[case.brandid].append(case.case_id)
            first.setdefault(case.brandid, case.opened_at)
    for deed in within(span, history.deeds):
        first.setdefault(deed.brandid, deed.at)
    for version in history.versions:
        if span.holds(version.made_at):
            first.setdefault(version.brandid, version.made_at)
    return share(
        Evidence(Of.BRAND, b, b, at, float(b in cases), 1.0, ", ".join(cases.get(b, ())))
        for b, at in first.items()
    )


def latest(history: History, end: str) -> list[VersionLine]:
    """Each brand's version as it stood at a moment; its number decides, not its maker's clock."""
    found: dict[str, VersionLine] = {}
    for version in history.versions:
        known = found.get(version.brandid)
        if version.made_at < end and (known is None or version.version > known.version):
            found[version.brandid] = version
    return list(found.values())


def _confident(history: History, span: Stretch, low: float, high: float) -> Counted:
    """Brands whose confidence lies between two bounds, both outside (LA-04)."""
    return share(
        Evidence(
            Of.VERSION, f"{v.brandid} v{v.version}", v.brandid, v.made_at,
            float(low < v.confidence < high), 1.0, f"confidence {v.confidence:.3f}",
        )
        for v in latest(history, span.end)
    )  # fmt: skip


def high_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, above 0.8."""
    return _confident(history, span, HIGH, 2.0)


def low_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, below 0.6."""
    return _confident(history, span, -1.0, LOW)


def medium_confidence(history: History, span: Stretch) -> Counted:
    """LA-04, between them: both bounds belong to it."""
    found = latest(history, span.end)
    return share(
        Evidence(
            Of.VERSION, f"{v.brandid} v{v.version}", v.brandid, v.made_at,
            float(LOW <= v.confidence <= HIGH), 1.0, f"confidence {v.confidence:.3f}",
        )
        for v in found
    )  # fmt: skip


def improvement(history: History, span: Stretch) -> Counted:
    """LA-05: a ratio of sums, so that a brand that began near nothing does not drown all others."""
    by_key = {(v.brandid, v.version): v.confidence for v in history.versions}
    rows = []
    for deed in within(span, history.deeds, "feedback"):
        before = by_key.get((deed.brandid, deed.version))
        after = by_key.get((deed.brandid, deed.made))
        if deed.made and before is not None and after is not None:
            rows.append(act(deed, after - before, before, f"{before:.3f} → {after:.3f}"))
    return ratio(rows)


def _wrong(history: History, span: Stretch, kind: JudgedKind) -> Counted:
    answered = [j for j in history.judgements if j.right is not None and j.kind is kind]
    judged = [j for j in answered if span.holds(j.at)]
    pointed = sum(j.how is Draw.POINTED and not j.right for j in judged)
    note = f"besides, reviewers pointed at {pointed} wrong ones" if pointed else ""
    return share(
        (
            Evidence(
                Of.JUDGED, f"{j.ccid}@{j.bankid}", j.brandid, j.at, float(not j.right), 1.0,
                f"{j.sample_id}, {'right' if j.right else 'wrong'} to {j.actor}: {j.narrative}",
            )
            for j in judged
            if j.how is Draw.DRAWN
        ),
        note,
    )  # fmt: skip


def false_positives(history: History, span: Stretch) -> Counted:
    """LA-06, of rows drawn by lot and judged by people."""
    return _wrong(history, span, JudgedKind.TAKEN)


def false_negatives(history: History, span: Stretch) -> Counted:
    """LA-07, of rows drawn by lot and judged by people."""
    return _wrong(history, span, JudgedKind.LEFT)


def run_seconds(history: History, span: Stretch) -> Counted:
    """Work per brand; failed runs did none."""
    runs = [r for r in history.runs if span.holds(r.at) and not r.failed]
    return ratio(
        (
            Evidence(Of.RUN, r.run_id, "", r.at, r.seconds, float(r.brands), f"{r.rows:,} rows")
            for r in runs
        ),
        f"{len(runs)} runs" if len(runs) != 1 else "1 run",
    )


def failed_runs(history: History, span: Stretch) -> Counted:
    """Of the runs that ended."""
    return share(
        Evidence(Of.RUN, r.run_id, "", r.at, float(r.failed), 1.0)
        for r in history.runs
        if span.holds(r.at)
    )


def _settling(deeds: Iterable[Deed]) -> set[int]:
    """The first approval of each brand, by sequence: it settles the brand."""
    first: dict[str, int] = {}
    for deed in deeds:
        if deed.action == "approve" and not deed.pending:
            first.setdefault(deed.brandid, deed.sequence)
    return set(first.values())


def effort(history: History, span: Stretch) -> Counted:
    """Acts of reviewers for each brand they settled."""
    acts = within(span, history.deeds, *WORK)
    settling = _settling(acts)
    return ratio((act(d, 1.0, float(d.sequence in settling)) for d in acts), by_brand=True)


def remarks(history: History, span: Stretch) -> Counted:
    """Remarks for each brand that was settled."""
    acts = within(span, history.deeds, *WORK)
    settling = _settling(acts)
    rows = [act(d, 0.0, 1.0) for d in acts if d.sequence in settling]
    for remark in history.remarks:
        if span.holds(remark.given_at):
            says = f"{remark.category}, {remark.outcome}, by {remark.author}"
            rows.append(
                Evidence(
                    Of.REMARK, remark.feedback_id, remark.brandid, remark.given_at, 1.0, 0.0, says
                )
            )
    return ratio(rows, by_brand=True)


def minutes(history: History, span: Stretch) -> Counted:
    """Minutes of reviewers for each brand they settled; nothing where no act could be timed."""
    acts = within(span, history.deeds, *WORK)
    timed = time_spent(history.deeds)
    known = [timed[d.sequence] for d in acts if d.sequence in timed]
    if not known:
        return counted(())
    usual, settling = median(known), _settling(acts)
    rows = []
    for deed in acts:
        spent = timed.get(deed.sequence)
        says = "the usual time: the first act after a break" if spent is None else ""
        top = usual if spent is None else spent
        rows.append(act(deed, top, float(deed.sequence in settling), says))
    note = f"{len(known)} of {len(acts)} acts timed, the others at the usual {usual:.1f} minutes"
    return ratio(rows, note, by_brand=True)


def time_spent(deeds: Sequence[Deed]) -> Mapping[int, float]:
    """Minutes of the acts that follow another one of the same person closely, by sequence."""
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
        act(d, float(d.gained + d.lost), 1.0, f"{d.gained} gained, {d.lost} lost")
        for d in within(span, history.deeds, "feedback")
    )


def calibration(history: History, span: Stretch) -> Counted:
    """Mean distance between confidence and what reviewers did at first look, in ten bins (ECE).

    Each look adds what it lies beside its bin's side: confidence − approved where the bin says too
    much, the other way round where it says too little; their mean is the figure, and its interval
    that of a mean.
    """
    by_key = {(v.brandid, v.version): v.confidence for v in history.versions}
    looks = [d for d in first_looks(history) if span.holds(d.at)]
    gaps = [by_key[d.brandid, d.version] - (d.action == "approve") for d in looks]
    bins = [min(BINS - 1, int(by_key[d.brandid, d.version] * BINS)) for d in looks]
    sums: dict[int, float] = defaultdict(float)
    for place, gap in zip(bins, gaps, strict=True):
        sums[place] += gap
    return ratio(
        act(
            deed, gap if sums[place] >= 0 else -gap, 1.0,
            f"confidence {by_key[deed.brandid, deed.version]:.3f}",
        )
        for deed, place, gap in zip(looks, bins, gaps, strict=True)
    )  # fmt: skip
