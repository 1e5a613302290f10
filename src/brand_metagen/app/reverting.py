"""An account's decisions undone as new acts: nothing is deleted, and what somebody else decided
since is left alone and named (EMG-03)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from brand_metagen.app import accounts, correcting, decisions, escalations, versions, withdrawal
from brand_metagen.app.auditing import rows as audit_rows
from brand_metagen.app.correcting import Authority
from brand_metagen.app.guards import check_writable, said
from brand_metagen.app.live import Live
from brand_metagen.app.tracing import MAKING, version_of
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError, InputError
from brand_metagen.ports import BINDING, AuditRow, CaseState
from brand_metagen.ports.reverting import Takeback

OF_BRANDS = frozenset({"approve", "undo", "reject", "flag", "feedback", "create", "rollback",
                       "withdraw", "round", "revert"})  # fmt: skip
"""Decisions on a brand: whoever made a later one answers for what is there now."""
BY_HAND = {
    "undo": "an approval was taken back: approve the version again if it was right",
    "reject": "a version was rejected: approve it again if it was right",
    "withdraw": "a promise was withdrawn: say it again if it should bind",
    "correction_undone": "a correction was undone: make it again if it was right",
    "account_changed": "an account was changed: `brand-metagen users list` shows it as it is",
    "account_isolated": "an account was isolated: `brand-metagen users disable NAME --enable`",
    "token_revoked": "a token was revoked: make another one if it was needed",
    "mode": "the mode was changed: `brand-metagen health` shows it as it is",
    "instructions adopted": "an agent's instructions were changed: `brand-metagen agents show`",
    "publish": "a release was published: `brand-metagen publish` makes one without what is undone",
}
"""What no act can undo, by its name in the log, and what a person does about it."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """What is undone, or not: a brand, case, account or correction, the rows of the log, in words.

    `error` says why it could not be done after all.
    """

    subject: str
    rows: tuple[int, ...]
    what: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Reverted:
    """What was undone (or would be, unless `stored`); conflicts, where somebody decided later and
    nothing is touched; and what only a person can put right."""

    name: str
    since: str
    stored: bool
    undone: tuple[Undoing, ...]
    conflicts: tuple[Undoing, ...]
    by_hand: tuple[Undoing, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    subject: str
    rows: tuple[int, ...]
    what: str
    act: Callable[[], object]


@dataclass(slots=True)
class _Plan:
    steps: list[_Step] = field(default_factory=list)
    conflicts: list[Undoing] = field(default_factory=list)
    by_hand: list[Undoing] = field(default_factory=list)


def revert(
    workspace: Workspace, actor: str, name: str, since: str, note: str, *, stored: bool
) -> Reverted:
    """Undo what a name decided since a moment (a stamp; empty = ever), each as an act of `actor`.

    Without `stored` it says what would be done. Doing it again undoes nothing twice. Raises
    InputError for reverting oneself, ConflictError while the system is read-only.
    """
    if actor == name:
        raise InputError("somebody else than the account itself reverts it: --as NAME")
    note = f"{_marker(name)}{note or 'what it decided is taken back'}"
    said(workspace, note)
    if stored:
        check_writable(workspace)
    rows = list(audit_rows(workspace, 0))
    before = _undone_before(rows)
    mine = [r for r in rows if r.actor == name and r.at >= since and r.sequence not in before]
    plan = _Plan()
    doing = _Doing(workspace, actor, name, note)
    _brands(doing, plan, rows, mine)
    _others(doing, plan, mine)
    for row in mine:
        if row.action in BY_HAND:
            plan.by_hand.append(Undoing(row.subject, (row.sequence,), BY_HAND[row.action]))
    done = [Undoing(s.subject, s.rows, s.what, _tried(s) if stored else "") for s in plan.steps]
    found = Reverted(name, since, stored, tuple(done), tuple(plan.conflicts), tuple(plan.by_hand))
    if stored and done:
        failed = {r for u in done if u.error for r in u.rows}
        undone = sorted({r for u in done for r in u.rows} - failed)
        workspace.store.note(actor, "reverted", name, {"since": since, "undone": undone})
    return found


def _tried(step: _Step) -> str:
    try:
        step.act()
    except BrandMetagenError as error:
        return str(error)
    return ""


def _undone_before(rows: Sequence[AuditRow]) -> frozenset[int]:
    found: set[int] = set()
    for row in rows:
        undone = row.detail.get("undone")
        if row.action in ("revert", "reverted") and isinstance(undone, list):
            found.update(undone)
    return frozenset(found)


def _marker(name: str) -> str:
    return f"audit revert {name}: "


def _is_ours(row: AuditRow, name: str) -> bool:
    """Whether an act undid something of a name before, so that it is no decision of its own: what
    was cut off half done can be gone on with."""
    why = row.detail.get("note") or row.detail.get("notes") or ""
    return str(why).startswith(_marker(name))


def _brands(doing: _Doing, plan: _Plan, rows: Sequence[AuditRow], mine: Sequence[AuditRow]) -> None:
    """Each brand by itself: what lies behind the last decision of somebody else."""
    touched = {r.subject for r in mine if r.action in OF_BRANDS}
    later: dict[str, AuditRow] = {}
    for row in rows:
        theirs = row.actor != doing.name and not _is_ours(row, doing.name)
        if row.subject in touched and row.action in OF_BRANDS and theirs:
            later[row.subject] = row
    by_brand: dict[str, list[AuditRow]] = defaultdict(list)
    for row in mine:
        if row.action in OF_BRANDS:
            by_brand[row.subject].append(row)
    for brandid, acts in sorted(by_brand.items()):
        other = later.get(brandid)
        contested = [r for r in acts if other is not None and r.sequence < other.sequence]
        if contested and other is not None:
            what = (
                f"{', '.join(r.action for r in contested)}: since then {other.actor} decided "
                f"({other.action}, {other.at[:16]}); look at the brand"
            )
            plan.conflicts.append(Undoing(brandid, tuple(r.sequence for r in contested), what))
        free = [r for r in acts if r not in contested]
        plan.steps += doing.brand(brandid, free)


def _others(doing: _Doing, plan: _Plan, mine: Sequence[AuditRow]) -> None:
    for row in mine:
        rows = (row.sequence,)
        if row.action == "case_opened":
            events = doing.workspace.store.case_events(row.subject)
            others = sorted({e.actor for e in events} - {doing.name})
            if others:
                what = f"the case was worked on by {', '.join(others)} since; look at it"
                plan.conflicts.append(Undoing(row.subject, rows, what))
            else:
                plan.steps += doing.case(row)
        elif row.action == "corrected":
            plan.steps.append(doing.correction(row))
        elif row.action == "account_added":
            plan.steps += doing.account(row)
        elif row.action == "token_added" and row.subject != doing.name:
            plan.steps += doing.token(row)


@dataclass(slots=True)
class _Doing:
    workspace: Workspace
    actor: str
    name: str
    note: str
    _live: list[Live] = field(default_factory=list)

    def live(self) -> Live:
        """The market, read when the first rule has to be made."""
        if not self._live:
            self._live.append(Live(self.workspace))
        self._live[0] = self._live[0].refreshed()
        return self._live[0]

    def brand(self, brandid: str, acts: Sequence[AuditRow]) -> Iterator[_Step]:
        """Approvals first, then promises, then rules, then the counter."""
        approved = [r for r in acts if r.action == "approve"]
        if approved:
            theirs = tuple(sorted({version_of(r) for r in approved}))
            rows = tuple(r.sequence for r in approved)
            what = f"approval of version {', '.join(map(str, theirs))} taken back"
            yield _Step(brandid, rows, what, partial(self._take_back, brandid, theirs, rows))
        for row in reversed(acts):
            if row.action == "feedback" and self._binds(row):
                feedback_id = str(row.detail["feedback_id"])
                what = f"what {feedback_id} asked is withdrawn"
                yield _Step(
                    brandid, (row.sequence,), what, partial(self._withdraw, brandid, feedback_id)
                )
        made = [r for r in acts if r.action in MAKING and version_of(r)]
        if made:
            to = _before(made[0], "version")
            rows = tuple(r.sequence for r in made)
            what = f"the rule of version {to} is brought back, to be reviewed"
            yield _Step(brandid, rows, what, partial(self._roll_back, brandid, to))
        counted = [r for r in acts if r.action == "round"]
        if counted:
            to_round = _before(counted[0], "round")
            rows = tuple(r.sequence for r in counted)
            what = f"the round is {to_round} again"
            yield _Step(brandid, rows, what, partial(self._set_round, brandid, to_round))

    def _take_back(self, brandid: str, theirs: tuple[int, ...], rows: tuple[int, ...]) -> None:
        version = self.workspace.store.line(brandid).version
        self.workspace.store.take_back(
            Takeback(self.actor, brandid, version, self.name, theirs, rows, self.note)
        )

    def _binds(self, row: AuditRow) -> bool:
        feedback_id = row.detail.get("feedback_id")
        return bool(feedback_id) and (
            self.workspace.store.remark(str(feedback_id)).outcome in BINDING
        )

    def _withdraw(self, brandid: str, feedback_id: str) -> None:
        version = self.workspace.store.line(brandid).version
        withdrawal.withdraw(
            self.live(), self.actor, feedback_id, version, admin=True, note=self.note
        )

    def _roll_back(self, brandid: str, to: int) -> None:
        """Nothing is to be done where withdrawing has brought the old rule back already."""
        known = {m.version: m for m in self.workspace.store.versions(brandid)}
        line = self.workspace.store.line(brandid)
        was, now = known.get(to), known.get(line.version)
        if was and now and now.rule == was.rule:
            return
        if was is None or was.rule is None:
            raise InputError(
                f"version {to} has no rule to bring back: `brand-metagen metadata create` one"
            )
        versions.rollback(self.live(), self.actor, brandid, line.version, to, note=self.note)

    def _set_round(self, brandid: str, value: int) -> None:
        decisions.set_round(self.workspace, self.actor, brandid, value, self.note)

    def case(self, row: AuditRow) -> Iterator[_Step]:
        case_id = row.subject
        case = self.workspace.store.case(case_id)
        if case.state in (CaseState.OPEN, CaseState.IN_PROGRESS):
            yield _Step(
                case_id, (row.sequence,), "the case is cancelled",
                lambda: escalations.cancel(self.workspace, self.actor, case_id, self.note),
            )  # fmt: skip

    def correction(self, row: AuditRow) -> _Step:
        authority = Authority(self.actor, self.note)
        return _Step(
            row.subject, (row.sequence,), "the correction is undone",
            lambda: correcting.undo(self.workspace, authority, row.subject),
        )  # fmt: skip

    def account(self, row: AuditRow) -> Iterator[_Step]:
        account = self.workspace.store.account(row.subject)
        if account is not None and not account.disabled:
            yield _Step(
                row.subject, (row.sequence,), "the account it made is shut out",
                lambda: accounts.isolate(
                    self.workspace.store, self.actor, row.subject, self.note, even_last=True
                ),
            )  # fmt: skip

    def token(self, row: AuditRow) -> Iterator[_Step]:
        token_id = str(row.detail["token_id"])
        tokens = {t.token_id: t for t in self.workspace.store.tokens(row.subject)}
        if token_id in tokens and tokens[token_id].revoked_at is None:
            yield _Step(
                row.subject, (row.sequence,), f"the token {token_id} it made is revoked",
                lambda: accounts.revoke(self.workspace.store, self.actor, row.subject, token_id),
            )  # fmt: skip


def _before(row: AuditRow, name: str) -> int:
    """What a brand's version or round was before an act."""
    before = row.detail["before"]
    assert isinstance(before, dict)  # every act on a brand says where it stood
    return int(before[name])
