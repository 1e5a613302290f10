"""The tables as the migrations leave them (a test holds both equal).

Times are UTC in ISO 8601, always as many characters, so that they compare as text; order is by
sequence, never by clock. `folded` columns hold what is searched, in lower case.
What comes from the customer is Text: SQLite takes any length, so PostgreSQL must as well.
"""

from brand_metagen.store.schema.answers import answer_days, answers
from brand_metagen.store.schema.base import ID, VERSION, metadata
from brand_metagen.store.schema.cases import (
    case_events,
    case_numbers,
    cases,
    correction_batches,
    corrections,
    notices,
)
from brand_metagen.store.schema.incidents import incident_events, incidents
from brand_metagen.store.schema.learnings import (
    judgements,
    plans,
)
from brand_metagen.store.schema.monitoring import alarm_events, alarms, measures
from brand_metagen.store.schema.operations import modes
from brand_metagen.store.schema.reports import sendings
from brand_metagen.store.schema.review import (
    accounts,
    approvals,
    audit,
    brands,
    constraints,
    feedback,
    heads,
    looks,
    proposals,
    submissions,
    tokens,
)
from brand_metagen.store.schema.runs import (
    publications,
    releases,
    runs,
    schema_version,
    steps,
    versions,
)

__all__ = [
    "ID",
    "VERSION",
    "accounts",
    "alarm_events",
    "alarms",
    "answer_days",
    "answers",
    "approvals",
    "audit",
    "brands",
    "case_events",
    "case_numbers",
    "cases",
    "constraints",
    "correction_batches",
    "corrections",
    "feedback",
    "heads",
    "incident_events",
    "incidents",
    "judgements",
    "looks",
    "measures",
    "metadata",
    "modes",
    "notices",
    "plans",
    "proposals",
    "publications",
    "releases",
    "runs",
    "schema_version",
    "sendings",
    "steps",
    "submissions",
    "tokens",
    "versions",
]
