"""What the core needs from outside, as protocols, and the records that pass through them."""

from brand_metagen.ports.accounts import Account, Accounts, Actor, Role, Token
from brand_metagen.ports.review import (
    AuditRow,
    BrandLine,
    BrandRow,
    BrandState,
    Change,
    Claim,
    Page,
    Publication,
    QueueFilter,
    Recorded,
    Remark,
    RemarkOutcome,
    Reviews,
    Verdict,
)
from brand_metagen.ports.runs import (
    Progress,
    Quiet,
    RunRecord,
    Runs,
    RunState,
    StepRecord,
    StepState,
    Store,
    Wish,
)

__all__ = [
    "Account", "Accounts", "Actor", "AuditRow", "BrandLine", "BrandRow", "BrandState", "Change",
    "Claim", "Page", "Progress", "Publication", "QueueFilter", "Quiet", "Recorded", "Remark",
    "RemarkOutcome", "Reviews", "Role", "RunRecord", "RunState", "Runs", "StepRecord", "StepState",
    "Store", "Token", "Verdict", "Wish",
]  # fmt: skip
