"""Channels to people outside: log, file, e-mail, webhook, Slack."""
