"""Files that are either the old ones or the new ones, never halves."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path


def sha256(data: bytes) -> str:
    """Hex digest."""
    return hashlib.sha256(data).hexdigest()


def write_file(path: Path, data: bytes) -> None:
    """Write aside, sync, rename over; the folder is synced so that the name lasts too.

    Every writer has a file aside of its own: of several at once the last one's stays, whole.
    """
    writer = f"{os.getpid()}-{threading.get_ident()}"
    aside = path.with_name(f".{path.name}.{writer}.partial")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync_folder(path.parent)


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make a folder appear whole with these files, by their paths in it; not where one stands."""
    if folder.exists():
        return
    aside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name, data in sorted(files.items()):
        (aside / name).parent.mkdir(exist_ok=True)
        write_file(aside / name, data)
    aside.rename(folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
