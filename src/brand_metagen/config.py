"""Every setting and threshold, as frozen values with their unit and source.

Parsed once: defaults ← `config.toml` of the workspace ← environment `BRAND_METAGEN_SECTION_NAME`
← flags. Nothing else in the project reads the environment.
"""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brand_metagen.errors import InputError

ENV_PREFIX = "BRAND_METAGEN_"


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Reading and checking the four tables."""

    max_bad_share: float = 0.05
    """The run stops when more than this share of a table's rows is bad (design.md, Input)."""
    max_field_chars: int = 65_536
    """A longer field is quarantined, never held in memory whole."""
    encoding: str = "auto"
    """`auto` = BOM, else UTF-8, else an error with position; or a codec such as `latin-1`."""


@dataclass(frozen=True, slots=True)
class EvaluateSettings:
    """What counts as worth a human's look before learning."""

    few_rows: int = 5
    """Rows below which a brand has too little data (EVA-10)."""
    wallet_some: float = 0.2
    """Share of wallet rows from which a rule must match with and without the wallet (WAL-03)."""
    wallet_most: float = 0.5
    """Share of wallet rows above which the prefix is dropped and a human confirms (WAL-03)."""
    sector_majority: float = 0.5
    """Share of rows under other sectors' codes that is a mismatch (EVA-03)."""
    sector_code_share: float = 0.02
    """Share of a sector's rows from which a code is usual there."""
    noise_share: float = 0.2
    """Share of rows without a trace of the name from which labels are suspected."""
    shapes_few: float = 0.5
    """Distinct shapes per narrative up to which narratives are highly consistent (EVA-01)."""
    shapes_many: float = 0.9
    """The same, from which they are not."""
    variance_rows: int = 10
    """Rows from which a high variance says something (EVA-02)."""
    ambiguity_rows: int = 3
    """Narratives that hold a name before the market is asked what it means."""
    ambiguity_medium: float = 0.4
    ambiguity_high: float = 0.6
    """Share of the narratives holding a name that are not the brand's (EVA-09)."""
    ambiguity_name_share: float = 0.05
    """Added for every other brand name that holds the name."""
    ambiguity_names_share: float = 0.3
    """The most that other names add."""
    ambiguity_short_share: float = 0.15
    """Added for a short name."""
    short_letters: int = 3
    """Letters up to which a name is short."""
    place_brands: int = 3
    """Other brands whose narratives a name ends before it looks like a town."""
    tail_brands: int = 5
    """Brands whose narratives a word ends before it counts as a tail in shapes."""


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """Learning a rule; lengths of cut names, and what a widening may cost in rows."""

    head_floor: int = 7
    """Letters a cut name keeps at least, without evidence."""
    head_share: float = 0.5
    """Share of the name a cut one keeps, until `head_cap` letters are kept."""
    head_cap: int = 11
    """Letters that are always enough: wallets cut squeezed names here."""
    head_evidence_floor: int = 6
    """Letters a cut name keeps at least when the brand's own rows show it."""
    rival_share: float = 0.1
    """Rows of rivals a widening may take, per row of its own."""
    unlabelled_share: float = 0.45
    """Rows without a label a widening may take, per row of its own (one is always allowed)."""
    noise_share: float = 0.25
    """Rows with an unexplained label a widening may take, per row of its own."""
    ngram_noise_share: float = 0.3
    """The same as `noise_share` for words that do not spell the name: wrong labels name whoever."""
    ngram_unlabelled_share: float = 0.35
    """The same as `unlabelled_share` for words that do not spell the name."""
    mcc_floor: float = 0.0008
    """P(mcc | brand) from which a code is listed."""
    mcc_floor_strict: float = 0.02
    """The same for a name that also means other things."""


@dataclass(frozen=True, slots=True)
class ConfirmSettings:
    """From matched to confirmed; the cut-offs are floors, a learned one may be stricter."""

    confirm: float = 0.8
    """Probability from which a row is confirmed, at the least (CON-02)."""
    precision: float = 0.99
    """Precision wanted of confirmed rows: where the rows from `confirm` on are less often right,
    the cut-off rises until they are, or `human_share` is used up (docs/learning.md)."""
    human_share: float = 0.05
    """Share of the rows with a candidate that may be left to humans for the sake of precision; a
    release may leave 8 % to them (design.md, Numbers), and ties come on top."""
    exclude: float = 0.4
    """Probability up to which a row is excluded (CON-02)."""
    win: float = 0.8
    """Probability a brand needs to settle a tie (requirements section 0)."""
    lead: float = 0.2
    """Distance from the next brand it needs (requirements section 0)."""
    enabled: bool = True
    """Off: every row a rule takes is confirmed unless several brands claim it (WF-02)."""
    tiebreaker: bool = True
    """Off: every row that several brands claim waits for a human (WF-02)."""
    least_rows: int = 50
    """Held-out rows below which no model is fitted."""
    block: int = 25
    """Held-out rows behind one point of the calibration curve."""


