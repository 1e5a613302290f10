"""Settings written into a workspace's config.toml, its comments and other lines left alone."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brand_metagen.config import load_settings
from brand_metagen.errors import InputError, IntegrityError
from brand_metagen.files import write_file

Values = Mapping[str, Any]
"""`section.name` → value; None takes the line out, so that the default holds."""


def change(path: Path, values: Values) -> dict[str, Any]:
    """Write the values, whole or not at all; what stood there before (None = nothing).

    Raises InputError for settings that do not exist or values that do not fit, IntegrityError when
    the file would read otherwise than meant: it is then left as it was.
    """
    load_settings(None, {}, {key: v for key, v in values.items() if v is not None})
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    before = _flat(text, path)
    changed = text
    for key, value in sorted(values.items()):
        section, _, name = key.partition(".")
        changed = _with(changed, section, name, value)
    wanted = {**before, **values}
    if not _reads(changed, path, {key: v for key, v in wanted.items() if v is not None}):
        raise IntegrityError(
            f"{path}: its layout is not one that can be changed safely; write "
            f"{', '.join(sorted(values))} into it by hand"
        )
    write_file(path, changed.encode())
    return {key: before.get(key) for key in values}


def typed(values: Mapping[str, str]) -> dict[str, Any]:
    """Values given as text, as their settings hold them; raises InputError."""
    settings = load_settings(None, {}, values)
    found = {}
    for key in values:
        section, _, name = key.partition(".")
        found[key] = getattr(getattr(settings, section), name)
    return found


def _reads(text: str, path: Path, wanted: Values) -> bool:
    try:
        return _flat(text, path) == wanted
    except InputError:
        return False


def _flat(text: str, path: Path) -> dict[str, Any]:
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not a settings file: {error}") from error
    return {f"{s}.{name}": value for s, named in tree.items() for name, value in named.items()}


def _with(text: str, section: str, name: str, value: Any) -> str:
    """The text with one setting written, or without it."""
    lines = text.splitlines()
    header = f"[{section}]"
    begin = next((i for i, line in enumerate(lines) if line.strip() == header), None)
    if begin is None:
        if value is None:
            return text
        gap = [""] if lines and lines[-1].strip() else []
        return "\n".join([*lines, *gap, header, f"{name} = {_toml(value)}"]) + "\n"
    end = begin + 1
    while end < len(lines) and not lines[end].lstrip().startswith("["):
        if lines[end].partition("=")[0].strip() == name:
            lines[end : end + 1] = [] if value is None else [f"{name} = {_toml(value)}"]
            return "\n".join(lines) + "\n"
        end += 1
    if value is not None:
        lines.insert(begin + 1, f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A text, number or truth value as TOML writes it, which is how JSON does."""
    return json.dumps(value, ensure_ascii=False)
