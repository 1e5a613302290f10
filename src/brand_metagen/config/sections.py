"""Every setting and threshold, as frozen values with their unit and source."""

from __future__ import annotations

from dataclasses import dataclass, field

from brand_metagen.config.agents import AgentSettings
from brand_metagen.config.mcp import McpSettings
from brand_metagen.config.monitoring import AlarmSettings, LogSettings
from brand_metagen.config.schedule import ScheduleSettings


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
    second_look_share: float = 0.03
    """Share of approvals that a second reviewer looks at without knowing of the first (REV-11)."""
    remark_chars: int = 10_000
    """Characters of one remark; a longer one is refused (requirements section 22, 9)."""
    key_days: int = 30
    """Days that an idempotency key is remembered: a batch may be sent again within the month."""
    blast_samples: int = 10
    """Narratives shown of the rows that change hands."""


@dataclass(frozen=True, slots=True)
class EscalateSettings:
    """Escalations: when a case opens by itself, and how long each level has."""

    operations_hours: float = 24.0
    """Hours level 1 has (ESC-04)."""
    engineering_hours: float = 48.0
    """Hours level 2 has (ESC-04)."""
    product_hours: float = 168.0
    """Hours level 3 has: one week (ESC-04)."""
    contact_operations: str = ""
    contact_engineering: str = ""
    contact_product: str = ""
    contact_vendor: str = ""
    """Whom `escalations contacts` names at each level, and at the vendor's support (ESC-24)."""
    soon_share: float = 0.75
    """Share of its time from which a case is shown as due soon."""
    low_confidence: float = 0.5
    """Confidence below which a brand escalates after `low_rounds` (requirements section 0)."""
    low_rounds: int = 3
    """Rounds a brand has to get above `low_confidence` (requirements section 0)."""
    failure_limit: int = 3
    """Failures in a row of one brand, be it in runs or with remarks, before a case opens (ESC-02).
    A run that fails has used up its tries and opens one at once."""
    critical_share: float = 0.01
    """Share of all rows that are critically bad (ING-14) above which a case opens; far below what
    stops a run."""
    correction_authoriser: bool = False
    """Whether a second person has to authorise corrections of the tables (ESC-11)."""


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Who is told of escalations, and how. No address has a default."""

    channels: str = "log,file"
    """Any of log, file, email, webhook, slack; separated by commas, empty = nobody is told."""
    email_to: str = ""
    """Addresses, separated by commas."""
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: bool = True
    """STARTTLS before anything is said; off only for a relay on the same machine."""
    webhook_url: str = field(default="", repr=False)
    """Takes the message as JSON. It may hold a secret, so it is never printed."""
    slack_url: str = field(default="", repr=False)
    """An incoming webhook of Slack, or of anything that takes its payload."""
    deadline_seconds: float = 10.0
    """Of one try on one channel (requirements section 0, calls to others)."""
    attempts: int = 5
    """Tries of one message before it is given up, and shown as failed."""
    wait_seconds: float = 30.0
    """Before the second try; each further wait is twice as long."""
    poll_seconds: float = 5.0
    """Between two looks of the server for messages to send."""


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """From when on something is not well."""

    disk_warn_bytes: int = 5_000_000_000
    disk_fail_bytes: int = 500_000_000
    """Free space: a run over 150,000 rows leaves some 50 MB, a backup as much again."""
    run_age_days: int = 8
    """Days after which the last run is old: a week and a day."""
    backlog_brands: int = 1_500
    """Brands waiting for a reviewer: half of a market of 3,000."""
    report_hours: int = 25
    """Hours after which a report that is due and did not go out is overdue: who sends once a day
    has had a turn."""


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
    quiet_hours: float = 8.0
    """Hours after which a case whose owner did nothing on it stands under *New* on the board again:
    a working day."""
    metrics_open: bool = False
    """Whether programs on the same machine read `GET /metrics` without a token."""
    wait_seconds: int = 60
    """How long a request waits for the market to be read at start-up (503 then)."""


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """What `report.html` shows at once, and whose days reports are made of."""

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
    timezone: str = "UTC"
    """Whose days, weeks and months reports are made of, such as Europe/London."""


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


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections together."""

    tables: TableSettings = field(default_factory=TableSettings)
    evaluate: EvaluateSettings = field(default_factory=EvaluateSettings)
    learn: LearnSettings = field(default_factory=LearnSettings)
    confirm: ConfirmSettings = field(default_factory=ConfirmSettings)
    workflow: WorkflowSettings = field(default_factory=WorkflowSettings)
    review: ReviewSettings = field(default_factory=ReviewSettings)
    escalate: EscalateSettings = field(default_factory=EscalateSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    health: HealthSettings = field(default_factory=HealthSettings)
    alarms: AlarmSettings = field(default_factory=AlarmSettings)
    log: LogSettings = field(default_factory=LogSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    serve: ServeSettings = field(default_factory=ServeSettings)
    mcp: McpSettings = field(default_factory=McpSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    sample: SampleSettings = field(default_factory=SampleSettings)
    agents: AgentSettings = field(default_factory=AgentSettings)
