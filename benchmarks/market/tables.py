"""The files of a set, as sets.py and a scorer read them."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.market.brands import Brand
from benchmarks.market.narratives import Written
from benchmarks.sets import HELD_OUT, TRAIN
from brand_metagen.registry.mccs import known_mccs

FIRST_CCID = 700_001
TRUTH = (
    *("ccid", "bankid", "true_brandid", "kind", "split", "noise", "confusable_brandid"),
    *("format", "channel", "slip"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its label as learned from; `noise` says what was done to it."""

    written: Written
    side: str
    label: str
    noise: str
    bankid: str


def write_set(out: Path, brands: Sequence[Brand], lines: Sequence[Line]) -> None:
    """Write the four tables, the held-out rows and the truth; the same lines, the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    numbered = [(str(FIRST_CCID + n), line) for n, line in enumerate(lines)]
    _plain(
        out / "brand.csv",
        ("brandid", "brandname", "sector"),
        ((b.brandid, b.name, b.sector) for b in brands),
    )
    _plain(out / "brand_to_check.csv", ("brandid",), ((b.brandid,) for b in brands))
    _plain(
        out / "mcc.csv",
        ("mccid", "mcc_desc", "sector"),
        ((m.mccid, m.mcc_desc, m.sector) for m in known_mccs()),
    )
    _packed(
        out / "combo.csv.gz",
        ("ccid", "bankid", "mid", "brandid", "mccid", "narrative"),
        (
            (n, line.bankid, line.written.mid, line.label, *_seen(line.written))
            for n, line in numbered
            if line.side == TRAIN
        ),
    )
    _packed(
        out / "unseen.csv.gz",
        ("ccid", "bankid", "mid", "mccid", "narrative"),
        (
            (n, line.bankid, line.written.mid, *_seen(line.written))
            for n, line in numbered
            if line.side == HELD_OUT
        ),
    )
    _packed(out / "truth.csv.gz", TRUTH, (_truth(n, line) for n, line in numbered))


def _seen(written: Written) -> tuple[str, str]:
    return written.mccid, written.narrative


def _truth(ccid: str, line: Line) -> tuple[str, ...]:
    written, merchant = line.written, line.written.merchant
    return (
        *(ccid, line.bankid, merchant.brandid, merchant.kind, line.side, line.noise),
        *(merchant.resembles, written.layout.name, written.layout.kind, written.slip),
    )


def _plain(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.write_text(_csv(header, rows), encoding="utf-8", newline="")


def _packed(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.write_bytes(gzip.compress(_csv(header, rows).encode(), compresslevel=9, mtime=0))


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
