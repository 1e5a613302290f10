"""A remark becomes constraints, constraints a new proven version with its effect on the market."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from brand_metagen.app import triggering, understanding
from brand_metagen.app.conflicts import check_open, check_versioned, given_away
from brand_metagen.app.live import Live
from brand_metagen.app.outcomes import Outcome, plain
from brand_metagen.app.remark_log import logged
from brand_metagen.app.similar import proposals
from brand_metagen.app.standing import Trial
from brand_metagen.app.understanding import Submission, Understood
from brand_metagen.constraints import Constraint, Kind
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
from brand_metagen.publish.diff import diff
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
    given = _Given(live, actor, brandid, expected, submission, key, dry_run, time.perf_counter())
    with live.lock:
        if (known := given.known()) is not None:
            return known
        line = given.line()
        with given.failures_noted(line):
            first = understanding.as_read(live, actor, brandid, submission)
            if not first.unclear or live.workspace.rephraser is None:
                return given.round(line, first.said)
    # An adviser takes seconds, for which nobody waits; what others do meanwhile is found below.
    with given.failures_noted(line):
        said = understanding.advised(live, brandid, submission, first)
    with live.lock:
        if (known := given.known()) is not None:
            return known
        line = given.line()
        with given.failures_noted(line):
            return given.round(line, said)


def _again(known: Recorded) -> Submitted:
    """What the key was answered; a remark that was refused is refused again."""
    if known.reply.get("outcome") in (RemarkOutcome.CONTRADICTED, RemarkOutcome.UNMET):
        told = {name: known.reply[name] for name in TOLD}
        raise ConflictError(str(known.reply["explanation"]), told=told)
    return Submitted({**known.reply, "feedback_id": known.feedback_id}, replayed=True)


@dataclass(frozen=True, slots=True)
class _Given:
    """A remark as it was sent."""

    live: Live
    actor: str
    brandid: str
    expected: int
    submission: Submission
    key: str
    dry_run: bool
    began: float

    def known(self) -> Submitted | None:
        """What its key was answered before."""
        if not self.key:
            return None
        digest = self.submission.digest(self.expected)
        known = self.live.workspace.store.replay(self.actor, self.key, digest)
        return None if known is None else _again(known)

    def line(self) -> BrandLine:
        """The brand; raises ConflictError where it takes no feedback on that version (any more)."""
        workspace = self.live.workspace
        line = workspace.store.line(self.brandid)
        check_open(workspace, line, self.expected)
        check_versioned(self.live, line)
        if line.round >= workspace.settings.review.round_limit:
            triggering.limit_reached(
                workspace, self.actor, line, self._unread(line), dry_run=self.dry_run
            )
        return line

    def failures_noted(self, line: BrandLine) -> AbstractContextManager[None]:
        unread, workspace = self._unread(line), self.live.workspace
        return triggering.failures_noted(workspace, line, unread, dry_run=self.dry_run)

    def _unread(self, line: BrandLine) -> Remark:
        """The remark with nothing of it understood yet."""
        text, asked = self.submission.text, self.submission.asked()
        return Remark(line.brandid, line.version, self.actor, text, asked, "general", (), (text,),
                      RemarkOutcome.FAILED)  # fmt: skip

    def round(self, line: BrandLine, said: Understood) -> Submitted:
        """What comes of what was understood."""
        before = self.live.workspace.store.constraints(self.brandid).get(self.brandid, ())
        given = (self.live, self.actor, line, self.submission, said, before)
        return _Round(*given, self.key, self.dry_run, self.began).run()


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
