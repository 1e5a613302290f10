"""A finished run's figures for its report, all read from what its steps left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from brand_metagen import __version__
from brand_metagen.confirm.calibration import calibration_error
from brand_metagen.evaluate.wallets import detect
from brand_metagen.publish.classifier import Answer
from brand_metagen.publish.facts import (
    AbstainedBrand,
    BrandError,
    BrandToConfirm,
    Calibration,
    CalibrationBin,
    Candidate,
    Coverage,
    DecisionCounts,
    IssueGroup,
    LabelError,
    MccUse,
    Neighbour,
    QuarantineSample,
    RunFacts,
    SampledRule,
    TableQuality,
    TieFact,
    Totals,
    WalletFact,
    WalletRows,
)
from brand_metagen.records import Decision, Issue, Metadata
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.fallback import agents_failed

SAMPLED_RULES = 12
LISTED = 200
"""Rows of a table of samples."""
NARRATIVES = 6
NO_WALLET = ""
"""The name under which rows are counted that came through no wallet."""


def run_facts(run: RunContext) -> RunFacts:
    """Gather the report of a run; depends on the market and the settings alone."""
    records = run.metadata("store")
    proven = [m for m in records if m.rule is not None]
    market, answers = run.market, run.answers
    ties, wallets = _ties(run), _wallet_rows(run)
    return RunFacts(
        run_id=run.run_id,
        version=__version__,
        source=run.source.name,
        fingerprint=market.fingerprint,
        totals=_totals(run, records),
        coverage=_coverage(market.combos.brandid, answers),
        quality=tuple(
            TableQuality(t.table, t.rows, t.good, t.bad, t.reasons)
            for t in run.loaded.quality.tables
        ),
        corrected=run.loaded.quality.corrected,
        stale_corrections=run.loaded.quality.stale[:LISTED],
        quarantine=tuple(
            QuarantineSample(q.file, q.line, q.reason, q.row)
            for q in run.loaded.quarantine[:LISTED]
        ),
        confidences=tuple(m.confidence for m in proven),
        to_confirm=_to_confirm(proven),
        abstained=tuple(
            AbstainedBrand(m.brandid, m.brandname, _rows(m), m.reasons)
            for m in records
            if m.rule is None
        ),
        ties_settled=sum(tie.settled for tie in ties),
        ties=tuple(sorted(ties, key=lambda t: (t.settled, -t.rows, t.narrative))[:LISTED]),
        wrong_labels=_label_errors(run, lambda given: given != ""),
        missing_labels=_label_errors(run, lambda given: given == ""),
        wallets=_wallets(wallets),
        wallet_rows=wallets,
        rules=_sampled(run, proven),
        calibration=_calibration(run),
        mccs=_mccs(run, proven),
        issues=_issues(run),
        errors=(*agents_failed(run.store.steps(run.run_id)), *_failed(run)),
    )


def _failed(run: RunContext) -> Iterator[BrandError]:
    for b, message in sorted(run.failed.items()):
        name = run.market.brands[b].brandname
        yield BrandError(b, name, message, "run again with `--brands " + b + "`")


def _rows(record: Metadata) -> int:
    rows = record.evidence.get("rows", 0)
    return rows if isinstance(rows, int) else 0


def _totals(run: RunContext, records: Sequence[Metadata]) -> Totals:
    counts = Counter(answer.decision.value for answer in run.answers)
    return Totals(
        brands_to_check=len(run.market.to_check),
        rules_proven=sum(m.rule is not None for m in records),
        abstained=sum(m.rule is None for m in records),
        failed=len(run.failed),
        rows=DecisionCounts(**{d.value: counts[d.value] for d in Decision}),
    )


def _coverage(given: Sequence[str], answers: Sequence[Answer]) -> Coverage:
    counts: Counter[str] = Counter()
    for label, answer in zip(given, answers, strict=True):
        sure = answer.decision is Decision.CONFIRMED
        counts["labelled" if label else "unlabelled"] += 1
        if sure and not label:
            counts["newly_labelled"] += 1
        elif sure:
            counts["agreed" if label == answer.brandid else "contradicted"] += 1
    return Coverage(**counts)


def _to_confirm(proven: Sequence[Metadata]) -> tuple[BrandToConfirm, ...]:
    waiting = sorted(
        (m for m in proven if m.requires_confirmation),
        key=lambda m: (-_rows(m) * (1 - m.confidence), m.brandid),
    )
    return tuple(
        BrandToConfirm(m.brandid, m.brandname, m.confidence, _rows(m), m.reasons, _worst(m))
        for m in waiting
    )


def _worst(record: Metadata) -> tuple[str, ...]:
    evidence: Any = record.evidence
    samples = [*evidence["contradicted"]["samples"], *evidence["missed"]["samples"]]
    return tuple(samples[:3])


def _ties(run: RunContext) -> list[TieFact]:
    """Contested narratives, equal ones counted once."""
    brands, combos = run.market.brands, run.market.combos
    rows: Counter[tuple[str, str]] = Counter()
    contested: dict[tuple[str, str], Answer] = {}
    for text, mccid, answer in zip(combos.narrative, combos.mccid, run.answers, strict=True):
        if len(answer.claims) > 1:
            rows[text, mccid] += 1
            contested[text, mccid] = answer
    return [
        TieFact(
            text,
            mccid,
            tuple(
                Candidate(c.brandid, brands[c.brandid].brandname, c.probability)
                for c in answer.claims
            ),
            answer.decision is not Decision.TIE,
            answer.reason,
            rows[text, mccid],
        )
        for (text, mccid), answer in sorted(contested.items())
    ]


def _label_errors(run: RunContext, wanted: Callable[[str], bool]) -> tuple[LabelError, ...]:
    """Confirmed rows whose label says otherwise, surest and most frequent first."""
    brands, combos = run.market.brands, run.market.combos
    rows: Counter[tuple[str, str, str, str, float]] = Counter()
    cells = zip(combos.narrative, combos.mccid, combos.brandid, run.answers, strict=True)
    for text, mccid, given, answer in cells:
        if answer.decision is Decision.CONFIRMED and given != answer.brandid and wanted(given):
            rows[text, mccid, given, answer.brandid, answer.confidence] += 1
    ranked = sorted(rows.items(), key=lambda x: (-x[1], -x[0][4], x[0]))[:LISTED]
    return tuple(
        LabelError(
            text, mccid, brands[given].brandname if given else "", brands[found].brandname, p, n
        )
        for (text, mccid, given, found, p), n in ranked
    )


def _wallets(counted: Mapping[str, WalletRows]) -> tuple[WalletFact, ...]:
    found = [
        WalletFact(name, w.rows, w.matched, w.confirmed)
        for name, w in counted.items()
        if name != NO_WALLET
    ]
    return tuple(sorted(found, key=lambda w: (-w.rows, w.name)))


def _wallet_rows(run: RunContext) -> dict[str, WalletRows]:
    """How each wallet's rows fared, and under NO_WALLET those of all other rows (WAL-09)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    combos = run.market.combos
    for text, label, answer in zip(combos.narrative, combos.brandid, run.answers, strict=True):
        hit = detect(text)
        found = counts[hit.wallet if hit else NO_WALLET]
        sure = answer.decision is Decision.CONFIRMED
        found["rows"] += 1
        found["matched"] += answer.decision is not Decision.UNMATCHED
        found["confirmed"] += sure
        found["excluded"] += answer.decision is Decision.EXCLUDED
        if label:
            found["labelled"] += 1
            found["found"] += any(claim.brandid == label for claim in answer.claims)
            found["agreed"] += sure and answer.brandid == label
            found["contradicted"] += sure and answer.brandid != label
    return {name: WalletRows(**c) for name, c in sorted(counts.items())}


