"""A remark becomes constraints, constraints a new proven version with its effect on the market."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from brand_metagen.app import triggering, understanding
from brand_metagen.app.conflicts import check_open, check_versioned, given_away
from brand_metagen.app.live import Live
from brand_metagen.app.remark_log import logged
from brand_metagen.app.similar import proposals
from brand_metagen.app.standing import Trial
from brand_metagen.app.understanding import Submission, Understood
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import ConflictError, RuleError
from brand_metagen.ports import (
    BrandLine,
    BrandState,
    Change,
    Opening,
    Recorded,
    Remark,
    RemarkOutcome,
    Verdict,
)
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.diff import Diff, diff
from brand_metagen.records import Decision, Metadata, Rule
from brand_metagen.review.amend import Amended
from brand_metagen.review.contradictions import claimed_elsewhere, contradictions
from brand_metagen.review.draft import blank
from brand_metagen.review.iterations import STILL, moved, same_rule
from brand_metagen.review.regenerate import besides, regenerate
from brand_metagen.review.wanted import TAKES_NOTHING, keeps, standing

TOLD = ("understood", "not_understood")
"""What a refusal says of a remark beside why."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was understood of a remark, and what came of it.

    `version` is the brand's latest after it; `listed` counts narratives that the rule had to name
    one by one; `stored` is false after a dry run.
    """

    brandid: str
    outcome: RemarkOutcome
    understood: tuple[Constraint, ...]
    not_understood: tuple[str, ...]
    category: str
    version: int
    round: int
    state: BrandState
    question: str | None = None
    candidates: tuple[Row, ...] = ()
    explanation: str = ""
    done: tuple[str, ...] = ()
    listed: int = 0
    diff: Diff | None = None
    blast_radius: BlastRadius | None = None
    proposals: dict[str, int] = field(default_factory=dict)
    feedback_id: str = ""
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Submitted:
    """A remark's answer as plain data, the same for every face; replayed = it was given before."""

    reply: Mapping[str, object]
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    """A version that keeps everything, not stored yet."""

    amended: Amended
    trial: Trial
    record: Metadata


