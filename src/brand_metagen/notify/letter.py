"""A message as text: the same facts for every channel that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from brand_metagen.ports import Notice

SUBJECT_CHARS = 200
"""Characters of a subject; brand names come from data and may be of any length."""
FIGURE_PARTS = ("value", "note", "change")
TEXT_CHARS = 4_000
"""Characters of one fact in a letter; the case itself holds it whole."""


def subject(notice: Notice) -> str:
    r"""One line without anything that could end it, or that a terminal would obey.

    >>> subject(Notice(1, "ESC-2026-001", "log", "A\r\nBcc: x", {}, "waiting", 0, "", ""))
    'A Bcc: x'
    """
    line = " ".join(_printable(notice.subject, " ").split())
    return line if len(line) <= SUBJECT_CHARS else line[: SUBJECT_CHARS - 1] + "…"


def letter(notice: Notice) -> str:
    """Brand, reason, history and what happened (ESC-18), a fact per line; or a report's figures,
    or an alarm's steps."""
    if "report" in notice.body:
        return _report(notice)
    if "alarm" in notice.body:
        return _alarm(notice)
    incident = _part(notice.body, "incident")
    facts = _of_incident(notice.body, incident) if incident else _facts(notice.body)
    lines = [f"{name}: {value}" for name, value in facts if value]
    rest = f"{'Incident' if incident else 'Case'} {notice.case_id} has the rest."
    return "\n".join((subject(notice), "", *lines, "", rest, ""))


def _report(notice: Notice) -> str:
    """What a report says at its head, and where its files lie."""
    report = _part(notice.body, "report")
    lines = [_text(report.get("lead")), ""]
    for said in _list(report.get("figures")):
        value, note, change = (_text(_part({"f": said}, "f").get(n)) for n in FIGURE_PARTS)
        more = "; ".join(part for part in (note, change) if part)
        label = _text(_part({"f": said}, "f").get("label"))
        lines.append(f"{label}: {value}" + (f" ({more})" if more else ""))
    stands_for = [_text(name) for name in _list(report.get("stands_for"))]
    if len(stands_for) > 1:
        lines += ["", f"It stands for {', '.join(stands_for)}."]
    lines += ["", "Its files, in the workspace:"]
    lines += [f"  {_text(name)}" for name in _list(report.get("files"))]
    return "\n".join((subject(notice), "", *lines, ""))


def attached(notice: Notice) -> list[str]:
    """The files that go with a letter, from the workspace on."""
    return [str(name) for name in _list(_part(notice.body, "report").get("attach"))]


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _alarm(notice: Notice) -> str:
    """What went off or is over, why, and what to do."""
    alarm = _part(notice.body, "alarm")
    facts = _of_alarm(alarm, notice.body.get("at"))
    lines = [f"{name}: {value}" for name, value in facts if value]
    rest = f"`brand-metagen alarms show {_text(alarm.get('name'))}` has the rest."
    return "\n".join((subject(notice), "", *lines, "", rest, ""))


def _facts(body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    case, event = _part(body, "case"), _part(body, "event")
    brand = f"{case.get('brandid', '')} {case.get('brandname', '')}".strip()
    yield "What happened", _words(f"{event.get('kind', '')} by {event.get('actor', '')}")
    yield "Note", _text(event.get("note"))
    yield "Brand", _text(brand) or "no single brand"
    yield "Cause", _words(case.get("cause"))
    yield "Reason", _text(case.get("reason"))
    yield "Level", _text(case.get("level"))
    yield "State", _words(case.get("state")).lower()
    yield "Who has it", _text(case.get("assigned_to")) or "nobody"
    yield "Rounds of feedback", _text(case.get("round"))
    yield "Version", _text(case.get("version"))
    yield "Confidence", _text(case.get("confidence"))
    yield "Further triggers", _text(case.get("joined"))
    yield "How it was settled", _words(case.get("method"))
    yield "Resolution", _text(case.get("resolution"))
    yield "So that it does not come again", _text(case.get("preventive"))
    yield "Lesson", _text(case.get("lessons"))
    for name, value in sorted(_part(body, "detail").items()):
        yield _words(name), _text(value)
    yield "When", _text(body.get("at"))


def _of_alarm(alarm: Mapping[str, object], at: object) -> Iterator[tuple[str, str]]:
    yield "State", _text(f"{alarm.get('state', '')}, was {alarm.get('before', '')}")
    yield "Why", _text(alarm.get("reason"))
    yield "Rule", _text(alarm.get("rule"))
    yield "What it means", _text(alarm.get("means"))
    steps = alarm.get("steps")
    for number, step in enumerate(steps if isinstance(steps, list) else (), 1):
        yield f"Step {number}", _text(step)
    yield "When", _text(at)


def _of_incident(
    body: Mapping[str, object], incident: Mapping[str, object]
) -> Iterator[tuple[str, str]]:
    """What stakeholders want to know: state, since when, what is affected, when more follows."""
    yield "In short", _text(incident.get("summary"))
    yield "What is wrong", _text(incident.get("what"))
    yield "State", _words(incident.get("state"))
    yield "Since", _text(incident.get("since"))
    yield "What is affected", _text(incident.get("affected"))
    yield "Note", _text(incident.get("note"))
    yield "It works again since", _text(incident.get("recovered"))
    yield "Cause", _text(incident.get("cause"))
    yield "Next update", _text(incident.get("next_update"))
    yield "When", _text(body.get("at"))


def _part(body: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _words(value: object) -> str:
    return _text(value).replace("_", " ")


def _text(value: object) -> str:
    """A value on one line or several, each further one set in, so that none can pass for a fact."""
    text = "" if value is None else str(value)
    lines = [_printable(line, "�") for line in text.splitlines()]
    written = "\n    ".join(lines)
    return written if len(written) <= TEXT_CHARS else written[: TEXT_CHARS - 1] + "…"


def _printable(text: str, instead: str) -> str:
    return "".join(c if c.isprintable() else instead for c in text)
