"""Channels from settings: all that is missing is told at the start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from brand_metagen.config import NotifySettings
from brand_metagen.errors import InputError
from brand_metagen.notify.channels import notifiers
from brand_metagen.ports import CHANNELS

WHOLE = NotifySettings(
    channels=",".join(CHANNELS),
    email_to="anna@example.org, ben@example.org",
    email_from="us@example.org",
    smtp_host="mail.example.org",
    webhook_url="https://hooks.example.org/x",
    slack_url="https://hooks.example.org/y",
)


def test_every_channel_there_is_can_be_had(tmp_path: Path) -> None:
    assert tuple(n.channel for n in notifiers(WHOLE, tmp_path)) == CHANNELS


def test_by_default_word_goes_nowhere_beyond_this_machine(tmp_path: Path) -> None:
    assert [n.channel for n in notifiers(NotifySettings(), tmp_path)] == ["log", "file"]


def test_nobody_may_be_told(tmp_path: Path) -> None:
    assert notifiers(NotifySettings(channels=" , "), tmp_path) == ()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("channels", "log,pigeon", "no channel 'pigeon'; there are log, file, email"),
        ("email_to", "", "notify.email_to is empty"),
        ("email_to", "anna", "no e-mail address"),
        ("email_from", " ", "notify.email_from is empty"),
        ("smtp_host", "", "notify.smtp_host is empty"),
        ("smtp_tls", False, "on this machine"),
        ("webhook_url", "", "BRAND_METAGEN_NOTIFY_WEBHOOK_URL"),
        ("webhook_url", "http://hooks.example.org", "notify.webhook_url: https"),
        ("slack_url", "", "notify.slack_url is empty"),
        ("slack_url", "hooks", "notify.slack_url"),
    ],
)
def test_what_is_missing_is_told(setting: str, value: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        notifiers(replace(WHOLE, **{setting: value}), tmp_path)  # type: ignore[arg-type]


def test_without_tls_on_this_machine_only(tmp_path: Path) -> None:
    local = replace(WHOLE, channels="email", smtp_tls=False, smtp_host="localhost")
    assert len(notifiers(local, tmp_path)) == 1


def test_secrets_are_not_printed(tmp_path: Path) -> None:
    secret = replace(WHOLE, smtp_password="s3cret", webhook_url="https://h.example/s3cret")
    assert "s3cret" not in repr(secret)
    for channel in notifiers(secret, tmp_path):
        assert "s3cret" not in repr(vars(channel) if hasattr(channel, "__dict__") else channel)
