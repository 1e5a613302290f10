"""How well rows that came through a wallet are handled (WAL-09): all of them, and per wallet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from brand_metagen.analytics.counting import Counted, Of, Told, counted, part, ratio, share
from brand_metagen.analytics.history import History, Stretch, WalletRow, WalletRows
from brand_metagen.analytics.stats import Interval, wilson
from brand_metagen.constraints import Row
from brand_metagen.ports import Draw, Judgement, Remark

SAID = "wallet_handling"
"""The category of remarks on wallets."""


def effectiveness(history: History, span: Stretch) -> Counted:
    """How far wallet rows are behind all others: confirmed ones, of those there would be if they
    were confirmed as often as rows without a wallet."""
    found = history.wallet_rows(span.end)
    told = found.rows and found.others and found.others_confirmed
    return _effectiveness(found) if told else ratio()


@lru_cache(maxsize=4)
def _effectiveness(found: WalletRows) -> Counted:
    """A run's rows never change: they are counted once, whatever periods they are asked for."""
    usual = found.others_confirmed / found.others
    confirmed = sum(row.confirmed for row in found.rows)
    note = (
        f"{found.run_id}: {confirmed} of {len(found.rows)} wallet rows are confirmed, "
        f"{found.others_confirmed} of {found.others} others"
    )

    def tell(row: WalletRow) -> Told:
        said = "confirmed" if row.confirmed else "not confirmed"
        name = f"{row.ccid}@{row.bankid}"
        return Of.COMBO, name, found.at, f"{row.wallet}, {said}: {row.narrative}"

    low, high = wilson(confirmed, len(found.rows))
    rows = part(found.rows, lambda r: float(r.confirmed), usual, tell)
    return counted(rows, interval=(low / usual, high / usual), note=note)


def _judged(history: History, span: Stretch) -> list[tuple[Judgement, str]]:
    """Rows drawn by lot, judged in a span, and the wallet of each that came through one."""
    answered = [
        j
        for j in history.judgements
        if j.how is Draw.DRAWN and j.right is not None and span.holds(j.at)
    ]
    named = ((j, history.wallet_of(j.narrative)) for j in answered)
    return [(j, wallet) for j, wallet in named if wallet]


def accuracy(history: History, span: Stretch) -> Counted:
    """Whether wallet rows were given and left rightly: rows drawn by lot and judged by people."""

    def tell(judged: tuple[Judgement, str]) -> Told:
        j, wallet = judged
        said = f"{wallet}, {'right' if j.right else 'wrong'} to {j.actor}: {j.narrative}"
        return Of.JUDGED, f"{j.ccid}@{j.bankid}", j.at, said

    return share(
        part(
            _judged(history, span), lambda pair: float(bool(pair[0].right)), 1.0, tell,
            lambda pair: pair[0].brandid,
        )
    )  # fmt: skip


def detection(history: History, span: Stretch) -> Counted:
    """Whether the list of wallets finds those that reviewers spoke of, in the rows they pointed at
    when they said that a wallet is handled wrongly."""
    pointed = [
        (remark, said.row, history.wallet_of(said.row.narrative))
        for remark in history.remarks
        if remark.category == SAID and span.holds(remark.given_at)
        for said in remark.understood
        if said.row is not None
    ]

    def tell(pointed: tuple[Remark, Row, str]) -> Told:
        remark, row, wallet = pointed
        said = f"{remark.feedback_id}, {wallet or 'no wallet found'}: {row.narrative}"
        return Of.COMBO, f"{row.ccid}@{row.bankid}", remark.given_at, said

    return share(
        part(pointed, lambda one: float(bool(one[2])), 1.0, tell, lambda one: one[0].brandid)
    )


@dataclass(frozen=True, slots=True)
class WalletFigures:
    """One wallet: its rows in the last run of a span, how many were confirmed for the brand they
    are labelled to (`share`, with its interval, and against rows without a wallet), its rows judged
    by people in the span, and how many of these were decided wrongly."""

    wallet: str
    rows: int
    confirmed: int
    share: float
    interval: Interval
    against_others: float | None
    judged: int
    wrong: int


def by_wallet(history: History, span: Stretch) -> list[WalletFigures]:
    """Every wallet that rows or judgements of a span came through, the most frequent first."""
    found = history.wallet_rows(span.end)
    rows = Counter(row.wallet for row in found.rows)
    confirmed = Counter(row.wallet for row in found.rows if row.confirmed)
    judged = _judged(history, span)
    seen = Counter(wallet for _, wallet in judged)
    wrong = Counter(wallet for j, wallet in judged if not j.right)
    usual = found.others_confirmed / found.others if found.others else 0.0
    figures = []
    for wallet in rows.keys() | seen.keys():
        part = confirmed[wallet] / rows[wallet] if rows[wallet] else 0.0
        figures.append(
            WalletFigures(
                wallet, rows[wallet], confirmed[wallet], part,
                wilson(confirmed[wallet], rows[wallet]),
                part / usual if usual and rows[wallet] else None, seen[wallet], wrong[wallet],
            )
        )  # fmt: skip
    return sorted(figures, key=lambda w: (-w.rows, w.wallet))
