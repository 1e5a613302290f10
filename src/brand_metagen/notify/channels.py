"""The channels that the settings name, ready to send; what is missing is told before any case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from brand_metagen.config import NotifySettings
from brand_metagen.errors import InputError
from brand_metagen.escalate.words import channels
from brand_metagen.notify.local import FILE, FileNotifier, LogNotifier
from brand_metagen.notify.mail import Mailbox, MailNotifier
from brand_metagen.notify.post import SlackNotifier, WebhookNotifier, on_this_machine
from brand_metagen.ports import CHANNELS, Notifier


def notifiers(settings: NotifySettings, folder: Path) -> tuple[Notifier, ...]:
    """One for each channel of `notify.channels`; the file lies in `folder`.

    Raises InputError for a channel that is not known, or whose address is missing or no address.
    """
    names = channels(settings)
    for name in names:
        if name not in CHANNELS:
            raise InputError(
                f"notify.channels: no channel {name!r}; there are {', '.join(CHANNELS)}"
            )
    local: dict[str, Notifier] = {"log": LogNotifier(), "file": FileNotifier(folder / FILE)}
    return tuple(local.get(name) or _REMOTE[name](settings, folder) for name in names)


def _mail(settings: NotifySettings, folder: Path) -> Notifier:
    for name in ("email_to", "email_from", "smtp_host"):
        if not getattr(settings, name).strip():
            raise _missing("email", name)
    if not settings.smtp_tls and not on_this_machine(settings.smtp_host):
        raise InputError("notify.smtp_tls: off only for a mail server on this machine")
    to = tuple(one.strip() for one in settings.email_to.split(",") if one.strip())
    return MailNotifier(
        Mailbox(
            to, settings.email_from, settings.smtp_host.strip(), settings.smtp_port,
            settings.smtp_user, settings.smtp_password, settings.smtp_tls,
            settings.deadline_seconds, folder=folder,
        )
    )  # fmt: skip


def _webhook(settings: NotifySettings, folder: Path) -> Notifier:
    del folder
    if not settings.webhook_url:
        raise _missing("webhook", "webhook_url")
    return WebhookNotifier(settings.webhook_url, settings.deadline_seconds)


def _slack(settings: NotifySettings, folder: Path) -> Notifier:
    del folder
    if not settings.slack_url:
        raise _missing("slack", "slack_url")
    return SlackNotifier(settings.slack_url, settings.deadline_seconds)


_REMOTE: Mapping[str, Callable[[NotifySettings, Path], Notifier]] = {
    "email": _mail,
    "webhook": _webhook,
    "slack": _slack,
}


def _missing(channel: str, setting: str) -> InputError:
    return InputError(
        f"notify.channels names {channel}, but notify.{setting} is empty; set it in config.toml or "
        f"BRAND_METAGEN_NOTIFY_{setting.upper()}, or leave the channel out"
    )
