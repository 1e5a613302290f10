"""What a human does to a brand, whole or not at all: decision, version, remark, audit row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.config import ReviewSettings
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import (
    BINDING,
    BrandState,
    Change,
    Opening,
    Recorded,
    Remark,
    RemarkOutcome,
    Submitted,
    Verdict,
)
from brand_metagen.review.states import check_move
from brand_metagen.store import feedback, keys, schema, versions
from brand_metagen.store.audit import append, latest_of
from brand_metagen.store.base import SqlBase
from brand_metagen.store.brands import FACTS, folded, locked, place, unknown
from brand_metagen.store.cases import act_in, open_in
from brand_metagen.store.queue import NO_CLAIM

IN_WORK = (BrandState.AWAITING_REVIEW, BrandState.REGENERATING)
"""States in which somebody may still be at work on the brand; elsewhere claims end."""
VOIDING = (Verdict.UNDO, Verdict.REJECT, Verdict.FLAG)
"""What takes back the approvals of the version."""
OF_BRAND = ("version", "state", "round", "sequence", "feedback_id")
"""What a key remembers of a brand, as `Recorded` has it."""

Brand = Mapping[Any, Any]


class ChangePart(SqlBase):
    """Changes to a brand, and those that came to nothing."""

    def change(self, change: Change) -> Recorded:
        """Write one act of a human; raises ConflictError, saying who did what when, or InputError.

        An approval that needs a second one (`review.second_approver`) is counted and leaves state
        and status as they are. A brand that leaves the queue is no longer claimed.
        """
        with self._writing() as connection:
            brand = locked(connection, change.brandid)
            # The key is looked up under the lock, so that of two equal submissions one waits.
            since = self._since()
            done = _replayed(connection, since, change.actor, change.key, change.request)
            if done is not None:
                return done
            return _Act(connection, change, brand, self._review, self._now(), since).record()

    def stands(self, brandid: str) -> Mapping[str, object]:
        """Where a brand stands, and who brought it there when: the `now` of a conflict."""
        table = schema.brands
        with self._reading() as connection:
            query = select(table).where(table.c.brandid == brandid)
            brand = connection.execute(query).mappings().one_or_none()
            if brand is None:
                raise unknown(brandid)
            return _now(connection, brand)

    def replay(self, actor: str, key: str, request: str) -> Recorded | None:
        """What a submission under this key led to, None when it is new; raises ConflictError when
        the key stood for another request."""
        with self._reading() as connection:
            return _replayed(connection, self._since(), actor, key, request)

    def note_failure(self, remark: Remark, error: str) -> int:
        """Keep a remark that could not be processed, and say how many failed in a row (FB-09).

        The brand stays where it is; whether it escalates is the caller's next change.
        """
        table = schema.brands
        with self._writing() as connection:
            brand, now = locked(connection, remark.brandid), self._now()
            _takes_feedback(connection, brand)
            failures = int(brand["failures"]) + 1
            here = table.c.brandid == remark.brandid
            connection.execute(table.update().where(here).values(failures=failures))
            kept = replace(
                remark,
                outcome=RemarkOutcome.FAILED,
                explanation=error,
                round=brand["round"],
                made=0,
                given_at=now,
            )
            kept = feedback.write(connection, kept, brand["brandname"])
            detail = {
                **_standing(brand),
                "feedback_id": kept.feedback_id,
                "error": error,
                "failures": failures,
            }
            append(connection, now, remark.author, "feedback_failed", remark.brandid, detail)
            return failures


@dataclass(frozen=True, slots=True)
class _Act:
    """A change in the making, on a brand that is locked."""

    connection: Connection
    change: Change
    brand: Brand
    settings: ReviewSettings
    now: str
    since: str
    """From when keys are remembered."""

    def record(self) -> Recorded:
        change, connection = self.change, self.connection
        self._check()
        version = self._version()
        pending = change.action is Verdict.APPROVE and not self._approve(version)
        if change.action in VOIDING:
            self._void(version)
        if change.status is not None and change.made is None and not pending:
            versions.decide(connection, [(change.brandid, version)], change.status)
        kept = self._moved(version, stays=pending)
        gone = self._withdraw()
        remark = self._remark(version, kept["round"])
        feedback_id = remark.feedback_id if remark else ""
        if change.proposals:
            origin = feedback.Origin(change.actor, self.now, feedback_id)
            feedback.propose(connection, change.proposals, origin)
        sequence = self._log(kept, feedback_id, pending, gone)
        if isinstance(change.case, Opening):
            open_in(connection, change.case, change.actor, self.now)
        elif change.case is not None:
            detail = {"version": version, **change.case.detail}
            act_in(connection, replace(change.case, detail=detail), self.now)
        done = Recorded(version, kept["state"], kept["round"], sequence, feedback_id)
        if change.key:
            self._remember(done)
        return replace(done, reply=change.reply)

    def _check(self) -> None:
        """Raise unless the brand is where the actor saw it, and may go where they send it."""
        change, brand = self.change, self.brand
        if change.expected != brand["version"]:
            self._refuse(f"you saw version {change.expected}")
        if change.remark is not None or change.action in (Verdict.FEEDBACK, Verdict.WITHDRAW):
            _takes_feedback(self.connection, brand)
        if change.action is Verdict.UNDO and brand["state"] != BrandState.APPROVED:
            self._refuse("there is no approval to take back")
        if change.state is not None:
            try:
                check_move(change.brandid, BrandState(brand["state"]), change.state)
            except ConflictError as error:
                self._refuse(str(error))
        limit = self.settings.round_limit
        if self._counts() and brand["round"] >= limit:
            self._refuse(f"it has had its {limit} rounds of feedback; it escalates instead")
        if change.round is not None and not 0 <= change.round <= limit:
            raise InputError(f"a round lies between 0 and {limit}, not at {change.round}")

    def _refuse(self, why: str) -> None:
        raise _conflict(self.connection, self.brand, why)

    def _counts(self) -> bool:
        """Whether this is a round of feedback."""
        remark = self.change.remark
        return remark is not None and remark.outcome is RemarkOutcome.APPLIED

    def _version(self) -> int:
        """The brand's version afterwards: a new one is written now."""
        change = self.change
        if change.made is None:
            return int(self.brand["version"])
        made = replace(change.made, status=change.status or change.made.status)
        run_id = change.line.run_id if change.line else self.brand["run_id"]
        return versions.add(self.connection, made, run_id, change.actor).version

    def _approve(self, version: int) -> bool:
        """Count the approval; whether the version has all it needs."""
        table, change = schema.approvals, self.change
        here = (table.c.brandid == change.brandid) & (table.c.version == version)
        given = set(self.connection.scalars(select(table.c.actor).where(here)))
        if self.settings.second_approver:
            if versions.author(self.connection, change.brandid, version) == change.actor:
                self._refuse("you asked for this version, so others approve it")
            if change.actor in given:
                self._refuse("you approved it already, and a second person has to")
        if change.actor not in given:
            keys = {"brandid": change.brandid, "version": version, "actor": change.actor}
            self.connection.execute(table.insert().values(**keys, given_at=self.now))
        return len(given | {change.actor}) > int(self.settings.second_approver)

    def _void(self, version: int) -> None:
        table = schema.approvals
        here = (table.c.brandid == self.change.brandid) & (table.c.version == version)
        self.connection.execute(table.delete().where(here))

    def _moved(self, version: int, *, stays: bool) -> dict[str, Any]:
        """Write the brand's row; what it holds now."""
        change, brand, table = self.change, self.brand, schema.brands
        state = BrandState(brand["state"] if change.state is None or stays else change.state)
        begun = brand["round"] if change.round is None else change.round
        processed = change.remark is not None or change.round is not None
        kept: dict[str, Any] = {
            **self._facts(),
            "version": version,
            "state": state,
            "round": begun + self._counts(),
            "corrections": brand["corrections"] + self._counts(),
            "failures": 0 if processed else brand["failures"],
        }
        kept["priority"] = place(kept, self.settings)
        if state not in IN_WORK:
            kept |= NO_CLAIM
        here = table.c.brandid == change.brandid
        self.connection.execute(table.update().where(here).values(kept))
        return kept

    def _facts(self) -> dict[str, Any]:
        """What a new version says of the brand; without one, what was known."""
        line, made = self.change.line, self.change.made
        facts = {name: self.brand[name] for name in (*FACTS, "error", "run_id")}
        if made is not None:
            facts |= {"confidence": made.confidence, "reason": next(iter(made.reasons), "")}
            facts["error"] = None
        if line is not None:
            facts |= {name: getattr(line, name) for name in facts}
        return {**facts, "folded": folded(self.change.brandid, facts["brandname"])}

    def _remark(self, version: int, now_round: int) -> Remark | None:
        change = self.change
        if change.remark is None:
            return None
        made = version if change.made is not None else 0
        remark = replace(change.remark, round=now_round, made=made, given_at=self.now)
        return feedback.write(self.connection, remark, self.brand["brandname"])

    def _withdraw(self) -> dict[str, object]:
        """Take a remark back; what of it goes into the log."""
        taken = self.change.withdrawal
        if taken is None:
            return {}
        gone = feedback.withdraw(self.connection, taken, self.change.actor)
        return {"feedback_id": taken.feedback_id, "withdrawn": list(map(str, gone))}

    def _log(
        self,
        kept: Mapping[str, Any],
        feedback_id: str,
        pending: bool,
        gone: Mapping[str, object],
    ) -> int:
        change = self.change
        detail: dict[str, object] = {
            **change.detail,
            **gone,
            **_standing(kept),
            "before": _standing(self.brand),
        }
        optional = {
            "note": change.note,
            "feedback_id": feedback_id,
            "status": None if pending else change.status,
            "pending": pending,
        }
        detail |= {name: value for name, value in optional.items() if value}
        remark = change.remark
        binding = bool(gone) or (remark is not None and remark.outcome in BINDING)
        revised = change.made is not None or change.status is not None or binding
        return append(
            self.connection,
            self.now,
            change.actor,
            change.action.value,
            change.brandid,
            detail,
            revised=revised,
        )

    def _remember(self, done: Recorded) -> None:
        change = self.change
        of_brand = {name: getattr(done, name) for name in OF_BRAND}
        said = Submitted(change.key, change.request, change.reply)
        keys.remember(self.connection, self.since, self.now, change.actor, said, **of_brand)


