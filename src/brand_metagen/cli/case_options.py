"""What the commands on cases share: their options, and how a case is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from brand_metagen.app.escalations import CaseLine
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.ports import Notifier

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="For example ESC-2026-001.")]
ReasonOption = Annotated[str, typer.Option(help="Why.")]
LevelOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=3, help="1 operations (24 h), 2 engineering (48 h), 3 product (1 week)."
    ),
]


def words(value: object) -> str:
    """A value of ours as people read it."""
    return str(value).replace("_", " ").lower()


def hours(seconds: float) -> str:
    """A span as people say it.

    >>> hours(5400), hours(-90000), hours(59)
    ('1 h 30 min', '-25 h 0 min', '0 h 0 min')
    """
    sign, minutes = "-" if seconds <= -60 else "", int(abs(seconds) // 60)
    return f"{sign}{minutes // 60} h {minutes % 60} min"


@contextmanager
def telling(workspace: Workspace) -> Iterator[None]:
    """Word of what is done within goes out at its end, be it a failure: that opens cases as well.

    Channels are checked before anything is done.
    """
    from brand_metagen.errors import ServiceError
    from brand_metagen.notify.channels import notifiers

    channels = notifiers(workspace.settings.notify, workspace.folder)
    try:
        yield
    except Exception:
        with suppress(ServiceError):  # what went wrong first is what is told
            _deliver(workspace, channels)
        raise
    _deliver(workspace, channels)


def _deliver(workspace: Workspace, channels: Sequence[Notifier]) -> None:
    from brand_metagen.app.notifying import deliver
    from brand_metagen.cli.output import clean, err

    done = deliver(workspace, channels)
    told_of = (
        (done.waiting, "`escalations notices --send` tries again"),
        (done.given_up, "given up; `escalations notices` keeps it"),
    )
    for notices, what_next in told_of:
        for notice in notices:
            err.print(clean(f"{notice.channel}: {notice.error}; {what_next}"))


def told(line: CaseLine, *, as_json: bool, how: str = "") -> None:
    """Say where a case stands now."""
    from brand_metagen.app import escalations
    from brand_metagen.cli.output import clean, out, print_json

    if as_json:
        print_json({**escalations.plain(line), **({"how": how} if how else {})})
        return
    case = line.case
    brand = f"{case.brandid} {case.brandname}".strip() or "no single brand"
    time = f"{hours(line.clock.left)} left" if line.clock.running else line.stands
    said = (
        f"{case.case_id} {how or words(case.state)}: {brand}, {words(case.cause)}, level "
        f"{case.level:d}, {case.assigned_to or 'nobody'} has it, {time}"
    )
    out.print(clean(said))
