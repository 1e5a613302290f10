"""Pages of alarms and of the log: what went off, who knows, and what the program wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from brand_metagen.app import accounts, watching
from brand_metagen.app.measuring import measured
from brand_metagen.app.watching import Standing
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.charts import spark
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.logs import reading
from brand_metagen.ports import Actor, AlarmState, Measure, Role
from brand_metagen.web.state import Server

EVENTS = 50
LINES = 200
PERIODS = 24
"""Periods of an alarm's metric that its page shows."""
SPANS = ("1h", "1d", "7d")
LEVELS = ("", "info", "warning", "error")
ORDER = (AlarmState.ALARM, AlarmState.INSUFFICIENT_DATA, AlarmState.OK)


def alarms(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """All alarms as they were found last, those that went off first, and what happened."""
    del wanted
    found = watching.standings(server.workspace)
    found.sort(key=lambda s: (ORDER.index(s.line.state), not s.line.unseen))
    return render(
        "alarms.html.j2", root=ROOT, found=found, AlarmState=AlarmState,
        events=watching.history(server.workspace, None, EVENTS),
        may=actor.role.may(Role.OPERATOR), poll=server.workspace.settings.alarms.poll_seconds,
        off=sum(s.line.state is AlarmState.ALARM for s in found),
        unseen=sum(s.line.unseen for s in found),
    )  # fmt: skip


def alarm(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """One alarm: what it means, what to do step by step, its values and its history."""
    found = watching.standing(server.workspace, wanted["name"])
    values = _values(server, found)
    return render(
        "alarm.html.j2", root=ROOT, actor=actor, found=found, AlarmState=AlarmState, values=values,
        line=spark([value for _, value in values], found.alarm.metric.name),
        events=watching.history(server.workspace, found.alarm.name, EVENTS),
        may=actor.role.may(Role.OPERATOR), most=max([found.alarm.threshold, *_known(values)]),
    )  # fmt: skip


def _known(values: list[tuple[str, float | None]]) -> list[float]:
    return [value for _, value in values if value is not None]


def _values(server: Server, found: Standing) -> list[tuple[str, float | None]]:
    """The metric period by period, the latest last: its sum, mean or greatest value of each."""
    one, now = found.alarm, datetime.now(UTC)
    size = timedelta(seconds=one.period)
    begins = [now - size * n for n in range(PERIODS, 0, -1)]
    named = [begin.isoformat(timespec="milliseconds") for begin in (*begins, now)]
    inside: dict[int, list[Measure]] = defaultdict(list)
    for measure in measured(server.workspace, {one.metric.name}, named[0], named[-1], now):
        inside[max(i for i, begin in enumerate(named) if begin <= measure.at)].append(measure)
    return [(named[i], _of(one.statistic.value, inside[i])) for i in range(PERIODS)]


def _of(statistic: str, found: list[Measure]) -> float | None:
    if not found:
        return None
    if statistic == "Maximum":
        return max(m.most for m in found)
    total = sum(m.value for m in found)
    return total / sum(m.samples for m in found) if statistic == "Average" else total


def acknowledge(server: Server, actor: Actor, form: Form) -> Reply:
    """Say that you know of an alarm."""
    watching.acknowledge(server.workspace, actor.name, form.text("name"), form.text("note"))
    return Reply("Written down: you know.", again=True)


def check(server: Server, actor: Actor, form: Form) -> Reply:
    """Look at every alarm now."""
    del actor, form
    found = watching.check(server.workspace)
    off = sum(s.line.state is AlarmState.ALARM for s in found)
    return Reply(f"{len(found)} alarms looked at, {off} went off.", again=True)


def logs(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What the program wrote of its work, or the answer to one of the everyday questions."""
    accounts.need(actor, Role.OPERATOR)
    folder, now = server.workspace.folder, datetime.now(UTC)
    since = wanted.get("since", "1d")
    begin, name = reading.moment(since, now), wanted.get("ask", "")
    asked = reading.query(name) if name else None
    some = {n: wanted.get(n, "")[:100] for n in ("level", "agent", "brand", "trace")}
    if asked is not None:
        rows = asked.rows(reading.lines(folder, reading.Wanted(since=begin)))
        rows, lines = rows[-LINES:] if asked.in_order else rows[:LINES], []
    else:
        picked = reading.Wanted(some["level"], some["agent"], some["brand"], some["trace"], "",
                                begin)  # fmt: skip
        picked.fits({})  # a level that is not known is told before anything is read
        rows, lines = [], reading.last(folder, picked, LINES)[::-1]
    return render(
        "logs.html.j2", root=ROOT, lines=lines, rows=rows, asked=asked, name=name, since=since,
        some=some, spans=SPANS, levels=LEVELS, queries=list(reading.QUERIES), most=LINES,
    )  # fmt: skip


DEEDS: Deeds = {
    "alarm_know": (Role.OPERATOR, acknowledge),
    "alarm_check": (Role.OPERATOR, check),
}
