"""Write the line under each document's title: its version, who maintains it, when it last changed.

The figures stand in docs/documents.csv. `make reference` runs this: a document whose text changed
gets today's date and, once a day, the next minor version; a new document starts at 1.0. Major
versions and maintainers are edited in the file. A test holds every document to its line.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

HERE = Path(__file__).parent
FIGURES = "documents.csv"
MARK = "*Version "
MAINTAINER = "Operations team"


@dataclass(frozen=True, slots=True)
class Document:
    """One row: `digest` is of the text without the line, so that a change is noticed."""

    path: str
    version: str
    maintained_by: str
    updated: str
    digest: str

    @property
    def line(self) -> str:
        """What stands under the title."""
        who = f"maintained by the {self.maintained_by}"
        return f"{MARK}{self.version} · {who} · last updated {self.updated}*"


def documents(root: Path = HERE) -> list[str]:
    """Every document below a folder, by its path."""
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*.md"))


def body(text: str) -> str:
    """The text without its line."""
    title, _, rest = text.partition("\n")
    if rest.startswith(f"\n{MARK}"):
        rest = rest[1:].partition("\n")[2]
    return f"{title}\n{rest}"


def headed(text: str, document: Document) -> str:
    """The text with its line."""
    title, _, rest = body(text).partition("\n")
    return f"{title}\n\n{document.line}\n{rest}"


def digest(text: str) -> str:
    """Sixteen digits of the SHA-256 of the text without its line."""
    return hashlib.sha256(body(text).encode()).hexdigest()[:16]


def read(root: Path = HERE) -> dict[str, Document]:
    """The rows of the file, by path."""
    with (root / FIGURES).open(encoding="utf-8", newline="") as file:
        return {row["path"]: Document(**row) for row in csv.DictReader(file)}


def brought_up_to_date(known: Mapping[str, Document], root: Path, today: date) -> list[Document]:
    """One row for each document there is, changed where its text did."""
    found = []
    for path in documents(root):
        now = digest((root / path).read_text(encoding="utf-8"))
        row = known.get(path) or Document(path, "1.0", MAINTAINER, today.isoformat(), now)
        if row.digest != now:
            version = row.version if row.updated == today.isoformat() else _next(row.version)
            row = replace(row, version=version, updated=today.isoformat(), digest=now)
        found.append(row)
    return found


def _next(version: str) -> str:
    major, minor = version.split(".")
    return f"{major}.{int(minor) + 1}"


def main(root: Path = HERE) -> None:
    """Bring the file and every line up to date."""
    rows = brought_up_to_date(read(root), root, datetime.now(UTC).date())
    with (root / FIGURES).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = [field.name for field in fields(Document)]
        writer.writerow(names)
        writer.writerows([getattr(row, name) for name in names] for row in rows)
    for row in rows:
        path = root / row.path
        path.write_text(headed(path.read_text(encoding="utf-8"), row), encoding="utf-8")


if __name__ == "__main__":
    main()
