"""Some items of a list, and where they go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items in order, and the cursor of those that follow (None = these were the last)."""

    items: tuple[Item, ...]
    next: str | None = None
