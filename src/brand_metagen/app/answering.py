"""The rules ready to answer single narratives, the latest ones and the published ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

MOST_CHANGED = 100
"""Brands with another rule than when the classifier was made, from which it is made anew: it takes
a second or two for 3,000 rules, and a few milliseconds for so many."""

Rules = Mapping[str, Rule]


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to classify, as its bank wrote it."""

    narrative: str
    mccid: str
    mid: str = ""


class Answering:
    """A classifier kept from one question to the next; one caller at a time.

    An answer depends only on the rules that take its row (`publish.whatif`), and on what is known
    of their brands. So when that changes for a few brands, the rows are asked of those and of the
    old ones that took them.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._rules: Rules = {}
        self._model: ConfirmModel | None = None
        self._classifier: Classifier | None = None

    def answer(self, rules: Rules, model: ConfirmModel, asked: Sequence[Asked]) -> list[Answer]:
        """The answers in order, under `rules` by brandid."""
        texts = [normalise(row.narrative) for row in asked]
        codes = [row.mccid.strip() for row in asked]
        mids = [row.mid.strip() for row in asked]
        with self._lock:
            changed = self._changed(rules, model)
            if self._classifier is None or changed is None or len(changed) > MOST_CHANGED:
                self._classifier = Classifier(list(rules.values()), model)
                self._rules, self._model, changed = dict(rules), model, set()
            answers = self._classifier.explained(texts, codes, mids)
        if not changed:
            return answers
        took = {claim.brandid for answer in answers for claim in answer.claims}
        few = [rules[brandid] for brandid in sorted(took | changed) if brandid in rules]
        return Classifier(few, model).explained(texts, codes, mids)

    def _changed(self, rules: Rules, model: ConfirmModel) -> set[str] | None:
        """Brands whose rule is new, another or gone, or of which reviewers have said more; None
        when the model was fitted anew."""
        was = self._model
        if was is None or model.words is not was.words:
            return None
        every = rules.keys() | self._rules.keys()
        ruled = {b for b in every if not _same(rules.get(b), self._rules.get(b))}
        known = {b for b in every if model.brands.get(b) != was.brands.get(b)}
        vouched = {brandid for _, _, brandid in {*model.vouched} ^ {*was.vouched}}
        return ruled | known | vouched


def _same(one: Rule | None, other: Rule | None) -> bool:
    if one is None or other is None or one is other:
        return one is other
    return (one.include, one.exclude, one.mccids) == (other.include, other.exclude, other.mccids)


def latest(answering: Answering, live: Live, asked: Sequence[Asked]) -> list[Answer]:
    """Answers by every brand's latest version, approved or not."""
    now = live.now
    return answering.answer(now.rules, now.model, asked)


class Published:
    """The release in force, read once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answering = Answering()
        self._release_id = ""
        self._rules: Rules = {}
        self._model: ConfirmModel | None = None

    def answer(self, workspace: Workspace, asked: Sequence[Asked]) -> list[Answer]:
        """Answers by the release in force; raises ConflictError before the first."""
        done = workspace.store.publications()
        if not done:
            raise ConflictError("nothing is published yet; ask for `latest`, or publish first")
        with self._lock:
            if self._release_id != done[-1].release_id:
                release = current(workspace)
                assert release is not None
                self._rules = {m.brandid: m.rule for m in release.metadata if m.rule is not None}
                self._model, self._release_id = release.model, release.id
            rules, model = self._rules, self._model
        assert model is not None
        return self._answering.answer(rules, model, asked)