@logged
def submit(
    live: Live,
    actor: str,
    brandid: str,
    expected: int,
    submission: Submission,
    *,
    key: str = "",
    dry_run: bool = False,
) -> Submitted:
    """Read a remark on a version, regenerate, prove, and put the brand back into the queue.

    The same `key` again gives the first answer back and does nothing.

    Raises ConflictError when the version has moved on, the brand takes no feedback, or the remark
    contradicts what was asked before (both sides are named); InputError for rows, codes and
    patterns that are refused. What a remark came to is stored even then.
    """
    store, limit = live.workspace.store, live.workspace.settings.review.round_limit
    began = time.perf_counter()
    with live.lock:
        if key and (known := store.replay(actor, key, submission.digest(expected))):
            return _again(known)
        line = store.line(brandid)
        check_open(live.workspace, line, expected)
        check_versioned(live, line)
        unread = _unread(actor, line, submission)
        if line.round >= limit:
            triggering.limit_reached(live.workspace, actor, line, unread, dry_run=dry_run)
        with triggering.failures_noted(live.workspace, line, unread, dry_run=dry_run):
            said = understanding.understand(live, actor, brandid, submission)
            before = store.constraints(brandid).get(brandid, ())
            return _Round(live, actor, line, submission, said, before, key, dry_run, began).run()


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome as REST and `--json` show it, and as a replay reads it back."""
    found = {**asdict(outcome), "understood": list(map(shown, outcome.understood))}
    whole: dict[str, Any] = json.loads(json.dumps(found))
    return whole


def shown(constraint: Constraint) -> dict[str, Any]:
    """A constraint as faces show it: its fields that say something, and its words."""
    fields = {name: value for name, value in asdict(constraint).items() if value}
    return {**fields, "kind": constraint.kind.value, "says": str(constraint)}


def _again(known: Recorded) -> Submitted:
    """What the key was answered; a remark that was refused is refused again."""
    if known.reply.get("outcome") in (RemarkOutcome.CONTRADICTED, RemarkOutcome.UNMET):
        told = {name: known.reply[name] for name in TOLD}
        raise ConflictError(str(known.reply["explanation"]), told=told)
    return Submitted({**known.reply, "feedback_id": known.feedback_id}, replayed=True)


def _unread(actor: str, line: BrandLine, submission: Submission) -> Remark:
    """A remark as it was submitted, nothing of it understood yet."""
    return Remark(
        line.brandid, line.version, actor, submission.text, submission.asked(), "general",
        (), (submission.text,), RemarkOutcome.FAILED,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Round:
    """One remark on its way from words to a version."""

    live: Live
    actor: str
    line: BrandLine
    submission: Submission
    said: Understood
    before: tuple[Constraint, ...]
    key: str
    dry_run: bool
    began: float

    @property
    def brandid(self) -> str:
        return self.line.brandid

    @property
    def was(self) -> Metadata:
        return self.live.versions[self.brandid]

    def run(self) -> Submitted:
        if not self.said.constraints:
            clear = self.said.noted and not (self.said.question or self.said.not_understood)
            outcome = RemarkOutcome.HELD if clear else RemarkOutcome.UNCLEAR
            return self._without(outcome, "; ".join(self.said.noted) or "nothing to act on")
        asked = (*self.before, *self.said.constraints)
        found = [c for c in contradictions(standing(asked)) if c.second in self.said.constraints]
        others = live_asked(self.live, self.brandid) if self.said.belongs else {}
        found += claimed_elsewhere(self.said.constraints, others)
        if found:
            case = triggering.of_contradiction(self.live.workspace, self.actor, self.line, found)
            raise self._refused(RemarkOutcome.CONTRADICTED, "; ".join(map(str, found)), case)
        if all(c.kind is Kind.SPLIT for c in self.said.constraints):
            return self._split()
        if self.was.rule is None and all(c.kind in TAKES_NOTHING for c in asked):
            return self._keeps("the brand has no rule, so it takes nothing", asked)
        try:
            made = self._made(standing(asked))
        except RuleError as error:
            self._without(RemarkOutcome.UNMET, str(error))
            raise
        if made.amended.unmet:
            why = "no rule could be found in which " + "; ".join(map(str, made.amended.unmet))
            raise self._refused(RemarkOutcome.UNMET, why)
        if lost := given_away(self.live, made.trial):
            raise self._refused(RemarkOutcome.UNMET, "; ".join(lost))
        if same_rule(made.record.rule, self.was.rule) and made.trial.before == made.trial.after:
            return self._keeps(self._held(), asked)
        return self._applied(made)

    def _keeps(self, why: str, asked: Sequence[Constraint]) -> Submitted:
        """The version there is keeps it already; from now on it has to."""
        stored, live = self._without(RemarkOutcome.HELD, why), self.live
        if not (self.dry_run or stored.replayed):
            live.adopt(self.was, live.trial(self.brandid, self.was.rule, asked))
        return stored

    def _refused(
        self, outcome: RemarkOutcome, why: str, case: Opening | None = None
    ) -> ConflictError:
        """The remark is kept; the error says what was understood of it, and whether an expert takes
        over."""
        why += "; an expert decides it" if case else ""
        reply = self._without(outcome, why, case).reply
        return ConflictError(why, told={name: reply[name] for name in TOLD})

    def _made(self, asked: Sequence[Constraint]) -> _Made:
        live = self.live
        amended = regenerate(
            live.knowledge,
            self.was.rule or blank(self.brandid, live.knowledge),
            asked,
            live.run.fitted.words.worth,
            live.given_now(self.brandid),
            lambda rule: live.given(live.trial(self.brandid, rule, asked)),
        )
        trial = live.trial(self.brandid, amended.rule, asked)
        return _Made(amended, trial, live.graded(trial))

    def _applied(self, made: _Made) -> Submitted:
        live, line = self.live, self.line
        helped = proposals(live, self.brandid, self.said.constraints)
        radius = live.radius(made.trial)
        record = replace(made.record, version=line.version + 1)
        case = triggering.of_confidence(live.workspace, line, record.confidence)
        state = BrandState.ESCALATED if case else BrandState.AWAITING_REVIEW
        outcome = Outcome(
            self.brandid, RemarkOutcome.APPLIED, self.said.constraints, self.said.not_understood,
            self.said.category, record.version, line.round + 1, state,
            self.said.question, self.said.candidates, self._loops(record), made.amended.done,
            made.amended.listed, diff(self.was, record), radius,
            {other: len(said) for other, said in sorted(helped.items())},
        )  # fmt: skip
        if self.dry_run:
            return Submitted(plain(outcome))
        change = Change(
            self.actor, self.brandid, line.version, Verdict.FEEDBACK, state, case=case,
            made=record, line=live.line_after(line, record, made.trial),
            remark=self._remark(RemarkOutcome.APPLIED, outcome.explanation),
            detail={"done": list(made.amended.done), "gained": radius.gained.rows,
                    "lost": radius.lost.rows},
            proposals=helped,
        )  # fmt: skip
        stored = self._write(outcome, change)
        if not stored.replayed:
            live.adopt(record, made.trial)
        return stored

    def _write(self, outcome: Outcome, change: Change) -> Submitted:
        """Commit a change with the answer that the same key will get again."""
        change = replace(
            change,
            key=self.key,
            request=self.submission.digest(self.line.version),
            reply=plain(replace(outcome, stored=True)),
            detail={**change.detail, "seconds": round(time.perf_counter() - self.began, 3)},
        )
        recorded = self.live.workspace.store.change(change)
        if recorded.replayed:
            return _again(recorded)
        left = replace(
            outcome,
            version=recorded.version,
            round=recorded.round,
            state=recorded.state,
            feedback_id=recorded.feedback_id,
            stored=True,
        )
        return Submitted(plain(left))

    def _held(self) -> str:
        """Why nothing changed, and of rows that belong and are not confirmed, why not."""
        why = "the version there is keeps all of it already"
        rows = [c.row for c in self.said.constraints if c.kind is Kind.BELONGS and c.row]
        for row in rows:
            answer = self.live.answers[self.live.place(row.ccid, row.bankid)]
            if answer.brandid != self.brandid or answer.decision is not Decision.CONFIRMED:
                why += f"; {row.narrative!r} is {answer.decision}: {answer.reason}"
        return why

    def _loops(self, record: Metadata) -> str:
        """Whether rounds lead nowhere: the rule was there before (its fingerprint: include, exclude
        and codes), or takes and decides as many rows as the two before it (ITR-04, ITR-05)."""
        versions = self.live.workspace.store.versions(self.brandid)
        for earlier in versions[:-1]:
            if same_rule(earlier.rule, record.rule) and not same_rule(self.was.rule, record.rule):
                return f"this is the rule of version {earlier.version} again"
        effects = {moved(m.evidence) for m in (*versions[-STILL:], record)}
        if self.line.round >= STILL and len(effects) == 1:
            return "the last rounds moved no row; an expert may settle it sooner (`review flag`)"
        return ""

    def _remark(self, outcome: RemarkOutcome, why: str) -> Remark:
        said = self.said
        return Remark(
            self.brandid, self.line.version, self.actor, self.submission.text,
            self.submission.asked(), said.category, said.constraints, said.not_understood,
            outcome, why,
        )  # fmt: skip

    def _without(self, outcome: RemarkOutcome, why: str, case: Opening | None = None) -> Submitted:
        """No new version: the remark is kept with what came of it."""
        line, said = self.line, self.said
        result = Outcome(
            self.brandid, outcome, said.constraints, said.not_understood, said.category,
            line.version, line.round, BrandState.ESCALATED if case else line.state, said.question,
            said.candidates, why,
        )  # fmt: skip
        if self.dry_run:
            return Submitted(plain(result))
        change = Change(
            self.actor, self.brandid, line.version, Verdict.FEEDBACK,
            BrandState.ESCALATED if case else None, remark=self._remark(outcome, why), case=case,
        )  # fmt: skip
        return self._write(result, change)

    def _split(self) -> Submitted:
        """Several brands under one name: a human takes it apart."""
        why = "these are several brands: a human splits them"
        outcome = Outcome(
            self.brandid, RemarkOutcome.HELD, self.said.constraints, self.said.not_understood,
            self.said.category, self.line.version, self.line.round, BrandState.ESCALATED,
            explanation=why,
        )  # fmt: skip
        if self.dry_run:
            return Submitted(plain(outcome))
        change = Change(
            self.actor, self.brandid, self.line.version, Verdict.FLAG, BrandState.ESCALATED,
            remark=self._remark(RemarkOutcome.HELD, why), note=why, detail={"reason": "split"},
            case=triggering.of_split(self.live.workspace, self.line, why),
        )  # fmt: skip
        return self._write(outcome, change)


def live_asked(live: Live, brandid: str) -> Mapping[str, Sequence[Constraint]]:
    """What is asked of all other brands, with authors and dates."""
    every = live.workspace.store.constraints()
    return {other: asked for other, asked in every.items() if other != brandid}


def broken(live: Live, rule: Rule | None, trial: Trial) -> list[Constraint]:
    """The standing constraints of a brand that a rule would break."""
    asked = standing(live.workspace.store.constraints(trial.brandid).get(trial.brandid, ()))
    settled = besides(live.given(trial))
    return [c for c in asked if not keeps(rule, c, live.knowledge, settled)]
