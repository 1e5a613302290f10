"""Answers over the whole market turned into each brand's evidence, confidence and record."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from brand_metagen.config import Settings
from brand_metagen.confirm.grade import Expected, HeldOutRecall, expect, wilson
from brand_metagen.evaluate.evaluate import Evaluation
from brand_metagen.evaluate.wallets import WalletStrategy, detect
from brand_metagen.ports import BrandRow, BrandState
from brand_metagen.ports.work import Begin, when_asked
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Brand, Decision, Market, Metadata, Status
from brand_metagen.synthesise.learn import Learned
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.doubts import COMMERCIAL
from brand_metagen.workflow.folds import BrandRules

SAMPLES = 5


@dataclass
class BrandRows:
    """Positions of combos that concern one brand: labelled to it, and taken by its rule."""

    own: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)


def grade(
    market: Market,
    answers: Sequence[Answer],
    rules: Sequence[BrandRules],
    recalls: Mapping[str, HeldOutRecall],
    evaluations: Mapping[str, Evaluation],
    settings: Settings,
    begin: Begin = when_asked,
) -> list[Metadata]:
    """One metadata record per brand, unnumbered (version 0) until the store numbers it.

    Half of the brands are graded beside the others.
    """
    rows = rows_by_brand(market, answers)
    ranked = sorted(rules, key=lambda r: r.brandid)

    def graded(some: Sequence[BrandRules]) -> list[Metadata]:
        return [
            grade_brand(
                market,
                answers,
                learned.full,
                rows[learned.brandid],
                recalls[learned.brandid],
                evaluations.get(learned.brandid),
                settings,
            )
            for learned in some
        ]

    half = len(ranked) // 2
    second = begin(partial(graded, ranked[half:]))
    return graded(ranked[:half]) + second()


def grade_brand(
    market: Market,
    answers: Sequence[Answer],
    learned: Learned,
    rows: BrandRows,
    recall: HeldOutRecall,
    evaluation: Evaluation | None,
    settings: Settings,
) -> Metadata:
    """One brand's record, unnumbered; `answers` are the whole market's, `rows` in order."""
    expected = expected_errors(answers, learned.brandid, rows, recall)
    reasons = _reasons(learned, rows, expected, evaluation, settings)
    evidence = _evidence(market, answers, learned, rows, recall)
    return _record(market.brands[learned.brandid], learned, expected, reasons, evidence)


def rows_by_brand(market: Market, answers: Sequence[Answer]) -> dict[str, BrandRows]:
    """Each brand's rows, those of brands without any made when asked for."""
    rows: dict[str, BrandRows] = defaultdict(BrandRows)
    for i, (label, answer) in enumerate(zip(market.combos.brandid, answers, strict=True)):
        if label:
            rows[label].own.append(i)
        for claim in answer.claims:
            rows[claim.brandid].taken.append(i)
    return rows


def expected_errors(
    answers: Sequence[Answer], brandid: str, rows: BrandRows, recall: HeldOutRecall
) -> Expected:
    """The errors to expect among the rows confirmed for a brand."""
    own = set(rows.own)
    confirmed = [
        i
        for i in rows.taken
        if answers[i].brandid == brandid and answers[i].decision is Decision.CONFIRMED
    ]
    seen = HeldOutRecall(recall.rows, min(recall.rows, sum(i in own for i in confirmed)))
    return expect([answers[i].confidence for i in confirmed], recall.with_seen(seen))


def _record(
    brand: Brand,
    learned: Learned,
    expected: Expected,
    reasons: tuple[str, ...],
    evidence: Mapping[str, object],
) -> Metadata:
    rule = learned.rule
    return Metadata(
        brandid=brand.brandid,
        brandname=brand.brandname,
        sector=brand.sector,
        version=0,
        status=Status.CANDIDATE if rule else Status.ABSTAINED,
        rule=rule,
        confidence=expected.approval if rule else 0.0,
        requires_confirmation=bool(reasons),
        reasons=reasons,
        evidence=evidence if rule else {},
    )


def _reasons(
    learned: Learned,
    rows: BrandRows,
    expected: Expected,
    evaluation: Evaluation | None,
    settings: Settings,
) -> tuple[str, ...]:
    """Why a human should look, most telling first; empty when nothing speaks for it."""
    if learned.rule is None:
        return learned.reasons
    reasons = list(learned.reasons)
    if len(rows.own) < settings.evaluate.few_rows:
        reasons.append(f"only {len(rows.own)} rows: the rule rests on the name")
    if expected.approval < settings.workflow.confidence_threshold:
        reasons.append(
            f"about {expected.wrong:.1f} wrong and {expected.missed:.1f} missed rows to expect "
            f"beside {expected.rows} confirmed ones"
        )
    if evaluation is not None:
        if evaluation.wallet_strategy is WalletStrategy.DROP_PREFIX:
            reasons.append(f"{evaluation.wallet_share:.0%} of its rows come through wallets")
        if evaluation.ambiguity.level == "high":
            reasons.extend(evaluation.ambiguity.reasons[:1])
        reasons.extend(i.description for i in evaluation.issues if i.kind == COMMERCIAL)
    return tuple(reasons)