def _sampled(run: RunContext, proven: Sequence[Metadata]) -> tuple[SampledRule, ...]:
    """The rules with most rows, with what they take and what was excluded from them."""
    chosen = sorted(proven, key=lambda m: (-_rows(m), m.brandid))[:SAMPLED_RULES]
    taken = _narratives(run, {m.brandid for m in chosen})
    return tuple(_rule(run, m, *taken[m.brandid]) for m in chosen)


def _narratives(run: RunContext, brandids: set[str]) -> dict[str, tuple[list[str], list[str]]]:
    """Per brand, distinct narratives confirmed for it and excluded from it."""
    found: dict[str, tuple[list[str], list[str]]] = {b: ([], []) for b in brandids}
    for text, answer in zip(run.market.combos.narrative, run.answers, strict=True):
        if answer.brandid in found and answer.decision in (Decision.CONFIRMED, Decision.EXCLUDED):
            part = found[answer.brandid][answer.decision is Decision.EXCLUDED]
            if len(part) < NARRATIVES and text not in part:
                part.append(text)
    return found


def _rule(
    run: RunContext, record: Metadata, matched: list[str], excluded: list[str]
) -> SampledRule:
    assert record.rule is not None
    evidence: Any = record.evidence
    return SampledRule(
        brandid=record.brandid,
        brandname=record.brandname,
        include=record.rule.include,
        exclude=record.rule.exclude,
        pieces=record.rule.pieces,
        mccs=tuple((m, run.market.mccs[m].mcc_desc) for m in record.rule.mccids),
        confidence=record.confidence,
        rows=_rows(record),
        precision=evidence["held_out"]["precision"],
        recall=evidence["held_out"]["recall"],
        matched=tuple(matched),
        excluded=tuple(excluded),
        nearest=tuple(Neighbour(**n) for n in evidence["nearest"]),
    )


