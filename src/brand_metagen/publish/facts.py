"""Every figure the run report shows, as frozen values that the pipeline fills.

Names, narratives and reasons are the data's own text: hostile, shown but never trusted. Tuples are
listed in the order given, so the caller puts what matters most first. A tuple may be a sample of
what a total counts; the report then says how many of how many it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from brand_metagen.records import Piece, Severity


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`, or None where there is no whole: no rows is not 0 %.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, None)
    """
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class DecisionCounts:
    """Rows of the market by what became of them."""

    confirmed: int = 0
    excluded: int = 0
    tie: int = 0
    review: int = 0
    unmatched: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return self.matched + self.unmatched

    @property
    def matched(self) -> int:
        """Rows that at least one rule takes."""
        return self.confirmed + self.excluded + self.tie + self.review

    @property
    def confirmation_rate(self) -> float | None:
        """Confirmed ÷ matched."""
        return ratio(self.confirmed, self.matched)

    @property
    def exclusion_rate(self) -> float | None:
        """Excluded by the machine ÷ matched; not the false-positive rate, which humans judge."""
        return ratio(self.excluded, self.matched)


@dataclass(frozen=True, slots=True)
class Totals:
    """What went in and what came out: brands, and rows (combos)."""

    brands_to_check: int = 0
    rules_proven: int = 0
    abstained: int = 0
    failed: int = 0
    rows: DecisionCounts = field(default_factory=DecisionCounts)

    @property
    def proven_share(self) -> float | None:
        """Brands with a proven rule ÷ brands to check."""
        return ratio(self.rules_proven, self.brands_to_check)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The labels the data came with, against what the rules say (rows).

    `labelled` rows carry a brand; `agreed` of them are confirmed for that brand, `contradicted` for
    another one. `newly_labelled` rows carried none and are confirmed for a brand now.
    """

    labelled: int = 0
    agreed: int = 0
    contradicted: int = 0
    unlabelled: int = 0
    newly_labelled: int = 0

    @property
    def open(self) -> int:
        """Labelled rows neither agreed to nor contradicted."""
        return self.labelled - self.agreed - self.contradicted

    @property
    def agreed_share(self) -> float | None:
        """Share of the labelled rows whose label its rule confirms."""
        return ratio(self.agreed, self.labelled)

    @property
    def newly_share(self) -> float | None:
        """Share of the rows without a label that have one now."""
        return ratio(self.newly_labelled, self.unlabelled)


@dataclass(frozen=True, slots=True)
class TableQuality:
    """One input table: data rows read, kept and left out, with (reason, rows), commonest first."""

    table: str
    rows: int
    good: int
    bad: int
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def bad_share(self) -> float | None:
        """Bad rows ÷ rows."""
        return ratio(self.bad, self.rows)


@dataclass(frozen=True, slots=True)
class QuarantineSample:
    """A row left out: `line` counts from 1, 0 where the row has none."""

    file: str
    line: int
    reason: str
    row: str


@dataclass(frozen=True, slots=True)
class BrandToConfirm:
    """A brand whose rule a human should look at, why, and its worst evidence."""

    brandid: str
    brandname: str
    confidence: float
    rows: int
    reasons: tuple[str, ...]
    worst: tuple[str, ...] = ()
    """Narratives that speak most against the rule."""


@dataclass(frozen=True, slots=True)
class AbstainedBrand:
    """A brand for which no rule could be proven, and why."""

    brandid: str
    brandname: str
    rows: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One brand's claim on a row; the claims of a row need not sum to one."""

    brandid: str
    brandname: str
    probability: float


@dataclass(frozen=True, slots=True)
class TieFact:
    """A narrative that several brands claim; `candidates` best first, `rows` like rows."""

    narrative: str
    mccid: str
    candidates: tuple[Candidate, ...]
    settled: bool
    reason: str = ""
    rows: int = 1


@dataclass(frozen=True, slots=True)
class LabelError:
    """A row with a wrong label, or none (`given_brandname` empty), and the brand found."""

    narrative: str
    mccid: str
    given_brandname: str
    found_brandname: str
    confidence: float
    rows: int = 1


