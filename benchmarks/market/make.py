"""A market from one seed: brands and strangers, their rows dealt to both sides, labels spoilt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from benchmarks.commands import BenchError
from benchmarks.market.brands import Brand, choose
from benchmarks.market.knowledge import Part, Shares, Spelling, part
from benchmarks.market.narratives import Merchant, Shop, Written, shop, write
from benchmarks.market.spelling import ANY_EDIT
from benchmarks.market.strangers import Strangers
from benchmarks.market.tables import Line, write_set
from benchmarks.sets import HELD_OUT, SPLITS, TRAIN
from brand_metagen.tables.normalise import normalise

TRIES = 200
"""Narratives drawn for one row at most, before its side has room for one."""
MOST_ROWS = 5
"""Rows of one stranger at most."""
SHOPS_A_ROW = 0.7
"""Shops of a brand for each of its rows."""
NEAR_LABEL = 0.4
"""Of wrong labels, the share that name another brand of the same sector."""
BANKS = 5
LAYOUT_FOLDS = 3
OTHER_CODE_FIRST = 0.25
"""Share of brands whose most usual code is the second of their sector's."""


def make_market(
    out: Path,
    name: str,
    brands: int,
    rows: int,
    seed: int,
    left_out: int | None = None,
    edits: float = 0.0,
) -> None:
    """Write a set of the part `name` into the folder `out`: `rows` to learn from, as many held out.

    With `left_out`, the layouts of that fold of LAYOUT_FOLDS are those of the held-out rows, the
    others those of the rows to learn from. `edits` is the share of slips that are one edit of any
    letter in place of a kind of the part. The same arguments give the same bytes. Raises
    BenchError when there are too few brands, or too few rows for them.
    """
    kinds = _edited(part(name), edits)
    chosen = choose(name, brands, _random(seed, name, "brands"))
    market = _Market(kinds, chosen, seed, left_out)
    shares = kinds.shares
    near, far = round(rows * shares.look_alikes), round(rows * shares.background)
    sizes = _sizes(brands, rows - near - far, shares, _random(seed, name, "sizes"))
    written = [
        line
        for brand, size in zip(chosen, sizes, strict=True)
        for line in market.brand(brand, size)
    ]
    strangers = Strangers(kinds, chosen, _random(seed, name, "strangers"))
    written += market.strangers(strangers.look_alike, near, "look-alikes")
    written += market.strangers(strangers.background, far, "background")
    write_set(out, chosen, _labelled(written, kinds, chosen, _random(seed, name, "labels")))


def _edited(kinds: Part, share: float) -> Part:
    """The part with a share of its slips replaced by any edit."""
    if not share:
        return kinds
    kept = [replace(slip, weight=(1 - share) * slip.weight) for slip in kinds.slips]
    edits = Spelling(ANY_EDIT, kinds.name, "slip", share * sum(s.weight for s in kinds.slips))
    return replace(kinds, slips=(*(slip for slip in kept if slip.weight), edits))


def _random(seed: int, *purpose: str) -> Random:
    """Random numbers of their own for each purpose, so that no draw moves another."""
    return Random("/".join((str(seed), *purpose)))


def _sizes(brands: int, rows: int, shares: Shares, rng: Random) -> list[int]:
    """Learning rows of each brand: few have many, in an order drawn by lot."""
    fewest, tail = shares.fewest, shares.long_tail
    spare = rows - fewest * brands
    if spare < 0:
        raise BenchError(f"{brands:,} brands need more than {rows:,} rows of their own")
    weights = [1 / (rank + 3) ** tail for rank in range(brands)]
    ends = [round(spare * sum(weights[: n + 1]) / sum(weights)) for n in range(brands)]
    sizes = [fewest + end - start for start, end in zip([0, *ends], ends, strict=False)]
    rng.shuffle(sizes)
    return sizes


@dataclass(frozen=True, slots=True)
class _Dealt:
    written: Written
    side: str