def _standing(brand: Brand) -> dict[str, object]:
    return {
        "version": brand["version"],
        "state": BrandState(brand["state"]).value,
        "round": brand["round"],
    }


def _takes_feedback(connection: Connection, brand: Brand) -> None:
    if brand["state"] == BrandState.DEACTIVATED:
        raise _conflict(connection, brand, "a deactivated brand takes no feedback")


def _conflict(connection: Connection, brand: Brand, why: str) -> ConflictError:
    """Both sides: what the actor meant, and what is there now by whom and since when."""
    now = _now(connection, brand)
    since = f"as {brand['run_id']} left it"
    if "at" in now:
        since = f"{now['actor']}, {now['action']} at {now['at']}"
    return ConflictError(
        f"brand {brand['brandid']}: {why}. Now it is at version {brand['version']}, "
        f"{BrandState(brand['state'])} ({since}); look at it again",
        now=now,
    )


def _now(connection: Connection, brand: Brand) -> dict[str, object]:
    """Where a brand stands, and who brought it there: a human or a run."""
    last = latest_of(connection, brand["brandid"])
    now = {"brandid": brand["brandid"], **_standing(brand)}
    if last is not None and last.detail.get("version") == brand["version"]:
        return now | {"actor": last.actor, "action": last.action, "at": last.at}
    return now | {"actor": brand["run_id"], "action": "run"}


def _replayed(
    connection: Connection, since: str, actor: str, key: str, request: str
) -> Recorded | None:
    row = keys.known(connection, since, actor, key, request)
    if row is None:
        return None
    of_brand = {**{name: row[name] for name in OF_BRAND}, "state": BrandState(row["state"])}
    return Recorded(**of_brand, replayed=True, reply=row["reply"])
