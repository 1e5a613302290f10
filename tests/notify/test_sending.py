"""The schedule against real servers: every period once to everybody, after crashes too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from servers import Heard, web
from test_mail import ANNA, US, letter_of, office

from brand_metagen.app import health_services, scheduling
from brand_metagen.app.checks import Check, Condition
from brand_metagen.app.sending import Sent, send, sending
from brand_metagen.app.workspace import DATABASE, Workspace
from brand_metagen.config import Settings, load_settings
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.notify.channels import notifiers
from brand_metagen.notify.post import WebhookNotifier
from brand_metagen.ports import Notice, NoticeState, Outgoing, RunState
from brand_metagen.store.sql import SqlStore, sqlite_url
from program import good, program

Opener = Callable[..., Workspace]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opener]:
    """Opens the workspace as another process would; settings as `section__name`."""
    stores = []

    def open_one(by: timedelta = timedelta(), **settings: object) -> Workspace:
        values = {name.replace("__", "."): value for name, value in settings.items()}
        usual = {"schedule.kinds": "daily", "schedule.formats": "json", "schedule.attach": ""}
        chosen = load_settings(None, {}, {**usual, "notify.channels": "", **values})
        store = SqlStore(sqlite_url(tmp_path / DATABASE), clock=lambda: clock.now + by)
        stores.append(store)
        return Workspace(tmp_path, chosen, store)

    yield open_one
    for store in stores:
        store.close()


def pass_over(workspace: Workspace, clock: Clock, by: timedelta = timedelta()) -> Sent:
    channels = notifiers(workspace.settings.notify, workspace.folder)
    return send(workspace, channels, clock.now + by)


def periods(heard: Heard) -> list[list[str]]:
    return [given["report"]["stands_for"] for _, _, given in heard.requests]


@pytest.fixture
def heard() -> Iterator[Heard]:
    with web() as found:
        yield found


def hook(heard: Heard) -> dict[str, object]:
    """Settings for a webhook at that server; it speaks plain http, which this machine may."""
    return {"notify__channels": "webhook", "notify__webhook_url": heard.url}


def test_each_day_goes_out_once_however_often_it_is_called(
    opened: Opener, clock: Clock, heard: Heard
) -> None:
    workspace = opened(**hook(heard))
    for _ in range(3):
        pass_over(workspace, clock)
    assert periods(heard) == [["2026-11-25"]]
    clock.now += timedelta(hours=21)  # 05:00: not due yet
    assert pass_over(workspace, clock).claimed == ()
    clock.now += timedelta(hours=1)
    pass_over(workspace, clock)
    assert periods(heard) == [["2026-11-25"], ["2026-11-26"]]
    said = [given["report"] for _, _, given in heard.requests]
    assert said[1]["figures"][0]["label"] == "Brands processed"
    assert (workspace.folder / said[1]["files"][0]).is_file()
    keys = [headers["Idempotency-Key"] for _, headers, _ in heard.requests]
    assert len(set(keys)) == 2


def test_a_report_is_overdue_a_day_and_an_hour_after_it_is_due(
    opened: Opener, clock: Clock
) -> None:
    workspace = opened()

    def late() -> list[str]:
        found = scheduling.overdue(workspace, clock.now)
        return [f"{one.report_id} since {since:%d %H:%M}" for one, since in found]

    clock.now = datetime(2026, 11, 27, 5, 59, tzinfo=UTC)  # of the 25th: due the 26th at 06:00
    assert late() == []
    clock.now += timedelta(hours=1, minutes=1)
    assert late() == [], "the newest alone is due of a schedule that never sent"
    pass_over(workspace, clock)
    clock.now = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
    assert late() == []
    clock.now += timedelta(minutes=1)
    assert late() == ["REPORT-daily-2026-11-27 since 28 06:00"]
    clock.now += timedelta(days=1)
    assert late() == [
        "REPORT-daily-2026-11-27 since 28 06:00", "REPORT-daily-2026-11-28 since 29 06:00",
    ]  # fmt: skip
    pass_over(workspace, clock)
    assert late() == []


def test_health_tells_of_a_report_on_a_run_that_did_not_go_out(opened: Opener) -> None:
    workspace = opened(schedule__kinds="run")
    assert health_services.reports(workspace).condition is Condition.OK
    workspace.store.create_run("data", "{}", ())
    workspace.store.set_run("RUN-0001", RunState.COMPLETED)  # at 08:00 on the 26th of November 2026
    since = datetime(2026, 11, 26, 8, tzinfo=UTC)
    found = scheduling.overdue(workspace, since + timedelta(hours=25, minutes=1))
    assert [(one.named, at) for one, at in found] == [("RUN-0001", since)]

    def told(hours: int) -> Check:
        health = replace(workspace.settings.health, report_hours=hours)
        settings = replace(workspace.settings, health=health)
        return health_services.reports(replace(workspace, settings=settings))

    assert told(10_000_000).said == "none is overdue"
    late = told(-10_000_000)
    assert (late.condition, "schedule send" in late.todo) == (Condition.WARN, True)
    assert "REPORT-run-RUN-0001 to folder is due since 2026-11-26T08:00" in late.said


@pytest.mark.parametrize(
    ("make_up", "told"),
    [(7, [["2026-11-26"], ["2026-11-27"], ["2026-11-28"], ["2026-11-29"]]),
     (3, [["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"]]),
     (0, [["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"]])],
)  # fmt: skip
def test_what_a_stop_of_days_missed_is_made_up_or_told_of_in_one(
    opened: Opener, clock: Clock, heard: Heard, make_up: int, told: list[list[str]]
) -> None:
    workspace = opened(schedule__make_up=make_up, **hook(heard))
    pass_over(workspace, clock)
    clock.now += timedelta(days=4)
    pass_over(workspace, clock)
    pass_over(workspace, clock)
    assert periods(heard)[1:] == told
    assert len(workspace.store.sendings()) == 2 * 5
    if len(told) == 1:
        last: dict[str, Any] = heard.requests[-1][2]["report"]
        assert last["period"] == "26 November 2026 to 29 November 2026 (UTC)"


def test_two_processes_at_once_send_one(opened: Opener, clock: Clock, heard: Heard) -> None:
    both = [opened(**hook(heard)), opened(**hook(heard))]
    ready, done = threading.Barrier(2), []

    def go(workspace: Workspace) -> None:
        ready.wait()
        done.append(pass_over(workspace, clock))

    threads = [threading.Thread(target=go, args=(workspace,)) for workspace in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard.requests) == 1
    assert sum(len(one.claimed) for one in done) == 2  # the folder and the hook


@pytest.mark.slow
def test_four_programs_at_once_send_one(opened: Opener, heard: Heard) -> None:
    folder, done = opened().folder, []
    how = {
        "BRAND_METAGEN_SCHEDULE_KINDS": "daily,errors", "BRAND_METAGEN_NOTIFY_CHANNELS": "webhook",
        "BRAND_METAGEN_NOTIFY_WEBHOOK_URL": heard.url,
    }  # fmt: skip

    def go() -> None:
        args = ("analytics", "schedule", "send", "--json", "--workspace", folder)
        done.append(good(program(*args, **how)).data)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(heard.requests) == 2
    assert sum(len(one["claimed"]) for one in done) == 4
    assert sum(len(one["sent"]) for one in done) == 2


def test_a_crash_after_the_claim_sends_the_same_message_again(
    opened: Opener, clock: Clock, heard: Heard
) -> None:
    workspace = opened(**hook(heard))

    class Dies(WebhookNotifier):
        def send(self, notice: Notice) -> None:
            super().send(notice)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(workspace, [Dies(heard.url, 5)], clock.now)
    assert pass_over(opened(**hook(heard)), clock).claimed == ()
    clock.now += timedelta(minutes=5)
    assert len(pass_over(opened(**hook(heard)), clock).delivered.sent) == 1
    first, second = heard.requests
    assert first[1]["Idempotency-Key"] == second[1]["Idempotency-Key"]
    assert first[2] == second[2]


def test_a_crash_before_the_claim_loses_and_doubles_nothing(
    opened: Opener, clock: Clock, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = opened(**hook(heard))

    def gone(report: Outgoing) -> int:
        raise ServiceError("the store is gone")

    monkeypatch.setattr(workspace.store, "send_report", gone)
    (failed,) = pass_over(workspace, clock).failed
    assert failed == ("REPORT-daily-2026-11-25", "the store is gone")
    assert heard.requests == []
    pass_over(opened(**hook(heard)), clock)
    assert periods(heard) == [["2026-11-25"]]


def test_a_receiver_that_is_down_gets_it_later_and_once(
    opened: Opener, clock: Clock, heard: Heard
) -> None:
    workspace = opened(**hook(heard))
    heard.status = 503
    assert len(pass_over(workspace, clock).delivered.waiting) == 1
    heard.status = 200
    assert pass_over(workspace, clock).delivered.sent == ()
    clock.now += timedelta(seconds=31)
    assert len(pass_over(workspace, clock).delivered.sent) == 1
    assert [n.state for n in workspace.store.notices()] == [NoticeState.SENT]


@pytest.mark.parametrize("night", ["2026-03-28", "2026-10-24"])
def test_two_clocks_an_hour_apart_over_a_night_that_clocks_change(
    opened: Opener, clock: Clock, night: str
) -> None:
    """Hour by hour over three days, two machines of which one is an hour ahead."""
    how: dict[str, object] = {"report__timezone": "Europe/London", "schedule__hour": 2}
    ahead = timedelta(hours=1)
    machines = [(opened(**how), timedelta()), (opened(by=ahead, **how), ahead)]
    clock.now = datetime.fromisoformat(f"{night}T12:00:00+00:00")
    first = clock.now.date()
    for _ in range(72):
        for workspace, by in machines:
            due = scheduling.due(workspace, clock.now + by)
            for one in due:
                assert one.slots[0].period is not None
                assert one.slots[0].period.end <= clock.now  # over for both
            if due:
                pass_over(workspace, clock, by)
        clock.now += timedelta(hours=1)
    sent = workspace.store.sendings()
    assert [s.period for s in sent] == [
        (first + timedelta(days=n)).isoformat() for n in (-1, 0, 1, 2)
    ]
    assert {s.recipient for s in sent} == {"folder"}


def test_a_letter_brings_the_report_with_it(opened: Opener, clock: Clock) -> None:
    with office(tls=False) as (desk, port):
        workspace = opened(
            notify__channels="email", notify__email_to=ANNA, notify__email_from=US,
            notify__smtp_host="localhost", notify__smtp_port=port, notify__smtp_tls=False,
            schedule__formats="pdf,html", schedule__attach="pdf",
        )  # fmt: skip
        assert len(pass_over(workspace, clock).delivered.sent) == 1
    letter = letter_of(desk.letters[0])
    assert letter["Message-ID"] == f"<REPORT-daily-2026-11-25.1.{US}>"
    body = letter.get_body()
    assert body is not None
    assert "Brands processed: 0" in body.get_content()
    (attached,) = letter.iter_attachments()
    assert attached.get_filename() == "reviewing-daily-2026-11-25.pdf"
    assert attached.get_content().startswith(b"%PDF")


@pytest.mark.slow
def test_every_kind_can_be_scheduled_and_a_channel_added_begins_now(
    opened: Opener, clock: Clock
) -> None:
    kinds = "weekly, monthly,executive,data-quality,performance,errors@daily,wallets,escalations"
    workspace = opened(schedule__kinds=kinds)
    done = pass_over(workspace, clock)
    assert done.failed == ()
    assert [name for name, _ in done.claimed] == [
        "REPORT-weekly-2026-W47", "REPORT-monthly-2026-10", "REPORT-executive-2026-10",
        "REPORT-data-quality-2026-W47", "REPORT-performance-2026-W47",
        "REPORT-errors.daily-2026-11-25", "REPORT-wallets-2026-10",
        "REPORT-escalations.weekly-2026-W47",
    ]  # fmt: skip
    clock.now += timedelta(days=2)
    more = opened(schedule__kinds=kinds, notify__channels="file")
    added = [name for name, who in pass_over(more, clock).claimed if who == "file"]
    assert "REPORT-errors.daily-2026-11-27" in added
    assert "REPORT-errors.daily-2026-11-26" not in added


def test_while_the_server_runs_what_is_due_goes_out(opened: Opener, heard: Heard) -> None:
    workspace = opened(schedule__poll_seconds=1, **hook(heard))
    channels = notifiers(workspace.settings.notify, workspace.folder)
    before = threading.active_count()
    with sending(workspace, channels):
        for _ in range(2_000):
            if heard.requests:
                break
            threading.Event().wait(0.01)
    assert len(heard.requests) == 1
    assert threading.active_count() <= before + 1


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"schedule__kinds": "hourly"}, "no kind of report 'hourly'"),
     ({"schedule__kinds": "errors@yearly"}, "write @daily, @weekly or @monthly"),
     ({"schedule__kinds": "run@daily"}, "has the run's own time"),
     ({"schedule__channels": "slack"}, "notify.channels does not")],
)  # fmt: skip
def test_what_is_not_known_is_named(opened: Opener, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        scheduling.due(opened(**settings))


def test_an_hour_that_a_wrong_clock_could_reach_too_early_is_refused() -> None:
    with pytest.raises(InputError, match="between 2 and 23"):
        load_settings(None, {}, {"schedule.hour": 1})
    assert replace(Settings()).schedule.kinds == ""
