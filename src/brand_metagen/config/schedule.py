"""Settings of reports that are made and sent by themselves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """Reports that are made and sent by themselves; see docs/reports.md."""

    kinds: str = ""
    """Any of daily, weekly, monthly, executive, run, data-quality, performance, errors, wallets and
    escalations, separated by commas; KIND@daily, @weekly or @monthly has another period than its
    own. Empty = none."""
    hour: int = 6
    """Hour of the day after a period, in `report.timezone`, from which its report is due. Not
    before 2, so that a clock that is an hour off makes no report of a day that is not over."""
    channels: str = ""
    """Any of those of `notify.channels`; empty = all of them."""
    formats: str = "html,pdf,json"
    attach: str = "pdf"
    """Which of the formats go with a letter; empty = none."""
    folder: str = ""
    """Where the files lie; empty = the workspace's `reports`."""
    make_up: int = 7
    """Periods missed while nothing ran that are made up one by one; of more, one report stands for
    all."""
    poll_seconds: float = 60.0
    """Between two looks of the server for reports that are due."""
