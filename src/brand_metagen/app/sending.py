"""Reports that are due, made and sent: each once to each recipient, whoever calls how often.

The files are laid down first, which can be done again; then the store takes, in one transaction,
the claim on the report's periods and the message. From there on it is a message like any other
(`notifying`): tried until it is out, under a number that stays the same, so that a receiver can
tell a second copy after a crash between sending and noting it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from brand_metagen.app import analytics_report, escalation_report
from brand_metagen.app.analytics_report import Wanted
from brand_metagen.app.notifying import Delivered, deliver, repeating
from brand_metagen.app.report_files import FORMATS, lay_down
from brand_metagen.app.scheduling import FOLDER, Due, Slot, due
from brand_metagen.app.workspace import REPORTS, Workspace
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError
from brand_metagen.ports import Notifier, Outgoing
from brand_metagen.reports.model import Page
from brand_metagen.reports.periods import Period

LOGGER = logging.getLogger("brand_metagen.reports")
PATIENCE = 60.0
"""Seconds that the end of the server waits for a report under way."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one call: reports claimed (id, recipient), those that somebody else had claimed
    meanwhile, those that could not be made with why, and the messages that went out."""

    claimed: tuple[tuple[str, str], ...]
    elsewhere: tuple[tuple[str, str], ...]
    failed: tuple[tuple[str, str], ...]
    files: tuple[Path, ...]
    delivered: Delivered


@dataclass(frozen=True, slots=True)
class _Ready:
    """A report that lies in its folder."""

    page: Page
    files: tuple[Path, ...]


def send(workspace: Workspace, notifiers: Sequence[Notifier], now: datetime | None = None) -> Sent:
    """Make, claim and deliver whatever is due. A report that cannot be made stays due."""
    claimed, elsewhere = [], []
    failed: dict[str, str] = {}
    ready: dict[str, _Ready] = {}
    for one in due(workspace, now):
        name = one.report_id
        if name in failed:
            continue
        try:
            if name not in ready:
                ready[name] = _made(workspace, one, now)
            workspace.store.send_report(_outgoing(workspace, one, ready[name]))
        except ConflictError:
            elsewhere.append((name, one.recipient))
        except (BrandMetagenError, OSError) as error:
            failed[name] = str(error)
        else:
            claimed.append((name, one.recipient))
    files = tuple(path for made in ready.values() for path in made.files)
    done = deliver(workspace, notifiers)
    return Sent(tuple(claimed), tuple(elsewhere), tuple(failed.items()), files, done)


@contextmanager
def sending(workspace: Workspace, notifiers: Sequence[Notifier]) -> Iterator[None]:
    """Send what is due again and again, every `schedule.poll_seconds`, until the end of the block;
    what cannot be made is told to the log."""

    def act() -> None:
        try:
            failed = send(workspace, notifiers).failed
        except BrandMetagenError as error:
            LOGGER.warning("reports: %s", error)
            return
        for name, why in failed:
            LOGGER.warning("%s could not be made: %s", name, why)

    with repeating("reports", act, workspace.settings.schedule.poll_seconds, PATIENCE):
        yield


def _made(workspace: Workspace, one: Due, now: datetime | None) -> _Ready:
    """Lay the report down where the schedule wants it."""
    settings = workspace.settings.schedule
    formats = _listed(settings.formats, "schedule.formats")
    folder = workspace.folder / (Path(settings.folder).expanduser() if settings.folder else REPORTS)
    name, page, figures = _report(workspace, one, now)
    written = lay_down(workspace, name, page, figures, formats, folder)
    return _Ready(page, written.files)


def _report(workspace: Workspace, one: Due, now: datetime | None) -> tuple[str, Page, object]:
    """Name, page and figures. A report on escalations or a run that stands for several is the
    newest's; all others reach over the whole of it."""
    entry, newest = one.entry, one.slots[-1]
    if entry.kind is None:
        assert entry.span is not None
        assert newest.period is not None
        cases = escalation_report.report(workspace, entry.span, newest.period.first, now)
        return cases.name, cases.page, escalation_report.plain(cases)
    if newest.period is None:
        wanted = Wanted(entry.kind, run_id=newest.name)
    elif len(one.slots) == 1:
        wanted = Wanted(entry.kind, newest.period.first, entry.span)
    else:
        wanted = Wanted(entry.kind, None, entry.span, _whole(one.slots))
    made = analytics_report.make(workspace, wanted, now)
    return made.name, made.page, made.figures


def _whole(slots: Sequence[Slot]) -> Period:
    first, last = slots[0].period, slots[-1].period
    assert first is not None
    assert last is not None
    return Period(first.first, last.after, first.zone)


def _outgoing(workspace: Workspace, one: Due, ready: _Ready) -> Outgoing:
    page, settings = ready.page, workspace.settings.schedule
    attach = _listed(settings.attach, "schedule.attach") if settings.attach.strip() else ()
    report = {
        "report_id": one.report_id,
        "kind": one.entry.name,
        "title": page.title,
        "period": page.period,
        "stands_for": [slot.name for slot in one.slots],
        "lead": page.lead,
        "figures": [
            {"label": f.label, "value": f.value, "note": f.note, "change": f.change}
            for f in page.figures
        ],
        "files": [_place(workspace, path) for path in ready.files],
        "attach": [
            _place(workspace, p) for p in ready.files if p.suffix.removeprefix(".") in attach
        ],
        "made": page.made,
    }
    return Outgoing(
        kind=one.entry.name,
        periods=[(slot.name, slot.first) for slot in one.slots],
        recipient=one.recipient,
        report_id=one.report_id,
        channel="" if one.recipient == FOLDER else one.recipient,
        subject=f"{page.title}: {page.period}",
        body={"report": report, "at": datetime.now(UTC).isoformat(timespec="milliseconds")},
    )


def _place(workspace: Workspace, path: Path) -> str:
    """Where a file lies, from the workspace on where it is in it."""
    inside = path.is_relative_to(workspace.folder)
    return str(path.relative_to(workspace.folder) if inside else path.resolve())


def _listed(said: str, setting: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in said.split(",") if part.strip()))
    for name in names:
        if name not in FORMATS:
            raise InputError(f"{setting}: no format {name!r}; there are {', '.join(FORMATS)}")
    return names
