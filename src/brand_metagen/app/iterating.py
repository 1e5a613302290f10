"""A brand's rounds, and the reasons there are to stop (ITR-04, ITR-05, ITR-06)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from brand_metagen.analytics.history import History
from brand_metagen.app import queries
from brand_metagen.app.history import gather
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import InputError
from brand_metagen.ports import BrandLine, Remark
from brand_metagen.review.iterations import (
    Advice,
    Iteration,
    advise,
    counter_stuck,
    iterations,
)

MOST_REMARKS = 1_000
"""Remarks of one brand that are looked at; its rounds are at most ten at a time."""


@dataclass(frozen=True, slots=True)
class Iterations:
    """A brand's rounds, oldest first, its counter, what the log says of it, and why to stop."""

    line: BrandLine
    counted: int
    limit: int
    rounds: tuple[Iteration, ...]
    stops: tuple[Advice, ...]


def rounds_of(workspace: Workspace, brandid: str) -> Iterations:
    """The history of a brand's rounds; raises NotFound when there is no such brand."""
    line = workspace.store.line(brandid)
    counted = rounds_since_reset(gather(workspace))[brandid]
    remarks = _remarks(workspace, brandid)
    rounds = iterations(remarks, workspace.store.versions(brandid))
    stuck = counter_stuck(line.round, counted)
    stops = [*([stuck] if stuck else []), *_stops(workspace, line, rounds, remarks)]
    limit = workspace.settings.review.round_limit
    return Iterations(line, counted, limit, tuple(rounds), tuple(stops))


def stops_of(workspace: Workspace, line: BrandLine) -> tuple[Advice, ...]:
    """The reasons to stop that a reviewer is shown beside a brand; none before the first round."""
    if line.corrections == 0:
        return ()
    remarks = _remarks(workspace, line.brandid)
    rounds = iterations(remarks, workspace.store.versions(line.brandid))
    return tuple(_stops(workspace, line, rounds, remarks))


def _remarks(workspace: Workspace, brandid: str) -> list[Remark]:
    found = workspace.store.remarks(brandid, "", MOST_REMARKS, None).items
    return list(reversed(found))


def _stops(
    workspace: Workspace, line: BrandLine, rounds: Sequence[Iteration], remarks: Sequence[Remark]
) -> list[Advice]:
    settings = workspace.settings
    return advise(
        rounds, line.round, line.confidence, _issues(workspace, line.brandid), remarks,
        settings.workflow.confidence_threshold, settings.review,
    )  # fmt: skip


def _issues(workspace: Workspace, brandid: str) -> list[str]:
    """What evaluation found in the brand's rows; nothing where there is no run or it was not in."""
    try:
        return [issue["kind"] for issue in queries.evaluation(workspace, brandid)["issues"]]
    except (InputError, FileNotFoundError):
        return []


def rounds_since_reset(history: History) -> Counter[str]:
    """What round counters have to be, from the log, by brand: rounds since set by hand."""
    counts: Counter[str] = Counter()
    for deed in history.deeds:
        if deed.action == "round":
            counts[deed.brandid] = deed.set_to
        counts[deed.brandid] += deed.action == "feedback" and deed.made > 0
    return counts


def plain(found: Iterations) -> dict[str, Any]:
    """A history of rounds as REST and `--json` show it."""
    return {
        "brandid": found.line.brandid,
        "state": found.line.state.value,
        "round": found.line.round,
        "counted": found.counted,
        "limit": found.limit,
        "rounds": [{**asdict(one), "gain": one.gain} for one in found.rounds],
        "stops": list(map(plain_advice, found.stops)),
    }


def plain_advice(advice: Advice) -> dict[str, str]:
    """A reason to stop as JSON."""
    return {"stop": advice.stop.value, "says": advice.says, "do": advice.do}
