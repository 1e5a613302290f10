"""Each role's instructions to its model: a packaged file, or a newer one of the workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from brand_metagen.errors import InputError

FOLDER = "instructions"
MOST_CHARS = 8_000
_VERSION = re.compile(r"version: ([0-9A-Za-z][0-9A-Za-z._-]{0,31})\n")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One role's text and the version it carries in its first line."""

    version: str
    text: str


@dataclass(frozen=True)
class Instructions:
    """Instructions by role. `workspace` holds newer ones under `instructions/` (None: packaged)."""

    workspace: Path | None
    tried: tuple[tuple[str, Instruction], ...] = ()
    """Role and text that stand in for what is adopted, while they are tried."""

    def of(self, role: str) -> Instruction:
        """What a role's model is told now."""
        for name, instruction in self.tried:
            if name == role:
                return instruction
        if self.workspace is not None and (path := self.place(role)).is_file():
            return read(path)
        return self.packaged(role)

    def packaged(self, role: str) -> Instruction:
        """What came with the program; raises InputError for a role that asks no model."""
        name = f"{role.replace(' ', '-')}.md"
        try:
            text = resources.files(__package__).joinpath(f"{FOLDER}/{name}").read_text("utf-8")
        except FileNotFoundError:
            raise InputError(f"{role} asks no model, so it has no instructions") from None
        return parsed(text, name)

    def place(self, role: str) -> Path:
        """Where the workspace's own stand."""
        assert self.workspace is not None
        return self.workspace / FOLDER / f"{role.replace(' ', '-')}.md"


PACKAGED = Instructions(None)
"""What came with the program, for all roles."""


def read(path: Path) -> Instruction:
    """A file's instruction; raises InputError when it has no version line, or is too long."""
    try:
        return parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not to be read as text: {error}") from error


def parsed(text: str, name: str) -> Instruction:
    r"""The instruction of a text whose first line is its version.

    >>> parsed("version: 2\n\nSay less.\n", "x.md")
    Instruction(version='2', text='Say less.')
    """
    found = _VERSION.match(text)
    if found is None:
        raise InputError(f"{name}: its first line must be `version: NAME`, such as `version: 2`")
    body = text[found.end() :].strip()
    if not body or len(body) > MOST_CHARS:
        raise InputError(f"{name}: 1 to {MOST_CHARS:,} characters of instructions are taken")
    return Instruction(found.group(1), body)
