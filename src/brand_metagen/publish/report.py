"""The run report: one self-contained HTML page made from a run's facts alone.

No clock, no chance, nothing fetched: the same facts give the same bytes. The page's own policy
(CSP) admits only the style and the script written here, by their hashes, so that no text from the
data can run even if an escape were missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment

from brand_metagen.config import ReportSettings
from brand_metagen.publish.facts import RunFacts, WalletFact, ratio
from brand_metagen.publish.texts import marked
from brand_metagen.records import Severity
from brand_metagen.reports import charts, frame
from brand_metagen.reports.charts import Bar, Panel, Svg
from brand_metagen.reports.texts import shown

_CODES_CHARTED = 12
DECISIONS = (
    ("confirmed", "good", "the row is the brand's"),
    ("review", "warn", "matched, but not sure: a human decides"),
    ("tie", "tie", "several brands claim the row and none is far enough ahead"),
    ("excluded", "bad", "matched by words, but not the brand's"),
    ("unmatched", "none", "no rule takes the row"),
)
"""Decisions as the report orders them, their fill class and meaning."""


@dataclass(frozen=True, slots=True)
class Band:
    """Brands of like confidence; `shape` says by form what the colour says."""

    name: str
    shape: str
    span: str
    style: str
    brands: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Need:
    """Work waiting for a human: how much, of what, and where the report lists it."""

    count: int
    what: str
    why: str
    anchor: str


def render_report(facts: RunFacts, settings: ReportSettings | None = None) -> str:
    """The page; deterministic in its arguments.

    Every text of the facts is escaped, marks that do not print are written out, card numbers are
    masked, and tables are cut at `settings.listed_rows` with both counts given.
    """
    settings = settings or ReportSettings()
    style, script = frame.style_sheet(), frame.asset("page.js")
    page = _environment(settings).get_template("report.html.j2")
    return page.render(
        f=facts,
        s=settings,
        bands=bands(facts.confidences, settings),
        needs=needs(facts),
        decisions=decision_bars(facts),
        decision_words={name: words for name, _, words in DECISIONS},
        labels=label_bars(facts),
        charts=_charts(facts, settings),
        style=style,
        script=script,
        policy=frame.policy(style, script),
    )


def bands(confidences: Sequence[float], settings: ReportSettings) -> tuple[Band, ...]:
    """Brands with a rule by reporting band: above `high`, between, below `low`."""
    high = sum(c > settings.high for c in confidences)
    low = sum(c < settings.low for c in confidences)
    medium = len(confidences) - high - low
    rows = (
        ("High", "▲", f"> {settings.high:g}", "good", high),
        ("Medium", "■", f"{settings.low:g} to {settings.high:g}", "warn", medium),
        ("Low", "▼", f"< {settings.low:g}", "bad", low),
    )
    return tuple(
        Band(name, shape, span, style, n, ratio(n, len(confidences)))
        for name, shape, span, style, n in rows
    )


def needs(facts: RunFacts) -> tuple[Need, ...]:
    """What waits for a human, most pressing first; what counts nothing is left out."""
    rows, high = facts.totals.rows, [i for i in facts.issues if i.severity is Severity.HIGH]
    high_brands = sum(i.brands for i in high)
    found = (
        (len(facts.errors), "brand? failed", "their processing stopped with an error", "errors"),
        (facts.totals.abstained, "brand? abstained", "no rule could be proven", "abstained"),
        (len(facts.to_confirm), "brand? to confirm", "a rule a human should see", "confirm"),
        (rows.tie, "row? in open ties", "several brands, none far enough ahead", "open-ties"),
        (rows.review, "row? to review", "matched, but not surely the brand's", "decisions"),
        (
            facts.coverage.contradicted,
            "label? contradicted",
            "given to another brand than the text says",
            "labels",
        ),
        (high_brands, "high issue?", "one per brand and kind", "issues"),
        (facts.bad_rows, "row? quarantined", "left out of this run", "quality"),
    )
    return tuple(
        Need(count, what.replace("?", "" if count == 1 else "s"), why, anchor)
        for count, what, why, anchor in found
        if count
    )


def decision_bars(facts: RunFacts) -> tuple[Bar, ...]:
    """Rows by decision, in the report's order."""
    counts = facts.totals.rows
    return tuple(
        _share_bar(name, getattr(counts, name), counts.total, style) for name, style, _ in DECISIONS
    )


def label_bars(facts: RunFacts) -> tuple[Bar, ...]:
    """Labelled rows by what the rules say of their label."""
    c = facts.coverage
    parts = (
        ("confirmed by the rule", c.agreed, "good"),
        ("undecided", c.open, "none"),
        ("contradicted", c.contradicted, "bad"),
    )
    return tuple(_share_bar(label, n, c.labelled, style) for label, n, style in parts)


@lru_cache(maxsize=4)
def _environment(settings: ReportSettings) -> Environment:
    environment = frame.environment("brand_metagen.publish", settings)
    environment.filters.update(
        marked=lambda value, rule: marked(value, rule, settings.text_chars),
        shape=lambda value: next(b for b in bands((value,), settings) if b.brands),
        meter=charts.meter,
    )
    return environment


def _charts(facts: RunFacts, settings: ReportSettings) -> dict[str, Svg]:
    """Every chart by name, as the template asks for them."""
    edges = ((settings.low, "bad"), (settings.high, "warn"), (1.01, "good"))
    line = (settings.sure, f"below {settings.sure:g}: to confirm")
    calibration = facts.calibration.bins if facts.calibration else ()
    return {
        "decisions": charts.stacked(decision_bars(facts), "Rows by decision"),
        "confidence": charts.histogram(
            facts.confidences, edges, line, "Brands by confidence of their rule"
        ),
        "labels": charts.stacked(label_bars(facts), "Labelled rows by what the rules say"),
        "calibration": charts.reliability(calibration, "Predicted probability and what came true"),
        "wallets": charts.small_multiples(
            [_wallet(w) for w in facts.wallets], "Matched and confirmed share per wallet"
        ),
        "mccs": charts.bars(_codes(facts), "Confirmed rows by merchant category code"),
        "issues": charts.bars(_issues(facts), "Brands by kind of issue"),
    }


def _wallet(wallet: WalletFact) -> Panel:
    pairs = (("matched", wallet.matched_share), ("confirmed", wallet.confirmed_share))
    found = tuple(
        Bar(label, share or 0.0, charts.percent(share), style)
        for (label, share), style in zip(pairs, ("accent", "good"), strict=True)
    )
    return Panel(shown(wallet.name), f"{charts.number(wallet.rows)} rows", found)


def _codes(facts: RunFacts) -> list[Bar]:
    ranked = sorted(facts.mccs, key=lambda m: (-m.rows, m.mccid))[:_CODES_CHARTED]
    return [Bar(shown(f"{m.mccid} {m.description}"), m.rows, charts.number(m.rows)) for m in ranked]


def _issues(facts: RunFacts) -> list[Bar]:
    styles = {Severity.HIGH: "bad", Severity.MEDIUM: "warn", Severity.LOW: "accent"}
    return [
        Bar(
            shown(i.kind.replace("_", " ")),
            i.brands,
            f"{charts.number(i.brands)} · {i.severity.value}",
            styles[i.severity],
        )
        for i in facts.issues
    ]


def _share_bar(label: str, count: int, whole: int, style: str) -> Bar:
    share = charts.percent(ratio(count, whole))
    return Bar(label, count, f"{charts.number(count)} ({share})", style)
