"""What a diagnosis finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.history import History
from brand_metagen.app.checks import Check
from brand_metagen.app.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Finding:
    """One trouble that is there: its likely cause, what shows it, and what to do next."""

    trouble: str
    cause: str
    evidence: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the way to another server's answer breaks: which step, what was seen, what to do."""

    server: str
    step: str
    seen: str
    advice: str


Checks = Callable[[], Sequence[Check]]
"""Looks at every part."""
Search = Callable[[Workspace, History], Iterator[Finding]]
Probe = Callable[[], Sequence[Broken]]
"""Walks the whole way to every server that is configured; empty where all answer."""
