"""A promise taken back: what a remark asked no longer binds, and the rule is made without it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from brand_metagen.app.conflicts import check_open, check_seen, check_versioned, given_away
from brand_metagen.app.feedback import Submitted
from brand_metagen.app.live import Live
from brand_metagen.app.outcomes import shown
from brand_metagen.app.standing import Trial
from brand_metagen.constraints import Constraint
from brand_metagen.errors import ConflictError, InputError, NotAllowed, RuleError
from brand_metagen.files import sha256
from brand_metagen.ports import (
    BINDING,
    BrandLine,
    BrandState,
    Change,
    Remark,
    Verdict,
    Withdrawal,
)
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.diff import Diff, diff
from brand_metagen.records import Metadata, Rule
from brand_metagen.review.draft import blank
from brand_metagen.review.iterations import same_rule
from brand_metagen.review.regenerate import regenerate
from brand_metagen.review.wanted import TAKES_NOTHING

PAGE = 100


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What no longer binds, what others asked for as well, and the version made without it.

    `diff` and `blast_radius` are None where rule and answers stay as they are: then there is no new
    version. `stored` is false after a dry run.
    """

    brandid: str
    feedback_id: str
    withdrawn: tuple[Constraint, ...]
    kept: tuple[Constraint, ...]
    version: int
    state: BrandState
    diff: Diff | None
    blast_radius: BlastRadius | None
    stored: bool


def withdraw(
    live: Live,
    actor: str,
    feedback_id: str,
    expected: int,
    *,
    admin: bool = False,
    note: str = "",
    key: str = "",
    dry_run: bool = False,
) -> Submitted:
    """Take back what a remark asked; the rule is made again from what stays asked.

    What somebody else asked for as well still binds, in their name. Raises NotAllowed for anybody
    but the author and admins, ConflictError when the version has moved on, the brand takes no
    feedback, or the remark binds nothing. An escalated brand stays with its case.
    """
    store, most = live.workspace.store, live.workspace.settings.review.remark_chars
    if len(note) > most:
        raise InputError(f"the note has {len(note):,} characters, {most:,} at most")
    said = store.remark(feedback_id)
    if not admin and said.author != actor:
        raise NotAllowed(f"{feedback_id} is {said.author}'s: its author or an admin withdraws it")
    request = sha256(json.dumps(["withdraw", feedback_id, expected, note]).encode())
    with live.lock:
        if known := store.replay(actor, key, request):
            return Submitted(known.reply, replayed=True)
        line = store.line(said.brandid)
        if line.state is not BrandState.ESCALATED:  # there, it may be what settles the case
            check_open(live.workspace, line, expected)
        check_seen(live.workspace, line, expected)
        if said.outcome not in BINDING:
            raise ConflictError(f"{feedback_id} is {said.outcome}, so nothing of it binds")
        check_versioned(live, line)
        return _Act(live, actor, line, said, note, key, request, dry_run).done()


@dataclass(frozen=True, slots=True)
class _Act:
    live: Live
    actor: str
    line: BrandLine
    said: Remark
    note: str
    key: str
    request: str
    dry_run: bool

    def done(self) -> Submitted:
        live, line, brandid = self.live, self.line, self.said.brandid
        gone = live.workspace.store.bound_by(self.said.feedback_id)
        asked = live.workspace.store.constraints(brandid).get(brandid, ())
        rest = tuple(c for c in asked if c not in gone)
        was, trial = live.versions[brandid], self._trial(rest)
        if lost := given_away(live, trial):
            raise ConflictError("; ".join(lost))
        moves = not same_rule(trial.rule, was.rule) or trial.before != trial.after
        version = line.version + moves
        record = replace(self._noted(live.graded(trial)), version=version) if moves else None
        told = Withdrawn(
            brandid, self.said.feedback_id, gone, self._kept(gone, asked), version,
            self._state(moves) or line.state,
            diff(was, record) if record else None,
            live.radius(trial) if record else None,
            stored=not self.dry_run,
        )  # fmt: skip
        if self.dry_run:
            return Submitted(plain(told))
        change = Change(
            self.actor, brandid, line.version, Verdict.WITHDRAW,
            self._state(moves), made=record,
            line=live.line_after(line, record, trial) if record else None, note=self.note,
            withdrawal=Withdrawal(self.said.feedback_id, gone),
            key=self.key, request=self.request, reply=plain(told),
        )  # fmt: skip
        recorded = live.workspace.store.change(change)
        if recorded.replayed:
            return Submitted(recorded.reply, replayed=True)
        live.adopt(record or was, trial)
        return Submitted(plain(told))

    def _state(self, moves: bool) -> BrandState | None:
        """Where the brand goes; None = it stays."""
        stays = not moves or self.line.state is BrandState.ESCALATED
        return None if stays else BrandState.AWAITING_REVIEW

    def _kept(
        self, gone: Sequence[Constraint], asked: Sequence[Constraint]
    ) -> tuple[Constraint, ...]:
        """What the remark asked and still binds."""
        left = {(c.kind, c.text, c.row): c for c in asked if c not in gone}
        mine = ((c.kind, c.text, c.row) for c in self.said.understood)
        return tuple(left[one] for one in dict.fromkeys(mine) if one in left)

    def _trial(self, rest: Sequence[Constraint]) -> Trial:
        """The rule as it would be had the remark never been made, tried on the market."""
        live, brandid = self.live, self.said.brandid
        for rule in (_begun(live, brandid), live.versions[brandid].rule):
            if rule is None and all(c.kind in TAKES_NOTHING for c in rest):
                return live.trial(brandid, None, rest)
            try:
                amended = regenerate(
                    live.knowledge, rule or blank(brandid, live.knowledge), rest,
                    live.run.fitted.words.worth,
                    live.given(live.trial(brandid, rule, rest)),
                    lambda made: live.given(live.trial(brandid, made, rest)),
                )  # fmt: skip
            except RuleError:
                continue
            if not amended.unmet:
                return live.trial(brandid, amended.rule, rest)
        return live.trial(brandid, live.versions[brandid].rule, rest)

    def _noted(self, record: Metadata) -> Metadata:
        by = {"author": self.actor, "withdrawn": self.said.feedback_id}
        return replace(record, evidence={**record.evidence, "made_by": by})


def plain(told: Withdrawn) -> dict[str, Any]:
    """A withdrawal as REST and `--json` show it."""
    sides = {name: list(map(shown, getattr(told, name))) for name in ("withdrawn", "kept")}
    whole: dict[str, Any] = json.loads(json.dumps({**asdict(told), **sides}))
    return whole


def _begun(live: Live, brandid: str) -> Rule | None:
    """The rule that remarks have changed since: the one written by hand last, or the run's."""
    store = live.workspace.store
    through_remarks = {remark.made for remark in _remarks(live, brandid)}
    for version in reversed(store.versions(brandid)):
        by = version.evidence.get("made_by")
        if isinstance(by, Mapping) and "withdrawn" not in by:
            return version.rule
        if by is None and version.version not in through_remarks:
            break
    learned = {rules.brandid: rules.full.rule for rules in live.run.rules}
    return learned.get(brandid)


def _remarks(live: Live, brandid: str) -> Iterator[Remark]:
    cursor: str | None = None
    while True:
        page = live.workspace.store.remarks(brandid, "", PAGE, cursor)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next
