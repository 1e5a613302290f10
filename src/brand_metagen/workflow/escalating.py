"""What a run leaves unsettled becomes cases, opened by the system itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from brand_metagen.escalate import triggers
from brand_metagen.escalate.words import channels
from brand_metagen.ports import BrandLine, BrandState, Opening, QueueFilter, Store
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.fallback import agents_failed

SYSTEM = "system"
"""Who opens the cases that nobody opens by hand."""
PAGE = 500
"""Brands read from the store at a time."""


def open_cases(run: RunContext) -> list[str]:
    """Open the cases that a run gives cause for, or join those that are open; their ids."""
    cases = [
        run.store.open_case(replace(opening, channels=channels(run.settings.notify)), SYSTEM)[0]
        for opening in _openings(run)
    ]
    return [case.case_id for case in cases]


def _openings(run: RunContext) -> Iterator[Opening]:
    settings, quality = run.settings.escalate, run.loaded.quality
    rows = sum(table.rows for table in quality.tables)
    if found := triggers.of_tables(quality.critical, rows, run.run_id, settings):
        yield found
    for error in agents_failed(run.store.steps(run.run_id)):
        yield triggers.of_failed_agent(run.run_id, error.brandname, error.message)
    failed = QueueFilter(
        states=(BrandState.FAILED, BrandState.AWAITING_REVIEW, BrandState.ESCALATED)
    )
    unsure = QueueFilter(round_from=settings.low_rounds, confidence_below=settings.low_confidence)
    lines = {line.brandid: line for line in _all(run.store, unsure)}
    lines |= {b.brandid: b for b in _all(run.store, failed) if b.error and b.run_id == run.run_id}
    for _, line in sorted(lines.items()):
        yield from triggers.of_brand(line, run.run_id, settings)


def _all(store: Store, wanted: QueueFilter) -> Iterator[BrandLine]:
    cursor = None
    while True:
        page = store.queue(wanted, PAGE, cursor)
        yield from page.items
        cursor = page.next
        if cursor is None:
            return