@dataclass(frozen=True, slots=True)
class WorkflowSettings:
    """Running the stages."""

    batch_size: int = 100
    """Brands learned between two recorded steps (ING-12: 1-100)."""
    confidence_threshold: float = 0.75
    """Brand confidence from which no confirmation is needed (requirements section 0)."""
    max_iterations: int = 5
    """Automatic refinements of one brand's rule (requirements section 0)."""
    step_attempts: int = 3
    """Tries of one step before the run fails (WF-06)."""
    retry_factor: float = 2.0
    """Growth of the wait between two tries (WF-06)."""
    workers: int = 0
    """Processes that learn brands; 0: one per usable core, 1: none but the program's own. Decides
    nothing of a result."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """The human loop."""

    round_limit: int = 10
    """Human feedback rounds of one brand before it escalates (requirements section 0)."""
    near_limit: int = 8
    """Rounds from which a brand comes first (ITR-03)."""
    failure_limit: int = 3
    """Failures in a row to process feedback before a brand escalates (FB-09)."""
    claim_seconds: int = 600
    """How long a brand stays lent to a reviewer without a sign of life (console.md)."""
    second_approver: bool = False
    """On: a version needs two approvers, neither of them the author of its last remark (REV-11)."""
    remark_chars: int = 10_000
    """Characters of one remark; a longer one is refused (requirements section 22, 9)."""
    blast_samples: int = 10
    """Narratives shown of the rows that change hands."""


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where runs, versions and decisions are kept."""

    database_url: str = field(default="", repr=False)
    """Empty = a SQLite file in the workspace; else such as postgresql+psycopg://USER@HOST/NAME. It
    may hold a password, so it is never printed nor kept with a run."""


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """The server: what it lets in, and how much of it."""

    data_root: str = ""
    """Folder below which `POST /runs` may read tables; empty = it starts no runs."""
    allowed_hosts: str = ""
    """Host names it answers to, separated by commas; empty = on loopback its own names, elsewhere
    any (there a token is needed, which no foreign page can send)."""
    body_bytes: int = 2_000_000
    """Bytes of one request: 1,000 narratives of 1,024 characters and their codes fit."""
    requests_per_minute: int = 1_200
    """Of one token, or of one address without one (429 above): many times what a person does."""
    failures_per_minute: int = 20
    """Wrong tokens and passwords from one address, before it has to wait (429)."""
    classify_items: int = 1_000
    """Narratives of one `POST /classify`."""
    token_days: int = 90
    """Days until a token ends, unless its maker says otherwise."""
    session_hours: int = 12
    """Hours until a token that was got with a password ends: a working day."""
    wait_seconds: int = 60
    """How long a request waits for the market to be read at start-up (503 then)."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What `report.html` shows at once."""

    sure: float = 0.75
    """Brand confidence from which no confirmation is needed (requirements section 0)."""
    high: float = 0.8
    """Brand confidence above which the band is high (requirements section 0)."""
    low: float = 0.6
    """Brand confidence below which the band is low (requirements section 0)."""
    open_rows: int = 30
    """Rows up to which a table stands open; a longer one folds behind its count."""
    preview_rows: int = 5
    """Rows of a folded table that stay in sight."""
    listed_rows: int = 500
    """Rows a table holds at most; beyond, the report would no longer open at once."""
    text_chars: int = 240
    """Characters of a narrative or a bad row that are shown; beyond, its length is given."""


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """The made-up market; shares follow what public UK purchase-card lists look like."""

    unseen_share: float = 0.5
    """Held-out rows per row of the combo table."""
    background_share: float = 0.15
    """Share of rows that are independent shops."""
    near_miss_share: float = 0.05
    """Share of rows that only look like a brand."""
    wrong_share: float = 0.05
    """Share of a brand's rows labelled as another brand's (design.md: several per cent)."""
    missing_share: float = 0.10
    """Share of a brand's rows without a label (design.md: more than the wrong ones)."""
    near_miss_wrong_share: float = 0.3
    """Share of look-alikes that carry the label of the brand they look like."""
    background_wrong_share: float = 0.01
    """Share of independent shops that carry some brand's label."""
    stray_code_share: float = 0.06
    """Share of rows with a category code that is not their merchant's."""
    dirt_share: float = 0.2
    """Share of a brand's rows whose name is dirtied beyond the brand's own spellings."""
    mixed_case_share: float = 0.04
    """Share of narratives that are not in capitals."""
    odd_blanks_share: float = 0.03
    """Share of narratives with doubled or outer blanks."""
    accent_share: float = 0.15
    """Share of narratives that keep the accents of their name."""
    same_mid_share: float = 0.6
    """Share of rows that carry the merchant id of their branch; the others a new one."""
    rows_per_shop: float = 2.0
    """Rows of one independent shop or look-alike, on average."""
    size_spread: float = 1.5
    """Standard deviation of the logarithm of brand sizes: a long tail."""
    largest_share: float = 0.12
    """The most of all weights one brand may have."""
    tiny_share: float = 0.02
    """Share of brands without any row, on top of those the tail leaves with none or one."""
    sister_share: float = 0.4
    """Share of the brands that have sisters (names with the same first word) that bring one."""
    bait: float = 4.0
    """How much likelier a name of one word is to be borrowed than a longer one."""
    same_code_share: float = 0.3
    """Share of look-alikes whose trade uses a code of the brand, where there is one."""


