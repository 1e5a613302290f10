"""A folder to measure on: the four tables, held-out rows, and the truth about both."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.commands import BenchError
from brand_metagen.tables.normalise import normalise

Key = tuple[str, str]
"""(ccid, bankid): what names a row."""

TRAIN, HELD_OUT = SPLITS = "train", "heldout"
TABLES = ("brand.csv", "brand_to_check.csv", "combo.csv", "mcc.csv")
ANSWERS = ("truth.csv", "unseen.csv")
SCORER = "score.py"


@dataclass(frozen=True, slots=True)
class Row:
    """A combo with its narrative normalised; `given` is its label, empty on held-out rows."""

    key: Key
    mid: str
    mccid: str
    narrative: str
    given: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What a row is. `brandid` is empty for look-alikes and background; `noise` is its label's.

    `resembles` is the brand a look-alike could be taken for; `channel` says what wrote the row
    (bank, till, web or wallet), where the set knows.
    """

    key: Key
    brandid: str
    kind: str
    split: str
    noise: str
    resembles: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class BenchSet:
    """A set as read: `folder` holds all six files, `scorer` lies beside it or is absent."""

    name: str
    folder: Path
    scorer: Path | None
    brands: Mapping[str, str]
    train: tuple[Row, ...]
    held_out: tuple[Row, ...]
    truth: tuple[Truth, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.train + self.held_out

    @property
    def unseen(self) -> Path:
        return _found(self.folder, "unseen.csv")


def open_set(source: Path, scratch: Path) -> BenchSet:
    """Read a set, or what `brand-metagen sample` wrote (its truth lies in `truth/`).

    Of the latter a folder of links is made in `scratch`. Raises BenchError when a file is missing.
    """
    folder = source.resolve()
    if not _exists(folder, "truth.csv") and (folder / "truth").is_dir():
        folder = _assembled(folder, scratch / "set")
    truth = tuple(
        Truth(
            *(_key(row), row["true_brandid"], row["kind"], row["split"], row["noise"]),
            *(row.get("confusable_brandid", ""), row.get("channel", "")),
        )
        for row in _read(_found(folder, "truth.csv"))
    )
    names = {row["brandid"]: row["brandname"] for row in _read(_found(folder, "brand.csv"))}
    train = tuple(_rows(_found(folder, "combo.csv")))
    held_out = tuple(_rows(_found(folder, "unseen.csv")))
    return BenchSet(source.name, folder, _scorer(source), names, train, held_out, truth)


def _scorer(source: Path) -> Path | None:
    beside = (source.absolute() / SCORER, source.absolute().parent / SCORER)
    return next((path for path in beside if path.is_file()), None)


def _assembled(sample: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for names, home in ((TABLES, sample), (ANSWERS, sample / "truth")):
        for name in names:
            path = _found(home, name)
            (folder / path.name).symlink_to(path)
    return folder


def _exists(folder: Path, name: str) -> bool:
    return any((folder / (name + ending)).is_file() for ending in ("", ".gz"))


def _found(folder: Path, name: str) -> Path:
    for ending in (".gz", ""):
        if (folder / (name + ending)).is_file():
            return folder / (name + ending)
    raise BenchError(f"{folder} is no set: there is no {name}[.gz] in it")


def _read(path: Path) -> Iterator[dict[str, str]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _key(row: Mapping[str, str]) -> Key:
    return row["ccid"], row["bankid"]


def _rows(path: Path) -> Iterator[Row]:
    for row in _read(path):
        text = normalise(row["narrative"])
        yield Row(_key(row), row.get("mid", ""), row["mccid"], text, row.get("brandid", ""))
