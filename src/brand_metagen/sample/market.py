"""Make a market: brands from the registry, payments by layout, look-alikes, noise, and the truth."""

from __future__ import annotations

import csv
import random
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path

from brand_metagen.errors import InputError
from brand_metagen.records import Brand
from brand_metagen.registry.build import usual_codes
from brand_metagen.registry.known import KnownBrand, known_brands, known_mccs
from brand_metagen.sample.dirt import printed, smudged
from brand_metagen.sample.layouts import Layout, Words, layouts, words
from brand_metagen.tables.normalise import normalise

PRESETS = {
    "small": (10, 100),
    "medium": (100, 10_000),
    "large": (1_000, 100_000),
    "full": (3_200, 150_000),
}
"""Brands and rows (ING-16, and the size the system is asked for)."""

BACKGROUND, NEAR = 0.15, 0.05
"""Shares of rows that are no brand's, and that only look like one's."""
WRONG, MISSING = 0.05, 0.10
"""Shares of labels that are wrong, and that are missing."""
NEAR_LABELLED = 0.25
"""Share of look-alikes that carry the label of the brand they look like."""
STRAY_CODE = 0.06
"""Share of rows whose code is none of the brand's usual ones."""
BANKS = 5
UNSEEN = 0.5
"""Held-out narratives per row."""

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
    """What was made and where."""

    out: Path
    truth: Path
    brands: int
    rows: int
    unseen: int
    seed: int


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment before labels are lost: `brandid` is the truth, empty for nobody's."""

    brandid: str
    kind: str
    like: str
    mccid: str
    mid: str
    narrative: str
    layout: str


@dataclass
class Maker:
    """Draws payments; all chance comes from one seeded source."""

    rng: random.Random
    brands: Sequence[Brand]
    codes: dict[str, tuple[str, ...]]
    layouts: Sequence[Layout]
    words: Words
    shares: Sequence[float]
    mids: dict[str, list[str]] = field(default_factory=dict)

    def payments(self) -> Iterator[Payment]:
        """Payments without end."""
        while True:
            draw = self.rng.random()
            if draw < NEAR:
                yield self._near()
            elif draw < NEAR + BACKGROUND:
                yield self._background()
            else:
                yield self._of(self.rng.choices(self.brands, cum_weights=self.shares)[0])

    def _of(self, brand: Brand) -> Payment:
        layout = self._layout()
        spelled = smudged(self.rng, brand.brandname)
        if layout.code and self.rng.random() < layout.code:
            mccid = self.rng.choice(self.words.wallet_codes)
        elif self.rng.random() < STRAY_CODE:
            mccid = self.rng.choice(self.words.codes_elsewhere)
        else:
            usual = self.codes[brand.brandid]
            mccid = self.rng.choices(usual, [4.0 / (k + 1) for k in range(len(usual))])[0]
        line = self._line(layout, spelled)
        return Payment(brand.brandid, "labelled", "", mccid, self._mid(brand), line, layout.name)

    def _near(self) -> Payment:
        """A shop of somebody's that holds a brand's word."""
        brand = self.rng.choice(self.brands)
        word = printed(brand.brandname).replace("'", "").split(" ")[0]
        mccid, trade = self._trade()
        surname = self.rng.choice(self.words.surnames)
        name = self.rng.choice(
            (
                f"{word}WOOD {trade}",
                f"{word}SON {trade}",
                f"{word}ER {trade}",
                f"{word}S {trade}",
                f"THE {word} {trade}",
                f"{word}-{surname} {trade}",
                f"{word} {surname}",
                f"{surname} & {word} {trade}",
            )
        )
        if self.rng.random() < 0.3:
            mccid = self.codes[brand.brandid][0]
        layout = self._layout()
        line = self._line(layout, name)
        return Payment("", "near_miss", brand.brandid, mccid, self._new_mid(), line, layout.name)

    def _background(self) -> Payment:
        mccid, trade = self._trade()
        surname, town = self.rng.choice(self.words.surnames), self.rng.choice(self.words.towns)
        name = self.rng.choice(
            (
                f"{surname}S {trade}",
                f"{surname} & SON {trade}",
                f"{town} {trade}",
                f"{surname} BROS {trade}",
                f"THE {trade} {town}",
                f"{surname} {trade}",
            )
        )
        layout = self._layout()
        return Payment(
            "", "background", "", mccid, self._new_mid(), self._line(layout, name), layout.name
        )

    def _layout(self) -> Layout:
        return self.rng.choices(self.layouts, [layout.weight for layout in self.layouts])[0]

    def _trade(self) -> tuple[str, str]:
        mccid = self.rng.choice(sorted(self.words.trades))
        return mccid, self.rng.choice(self.words.trades[mccid])

    def _line(self, layout: Layout, name: str) -> str:
        if self.rng.random() < 0.05 and layout.cut is None:
            name = f"{name} {self.rng.choice(self.words.legal)}"
        line = layout.printed(
            name,
            town=self.rng.choice(self.words.towns),
            store=f"{self.rng.randrange(1, 9999):04d}",
            ref="".join(self.rng.choices(string.ascii_uppercase + string.digits, k=8)),
            day=f"{self.rng.randrange(1, 29):02d} {self.rng.choice(_MONTHS)}",
        )
        return line.title() if self.rng.random() < 0.02 else line

    def _mid(self, brand: Brand) -> str:
        """A store is met again now and then."""
        known = self.mids.setdefault(brand.brandid, [])
        if known and self.rng.random() < 0.15:
            return self.rng.choice(known)
        known.append(self._new_mid())
        return known[-1]

    def _new_mid(self) -> str:
        return f"M{self.rng.randrange(10**9):09d}"


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def make_sample(out: Path, brands: int, rows: int, seed: int) -> SampleSummary:
    """Write four tables into `out` and the truth into `out/truth`; same seed, same bytes.

    Raises InputError when the registry holds fewer brands or a size makes no sense.
    """
    rng = random.Random(seed)  # noqa: S311 - chance, not secrecy
    chosen = _choose(rng, brands)
    if rows < 1:
        raise InputError("a sample needs at least one row")
    codes = {b.brandid: _codes(rng, b) for b in chosen}
    maker = Maker(rng, chosen, codes, layouts(), words(), _shares(rng, len(chosen)))
    source = maker.payments()
    seen = [next(source) for _ in range(rows)]
    known = {normalise(payment.narrative) for payment in seen}
    unseen = _held_out(source, known, round(rows * UNSEEN))
    out.mkdir(parents=True, exist_ok=True)
    _write_tables(out, chosen, codes, maker.words)
    _write_rows(rng, out, seen, unseen, chosen)
    return SampleSummary(out, out / "truth", len(chosen), len(seen), len(unseen), seed)