LIMITS: Mapping[str, tuple[float, float]] = {
    "tables.max_field_chars": (1_024, 131_072),
    "learn.head_floor": (2, 40),
    "learn.head_cap": (2, 40),
    "learn.head_evidence_floor": (2, 40),
    "workflow.batch_size": (1, 100),
    "workflow.max_iterations": (1, 5),
    "workflow.step_attempts": (1, 10),
    "workflow.retry_factor": (1, 10),
    "workflow.workers": (0, 256),
    "review.round_limit": (1, 10),
    "review.near_limit": (1, 10),
    "review.failure_limit": (1, 10),
    "review.claim_seconds": (10, 86_400),
    "review.remark_chars": (100, 100_000),
    "serve.body_bytes": (10_000, 100_000_000),
    "serve.requests_per_minute": (1, 1_000_000),
    "serve.failures_per_minute": (1, 1_000_000),
    "serve.classify_items": (1, 100_000),
    "serve.token_days": (1, 3_650),
    "serve.session_hours": (1, 720),
    "serve.wait_seconds": (0, 600),
}
"""Lowest and highest value of settings that have one; shares lie between 0 and 1 besides."""
SHARES = re.compile(
    r".*(_share|_some|_most|_majority|_few|_many|_medium|_high|_threshold|_floor"
    r"|_strict)|confirm\.(confirm|exclude|win|lead)|report\.(sure|high|low)"
)
"""Settings that are shares or probabilities, by name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections together."""

    tables: TableSettings = field(default_factory=TableSettings)
    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    learn: LearnSettings = field(default_factory=LearnSettings)
    confirm: ConfirmSettings = field(default_factory=ConfirmSettings)
    workflow: WorkflowSettings = field(default_factory=WorkflowSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    sample: SampleSettings = field(default_factory=SampleSettings)


def load_settings(
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Merge the layers; `overrides` maps `section.name` to a value.

    Raises InputError naming the layer and the key when a key is unknown or a value does not fit.
    """
    settings = Settings()
    for source, values in (
        (str(config_file), _from_file(config_file)),
        ("environment", _from_environ(os.environ if environ is None else environ)),
        ("command line", dict(overrides or {})),
    ):
        for key, value in values.items():
            settings = _with_value(settings, key, value, source)
    return settings


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None or not path.exists():
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a settings file: {error}") from error
    flat: dict[str, Any] = {}
    for section, values in tree.items():
        if not isinstance(values, dict):
            raise InputError(f"{path}: {section} stands outside a [section]")
        flat.update({f"{section}.{name}": value for name, value in values.items()})
    return flat


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    """`BRAND_METAGEN_TABLES_ENCODING=latin-1` → `tables.encoding`; other variables are not ours."""
    flat: dict[str, Any] = {}
    for section in dataclasses.fields(Settings):
        prefix = f"{ENV_PREFIX}{section.name.upper()}_"
        for variable, value in sorted(environ.items()):
            if variable.startswith(prefix):
                flat[f"{section.name}.{variable.removeprefix(prefix).lower()}"] = value
    return flat


def _with_value(settings: Settings, key: str, value: Any, source: str) -> Settings:
    section_name, _, name = key.partition(".")
    section = getattr(settings, section_name, None)
    if section is None or not hasattr(section, name):
        raise InputError(f"{source}: unknown setting {key}")
    current = getattr(section, name)
    wanted = _converted(value, current, key, source)
    _check_limits(key, wanted, source)
    changed = dataclasses.replace(section, **{name: wanted})
    return dataclasses.replace(settings, **{section_name: changed})


def _check_limits(key: str, value: Any, source: str) -> None:
    share = isinstance(value, float) and SHARES.fullmatch(key)
    lowest, highest = LIMITS.get(key, (0, 1) if share else (0, float("inf")))
    if isinstance(value, int | float) and not lowest <= value <= highest:
        raise InputError(f"{source}: {key} lies between {lowest} and {highest}, not at {value}")


def _converted(value: Any, current: Any, key: str, source: str) -> Any:
    kind = type(current)
    if kind is bool and isinstance(value, str):
        if value.lower() in ("true", "1", "yes"):
            return True
        if value.lower() in ("false", "0", "no"):
            return False
        raise InputError(f"{source}: {key} takes true or false, not {value!r}")
    if isinstance(value, bool) != (kind is bool):
        raise InputError(f"{source}: {key} takes {kind.__name__}, not {value!r}")
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{source}: {key} takes {kind.__name__}, not {value!r}") from error