class _Market:
    """Writes rows and deals them, so that no narrative is ever on both sides."""

    def __init__(
        self, kinds: Part, brands: Sequence[Brand], seed: int, left_out: int | None
    ) -> None:
        self.kinds, self.seed = kinds, seed
        self._apart = left_out is not None
        self._new = {
            layout.name for n, layout in enumerate(kinds.layouts) if n % LAYOUT_FOLDS == left_out
        }
        self.codes = [code for brand in brands for code in brand.mccids]
        self._sides: dict[str, str] = {}

    def brand(self, brand: Brand, size: int) -> list[_Dealt]:
        """`size` rows of a brand for either side."""
        rng = _random(self.seed, self.kinds.name, "brand", brand.name)
        shops = [shop(rng, self.kinds) for _ in range(max(1, round(2 * size * SHOPS_A_ROW)))]
        mccids = list(brand.mccids)
        if len(mccids) > 1 and rng.random() < OTHER_CODE_FIRST:
            mccids[0], mccids[1] = mccids[1], mccids[0]
        merchant = Merchant(
            brand.written, tuple(mccids), "labelled", brand.brandid, aliases=brand.aliases
        )
        room = dict.fromkeys(SPLITS, size)
        return [self._dealt(rng, merchant, shops, room) for _ in range(2 * size)]

    def strangers(self, draw: Callable[[], Merchant], size: int, purpose: str) -> list[_Dealt]:
        """`size` rows of strangers for either side, a few of each stranger."""
        rng = _random(self.seed, self.kinds.name, purpose)
        room = dict.fromkeys(SPLITS, size)
        found: list[_Dealt] = []
        while any(room.values()):
            merchant, shops = draw(), [shop(rng, self.kinds)]
            for _ in range(min(sum(room.values()), rng.randint(1, MOST_ROWS))):
                found.append(self._dealt(rng, merchant, shops, room))
        return found

    def _dealt(
        self, rng: Random, merchant: Merchant, shops: Sequence[Shop], room: dict[str, int]
    ) -> _Dealt:
        for _ in range(TRIES):
            written = write(rng, self.kinds, merchant, rng.choice(shops), self.codes)
            text = normalise(written.narrative)
            side = self._sides.get(text) or self._side(rng, written, room)
            if room[side]:
                room[side] -= 1
                self._sides[text] = side
                return _Dealt(written, side)
        raise BenchError(f"{merchant.name} has too few different narratives")

    def _side(self, rng: Random, written: Written, room: Mapping[str, int]) -> str:
        if self._apart:
            return HELD_OUT if written.layout.name in self._new else TRAIN
        return rng.choices(SPLITS, [room[side] for side in SPLITS])[0]


class _Labels:
    """The labels of learning rows, some of them wrong or missing."""

    def __init__(self, kinds: Part, brands: Sequence[Brand], rng: Random) -> None:
        self._shares, self._rng = kinds.shares, rng
        self._every = [brand.brandid for brand in brands]
        self._sector = {brand.brandid: brand.sector for brand in brands}
        self._alike: defaultdict[str, list[str]] = defaultdict(list)
        for brand in brands:
            self._alike[brand.sector].append(brand.brandid)

    def of(self, merchant: Merchant) -> tuple[str, str]:
        """The label a row of the merchant is given, and what is the matter with it."""
        drawn, shares = self._rng.random(), self._shares
        if merchant.brandid:
            if drawn < shares.wrong:
                return self._other(merchant.brandid), "wrong"
            missing = drawn < shares.wrong + shares.missing
            return ("", "missing") if missing else (merchant.brandid, "none")
        if merchant.resembles:
            labelled = drawn < shares.look_alikes_labelled
            return (merchant.resembles, "wrong") if labelled else ("", "none")
        labelled = drawn < shares.background_labelled
        return (self._rng.choice(self._every), "wrong") if labelled else ("", "none")

    def _other(self, brandid: str) -> str:
        near = self._alike[self._sector[brandid]]
        pool = near if len(near) > 1 and self._rng.random() < NEAR_LABEL else self._every
        return self._rng.choice([other for other in pool if other != brandid])


def _labelled(
    dealt: Sequence[_Dealt], kinds: Part, brands: Sequence[Brand], rng: Random
) -> list[Line]:
    """Rows in an order drawn by lot; held-out rows have no label and nothing spoilt."""
    order, labels = list(dealt), _Labels(kinds, brands, rng)
    rng.shuffle(order)
    return [
        Line(
            one.written,
            one.side,
            *(labels.of(one.written.merchant) if one.side == TRAIN else ("", "none")),
            bankid=str(rng.randint(1, BANKS)),
        )
        for one in order
    ]