def _evidence(
    market: Market,
    answers: Sequence[Answer],
    learned: Learned,
    rows: BrandRows,
    recall: HeldOutRecall,
) -> dict[str, object]:
    brandid, narratives = learned.brandid, market.combos.narrative
    taken = set(rows.taken)
    covered = [i for i in rows.own if i in taken]
    missed = [i for i in rows.own if i not in taken]
    contradicted = [i for i in rows.taken if market.combos.brandid[i] not in ("", brandid)]
    decisions = Counter(answers[i].decision.value for i in rows.taken)
    expected = sum(
        c.probability for i in rows.taken for c in answers[i].claims if c.brandid == brandid
    )
    return {
        "rows": len(rows.own),
        "taken": len(rows.taken),
        "decisions": dict(sorted(decisions.items())),
        "covered": _share(covered, rows.own, narratives),
        "missed": _share(missed, rows.own, narratives),
        "contradicted": _share(contradicted, rows.taken, narratives),
        "held_out": {
            "rows": recall.rows,
            "recall": _ratio(recall.taken, recall.rows),
            "recall_interval": _interval(recall.taken, recall.rows),
            "precision": _ratio(expected, len(rows.taken)),
        },
        "strata": _strata(rows, taken, narratives),
        "nearest": _nearest(market, answers, rows, brandid),
        "rounds": learned.rounds,
    }


def _share(
    part: Sequence[int], whole: Sequence[int], narratives: Sequence[str]
) -> dict[str, object]:
    """Count, share with its interval, and a few distinct narratives."""
    return {
        "count": len(part),
        "share": _ratio(len(part), len(whole)),
        "interval": _interval(len(part), len(whole)),
        "samples": list(dict.fromkeys(narratives[i] for i in part))[:SAMPLES],
    }


def _ratio(part: float, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _interval(part: float, whole: int) -> list[float]:
    return [round(x, 4) for x in wilson(part, whole)]


def stratum(narrative: str) -> str:
    """The kind of narrative: through a wallet, from the web, of a numbered store, or plain.

    >>> stratum("SQ *STARBUCKS"), stratum("WWW.STARBUCKS.COM"), stratum("STARBUCKS 0412 LEEDS")
    ('wallet', 'web', 'store')
    """
    if detect(narrative) is not None:
        return "wallet"
    if "WWW." in narrative or ".COM" in narrative or ".CO.UK" in narrative:
        return "web"
    if any(character.isdigit() for character in narrative):
        return "store"
    return "truncated" if len(narrative) in BANK_WIDTHS else "plain"


BANK_WIDTHS = (18, 22, 25)
"""Lengths at which banks cut narratives."""


def _strata(
    rows: BrandRows, taken: set[int], narratives: Sequence[str]
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for i in rows.own:
        entry = counts.setdefault(stratum(narratives[i]), {"rows": 0, "covered": 0})
        entry["rows"] += 1
        entry["covered"] += i in taken
    return dict(sorted(counts.items()))


def _nearest(
    market: Market, answers: Sequence[Answer], rows: BrandRows, brandid: str
) -> list[dict[str, object]]:
    """Other brands that want the rows this rule takes, by rule or by label."""
    others: Counter[str] = Counter()
    for i in rows.taken:
        rivals = {claim.brandid for claim in answers[i].claims} | {market.combos.brandid[i]}
        others.update(rivals - {brandid, ""})
    ranked = sorted(others.items(), key=lambda x: (-x[1], x[0]))[:SAMPLES]
    return [{"brandid": b, "brandname": market.brands[b].brandname, "rows": n} for b, n in ranked]


def brand_rows(run: RunContext, records: Sequence[Metadata]) -> list[BrandRow]:
    """The state each brand is left in: waiting for a reviewer, or failed."""
    brands = run.market.brands
    rows = [_row(m, run.run_id) for m in records]
    known = {row.brandid for row in rows}
    for brandid, error in sorted(run.failed.items()):
        if brandid not in known:
            brand = brands[brandid]
            failed = BrandState.FAILED
            rows.append(
                BrandRow(brandid, brand.brandname, brand.sector, failed, 0, run.run_id, error)
            )
    return rows


def _row(record: Metadata, run_id: str) -> BrandRow:
    rows = record.evidence.get("rows", 0)
    return BrandRow(
        record.brandid,
        record.brandname,
        record.sector,
        BrandState.AWAITING_REVIEW,
        record.version,
        run_id,
        confidence=record.confidence,
        rows=rows if isinstance(rows, int) else 0,
        reason=next(iter(record.reasons), ""),
    )
