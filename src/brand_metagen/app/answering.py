"""The rules ready to answer single narratives, the latest ones and the published ones."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import Lock

from brand_metagen.app.live import Live
from brand_metagen.app.publishing import current
from brand_metagen.app.workspace import Workspace
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.errors import ConflictError
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.records import Rule
from brand_metagen.tables.normalise import normalise


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to classify, as its bank wrote it."""

    narrative: str
    mccid: str
    mid: str = ""


class Answering:
    """One classifier over some rules, made anew when they change; one caller at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: Hashable = None
        self._classifier: Classifier | None = None

    def answer(
        self,
        of: Hashable,
        rules: Callable[[], tuple[Sequence[Rule], ConfirmModel]],
        asked: Sequence[Asked],
    ) -> list[Answer]:
        """The answers in order; `of` says which rules these are, `rules` reads them when new."""
        texts = [normalise(row.narrative) for row in asked]
        codes = [row.mccid.strip() for row in asked]
        mids = [row.mid.strip() for row in asked]
        with self._lock:
            if self._classifier is None or self._of != of:
                self._classifier, self._of = Classifier(*rules()), of
            return self._classifier.explained(texts, codes, mids)


def latest(answering: Answering, live: Live, asked: Sequence[Asked]) -> list[Answer]:
    """Answers by every brand's latest version, approved or not."""

    def rules() -> tuple[Sequence[Rule], ConfirmModel]:
        with live.lock:
            return [m.rule for m in live.versions.values() if m.rule is not None], live.run.model

    return answering.answer((live.run_id, live.workspace.store.revision()), rules, asked)


def published(answering: Answering, workspace: Workspace, asked: Sequence[Asked]) -> list[Answer]:
    """Answers by the release in force; raises ConflictError before the first."""
    done = workspace.store.publications()
    if not done:
        raise ConflictError("nothing is published yet; ask for `latest`, or publish first")

    def rules() -> tuple[Sequence[Rule], ConfirmModel]:
        release = current(workspace)
        assert release is not None
        return [m.rule for m in release.metadata if m.rule is not None], release.model

    return answering.answer(done[-1].release_id, rules, asked)
