"""Where one finished run lies, for tests that look at it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Data, workspace and export of one run; nothing may be written here."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def workspace(self) -> Path:
        return self.folder / "w"

    @property
    def release(self) -> Path:
        return self.folder / "o" / "metadata.jsonl"
