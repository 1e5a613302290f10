"""The store on a database: every method one transaction, every statement an expression."""

from __future__ import annotations

from pathlib import Path

from brand_metagen.store.accounts import AccountPart
from brand_metagen.store.answers import AnswerPart
from brand_metagen.store.audit import AuditPart
from brand_metagen.store.cases import CasePart
from brand_metagen.store.changes import ChangePart
from brand_metagen.store.corrections import CorrectionPart
from brand_metagen.store.feedback import FeedbackPart
from brand_metagen.store.incidents import IncidentPart
from brand_metagen.store.integrity import IntegrityPart
from brand_metagen.store.keys import KeyPart
from brand_metagen.store.learnings import LearningPart
from brand_metagen.store.lessons import LessonPart
from brand_metagen.store.looks import LookPart
from brand_metagen.store.monitoring import MonitoringPart
from brand_metagen.store.notices import NoticePart
from brand_metagen.store.operations import OperationsPart
from brand_metagen.store.publications import PublicationPart
from brand_metagen.store.queue import QueuePart
from brand_metagen.store.reverting import RevertingPart
from brand_metagen.store.runs import RunPart
from brand_metagen.store.sendings import SendingPart


class SqlStore(
    RunPart,
    QueuePart,
    KeyPart,
    ChangePart,
    FeedbackPart,
    CasePart,
    IncidentPart,
    LearningPart,
    LessonPart,
    LookPart,
    OperationsPart,
    IntegrityPart,
    NoticePart,
    SendingPart,
    MonitoringPart,
    CorrectionPart,
    PublicationPart,
    RevertingPart,
    AuditPart,
    AccountPart,
    AnswerPart,
):
    """Store over a database URL; creates its tables when they are missing.

    Raises InputError when the URL names no database it can use, IntegrityError when a newer
    version wrote the store. Any method raises ServiceError when the database fails, ConflictError
    when somebody else wrote the same rows first.
    """


def sqlite_url(path: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{path}"
