"""Runs and their steps, the versions and the brands they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, IntegrityError, NotFound
from brand_metagen.ports import (
    BrandRow,
    BrandState,
    Mode,
    RunRecord,
    RunState,
    StepRecord,
    StepState,
    Submitted,
    Wish,
)
from brand_metagen.records import Metadata, Status
from brand_metagen.store import rows, schema, versions
from brand_metagen.store.audit import append, revise
from brand_metagen.store.base import SqlBase
from brand_metagen.store.brands import mark
from brand_metagen.store.keys import remember

FINAL = (RunState.COMPLETED, RunState.FAILED, RunState.STOPPED)
SYSTEM = "system"
"""Who acts where no human does."""


class RunPart(SqlBase):
    """What a run writes."""

    def create_run(
        self,
        source: str,
        settings: str,
        only: Sequence[str],
        actor: str = SYSTEM,
        said: Submitted | None = None,
    ) -> RunRecord:
        """A new run, `running`; its id comes from the store's sequence."""
        table = schema.runs
        with self._writing() as connection:
            self._check_mode(connection, Mode.PAUSED)
            result = connection.execute(
                table.insert().values(
                    source=source,
                    settings=settings,
                    only=list(only),
                    state=RunState.RUNNING,
                    wish=Wish.RUN,
                    created_at=self._now(),
                    summary={},
                )
            )
            (sequence,) = result.inserted_primary_key or (0,)
            run_id = f"RUN-{sequence:04d}"
            connection.execute(
                table.update().where(table.c.sequence == sequence).values(run_id=run_id)
            )
            detail = {"source": source, "only": list(only)}
            append(connection, self._now(), actor, "run_started", run_id, detail)
            if said is not None and said.key:
                said = replace(said, reply={"run_id": run_id})
                remember(connection, self._since(), self._now(), actor, said)
            return _run(connection, run_id)

    def run(self, run_id: str) -> RunRecord:
        """One run; raises NotFound when there is none of that id."""
        with self._reading() as connection:
            return _run(connection, run_id)

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        query = select(schema.runs).order_by(schema.runs.c.sequence)
        with self._reading() as connection:
            return [rows.run_record(row) for row in connection.execute(query).mappings()]

    def latest_run(self, *states: RunState) -> RunRecord | None:
        """The newest run in one of the states; in any when none are given."""
        query = select(schema.runs).order_by(schema.runs.c.sequence.desc()).limit(1)
        if states:
            query = query.where(schema.runs.c.state.in_(states))
        with self._reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
            return None if row is None else rows.run_record(row)

    def wish(self, run_id: str, wish: Wish) -> None:
        """Ask a running run to go on, pause or stop; raises ConflictError when it does not run."""
        table = schema.runs
        with self._writing() as connection:
            state = _run(connection, run_id).state
            if state is not RunState.RUNNING:
                raise ConflictError(f"{run_id} is {state}; only a running run heeds `{wish}`")
            connection.execute(table.update().where(table.c.run_id == run_id).values(wish=wish))

    def set_run(
        self,
        run_id: str,
        state: RunState,
        error: str | None = None,
        summary: Mapping[str, object] | None = None,
    ) -> None:
        """Record where a run stands; setting it `running` again forgets the old wish and end.

        Only that is refused while the system is paused or read-only.
        """
        table = schema.runs
        values: dict[str, Any] = {"state": state, "error": error}
        values["finished_at"] = self._now() if state in FINAL else None
        if state is RunState.RUNNING:
            values["wish"] = Wish.RUN
        if summary is not None:
            values["summary"] = dict(summary)
        with self._writing(always=state is not RunState.RUNNING) as connection:
            before = _run(connection, run_id).state
            if state is RunState.RUNNING:
                self._check_mode(connection, Mode.PAUSED)
            connection.execute(table.update().where(table.c.run_id == run_id).values(values))
            if state is not before:
                action = "run_resumed" if state is RunState.RUNNING else f"run_{state}"
                detail = {"error": error} if error else {}
                append(connection, self._now(), SYSTEM, action, run_id, detail)

    def steps(self, run_id: str) -> list[StepRecord]:
        """The steps begun so far, in order."""
        table = schema.steps
        query = select(table).where(table.c.run_id == run_id).order_by(table.c.position)
        with self._reading() as connection:
            return [rows.step_record(row) for row in connection.execute(query).mappings()]

    def begin_step(self, run_id: str, position: int, name: str, role: str) -> None:
        """Count a start; a step begun again forgets its earlier failure."""
        table = schema.steps
        again = {
            "name": name,
            "role": role,
            "state": StepState.RUNNING,
            "started_at": self._now(),
            "finished_at": None,
            "error": None,
        }
        first = {"run_id": run_id, "position": position, "stats": {}}
        with self._writing() as connection:
            _run(connection, run_id)
            update = table.update().where(_step(run_id, position))
            changed = connection.execute(update.values(starts=table.c.starts + 1, **again))
            if changed.rowcount == 0:
                counts = {"starts": 1, "completions": 0, "seconds": 0.0}
                connection.execute(table.insert().values(**first, **again, **counts))

    def finish_step(
        self,
        run_id: str,
        position: int,
        digest: str,
        seconds: float,
        stats: Mapping[str, object] | None = None,
    ) -> None:
        """Count a completion; from here on the step is never done again."""
        completions = schema.steps.c.completions + 1
        self._end_step(
            run_id,
            position,
            state=StepState.DONE,
            completions=completions,
            digest=digest,
            seconds=seconds,
            stats=dict(stats or {}),
        )

    def fail_step(self, run_id: str, position: int, error: str) -> None:
        """Record why a step failed."""
        self._end_step(run_id, position, state=StepState.FAILED, error=error)

    def _end_step(self, run_id: str, position: int, **values: Any) -> None:
        here = _step(run_id, position) & (schema.steps.c.state == StepState.RUNNING)
        with self._writing(always=True) as connection:
            update = schema.steps.update().where(here).values(finished_at=self._now(), **values)
            if connection.execute(update).rowcount != 1:
                raise IntegrityError(f"{run_id}: step {position} ends without having begun")

    def save_versions(self, run_id: str, records: Sequence[Metadata]) -> list[Metadata]:
        """Number the records and return what stands under the numbers, in the same order.

        The brand's latest version keeps its number while its content is the same, or while its
        rule is and a human approved it: then its record stays as it was. All else is the next
        number. Doing it again for the same run changes nothing.
        """
        with self._writing() as connection:
            _run(connection, run_id)
            numbered, changed = versions.save(connection, run_id, records)
            if changed:
                revise(connection)
            return numbered

    def versions(self, brandid: str) -> list[Metadata]:
        """A brand's versions, oldest first."""
        with self._reading() as connection:
            return versions.of_brand(connection, brandid)

    def latest_versions(self) -> list[Metadata]:
        """Every brand's highest version, in order of brandid."""
        with self._reading() as connection:
            return versions.latest(connection)

    def standing(self) -> Mapping[str, tuple[int, Status]]:
        """Every brand's highest version and its status, without the records."""
        with self._reading() as connection:
            return versions.standing(connection)

    def approved_versions(self) -> list[Metadata]:
        """Every brand's highest version that is approved or published, in order of brandid."""
        with self._reading() as connection:
            return versions.latest(connection, *versions.DECIDED)

    def brands(self, state: BrandState | None = None) -> list[BrandRow]:
        """The brands, or those in one state, in order of brandid."""
        query = select(*rows.BRAND)
        if state is not None:
            query = query.where(schema.brands.c.state == state)
        with self._reading() as connection:
            found = [rows.brand_row(row) for row in connection.execute(query).all()]
        # Sorted here: databases collate text differently.
        return sorted(found, key=lambda brand: brand.brandid)

    def mark_brands(self, run_id: str, brands: Sequence[BrandRow]) -> None:
        """Write where brands stand, new ones included, as seen by this run.

        What humans decided stands (`review.states.after_run`), and so do rounds, corrections and
        claims; a brand's version never goes back. Priorities are reckoned anew.
        """
        with self._writing() as connection:
            mark(connection, run_id, brands, self._review)

    def record_release(self, release_id: str, run_id: str) -> None:
        """Remember a run's release; doing it again changes nothing.

        A step done again after a kill may pack another one (somebody approved a version since):
        the run's release is the one it made last.
        """
        table = schema.releases
        with self._writing() as connection:
            here = table.update().where(table.c.run_id == run_id)
            if connection.execute(here.values(release_id=release_id)).rowcount == 0:
                connection.execute(table.insert().values(release_id=release_id, run_id=run_id))

    def latest_release(self) -> str | None:
        """The release made last."""
        table = schema.releases
        query = select(table.c.release_id).order_by(table.c.sequence.desc()).limit(1)
        with self._reading() as connection:
            return connection.scalar(query)


def _step(run_id: str, position: int) -> Any:
    table = schema.steps
    return (table.c.run_id == run_id) & (table.c.position == position)


def _run(connection: Connection, run_id: str) -> RunRecord:
    query = select(schema.runs).where(schema.runs.c.run_id == run_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id}; `brand-metagen runs list` shows them")
    return rows.run_record(row)