@dataclass(frozen=True, slots=True)
class WalletFact:
    """Rows that came through one payment intermediary."""

    name: str
    rows: int
    matched: int
    confirmed: int

    @property
    def matched_share(self) -> float | None:
        """Matched ÷ rows."""
        return ratio(self.matched, self.rows)

    @property
    def confirmed_share(self) -> float | None:
        """Confirmed ÷ rows."""
        return ratio(self.confirmed, self.rows)


@dataclass(frozen=True, slots=True)
class WalletRows:
    """Rows through one payment intermediary, against the labels they came with.

    Of the `labelled`, `found` are taken by the rule of the brand they are labelled to, `agreed`
    confirmed for it, `contradicted` confirmed for another.
    """

    rows: int = 0
    matched: int = 0
    confirmed: int = 0
    excluded: int = 0
    labelled: int = 0
    found: int = 0
    agreed: int = 0
    contradicted: int = 0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another brand that wants rows this rule takes."""

    brandid: str
    brandname: str
    rows: int


@dataclass(frozen=True, slots=True)
class SampledRule:
    """One proven rule with its parts and what it does on the market.

    `mccs` are (mccid, description). `precision` and `recall` are held-out, None where not measured.
    """

    brandid: str
    brandname: str
    include: str
    exclude: str | None
    pieces: tuple[Piece, ...]
    mccs: tuple[tuple[str, str], ...]
    confidence: float
    rows: int
    precision: float | None = None
    recall: float | None = None
    matched: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    nearest: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Rows of like prediction: mean probability, share that came true, number of rows."""

    predicted: float
    observed: float
    rows: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the probabilities keep their word, on held-out rows; `ece` in shares of one."""

    bins: tuple[CalibrationBin, ...]
    ece: float

    @property
    def rows(self) -> int:
        """Rows behind all bins."""
        return sum(b.rows for b in self.bins)


@dataclass(frozen=True, slots=True)
class MccUse:
    """A merchant category code: rules that list it, and rows confirmed under it."""

    mccid: str
    description: str
    rules: int
    rows: int


@dataclass(frozen=True, slots=True)
class IssueGroup:
    """Issues of one kind: how many brands, rows touched, example brand names."""

    kind: str
    severity: Severity
    brands: int
    rows: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrandError:
    """A brand whose processing failed, what happened and what to do."""

    brandid: str
    brandname: str
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one step took (seconds); differs from run to run, unlike all else here."""

    step: str
    role: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run.

    `confidences` holds one value per brand with a proven rule. Unsettled ties are counted by
    `totals.rows.tie`, contradicted and missing labels by `coverage`; their tuples may be samples.
    `corrected` counts the cells that corrections changed; the stale ones did not fit the source.
    """

    run_id: str
    version: str
    source: str
    fingerprint: str
    totals: Totals = field(default_factory=Totals)
    coverage: Coverage = field(default_factory=Coverage)
    quality: tuple[TableQuality, ...] = ()
    quarantine: tuple[QuarantineSample, ...] = ()
    confidences: tuple[float, ...] = ()
    to_confirm: tuple[BrandToConfirm, ...] = ()
    abstained: tuple[AbstainedBrand, ...] = ()
    ties_settled: int = 0
    ties: tuple[TieFact, ...] = ()
    wrong_labels: tuple[LabelError, ...] = ()
    missing_labels: tuple[LabelError, ...] = ()
    wallets: tuple[WalletFact, ...] = ()
    rules: tuple[SampledRule, ...] = ()
    calibration: Calibration | None = None
    mccs: tuple[MccUse, ...] = ()
    issues: tuple[IssueGroup, ...] = ()
    errors: tuple[BrandError, ...] = ()
    timings: tuple[Timing, ...] = ()
    corrected: int = 0
    stale_corrections: tuple[str, ...] = ()
    wallet_rows: Mapping[str, WalletRows] = field(default_factory=dict)

    @property
    def bad_rows(self) -> int:
        """Rows of all tables that were left out."""
        return sum(table.bad for table in self.quality)
