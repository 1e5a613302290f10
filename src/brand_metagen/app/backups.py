"""Everything a workspace holds as one file, checked out and in (STO-08, EMG-02).

The store's rows are of one moment, whoever writes meanwhile. Files of runs and releases never
change once the store knows them, so copying them after that moment is safe.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from brand_metagen.app.since_backup import Since
from brand_metagen.app.workspace import CONFIG, RESTORING, Workspace
from brand_metagen.errors import ConflictError, InputError, IntegrityError
from brand_metagen.files import sync_folder
from brand_metagen.ports import RunState, Store

MANIFEST = "manifest.json"
TABLES = "store"
FORMAT = 1
BLOCK = 1 << 20
MOST_LISTED = 100
"""Lost acts that a report names one by one."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: its place, moment, the last row of the audit log, files and bytes."""

    path: str
    taken_at: str
    audit_rows: int
    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back and what it could not: acts of the damaged store after the
    backup, by action and one by one; what was taken back since and is so again (accounts, tokens,
    roles, approvals, the mode), what a person has to take back again, and incidents carried over.
    """

    folder: str
    taken_at: str
    audit_rows: int
    files: int
    lost: Mapping[str, int]
    lost_acts: tuple[str, ...]
    revoked_again: tuple[str, ...]
    to_do: tuple[str, ...]
    incidents: tuple[str, ...]


def backup(workspace: Workspace, out: Path) -> Backup:
    """Write everything into a tar file, whole or not at all; raises InputError when it exists."""
    if out.exists():
        raise InputError(f"{out} exists already; name a file that does not")
    if not out.parent.is_dir():
        raise InputError(f"{out.parent}: no such folder")
    taken_at = datetime.now(UTC).isoformat(timespec="seconds")
    aside = out.with_name(f".{out.name}.partial")
    hashes: dict[str, str] = {}
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)  # it holds hashes of passwords, and settings that may hold secrets
    try:
        with TemporaryDirectory(dir=out.parent) as temporary, tarfile.open(aside, "w") as tar:
            with workspace.store.snapshot() as snapshot:
                head = snapshot.head
                for number, (name, rows) in enumerate(snapshot.tables()):
                    path = Path(temporary) / f"{name}.jsonl"
                    _write_rows(path, rows)
                    _add(tar, path, f"{TABLES}/{number:02d}-{name}.jsonl", hashes)
                    path.unlink()
            for path, name in _files(workspace):
                _add(tar, path, name, hashes)
            manifest = {
                "format": FORMAT, "schema": head.schema, "taken_at": taken_at,
                "head": asdict(head), "files": hashes,
            }  # fmt: skip
            _add_bytes(tar, json.dumps(manifest, indent=1, sort_keys=True).encode(), MANIFEST)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(out)
        sync_folder(out.parent)
    finally:
        aside.unlink(missing_ok=True)
    return Backup(str(out), taken_at, head.sequence, len(hashes), out.stat().st_size)


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, sort_keys=True) + "\n")


def _files(workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """Settings, releases, reports, notes and completed runs, without what is half done."""
    folder = workspace.folder
    done = {r.run_id for r in workspace.store.runs() if r.state is RunState.COMPLETED}
    wanted = [folder / CONFIG]
    wanted += [folder / name for name in ("releases", "reports", "notes", "instructions")]
    wanted += [workspace.run_folder(run_id) for run_id in sorted(done)]
    for top in wanted:
        paths = sorted(top.rglob("*")) if top.is_dir() else [top]
        for path in paths:
            inside = path.relative_to(folder)
            hidden = any(part.startswith(".") for part in inside.parts)
            if path.is_file() and not hidden:
                yield path, inside.as_posix()


def _add(tar: tarfile.TarFile, path: Path, name: str, hashes: dict[str, str]) -> None:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
        hashes[name] = digest.hexdigest()
        info = _info(name, file.tell())
        file.seek(0)
        tar.addfile(info, file)


def _add_bytes(tar: tarfile.TarFile, data: bytes, name: str) -> None:
    tar.addfile(_info(name, len(data)), io.BytesIO(data))


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def verify_backup(archive: Path) -> Mapping[str, Any]:
    """Re-hash every file of a backup; its manifest. Raises InputError for what is no backup,
    IntegrityError for a file that is not what the manifest says."""
    try:
        with tarfile.open(archive) as tar:
            hashes = {}
            manifest: Any = None
            for member in tar:
                name = _checked_name(archive, member)
                if name in hashes or (name == MANIFEST and manifest is not None):
                    raise InputError(f"{archive}: holds {name!r} twice, which no backup does")
                content = tar.extractfile(member)
                assert content is not None  # checked to be a file
                if name == MANIFEST:
                    manifest = json.loads(content.read())
                    continue
                digest = sha256()
                while block := content.read(BLOCK):
                    digest.update(block)
                hashes[name] = digest.hexdigest()
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise InputError(f"{archive}: not a whole backup: {error}") from error
    if not isinstance(manifest, dict) or not _has_all(manifest):
        raise InputError(f"{archive}: no backup that this program knows")
    told = manifest["files"]
    wrong = sorted(n for n in hashes.keys() | told.keys() if hashes.get(n) != told.get(n))
    if wrong:
        raise IntegrityError(
            f"{archive}: {len(wrong)} files are not what its manifest says, first {wrong[0]}. Use "
            "another backup"
        )
    return manifest


def _has_all(said: Mapping[str, Any]) -> bool:
    """Whether a manifest is of our format, with everything that is read of it."""
    head, files = said.get("head"), said.get("files")
    whole = isinstance(head, dict) and {"sequence", "digest"} <= head.keys()
    known = whole and said.get("format") == FORMAT
    return known and isinstance(files, dict) and isinstance(said.get("taken_at"), str)


def _checked_name(archive: Path, member: tarfile.TarInfo) -> str:
    """The name of a plain file inside; anything else could write outside the folder."""
    path = PurePosixPath(member.name)
    if not member.isfile() or path.is_absolute() or ".." in path.parts:
        raise InputError(f"{archive}: holds {member.name!r}, which no backup of ours does")
    return member.name


def restore(
    archive: Path, folder: Path, open_store: Callable[[Path], Store], damaged: Store | None = None
) -> Restored:
    """Bring a backup back into an empty folder and an empty store.

    With the damaged store at hand, what was done in it since the backup is listed as lost. What
    was taken back since is taken back again or listed (`app.since_backup`): neither a person nor a
    version gets back in by a restore.
    Raises ConflictError when folder or store hold something.
    """
    manifest = verify_backup(archive)
    if folder.exists() and any(path.name != CONFIG for path in folder.iterdir()):
        raise ConflictError(
            f"{folder} is not empty; restore into a folder of its own (what a restore "
            "that was cut off left may be deleted)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESTORING).touch()
    sync_folder(folder)
    with tarfile.open(archive) as tar:
        members = [m for m in tar if m.name != MANIFEST]
        for member in members:
            if not member.name.startswith(f"{TABLES}/"):
                _extract(tar, member, folder)
        store = open_store(folder)
        tables = (m for m in members if m.name.startswith(f"{TABLES}/"))
        head = store.fill((_table_name(m.name), _read_rows(tar, m)) for m in tables)
    told = manifest["head"]
    if (head.sequence, head.digest) != (told["sequence"], told["digest"]):
        raise IntegrityError(f"{archive}: the restored log does not end as the backup's did")
    store.verify_audit()
    _make_empty_steps(store, folder)
    since = Since(store, damaged, head.sequence) if damaged else None
    lost = since.lost if since else ()
    again = tuple(since.taken_back_again()) if since else ()
    incidents = tuple(since.carried_incidents()) if since else ()
    to_do = tuple(since.to_do()) if since else ()
    detail = {"taken_at": manifest["taken_at"], "lost": len(lost), "revoked_again": list(again),
              "to_do": list(to_do)}  # fmt: skip
    store.note("system", "restored", "system", detail)
    (folder / RESTORING).unlink()
    counts: dict[str, int] = {}
    for row in lost:
        counts[row.action] = counts.get(row.action, 0) + 1
    named = tuple(f"{r.at[:19]} {r.actor}: {r.action} {r.subject}" for r in lost[:MOST_LISTED])
    return Restored(
        str(folder), manifest["taken_at"], head.sequence, len(manifest["files"]),
        dict(sorted(counts.items())), named, again, to_do, incidents,
    )  # fmt: skip


def _make_empty_steps(store: Store, folder: Path) -> None:
    """Folders of steps that left no file, which an archive of files does not hold."""
    for run in store.runs():
        made = folder / "runs" / run.run_id
        if run.state is RunState.COMPLETED and made.is_dir():
            for step in store.steps(run.run_id):
                (made / f"{step.position:04d}-{step.name}").mkdir(exist_ok=True)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    path = folder / member.name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = tar.extractfile(member)
    assert content is not None  # verified before
    with path.open("wb") as file:
        while block := content.read(BLOCK):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _table_name(name: str) -> str:
    return PurePosixPath(name).stem.partition("-")[2]


def _read_rows(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[Mapping[str, Any]]:
    content = tar.extractfile(member)
    assert content is not None  # verified before
    for line in content:
        yield json.loads(line)
