"""What happened between a backup and the damage: lost, taken back again, or for a person to do.

A restore must not bring back what was taken from people or from versions since the backup.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from brand_metagen.errors import BrandMetagenError, NotFound, ServiceError
from brand_metagen.ports import BINDING, AuditRow, Mode, Store
from brand_metagen.ports.reverting import Takeback

SYSTEM = "system"
Item = TypeVar("Item")
TAKING_BACK = frozenset({"undo", "revert", "reject", "flag"})
"""Acts after which an approval no longer holds."""
WHY = "taken back after the backup that was restored"


@dataclass(frozen=True)
class Since:
    """The restored store and the damaged one, whose log went on behind `sequence`."""

    store: Store
    damaged: Store
    sequence: int

    unread: list[str] = field(default_factory=list)
    """Parts of the damaged store that could not be read, and why."""

    @cached_property
    def lost(self) -> tuple[AuditRow, ...]:
        """The acts of the damaged store behind the backup, as far as they can be read."""
        return tuple(self._read("the log", self._rows()))

    def _read(self, part: str, found: Iterator[Item]) -> Iterator[Item]:
        """As much of a part as can be read: damage must not keep the rest from coming back."""
        try:
            yield from found
        except (ServiceError, ValueError) as error:  # the second where a row is no record any more
            self.unread.append(f"{part} of the damaged store cannot be read whole: {error}")

    def _rows(self) -> Iterator[AuditRow]:
        after = self.sequence
        while page := self.damaged.audit(after, 1_000).items:
            yield from page
            after = page[-1].sequence

    def taken_back_again(self) -> Iterator[str]:
        """Take from the restored store what was taken away after the backup; each in words."""
        yield from self._read("the accounts", self._people())
        yield from self._read("the approvals", self._approvals())
        yield from self._read("the mode", self._mode())

    def _mode(self) -> Iterator[str]:
        mode = self.damaged.mode()
        if mode.mode is not Mode.NORMAL and self.store.mode().mode is not mode.mode:
            self.store.set_mode(mode.mode, SYSTEM, mode.reason)
            yield f"writing: the system is still {mode.mode.value.replace('_', '-')}"

    def _people(self) -> Iterator[str]:
        for account in self.damaged.accounts():
            known = self.store.account(account.name)
            if known is None:
                continue
            if account.disabled and not known.disabled:
                self.store.change_account(account.name, SYSTEM, disabled=True)
                yield f"account {account.name}"
            if known.role.may(account.role) and known.role is not account.role:
                self.store.change_account(account.name, SYSTEM, role=account.role)
                yield f"role of {account.name}: {account.role}"
            if account.password and known.password != account.password:
                self.store.change_account(account.name, SYSTEM, password=account.password)
                yield f"the old password of {account.name}"
            gone = {t.token_id for t in self.damaged.tokens(account.name) if t.revoked_at}
            for token in self.store.tokens(account.name):
                if token.token_id in gone and not token.revoked_at:
                    self.store.revoke_token(token.token_id, SYSTEM)
                    yield f"token {token.token_id} of {account.name}"

    def _approvals(self) -> Iterator[str]:
        """Versions approved at the backup, that somebody took the approval of since then."""
        touched = {row.subject for row in self.lost if row.action in TAKING_BACK}
        gone = self.store.decided_versions() - self.damaged.decided_versions()
        for brandid in sorted({b for b, _ in gone} & touched):
            versions = tuple(sorted(v for b, v in gone if b == brandid))
            line = self.store.line(brandid)
            self.store.take_back(
                Takeback(SYSTEM, brandid, line.version, "", versions, (), WHY), always=True
            )
            yield f"approval of brand {brandid}, version {', '.join(map(str, versions))}"

    def carried_incidents(self) -> Iterator[str]:
        """Take over the record of every incident that the restored store does not have so."""
        yield from self._read("the incidents", self._incidents())

    def _incidents(self) -> Iterator[str]:
        for incident in self.damaged.incidents():
            try:
                same = self.store.incident(incident.incident_id) == incident
            except NotFound:
                same = False
            if not same:
                events = self.damaged.incident_events(incident.incident_id)
                self.store.carry_incident(incident, events, SYSTEM)
                yield incident.incident_id

    def to_do(self) -> Iterator[str]:
        """What only a person can take back again, with its command."""
        for row in self.lost:
            feedback_id = str(row.detail.get("feedback_id", ""))
            if row.action == "withdraw" and self._binds(feedback_id):
                yield f"`brand-metagen feedback withdraw {feedback_id}`: it was withdrawn since"
            if row.action == "correction_undone" and self._stands(row.subject):
                yield f"`brand-metagen brands undo {row.subject}`: it was undone since"
            ended = row.detail.get("brands_ended")
            if row.action == "corrected" and isinstance(ended, list):
                yield from (f"`brand-metagen brands deactivate {b}`: it was since" for b in ended)
        yield from self._read("the releases", self._release())
        yield from (f"see to it by what people remember: {why}" for why in self.unread)

    def _binds(self, feedback_id: str) -> bool:
        try:
            return self.store.remark(feedback_id).outcome in BINDING
        except BrandMetagenError:
            return False  # made after the backup: it is lost, so nothing of it binds

    def _stands(self, batch_id: str) -> bool:
        return any(
            b.batch_id == batch_id and not b.undone_at for b in self.store.correction_batches()
        )

    def _release(self) -> Iterator[str]:
        here, there = self.store.publications(), self.damaged.publications()
        if not there or (here and here[-1].release_id == there[-1].release_id):
            return
        last = there[-1].release_id
        if last in {p.release_id for p in here}:
            yield f"`brand-metagen publish --restore {last}`: it was in force again"
        else:
            yield (
                f"approve again, then `brand-metagen publish`: {last} was in force, published "
                f"after the backup by {there[-1].actor}"
            )