def _choose(rng: random.Random, count: int) -> list[Brand]:
    """British brands first, each name once, in order of their names."""
    by_name: dict[str, KnownBrand] = {}
    for known in known_brands():
        by_name.setdefault("".join(filter(str.isalnum, printed(known.name))), known)
    by_name.pop("", None)
    candidates = list(by_name.values())
    if not 1 <= count <= len(candidates):
        raise InputError(f"a sample takes 1 to {len(candidates)} brands, not {count}")
    british = [k for k in candidates if "GB" in k.regions]
    others = [k for k in candidates if "GB" not in k.regions]
    rng.shuffle(british)
    rng.shuffle(others)
    picked = sorted((british + others)[:count], key=lambda k: k.name)
    return [Brand(str(1001 + i), k.name, k.sector) for i, k in enumerate(picked)]


def _codes(rng: random.Random, brand: Brand) -> tuple[str, ...]:
    usual = usual_codes()[brand.sector]
    return usual[: rng.randint(1, len(usual))]


def _shares(rng: random.Random, count: int) -> list[float]:
    """Running totals of the brands' sizes: a few have most rows, many have a handful."""
    return list(accumulate(rng.paretovariate(1.1) for _ in range(count)))


def _held_out(source: Iterator[Payment], known: set[str], count: int) -> list[Payment]:
    """Payments whose narratives were not seen; gives up where a tiny market repeats itself."""
    found: list[Payment] = []
    for _ in range(20 * count):
        if len(found) == count:
            break
        payment = next(source)
        if normalise(payment.narrative) not in known:
            found.append(payment)
    return found


def _write_tables(
    out: Path, brands: Sequence[Brand], codes: dict[str, tuple[str, ...]], used: Words
) -> None:
    wanted = {code for usual in codes.values() for code in usual} | set(used.trades)
    wanted |= {*used.wallet_codes, *used.codes_elsewhere}
    mccs = [mcc for mcc in known_mccs() if mcc.mccid in wanted]
    _write(
        out / "brand.csv",
        ("brandid", "brandname", "sector"),
        [(b.brandid, b.brandname, b.sector) for b in brands],
    )
    _write(out / "brand_to_check.csv", ("brandid",), [(b.brandid,) for b in brands])
    _write(
        out / "mcc.csv",
        ("mccid", "mcc_desc", "sector"),
        [(m.mccid, m.mcc_desc, m.sector) for m in mccs],
    )


def _write_rows(
    rng: random.Random,
    out: Path,
    seen: Sequence[Payment],
    unseen: Sequence[Payment],
    brands: Sequence[Brand],
) -> None:
    combos, held_out, truth = [], [], []
    everybody = [b.brandid for b in brands]
    for i, payment in enumerate([*seen, *unseen]):
        key = (str(500_001 + i), str(rng.randint(1, BANKS)))
        split = "train" if i < len(seen) else "heldout"
        label, noise = _label(rng, payment, everybody) if split == "train" else ("", "none")
        truth.append(
            (*key, payment.brandid, payment.kind, split, noise, payment.like, payment.layout)
        )
        if split == "train":
            combos.append((*key, payment.mid, label, payment.mccid, payment.narrative))
        else:
            held_out.append((*key, payment.mid, payment.mccid, payment.narrative))
    _write(out / "combo.csv", ("ccid", "bankid", "mid", "brandid", "mccid", "narrative"), combos)
    folder = out / "truth"
    folder.mkdir(exist_ok=True)
    _write(folder / "unseen.csv", ("ccid", "bankid", "mid", "mccid", "narrative"), held_out)
    _write(folder / "truth.csv", TRUTH_COLUMNS, truth)


def _label(rng: random.Random, payment: Payment, brandids: Sequence[str]) -> tuple[str, str]:
    """The label a row carries, and what is wrong with it."""
    if payment.kind == "near_miss":
        return (payment.like, "wrong") if rng.random() < NEAR_LABELLED else ("", "none")
    if not payment.brandid:
        return "", "none"
    draw = rng.random()
    if draw < WRONG and len(brandids) > 1:
        return rng.choice([b for b in brandids if b != payment.brandid]), "wrong"
    return ("", "missing") if draw < WRONG + MISSING else (payment.brandid, "none")


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
