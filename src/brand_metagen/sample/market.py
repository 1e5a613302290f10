"""A made-up market as files: the four tables, and its truth in a folder of its own."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from brand_metagen.config import SampleSettings
from brand_metagen.errors import InputError
from brand_metagen.registry.mccs import known_mccs
from brand_metagen.sample.cast import Cast, cast
from brand_metagen.sample.rows import (
    BACKGROUND,
    BANKS,
    HELD_OUT,
    LABELLED,
    MISSING,
    NEAR_MISS,
    TRAIN,
    WRONG,
    Row,
    draw,
    shares,
)

PRESETS: dict[str, tuple[int, int]] = {
    "small": (10, 100),
    "medium": (100, 10_000),
    "large": (1_000, 100_000),
    "full": (3_200, 150_000),
}
"""Name → (brands, rows of the combo table)."""

TRUTH_FOLDER = "truth"
FIRST_CCID = 100_001
TRUTH_COLUMNS = (
    "ccid",
    "bankid",
    "true_brandid",
    "kind",
    "split",
    "noise",
    "confusable_brandid",
    "format",
)


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written and where: sizes in rows, and how noisy the labels are."""

    out: Path
    truth: Path
    brands: int
    rows: int
    unseen: int
    seed: int
    labelled: int
    near_misses: int
    background: int
    wrong_labels: int
    missing_labels: int


def make_sample(
    out: Path, brands: int, rows: int, seed: int, settings: SampleSettings | None = None
) -> SampleSummary:
    """Write `brand.csv, brand_to_check.csv, combo.csv, mcc.csv` and `truth/` into the folder `out`.

    `truth/truth.csv` says of every row what it is, `truth/unseen.csv` holds rows whose narratives
    are not in the combo table. The same arguments write the same bytes. Raises InputError when a
    size is out of range or `out` cannot be a folder.
    """
    if brands < 1 or rows < 0:
        raise InputError(f"a sample needs brands >= 1 and rows >= 0, not {brands} and {rows}")
    if (out / "combo.csv").exists() and not (out / TRUTH_FOLDER).is_dir():
        raise InputError(f"{out} holds tables that are not a sample's; name another folder")
    settings = settings or SampleSettings()
    rng = Random(seed)  # noqa: S311 - a market that can be made again, not a secret
    total = rows + round(rows * settings.unseen_share)
    counts = shares(total, settings)
    actors = cast(brands, counts.labelled, rng, settings)
    drawn = draw(actors, counts, rows, rng, settings)
    ccids = _ccids(drawn, rng)
    _write_tables(out, actors, drawn, ccids)
    _write_truth(out / TRUTH_FOLDER, drawn, ccids)
    return _summary(out, brands, seed, drawn)


def _ccids(rows: Sequence[Row], rng: Random) -> list[str]:
    """Ids that grow within each bank and say nothing about the split; banks share numbers."""
    order = list(range(len(rows)))
    rng.shuffle(order)
    following = dict.fromkeys(BANKS, FIRST_CCID)
    ccids = [""] * len(rows)
    for at in order:
        bank = rows[at].bankid
        ccids[at] = str(following[bank])
        following[bank] += rng.randint(1, 3)
    return ccids


def _write_tables(
    out: Path, actors: Sequence[Cast], rows: Sequence[Row], ccids: Sequence[str]
) -> None:
    _write(
        out / "brand.csv",
        ("brandid", "brandname", "sector"),
        ((one.brandid, one.candidate.name, one.candidate.sector) for one in actors),
    )
    _write(out / "brand_to_check.csv", ("brandid",), ((one.brandid,) for one in actors))
    _write(
        out / "mcc.csv",
        ("mccid", "mcc_desc", "sector"),
        ((mcc.mccid, mcc.mcc_desc, mcc.sector) for mcc in known_mccs()),
    )
    _write(
        out / "combo.csv",
        ("ccid", "bankid", "mid", "brandid", "mccid", "narrative"),
        (
            (ccid, row.bankid, row.mid, row.brandid, row.mccid, row.narrative)
            for ccid, row in zip(ccids, rows, strict=True)
            if row.split == TRAIN
        ),
    )


def _write_truth(folder: Path, rows: Sequence[Row], ccids: Sequence[str]) -> None:
    _write(
        folder / "unseen.csv",
        ("ccid", "bankid", "mid", "mccid", "narrative"),
        (
            (ccid, row.bankid, row.mid, row.mccid, row.narrative)
            for ccid, row in zip(ccids, rows, strict=True)
            if row.split == HELD_OUT
        ),
    )
    by_id = sorted(zip(ccids, rows, strict=True), key=lambda pair: (int(pair[0]), pair[1].bankid))
    _write(folder / "truth.csv", TRUTH_COLUMNS, (_truth(ccid, row) for ccid, row in by_id))


def _truth(ccid: str, row: Row) -> tuple[str, ...]:
    return (
        ccid,
        row.bankid,
        row.true_brandid,
        row.kind,
        row.split,
        row.noise,
        row.confusable,
        row.format,
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error


def _summary(out: Path, brands: int, seed: int, rows: Sequence[Row]) -> SampleSummary:
    splits = Counter(row.split for row in rows)
    kinds = Counter(row.kind for row in rows)
    noises = Counter(row.noise for row in rows)
    return SampleSummary(
        out=out,
        truth=out / TRUTH_FOLDER,
        brands=brands,
        rows=splits[TRAIN],
        unseen=splits[HELD_OUT],
        seed=seed,
        labelled=kinds[LABELLED],
        near_misses=kinds[NEAR_MISS],
        background=kinds[BACKGROUND],
        wrong_labels=noises[WRONG],
        missing_labels=noises[MISSING],
    )
