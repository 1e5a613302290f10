"""How one part of the system is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from brand_metagen.app.workspace import Workspace


class Condition(StrEnum):
    """How a part is."""

    OK = "ok"
    WARN = "warn"
    """It works; somebody should look."""
    FAIL = "fail"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Check:
    """One part: how it is, what was found, and what to do about it."""

    part: str
    condition: Condition
    said: str
    todo: str = ""


Look = Callable[[Workspace], Check]
"""Looks at one part."""
