"""The page on wallets: are rows behind one found and left out as rightly as others (WAL-09)?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.kinds import Over, many, rate
from brand_metagen.analytics.metrics import Measured
from brand_metagen.analytics.run_figures import RunFigures
from brand_metagen.analytics.sections import key_figure
from brand_metagen.analytics.stats import mann_kendall, wilson
from brand_metagen.publish.facts import WalletRows
from brand_metagen.reports.charts import Bar, number, percent
from brand_metagen.reports.model import (
    BarChart,
    Block,
    Cell,
    Column,
    KeyFigure,
    Note,
    Page,
    Section,
    Table,
)

NO_WALLET = ""
"""The name under which a run counts rows that came through no wallet."""
FEW = 30
"""Labelled rows below which a wallet's share says little (its interval is wider than 0.3)."""
RUNS_SHOWN = 12
TREND_P = 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows through one wallet that people judged: given to a brand or left out, and rightly so."""

    taken: int = 0
    taken_right: int = 0
    left: int = 0
    left_right: int = 0


@dataclass(frozen=True, slots=True)
class WalletsTold:
    """The last run that counted wallets by the end of the period, all such runs up to it, what
    people judged in the period, by wallet, and the metrics on wallets now and before; `dates` are
    the options that name the period."""

    run: RunFigures | None
    runs: tuple[RunFigures, ...]
    judged: Mapping[str, Judged]
    metrics: Sequence[tuple[Measured, Measured]] = ()
    dates: str = ""


def page_of(told: WalletsTold, over: Over) -> Page:
    """The page; nothing in it is not in what is told."""
    if told.run is None:
        return Page(
            "Wallets", over.title, over.scope,
            "No completed run had counted rows by wallet by then: there is nothing to tell of.",
            over.made, sections=(_judged(told),),
        )  # fmt: skip
    through = sum_of(told.run.wallets, through=True)
    others = sum_of(told.run.wallets, through=False)
    return Page(
        title="Wallets",
        period=over.title,
        scope=f"Rows of {told.run.run_id}, which ended {told.run.ended[:10]}",
        lead=_lead(through, others),
        made=over.made,
        figures=(*_figures(through, others, told.run.run_id), *_metrics(told, over)),
        sections=(_found(told), _left(told), _judged(told), _trend(told)),
        notes=(
            "Found: of the rows labelled to a brand, those that the brand's rule takes. Labels are "
            "the data's own and not all right, so a share of 100 % is not to be had.",
            f"Shares have Wilson's interval of 95 %; below {FEW} labelled rows they say little.",
        ),
    )  # fmt: skip


def sum_of(wallets: Mapping[str, WalletRows], *, through: bool) -> WalletRows:
    """All wallets together, or all rows that came through none."""
    chosen = [w for name, w in wallets.items() if (name != NO_WALLET) is through]
    return WalletRows(
        sum(w.rows for w in chosen), sum(w.matched for w in chosen),
        sum(w.confirmed for w in chosen),
        sum(w.excluded for w in chosen), sum(w.labelled for w in chosen),
        sum(w.found for w in chosen), sum(w.agreed for w in chosen),
        sum(w.contradicted for w in chosen),
    )  # fmt: skip


def _lead(through: WalletRows, others: WalletRows) -> str:
    if not through.labelled:
        return "No labelled row came through a wallet."
    low, high = wilson(through.found, through.labelled)
    share = others.found / others.labelled if others.labelled else None
    said = f"{percent(through.found / through.labelled)} of the labelled rows that came through a "
    said += f"wallet are found, {percent(share)} of the others. "
    if share is not None and high < share:
        return said + "Wallets hide brands."
    if share is not None and low > share:
        return said + "Rows through wallets are found more often."
    return said + "The difference could be chance."


def _metrics(told: WalletsTold, over: Over) -> Iterator[KeyFigure]:
    for now, then in told.metrics:
        yield key_figure(now, then, over.before, told.dates)


def _figures(through: WalletRows, others: WalletRows, run_id: str) -> Iterator[KeyFigure]:
    source = f"brand-metagen runs show {run_id} --json"
    yield KeyFigure(
        "Rows through wallets", number(through.rows),
        f"{rate(through.rows, through.rows + others.rows)} of all rows", source=source,
    )  # fmt: skip
    yield KeyFigure(
        "Found", _share(through.found, through.labelled),
        f"{number(through.found)} of {number(through.labelled)} labelled; "
        f"others {_share(others.found, others.labelled)}", source=source,
    )  # fmt: skip
    yield KeyFigure(
        "Confirmed for another brand", _share(through.contradicted, through.labelled),
        f"{number(through.contradicted)} of {number(through.labelled)} labelled; "
        f"others {_share(others.contradicted, others.labelled)}", source=source,
    )  # fmt: skip


def _share(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "–"


def _ranked(told: WalletsTold) -> list[tuple[str, WalletRows]]:
    wallets = told.run.wallets if told.run else {}
    named = [(name, w) for name, w in wallets.items() if name != NO_WALLET]
    return sorted(named, key=lambda x: (-x[1].rows, x[0]))


def _found(told: WalletsTold) -> Section:
    ranked = _ranked(told)
    if not ranked:
        return Section("found", "Found", (Note("No row came through a wallet."),))
    others = sum_of(told.run.wallets if told.run else {}, through=False)
    bars = tuple(
        Bar(name, w.found / w.labelled if w.labelled else 0, _share(w.found, w.labelled),
            "accent" if w.labelled >= FEW else "none")
        for name, w in (*ranked, ("no wallet", others))
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, w.rows, w.labelled, w.found, rate(w.found, w.labelled),
         rate(w.agreed, w.labelled), w.confirmed)
        for name, w in (*ranked, ("no wallet", others))
    )  # fmt: skip
    columns = (
        Column("wallet", weight=1.2), Column("rows", number=True), Column("labelled", number=True),
        Column("found", number=True), Column("share found (95 %)", weight=2),
        Column("confirmed as labelled (95 %)", weight=2), Column("confirmed", number=True),
    )  # fmt: skip
    source = "brand-metagen runs show RUN --json".replace(
        "RUN", told.run.run_id if told.run else ""
    )
    caption = f"Grey: fewer than {FEW} labelled rows."
    return Section("found", "Found", (
        BarChart("Share of labelled rows found, by wallet", bars, caption),
        Table(columns, rows, "wallets", len(rows), source),
    ))  # fmt: skip


def _left(told: WalletsTold) -> Section:
    ranked = _ranked(told)
    if not ranked:
        return Section("left", "Left out", (Note("No row came through a wallet."),))
    others = sum_of(told.run.wallets if told.run else {}, through=False)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, w.labelled - w.found, w.excluded, w.contradicted, rate(w.contradicted, w.labelled))
        for name, w in (*ranked, ("no wallet", others))
    )  # fmt: skip
    columns = (
        Column("wallet", weight=1.2), Column("labelled, not found", number=True),
        Column("excluded", number=True), Column("confirmed for another", number=True),
        Column("share of labels (95 %)", weight=2),
    )  # fmt: skip
    return Section("left", "Left out", (
        Table(columns, rows, "wallets", len(rows), "brand-metagen export"),
    ))  # fmt: skip


def _judged(told: WalletsTold) -> Section:
    """What people said of rows drawn by lot: the only measure that no label blurs."""
    title, source = "What people judged", "brand-metagen analytics sample --kind left"
    if not told.judged:
        return Section("judged", title, (
            Note("Nobody judged a row that came through a wallet in the period, so how often they "
                 "are rightly excluded is not known. `analytics sample` draws rows."),
        ))  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name or "no wallet", j.taken, rate(j.taken_right, j.taken), j.left,
         rate(j.left_right, j.left))
        for name, j in sorted(told.judged.items())
    )  # fmt: skip
    columns = (
        Column("wallet", weight=1.2), Column("taken, judged", number=True),
        Column("rightly (95 %)", weight=2), Column("left out, judged", number=True),
        Column("rightly (95 %)", weight=2),
    )  # fmt: skip
    return Section("judged", title, (Table(columns, rows, "wallets", len(rows), source),))


def _trend(told: WalletsTold) -> Section:
    shown = told.runs[-RUNS_SHOWN:]
    if len(shown) < 2:
        return Section("trend", "From run to run", (
            Note("There are not two runs yet to hold against each other."),
        ))  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    values = []
    for run in shown:
        w, o = sum_of(run.wallets, through=True), sum_of(run.wallets, through=False)
        rows.append(
            (run.run_id, run.ended[:10], w.rows, rate(w.found, w.labelled),
             rate(o.found, o.labelled), rate(w.contradicted, w.labelled))
        )  # fmt: skip
        if w.labelled:
            values.append(w.found / w.labelled)
    tau, p = mann_kendall(values)
    word = "up" if tau > 0 else "down"
    said = (
        f"The share found goes {word} (Mann-Kendall, p {p:.3f})."
        if p < TREND_P
        else f"No trend that could be told from chance over {many(len(values), 'run')}."
    )
    columns = (
        Column("run"), Column("ended"), Column("rows", number=True),
        Column("found (95 %)", weight=1.8), Column("others found (95 %)", weight=1.8),
        Column("for another brand (95 %)", weight=1.8),
    )  # fmt: skip
    blocks: tuple[Block, ...] = (
        Note(said),
        Table(columns, tuple(rows), "runs", len(told.runs), "brand-metagen runs list"),
    )
    return Section("trend", "From run to run", blocks)
