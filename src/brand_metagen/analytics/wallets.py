"""How well rows that came through a wallet are handled (WAL-09): all of them, and per wallet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from brand_metagen.analytics.counting import Counted, Evidence, Of, ratio, share
from brand_metagen.analytics.history import History, Stretch
from brand_metagen.analytics.stats import Interval, wilson
from brand_metagen.ports import Draw, Judgement

SAID = "wallet_handling"
"""The category of remarks on wallets."""


def effectiveness(history: History, span: Stretch) -> Counted:
    """How far wallet rows are behind all others: confirmed ones, of those there would be if they
    were confirmed as often as rows without a wallet."""
    found = history.wallet_rows(span.end)
    if not (found.rows and found.others and found.others_confirmed):
        return ratio(())
    usual = found.others_confirmed / found.others
    confirmed = sum(row.confirmed for row in found.rows)
    note = (
        f"{found.run_id}: {confirmed} of {len(found.rows)} wallet rows are confirmed, "
        f"{found.others_confirmed} of {found.others} others"
    )
    rows = (
        Evidence(
            Of.COMBO, f"{r.ccid}@{r.bankid}", r.brandid, found.at, float(r.confirmed), usual,
            f"{r.wallet}, {'confirmed' if r.confirmed else 'not confirmed'}: {r.narrative}",
        )
        for r in found.rows
    )  # fmt: skip
    counted = ratio(rows, note)
    low, high = wilson(confirmed, len(found.rows))
    interval = (low / usual, high / usual)
    return Counted(counted.top, counted.bottom, interval, counted.brands, note, counted.rows)


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
    return share(
        Evidence(
            Of.JUDGED, f"{j.ccid}@{j.bankid}", j.brandid, j.at, float(bool(j.right)), 1.0,
            f"{wallet}, {'right' if j.right else 'wrong'} to {j.actor}: {j.narrative}",
        )
        for j, wallet in _judged(history, span)
    )  # fmt: skip


def detection(history: History, span: Stretch) -> Counted:
    """Whether the list of wallets finds those that reviewers spoke of, in the rows they pointed at
    when they said that a wallet is handled wrongly."""
    rows = []
    for remark in history.remarks:
        if remark.category != SAID or not span.holds(remark.given_at):
            continue
        for said in remark.understood:
            if said.row is not None:
                wallet = history.wallet_of(said.row.narrative)
                rows.append(
                    Evidence(
                        Of.COMBO, f"{said.row.ccid}@{said.row.bankid}", remark.brandid,
                        remark.given_at, float(bool(wallet)), 1.0,
                        f"{remark.feedback_id}, {wallet or 'no wallet found'}: "
                        f"{said.row.narrative}",
                    )
                )  # fmt: skip
    return share(rows)


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
