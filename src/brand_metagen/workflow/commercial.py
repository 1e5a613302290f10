"""What the commercial world says of the brands: shown to reviewers, and at most a reason to look.

Only the packaged table, which is the same for everybody, can ask for a human's look (EVA-13). What
servers say is laid beside it for people to read; no rule, row or confidence depends on it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict

from brand_metagen.files import write_file
from brand_metagen.ports import MarketUse
from brand_metagen.records import Brand, Market
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.doubts import DOUBTS, doubt
from brand_metagen.workflow.runner import StepRun

FACTS = "facts.jsonl"


def assess(run: RunContext, step: StepRun) -> None:
    """Ask about every brand, those with most rows first, and keep the answers with the run.

    Without anybody to ask, nothing is known; what servers do never fails the step.
    """
    brands, use = list(_by_rows(run)), market_use(run.market)
    doubts, facts = {}, {}
    if run.packaged is not None:
        with run.packaged(use) as packaged:
            facts = {brand.brandid: packaged.about(brand) for brand in brands}
        said = {b: doubt(run.market.brands[b], fact) for b, fact in facts.items()}
        doubts = {brandid: why for brandid, why in said.items() if why}
    if run.facts is not None:
        asked = [brand for brand in brands if brand.brandid in set(run.brands)]
        with run.facts(use) as servers:
            for brand in asked:
                facts[brand.brandid] = servers.about(brand)
    lines = [json.dumps(asdict(facts[b]), ensure_ascii=False) + "\n" for b in sorted(facts)]
    write_file(step.folder / FACTS, "".join(lines).encode())
    write_file(step.folder / DOUBTS, json.dumps(dict(sorted(doubts.items()))).encode())
    step.stats["known"] = dict(sorted(Counter(f.known.value for f in facts.values()).items()))
    step.decided("looked up", known=step.stats["known"], doubts=len(doubts))
    step.stats["sources"] = dict(sorted(Counter(f.source for f in facts.values()).items()))
    if troubles := Counter(f.note for f in facts.values() if f.note and run.facts is not None):
        step.stats["notes"] = dict(troubles.most_common(5))


def _by_rows(run: RunContext) -> Iterator[Brand]:
    rows = Counter(run.market.combos.brandid)
    ranked = sorted(run.market.to_check, key=lambda brandid: (-rows[brandid], brandid))
    return (run.market.brands[brandid] for brandid in ranked)


def market_use(market: Market) -> MarketUse:
    """Each brand's sector and codes, by the labels of its rows."""
    use: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for brandid, mccid in zip(market.combos.brandid, market.combos.mccid, strict=True):
        if brandid:
            use[brandid][mccid] += 1
    return {brandid: (market.brands[brandid].sector, use[brandid]) for brandid in sorted(use)}
