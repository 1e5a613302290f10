"""The last run's market in memory, under the rules as they stand now, ready for what-if.

Every answer follows from the store and the run's files: nothing here is lost with the process. A
change by anybody else is taken over before the next question (`Live.refreshed`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from threading import RLock

from brand_metagen.app.known_facts import packaged_facts
from brand_metagen.app.runs import folders_before, public_names
from brand_metagen.app.standing import Standing, Trial, given
from brand_metagen.app.workspace import Workspace
from brand_metagen.confirm.grade import HeldOutRecall
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.reviews import with_reviews
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import InputError
from brand_metagen.match.blob import Blob
from brand_metagen.match.matcher import searcher
from brand_metagen.ports import BrandLine, BrandRow, BrandState
from brand_metagen.publish.blast import BlastRadius, blast_radius
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.publish.whatif import answers_with
from brand_metagen.records import Combos, Market, Metadata, Rule
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.learn import Learned
from brand_metagen.synthesise.names import core_phrase
from brand_metagen.workflow.context import RunContext
from brand_metagen.workflow.evidence import BrandRows, grade_brand, rows_by_brand

Key = tuple[str, str]
NO_RECALL = HeldOutRecall(0, 0)


class Live:
    """One market and the answers to all its rows.

    Whoever reads takes `now`, which never changes, and waits for nobody. Who tries rules and adopts
    them holds `lock` from the question to the answer. Raises InputError when no run is completed
    yet.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.lock = RLock()
        self.run_id = workspace.latest_run()
        self.run = replace(
            run_context(workspace, self.run_id),
            only=workspace.store.run(self.run_id).only,
            previous=folders_before(workspace, self.run_id),
        )
        self._revision = workspace.store.revision()
        self.now = self._from_store()

    def _from_store(self) -> Standing:
        versions = {m.brandid: m for m in self._stored()}
        asked, combos = dict(self.workspace.store.constraints()), self.market.combos
        model = with_reviews(self.run.fitted, asked, combos)
        rules = [m.rule for m in versions.values() if m.rule is not None]
        answers = Classifier(rules, model).explained(combos.narrative, combos.mccid, combos.mid)
        return Standing(versions, asked, answers, rows_by_brand(self.market, answers), model)

    @property
    def versions(self) -> Mapping[str, Metadata]:
        return self.now.versions

    @property
    def asked(self) -> Mapping[str, Sequence[Constraint]]:
        return self.now.asked

    @property
    def answers(self) -> Sequence[Answer]:
        return self.now.answers

    @property
    def market(self) -> Market:
        return self.run.market

    @property
    def knowledge(self) -> Knowledge:
        """The market indexed as the learner sees it; made when first asked for, in seconds."""
        return self.run.learning.knowledge()

    @cached_property
    def keys(self) -> Mapping[Key, int]:
        """Where the row of a (ccid, bankid) stands."""
        combos = self.market.combos
        return {key: i for i, key in enumerate(zip(combos.ccid, combos.bankid, strict=True))}

    @cached_property
    def by_ccid(self) -> Mapping[str, list[int]]:
        """Where the rows of a ccid stand; several banks may use it."""
        found: dict[str, list[int]] = defaultdict(list)
        for i, ccid in enumerate(self.market.combos.ccid):
            found[ccid].append(i)
        return found

    @cached_property
    def _texts(self) -> tuple[Blob, Mapping[str, list[int]]]:
        """The distinct narratives, and the rows of each."""
        rows: dict[str, list[int]] = defaultdict(list)
        for i, text in enumerate(self.market.combos.narrative):
            rows[text].append(i)
        return Blob(sorted(rows)), rows

    def rows(self, brandid: str) -> BrandRows:
        """The rows labelled to a brand and those its rule takes, in order."""
        return self.now.rows(brandid)

    def rows_of(self, text: str) -> list[int]:
        """The rows of a narrative."""
        return self._texts[1].get(text, [])

    @cached_property
    def named(self) -> Mapping[str, Sequence[str]]:
        """Brands by the letters of their names."""
        found: dict[str, list[str]] = defaultdict(list)
        for brandid, brand in self.market.brands.items():
            found[core_phrase(brand.brandname).letters].append(brandid)
        return found

    @cached_property
    def learned(self) -> Mapping[str, Learned]:
        """What the run learned of every brand."""
        return {rules.brandid: rules.full for rules in self.run.kept}

    def holding(self, brandid: str) -> list[int]:
        """Rows that hold the brand's name, whether or not its rule takes them."""
        letters = self.knowledge.phrases[brandid].letters
        corpus, (_, rows) = self.knowledge.corpus, self._texts
        texts = (corpus.texts[i] for i in corpus.containing(letters)) if letters else ()
        return sorted(i for text in texts for i in rows[text])

    def row(self, place: int) -> Row:
        """A combo as constraints remember it."""
        c = self.market.combos
        return Row(c.ccid[place], c.bankid[place], c.narrative[place], c.mccid[place], c.mid[place])

    def place(self, ccid: str, bankid: str) -> int:
        """Where a combo stands; a ccid alone will do where only one bank has it."""
        if bankid:
            if (found := self.keys.get((ccid, bankid))) is not None:
                return found
            raise InputError(f"no combo {ccid} of bank {bankid}")
        places = self.by_ccid.get(ccid, [])
        if not places:
            raise InputError(f"no combo {ccid}")
        if len(places) > 1:
            banks = ", ".join(self.market.combos.bankid[i] for i in places)
            raise InputError(f"combo {ccid} stands for several banks: say which ({banks})")
        return places[0]

    def trial(
        self, brandid: str, rule: Rule | None, asked: Sequence[Constraint] | None = None
    ) -> Trial:
        """What would become of the rows that the rule, or the one it replaces, takes.

        `asked` are the brand's constraints then, those of today by default: rows that reviewers
        spoke of are evidence, and those that belong decided (`confirm.reviews`).
        """
        with self.lock:
            now, combos = self.now, self.market.combos
            wanted = tuple(now.asked.get(brandid, ()) if asked is None else asked)
            told = (*now.asked.get(brandid, ()), *wanted)
            rows = sorted({*self.rows(brandid).taken, *self.taking(rule), *self._belonging(told)})
            before = tuple(now.answers[row] for row in rows)
            model = self._model(brandid, before, wanted)
            after = answers_with(now.rules, model, combos, rows, before, brandid, rule)
        return Trial(brandid, rule, wanted, tuple(rows), before, after)

    def _belonging(self, asked: Iterable[Constraint]) -> Iterable[int]:
        """Where the rows stand that reviewers said are theirs."""
        codes = self.market.combos.mccid
        for c in asked:
            if c.kind is Kind.BELONGS and c.row is not None:
                yield from (i for i in self.rows_of(c.row.narrative) if codes[i] == c.row.mccid)

    def _model(
        self, brandid: str, answers: Iterable[Answer], wanted: Sequence[Constraint]
    ) -> ConfirmModel:
        """The model that decides some answers: only the facts of brands that claim them count."""
        asked = {**self.now.asked, brandid: wanted}
        rivals = {claim.brandid for answer in answers for claim in answer.claims}
        told = {b: asked[b] for b in sorted((rivals | {brandid}) & asked.keys())}
        return with_reviews(self.run.fitted, told, self.market.combos, asked)

    def given(self, trial: Trial) -> set[Key]:
        """The rows that a tried rule would have confirmed for its brand or left to humans."""
        return self._keys(given(trial.brandid, zip(trial.rows, trial.after, strict=True)))

    def given_now(self, brandid: str) -> set[Key]:
        """The rows that are confirmed for a brand or left to humans as things stand."""
        answers = self.now.answers
        taken = ((row, answers[row]) for row in self.rows(brandid).taken)
        return self._keys(given(brandid, taken))

    def _keys(self, rows: Iterable[int]) -> set[Key]:
        combos = self.market.combos
        return {(combos.ccid[row], combos.bankid[row]) for row in rows}

    def taking(self, rule: Rule | None) -> Sequence[int]:
        """Where the rows stand that a rule takes."""
        if rule is None:
            return ()
        blob, rows = self._texts
        exclude = searcher(rule.exclude) if rule.exclude else None
        texts = (blob.texts[i] for i in blob.matching(rule.include))
        kept = (text for text in texts if exclude is None or exclude(text) is None)
        codes, mccid = set(rule.mccids), self.market.combos.mccid
        return [row for text in kept for row in rows[text] if mccid[row] in codes]

    def graded(self, trial: Trial) -> Metadata:
        """The record of a tried rule, unnumbered, with its evidence on the market.

        Held-out recall is the run's, raised by what the rule newly takes of the brand's own rows.
        """
        with self.lock:
            answers = list(self.answers)
            for row, answer in zip(trial.rows, trial.after, strict=True):
                answers[row] = answer
            brandid, taken = trial.brandid, trial.taken
            learned = self.learned.get(brandid, Learned(brandid, None, 0))
            rows = BrandRows(self.rows(brandid).own, taken)
            return grade_brand(
                self.market,
                answers,
                replace(learned, rule=trial.rule),
                rows,
                self._recall(brandid, rows),
                self.run.evaluations.get(brandid),
                self.workspace.settings,
            )

    def line_after(self, line: BrandLine, record: Metadata, trial: Trial) -> BrandRow:
        """The brand's facts for the queue once a record stands."""
        rows = len({*self.rows(line.brandid).own, *trial.taken})
        reason = record.reasons[0] if record.reasons else ""
        return BrandRow(
            line.brandid, record.brandname, record.sector, BrandState.AWAITING_REVIEW,
            record.version, line.run_id, None, record.confidence, rows, reason,
        )  # fmt: skip

    def radius(self, trial: Trial) -> BlastRadius:
        """The rows of the whole market that change hands."""
        return blast_radius(
            trial.brandid, self.market.combos, trial.rows, trial.before, trial.after,
            self.workspace.settings.review.blast_samples,
        )  # fmt: skip

    def _recall(self, brandid: str, rows: BrandRows) -> HeldOutRecall:
        before, now = set(self.rows(brandid).taken), set(rows.taken)
        missed = [row for row in rows.own if row not in before]
        recall = self.run.kept_recalls.get(brandid, NO_RECALL)
        return recall.after(len(missed), sum(row in now for row in missed))

    def adopt(self, made: Metadata, trial: Trial) -> None:
        """Let a stored version stand from now on, with the constraints it was tried under."""
        with self.lock:
            now, brandid = self.now, made.brandid
            answers = list(now.answers)
            for row, answer in zip(trial.rows, trial.after, strict=True):
                answers[row] = answer
            asked = dict(now.asked)
            if trial.asked or brandid in asked:
                asked[brandid] = trial.asked
            told = with_reviews(self.run.fitted, {brandid: trial.asked}, self.market.combos, asked)
            facts = {b: told.brands[b] for b in (brandid,) if b in told.brands}
            self.now = Standing(
                {**now.versions, brandid: made},
                asked,
                answers,
                {**now.brands, brandid: BrandRows(self.rows(brandid).own, trial.taken)},
                replace(told, brands={**now.model.brands, **facts}),
            )

    def refreshed(self, *, wait: bool = True) -> Live:
        """This market brought up to date with the store; another one when a run has ended since.

        Without `wait` it stays as it is while somebody tries a rule.
        """
        if not self.lock.acquire(blocking=wait):
            return self
        try:
            revision = self.workspace.store.revision()
            if revision == self._revision:
                return self
            if self.workspace.latest_run() != self.run_id:
                return Live(self.workspace)
            self._take_over()
            self._revision = revision
            return self
        finally:
            self.lock.release()

    def _take_over(self) -> None:
        """What changed in the store since it was last looked at; most brands did not."""
        store, gone = self.workspace.store, self._gone()
        asked = store.constraints()
        for brandid, (version, status) in store.standing().items():
            known = self.versions.get(brandid)
            if known is None or brandid in gone:
                continue
            if known.version != version:
                record = store.versions(brandid)[-1]
                self.adopt(record, self.trial(brandid, record.rule, asked.get(brandid, ())))
            elif known.status is not status:
                self._leave({**self.versions, brandid: replace(known, status=status)})
        for brandid in gone & self.versions.keys():
            self.adopt(replace(self.versions[brandid], rule=None), self.trial(brandid, None))
            self._leave({b: m for b, m in self.versions.items() if b != brandid})
        self.now = replace(
            self.now,
            asked=dict(asked),
            model=with_reviews(self.run.fitted, asked, self.market.combos),
        )

    def _leave(self, versions: Mapping[str, Metadata]) -> None:
        self.now = replace(self.now, versions=versions)

    def _stored(self) -> list[Metadata]:
        """The latest version of every brand of this market that is not deactivated."""
        gone, found = self._gone(), self.workspace.store.latest_versions()
        return [m for m in found if m.brandid in self.market.brands and m.brandid not in gone]

    def _gone(self) -> set[str]:
        return {b.brandid for b in self.workspace.store.brands(BrandState.DEACTIVATED)}


def run_context(workspace: Workspace, run_id: str) -> RunContext:
    """A completed run's files, read when needed."""
    return RunContext(
        run_id,
        workspace.run_folder(run_id),
        workspace.folder,
        workspace.releases,
        workspace.settings,
        workspace.store,
        public_names(),
        packaged=partial(packaged_facts, workspace.settings.mcp),
    )


def narratives_of(combos: Combos, rows: Iterable[int]) -> list[str]:
    """Distinct narratives of some rows, in their order."""
    return list(dict.fromkeys(combos.narrative[row] for row in rows))
