"""Settings of watching the system: alarms, and the log."""

from __future__ import annotations

from dataclasses import dataclass

LOG_FOLDER = "logs"
"""The folder of the log's files within a workspace."""


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """From when on an alarm goes off, and how often somebody looks."""

    runs_failed: int = 0
    """Failed runs in five minutes above which `run-failed` goes off (MON-02)."""
    agent_errors: int = 10
    """Errors of agents in five minutes, twice in a row, above which `agent-errors` goes off
    (MON-03)."""
    combos_flagged: int = 50
    """Combos flagged within an hour above which `combos-flagged` goes off (MON-04). A market that
    always leaves more to its reviewers wants a higher one."""
    run_seconds: float = 900.0
    """Seconds of one run above which `run-slow` goes off (MON-05)."""
    feedback_a_day: int = 50
    """Remarks of one day (UTC) above which `feedback-many` goes off (MON-06, FB-12)."""
    feedback_seconds: float = 600.0
    """Seconds of processing one remark above which `feedback-slow` goes off (MON-06, FB-12)."""
    rounds: float = 5.0
    """Looks per approved brand, on average of a day, above which `rounds-high` goes off
    (MON-06)."""
    escalated_share: float = 0.1
    """Share of the brands worked on in a day that escalated, above which `escalation-rate` goes off
    (MON-06)."""
    least_brands: int = 10
    """Brands of a day below which an average or a share says nothing yet (as in `diagnose`)."""
    reach_days: int = 7
    """How far back a check looks that was not made for long: a week, so that a holiday is."""
    poll_seconds: float = 60.0
    """Between two checks of a running server; a fifth of the shortest period."""
    sample_days: int = 400
    """Days that figures without another record are kept: a year and a month to compare with."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    """The program's log: what is written, where people and programs read it, for how long."""

    level: str = "info"
    """The least that is written to the log's files: debug, info, warning, error or critical."""
    terminal: str = "warning"
    """The least that is shown on a terminal besides; a server shows what its files take."""
    files: bool = True
    """Whether files are written: `logs/` in the workspace, one a day (UTC), JSON lines."""
    keep_days: int = 30
    """Days after which a file is deleted (MON-12)."""
    file_bytes: int = 50_000_000
    """Bytes after which a day goes on in a further file."""
    narratives: bool = False
    """Whether narratives and remarks are written above the level debug."""
