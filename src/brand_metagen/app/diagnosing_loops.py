"""Rounds of feedback that lead nowhere: remarks not processed, rules that come back, brands that
never get surer, counters that do not follow (FB-13, ITR-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from brand_metagen.analytics.history import Deed, History
from brand_metagen.app.findings import Finding
from brand_metagen.app.iterating import rounds_since_reset
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import BrandState, Remark, RemarkOutcome
from brand_metagen.records import Metadata

STILL_ROUNDS = 3
"""Rounds without a gain after which a brand does not improve."""
GAIN = 0.01
"""Confidence that counts as a gain."""
REPEATS = 2
"""Rounds whose rule had stood before after which feedback goes in a circle: one such round is a
reviewer who thought better of it."""


def not_processed(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Remarks that nothing came of because processing them failed."""
    last: dict[str, Remark] = {remark.brandid: remark for remark in history.remarks}
    for brandid, remark in sorted(last.items()):
        if remark.outcome is not RemarkOutcome.FAILED:
            continue
        failures = workspace.store.line(brandid).failures
        yield Finding(
            "feedback not processed",
            f"processing {remark.feedback_id} on brand {brandid} failed: {remark.explanation}",
            (
                f"{failures} failures in a row; at three the brand escalates",
                f"said by {remark.author} at {remark.given_at[:16]}",
            ),
            f"brand-metagen feedback explain {remark.feedback_id}",
        )


def endless_loop(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Rules that come back round after round."""
    for brandid, rounds in sorted(_rounds(history).items()):
        if len(rounds) <= REPEATS or not _in_review(workspace, brandid):
            continue
        versions = {m.version: m for m in workspace.store.versions(brandid)}
        repeats = list(_repeats(rounds, versions))
        if len(repeats) >= REPEATS:
            yield Finding(
                "endless loop",
                f"feedback on brand {brandid} goes in a circle: {len(repeats)} of {len(rounds)} "
                "rounds made a rule that had stood before",
                tuple(f"version {now} is version {before} again" for now, before in repeats[-3:]),
                f"brand-metagen feedback history {brandid}",
            )


def _repeats(rounds: list[Deed], versions: dict[int, Metadata]) -> Iterator[tuple[int, int]]:
    """Versions that feedback made, with the earlier one whose rule they have."""
    for deed in rounds:
        made = versions.get(deed.made)
        if made is None:
            continue
        for number in sorted(v for v in versions if v < deed.made):
            if versions[number].rule == made.rule:
                yield deed.made, number
                break


def no_improvement(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Brands that rounds do not make surer."""
    confidence = {(v.brandid, v.version): v.confidence for v in history.versions}
    for brandid, rounds in sorted(_rounds(history).items()):
        pairs = [
            (confidence[brandid, d.version], confidence.get((brandid, d.made), 0.0))
            for d in rounds
            if (brandid, d.version) in confidence
        ]
        last = pairs[-STILL_ROUNDS:]
        if len(last) < STILL_ROUNDS or not _in_review(workspace, brandid):
            continue
        if last[-1][1] - last[0][0] < GAIN:
            yield Finding(
                "no improvement",
                f"{len(pairs)} rounds of feedback have not made brand {brandid} surer",
                tuple(f"confidence {before:.2f} → {after:.2f}" for before, after in last),
                f"brand-metagen review flag {brandid} --note 'rounds lead nowhere'",
            )


def stuck(workspace: Workspace, history: History) -> Iterator[Finding]:
    """Round counters that do not say what happened."""
    limit = workspace.settings.review.round_limit
    counts, store = rounds_since_reset(history), workspace.store
    astray = [
        store.line(brandid)
        for brandid, counted in store.rounds(BrandState.AWAITING_REVIEW).items()
        if counted != counts[brandid] or counted >= limit
    ]
    for line in sorted(astray, key=lambda line: (-line.priority, line.brandid)):
        applied = counts[line.brandid]
        yield Finding(
            "stuck counter",
            f"the counter of brand {line.brandid} does not follow its rounds",
            (f"the counter says {line.round}, the log has {applied} rounds", f"limit {limit}"),
            f"brand-metagen review round {line.brandid} {min(applied, limit - 1)} --note 'stuck'",
        )


def _rounds(history: History) -> dict[str, list[Deed]]:
    """Rounds of feedback that made a version, by brand."""
    found: dict[str, list[Deed]] = defaultdict(list)
    for deed in history.deeds:
        if deed.action == "feedback" and deed.made:
            found[deed.brandid].append(deed)
    return found


def _in_review(workspace: Workspace, brandid: str) -> bool:
    return workspace.store.line(brandid).state is BrandState.AWAITING_REVIEW
