"""Settings of asking other servers for facts, and of keeping what they answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class McpSettings:
    """Asking other servers for commercial facts, keeping their answers, and answering ourselves."""

    deadline_seconds: float = 10.0
    """Of one question to one server, starting it included (requirements section 0)."""
    attempts: int = 3
    """Tries of one server before the next one is asked (requirements section 0)."""
    wait_seconds: float = 0.2
    """Before the second try, at the most: the wait is drawn between half of it and all of it."""
    retry_factor: float = 2.0
    """Growth of the wait between two tries (WF-06)."""
    breaker_failures: int = 3
    """Tries in a row that a server fails before it is left alone for a while."""
    breaker_seconds: float = 60.0
    """How long it is left alone."""
    calls_per_minute: int = 600
    """Questions to one server; further ones wait their turn (MCP-18)."""
    answer_bytes: int = 1_000_000
    """Bytes of one answer; a longer one is cut off unread (requirements section 22, 12)."""
    slow_seconds: float = 5.0
    """Seconds from which an answer counts as slow (MCP-23)."""
    run_calls: int = 500
    """Brands of one run that servers are asked about, those with most rows first; the packaged
    table is asked about the others."""
    run_seconds: float = 120.0
    """Time of one run for that; afterwards the packaged table is asked."""
    cache_entries: int = 1_000
    """Answers kept; those used longest ago go first (requirements section 0)."""
    brand_info_seconds: float = 3_600.0
    """How long an answer to get_brand_info is fresh (requirements section 0)."""
    search_seconds: float = 1_800.0
    """The same for search_brands (requirements section 0)."""
    sector_seconds: float = 7_200.0
    """The same for validate_sector (requirements section 0)."""
    external_seconds: float = 2_592_000.0
    """The same for every other tool, 30 days (requirements section 0)."""
    last_good_seconds: float = 7_776_000.0
    """How long beyond being fresh an answer still serves when its server does not answer, shown
    with its age: 90 days."""
    sector_valid: float = 0.4
    """Alignment from which a sector fits a brand (MCP-08)."""
    sector_strong: float = 0.7
    """Alignment from which it fits well (MCP-08)."""
    likeness: float = 0.8
    """Likeness of two names, 0 to 1, from which a search shows a brand; lower ones find names by
    chance (docs/mcp.md)."""