def _calibration(run: RunContext) -> Calibration | None:
    bins = run.model.reliability
    if not bins:
        return None
    # Estimated from noisy labels, the share that came true may come out above one.
    drawn = tuple(CalibrationBin(b.predicted, min(1.0, b.observed), b.rows) for b in bins)
    return Calibration(drawn, calibration_error(bins))


def _mccs(run: RunContext, proven: Sequence[Metadata]) -> tuple[MccUse, ...]:
    listed = Counter(m for record in proven if record.rule for m in record.rule.mccids)
    rows = Counter(
        mccid
        for mccid, answer in zip(run.market.combos.mccid, run.answers, strict=True)
        if answer.decision is Decision.CONFIRMED
    )
    ranked = sorted(listed, key=lambda m: (-rows[m], m))
    return tuple(MccUse(m, run.market.mccs[m].mcc_desc, listed[m], rows[m]) for m in ranked)


def _issues(run: RunContext) -> tuple[IssueGroup, ...]:
    groups: dict[tuple[str, str], list[tuple[str, Issue]]] = defaultdict(list)
    for brandid, issue in _all_issues(run):
        groups[issue.severity.value, issue.kind].append((brandid, issue))
    order = ["high", "medium", "low"]
    ranked = sorted(groups.items(), key=lambda g: (order.index(g[0][0]), -len(g[1]), g[0][1]))
    return tuple(
        IssueGroup(
            kind,
            found[0][1].severity,
            len(found),
            sum(issue.rows for _, issue in found),
            tuple(run.market.brands[b].brandname for b, _ in found[:5]),
        )
        for (_, kind), found in ranked
    )


def _all_issues(run: RunContext) -> Iterator[tuple[str, Issue]]:
    for brandid, evaluation in sorted(run.evaluations.items()):
        for issue in evaluation.issues:
            yield brandid, issue


def summary(facts: RunFacts) -> dict[str, object]:
    """The run in a few figures, kept with its record (WF-12)."""
    totals, coverage = facts.totals, facts.coverage
    return {
        "brands": totals.brands_to_check,
        "rules": totals.rules_proven,
        "abstained": totals.abstained,
        "failed": totals.failed,
        "to_confirm": len(facts.to_confirm),
        "decisions": {d.value: getattr(totals.rows, d.value) for d in Decision},
        "labels": {
            "given": coverage.labelled,
            "agreed": coverage.agreed,
            "contradicted": coverage.contradicted,
            "added": coverage.newly_labelled,
        },
        "ties_settled": facts.ties_settled,
        "bad_rows": facts.bad_rows,
    }
