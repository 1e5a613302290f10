"""How long servers take: figures of questions asked now, or of those in the audit log (MCP-22)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.ports import AuditRow, Store

PAGE = 500


@dataclass(frozen=True, slots=True)
class Timing:
    """Questions to one tool of one server: how they ended, and percentiles in seconds.

    `MCPResponseTime` is these seconds; `slow` counts those from `mcp.slow_seconds` on.
    """

    server: str
    tool: str
    questions: int
    outcomes: Mapping[str, int]
    p50: float
    p90: float
    p95: float
    p99: float
    longest: float
    slow: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that was asked."""

    server: str
    tool: str
    outcome: str
    seconds: float


def timings(asked: Iterable[Asked], slow_seconds: float) -> list[Timing]:
    """Figures by server and tool, in their order."""
    groups: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in asked:
        groups[one.server, one.tool].append(one)
    return [_timing(group, slow_seconds) for _, group in sorted(groups.items())]


def _timing(group: Sequence[Asked], slow_seconds: float) -> Timing:
    seconds = sorted(one.seconds for one in group)
    p50, p90, p95, p99 = (percentile(seconds, share) for share in (0.5, 0.9, 0.95, 0.99))
    return Timing(
        group[0].server,
        group[0].tool,
        len(group),
        dict(sorted(Counter(one.outcome for one in group).items())),
        p50,
        p90,
        p95,
        p99,
        seconds[-1],
        sum(value >= slow_seconds for value in seconds),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that so large a share does not exceed (nearest rank), of at least one.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5), percentile([1.0, 2.0, 3.0, 4.0], 0.95)
    (2.0, 4.0)
    """
    rank = -(-len(ordered) * round(share * 100) // 100)
    return ordered[max(0, int(rank) - 1)]


def asked_in(rows: Iterable[AuditRow]) -> Iterator[tuple[AuditRow, Asked]]:
    """The questions among rows of the audit log, each with its row."""
    for row in rows:
        if row.action == "mcp_call":
            yield row, _asked(row)


def recorded(store: Store) -> Iterator[Asked]:
    """The questions of the audit log, oldest first."""
    after = 0
    while True:
        page = store.audit(after, PAGE)
        yield from (asked for _, asked in asked_in(page.items))
        if page.next is None:
            return
        after = int(page.next)


def _asked(row: AuditRow) -> Asked:
    seconds = row.detail.get("seconds", 0.0)
    return Asked(
        row.subject,
        str(row.detail.get("tool", "")),
        str(row.detail.get("outcome", "")),
        float(seconds) if isinstance(seconds, int | float) else 0.0,
    )
