"""Evidence that shows when it was touched: the audit log and what stood, sealed line by line.

Every line's digest covers the line and the digest before it; the last line is the seal. Whoever
changes, takes out or adds a line has to write all lines behind it anew, and then the seal is
another: it stands in the log of the workspace, and should be kept somewhere else as well.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.files import write_file
from brand_metagen.ports import AuditRow
from brand_metagen.ports.chain import canonical, chained

FORMAT = "brand-metagen evidence 1"
MOST_BREAKS = 20
"""Breaks that one check names; behind the first, others may be its consequences."""
LONGEST_LINE = 64_000_000
"""Characters of one line of evidence; the largest act of a log is far below."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Evidence that was written; keep `seal` apart from the file."""

    file: str
    audit_rows: int
    lines: int
    seal: str


@dataclass(frozen=True, slots=True)
class CheckedSeal:
    """What a check found: the seal, and each break by its line. No break = nobody touched it.

    `anchored` says whether the seal is the one that was expected: told by the caller, or found in
    the log of a workspace; None = nobody said.
    """

    file: str
    audit_rows: int
    seal: str
    anchored: bool | None
    breaks: tuple[str, ...]


def seal(workspace: Workspace, actor: str, file: Path) -> Sealed:
    """Write the evidence; raises ConflictError when the file exists.

    It holds the whole log, accounts and tokens without their secrets, publications, and the
    hashes of every file of every release. That it was made is a row of the log as well.
    """
    if file.exists():
        raise ConflictError(f"{file} exists already; evidence is never written over")
    lines, digest, count = [], "", 0
    for kind, row in _evidence(workspace):
        digest = _linked(digest, kind, row)
        lines.append(json.dumps({"kind": kind, "row": row, "digest": digest}, sort_keys=True))
        count += kind == "audit"
    last = {"kind": "seal", "lines": len(lines), "audit_rows": count, "digest": digest}
    write_file(file, ("\n".join([*lines, json.dumps(last, sort_keys=True)]) + "\n").encode())
    detail = {"seal": digest, "rows": count, "file": file.name}
    workspace.store.note(actor, "sealed", "system", detail)
    return Sealed(str(file), count, len(lines) + 1, digest)


def check(file: Path, expected: str = "", workspace: Workspace | None = None) -> CheckedSeal:
    """Check every line of sealed evidence; raises InputError for what is none."""
    lines = _lines(file)
    breaks, digest, rows = _walk(lines[:-1])
    last = lines[-1]
    told = last.get("digest", "") if last.get("kind") == "seal" else ""
    if last.get("kind") != "seal":
        breaks.append("the seal is missing: the end was cut off")
    elif (told, last.get("lines"), last.get("audit_rows")) != (digest, len(lines) - 1, rows):
        breaks.append(f"the seal says {last.get('lines')} lines, there are {len(lines) - 1}; or "
                      "it is of other lines")  # fmt: skip
    anchored: bool | None = None
    if expected:
        anchored = told == expected
    elif workspace is not None:
        anchored = told in _seals(workspace)
    if anchored is False:
        breaks.append("the seal is not the one that was written down when the evidence was made")
    return CheckedSeal(str(file), rows, str(told), anchored, tuple(breaks[:MOST_BREAKS]))


def _evidence(workspace: Workspace) -> Iterator[tuple[str, dict[str, Any]]]:
    store = workspace.store
    made = datetime.now(UTC).isoformat(timespec="seconds")
    yield "header", {"format": FORMAT, "made_at": made}
    for row in audit_rows(workspace, 0):
        yield "audit", _plain(asdict(row))
    for account in store.accounts():
        yield "account", _plain({**asdict(account), "password": account.password is not None})
        for token in store.tokens(account.name):
            yield "token", _plain(asdict(token))
    for publication in store.publications():
        yield "publication", _plain(asdict(publication))
    for path in sorted(workspace.releases.rglob("*")):
        if path.is_file():
            name = path.relative_to(workspace.folder).as_posix()
            yield "file", {"name": name, "sha256": sha256(path.read_bytes()).hexdigest()}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def _linked(before: str, kind: str, row: Mapping[str, Any]) -> str:
    return sha256(f"{before}\n{kind}\n{canonical(row)}".encode()).hexdigest()


def _lines(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read as evidence: {error}") from error
    found = []
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if not line and number == len(lines):
            break
        try:
            value = json.loads(line) if len(line) <= LONGEST_LINE else None
        except ValueError:
            value = None
        if not isinstance(value, dict) or json.dumps(value, sort_keys=True) != line:
            value = {"kind": None}  # every byte counts, also those that mean nothing
        found.append({**value, "line": number})
    head = found[0].get("row") if found else None
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        raise InputError(f"{file}: its first line is not that of evidence made by `audit seal`")
    return found


def _walk(lines: Sequence[Mapping[str, Any]]) -> tuple[list[str], str, int]:
    """Breaks, the last digest as it should be, and the audit rows there are."""
    breaks: list[str] = []
    digest, rows, before = "", 0, ""
    for line in lines:
        kind, row, told = line.get("kind"), line.get("row"), line.get("digest")
        if not isinstance(kind, str) or not isinstance(row, dict) or not isinstance(told, str):
            breaks.append(f"line {line['line']} is no line of evidence")
            continue
        if _linked(digest, kind, row) != told:
            breaks.append(f"line {line['line']} ({_named(kind, row)}) is not what was sealed here")
        digest = told
        if kind == "audit":
            rows += 1
            breaks += [f"line {line['line']}: {why}" for why in _broken(row, before, rows)]
            before = str(row.get("digest", ""))
    return breaks, digest, rows


def _broken(row: Mapping[str, Any], before: str, expected: int) -> Iterator[str]:
    """What is wrong with an audit row by the log's own chain."""
    try:
        read = AuditRow(**row)
        same = chained(read) == read.digest
    except (TypeError, ValueError):
        yield "it has not the fields of an audit row"
        return
    if read.sequence != expected:
        yield f"audit row {expected} is missing, {read.sequence} stands here"
    elif read.previous != before:
        yield f"audit row {read.sequence} does not continue the row before it"
    if not same:
        yield f"audit row {read.sequence} was changed"


def _named(kind: str, row: Mapping[str, Any]) -> str:
    key = next((row[name] for name in ("sequence", "token_id", "name") if name in row), "")
    return f"{kind} {key}".strip()


def _seals(workspace: Workspace) -> set[object]:
    return {row.detail.get("seal") for row in audit_rows(workspace, 0) if row.action == "sealed"}
