"""Alarms looked at, told of once, and acknowledged; in a server again and again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread

from brand_metagen.app import runs
from brand_metagen.app.guards import said
from brand_metagen.app.measuring import measured, sample, since
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, ConflictError
from brand_metagen.escalate.words import channels
from brand_metagen.monitoring.alarms import Alarm, alarm, alarms
from brand_metagen.monitoring.evaluate import Reach, Walk, reach, stamp, told, walk
from brand_metagen.ports import (
    AlarmCheck,
    AlarmEvent,
    AlarmLine,
    AlarmMove,
    AlarmState,
    AlarmWord,
    Measure,
)

LOG = logging.getLogger("brand_metagen.alarms")
MOST_EVENTS = 500
"""Lines of the history shown at once."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm and how it stands."""

    alarm: Alarm
    line: AlarmLine


def check(workspace: Workspace, now: datetime | None = None) -> list[Standing]:
    """Look at every alarm as of now; what moved is in the history and told of, each once.

    Who looks at the same time does not tell it twice.
    """
    now = now or datetime.now(UTC)
    with suppress(ConflictError):  # while read-only, a run that died is marked later
        runs.listed(workspace)
    sample(workspace, now)
    known, lines = alarms(workspace.settings.alarms), _lines(workspace)
    days = workspace.settings.alarms.reach_days
    reached = {name: reach(one, lines[name], now, days) for name, one in known.items()}
    values = _values(workspace, known, reached, now)
    checks = [
        _checked(one, lines[name], walk(one, lines[name], values, reached[name], now))
        for name, one in known.items()
    ]
    workspace.store.alarms_checked(checks, channels(workspace.settings.notify))
    for made in checks:
        for move in made.moves:
            loud = AlarmState.ALARM in (move.before, move.after)
            LOG.log(
                logging.WARNING if loud else logging.INFO,
                "alarm %s: %s, was %s", made.seen.name, move.after.value, move.before.value,
                extra={"operation": "alarms", "context": {"alarm": made.seen.name,
                                                          "reason": move.reason}},
            )  # fmt: skip
    return standings(workspace)


def standings(workspace: Workspace) -> list[Standing]:
    """All alarms as they were found when somebody looked last."""
    lines = _lines(workspace)
    known = alarms(workspace.settings.alarms)
    return [Standing(one, lines[name]) for name, one in known.items()]


def standing(workspace: Workspace, name: str) -> Standing:
    """One alarm; raises NotFound naming those there are."""
    return Standing(alarm(workspace.settings.alarms, name), _lines(workspace)[name])


def acknowledge(workspace: Workspace, actor: str, name: str, note: str) -> Standing:
    """Say that somebody knows of an alarm; raises ConflictError where there is nothing to say."""
    one = alarm(workspace.settings.alarms, name)
    said(workspace, note)
    return Standing(one, workspace.store.acknowledge_alarm(name, actor, note))


def history(
    workspace: Workspace, name: str | None, limit: int, before: int | None = None
) -> tuple[AlarmEvent, ...]:
    """What happened to one alarm or all, newest first."""
    if name is not None:
        alarm(workspace.settings.alarms, name)
    return workspace.store.alarm_events(name, min(limit, MOST_EVENTS), before)


@contextmanager
def watching(workspace: Workspace, beside: Callable[[], None]) -> Iterator[None]:
    """Look again and again in a thread of its own, every `alarms.poll_seconds`, until the end of
    the block; `beside` is done with each look. What fails is logged, and tried again."""
    over = Event()

    def look() -> None:
        while not over.wait(workspace.settings.alarms.poll_seconds):
            try:
                beside()
                check(workspace)
            except (BrandMetagenError, OSError) as error:
                LOG.error("alarms could not be looked at: %s", error, exc_info=error)

    thread = Thread(target=look, name="alarms", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(workspace.settings.alarms.poll_seconds)


def plain(standing: Standing) -> dict[str, object]:
    """An alarm as REST and `--json` show it."""
    one, line = standing.alarm, standing.line
    return {
        "name": one.name,
        "title": one.title,
        "state": line.state.value,
        "since": line.since,
        "value": line.value,
        "reason": line.reason,
        "rule": one.rule,
        "metric": one.metric.name,
        "threshold": one.threshold,
        "setting": one.setting,
        "alarmed_at": line.alarmed_at,
        "acknowledged_by": line.acknowledged_by,
        "acknowledged_at": line.acknowledged_at,
        "note": line.note,
        "checked_at": line.checked_at,
        "means": one.means,
        "steps": list(one.steps),
    }


def _lines(workspace: Workspace) -> Mapping[str, AlarmLine]:
    found = {line.name: line for line in workspace.store.alarm_lines()}
    known = alarms(workspace.settings.alarms)
    return {name: found.get(name, AlarmLine(name)) for name in known}


def _values(
    workspace: Workspace, known: Mapping[str, Alarm], reached: Mapping[str, Reach], now: datetime
) -> list[Measure]:
    """The values of all alarms' metrics from as early as any of them needs."""
    begin = min(found.begin for found in reached.values())
    names = {one.metric.name for one in known.values()}
    end = stamp(int(now.timestamp()) + 1)
    return measured(workspace, names, stamp(begin), end, now)


def _checked(one: Alarm, line: AlarmLine, found: Walk) -> AlarmCheck:
    words = tuple(_word(one, move) for move in told(found.moves))
    walked = stamp(found.walked_to)
    return AlarmCheck(line, found.moves, walked, found.value, found.reason, words)


def _word(one: Alarm, move: AlarmMove) -> AlarmWord:
    """What people are told of a move, as plain data."""
    state = "went off" if move.after is AlarmState.ALARM else f"is {move.after.value} again"
    body = {
        "alarm": {
            "name": one.name, "title": one.title, "state": move.after.value,
            "before": move.before.value, "value": move.value, "rule": one.rule,
            "reason": move.reason, "means": one.means,
            "steps": list(one.steps) if move.after is AlarmState.ALARM else [],
        },
        "at": move.at,
    }  # fmt: skip
    return AlarmWord(f"Alarm {one.name} {state}: {one.title}", body)


def forget(workspace: Workspace) -> str:
    """The moment before which figures without another record are not kept."""
    return since(datetime.now(UTC), workspace.settings.alarms.sample_days)
