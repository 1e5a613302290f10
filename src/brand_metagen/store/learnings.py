"""Versions at a glance, rows judged by humans, plans of action."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Draw, JudgedKind, Judgement, Plan, PlanState, VersionLine
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase

J, P, V = schema.judgements.c, schema.plans.c, schema.versions.c


class LearningPart(SqlBase):
    """What metrics are made from."""

    def version_lines(self) -> tuple[VersionLine, ...]:
        """All versions in order of time: a run's when the run ended, a human's when it was made."""
        runs, audit = schema.runs.c, schema.audit.c
        query = select(
            V.brandid,
            V.version,
            V.author,
            V.confidence,
            func.coalesce(runs.finished_at, runs.created_at),
        ).join(schema.runs, V.run_id == runs.run_id)
        made = select(audit.subject, audit.at, audit.detail).where(
            audit.action.in_(("feedback", "create", "rollback"))
        )
        with self._reading() as connection:
            times: dict[tuple[str, int], str] = {}
            for subject, at, detail in connection.execute(made.order_by(audit.sequence)):
                version = _made(detail)
                times.setdefault((subject, version), at)
            found = [
                VersionLine(
                    brandid,
                    version,
                    times.get((brandid, version), ended) if author else ended,
                    author,
                    confidence,
                )
                for brandid, version, author, confidence, ended in connection.execute(query).all()
            ]
        return tuple(sorted(found, key=lambda line: (line.made_at, line.brandid, line.version)))

    def draw(self, rows: Sequence[Judgement], actor: str) -> str:
        """Keep rows drawn by lot as one sample; those that wait for an answer are left out."""
        if not rows:
            raise InputError("nothing was drawn")
        with self._writing() as connection:
            now = self._now()
            asked = select(J.ccid, J.bankid).where(J.right.is_(None))
            waiting = {(ccid, bankid) for ccid, bankid in connection.execute(asked)}
            count = connection.scalar(select(func.count(J.sample_id.distinct()))) or 0
            sample_id = f"SMP-{count + 1:04d}"
            fresh = [
                {
                    "sample_id": sample_id, "brandid": row.brandid, "ccid": row.ccid,
                    "bankid": row.bankid, "kind": row.kind.value, "narrative": row.narrative,
                    "asked_at": now, "right": None, "actor": "", "at": "",
                }
                for row in rows
                if (row.ccid, row.bankid) not in waiting
            ]  # fmt: skip
            if not fresh:
                raise ConflictError("all of these rows wait for an answer already")
            connection.execute(schema.judgements.insert(), fresh)
            append(connection, now, actor, "sample_drawn", sample_id, {"rows": len(fresh)})
        return sample_id

    def judge(self, ccid: str, bankid: str, right: bool, actor: str) -> Judgement:
        """Answer for the drawn row that waits."""
        table = schema.judgements
        query = select(table).where(J.ccid == ccid, J.bankid == bankid).order_by(J.sequence.desc())
        with self._writing() as connection:
            row = connection.execute(query.limit(1).with_for_update()).mappings().one_or_none()
            if row is None:
                raise InputError(
                    f"combo {ccid}@{bankid} was not drawn; `analytics sample` draws rows by lot"
                )
            if row["right"] is not None:
                raise ConflictError(f"combo {ccid}@{bankid} was judged by {row['actor']} already")
            now = self._now()
            values = {"right": right, "actor": actor, "at": now}
            here = J.sequence == row["sequence"]
            connection.execute(table.update().where(here).values(values))
            detail = {"right": right, "kind": row["kind"], "row": [ccid, bankid]}
            append(connection, now, actor, "judged", row["brandid"], detail)
            return _judgement({**row, **values})

    def judgements(self) -> tuple[Judgement, ...]:
        """All drawn rows, in the order in which they were drawn."""
        query = select(schema.judgements).order_by(J.sequence)
        with self._reading() as connection:
            return tuple(_judgement(row) for row in connection.execute(query).mappings())

    def add_plan(self, body: Mapping[str, object], due: str, actor: str) -> Plan:
        """Keep a plan under the next number."""
        now = self._now()
        values = {
            "state": PlanState.OPEN.value, "due": due, "author": actor, "made_at": now,
            "body": dict(body), "result": {}, "reviewed_at": "",
        }  # fmt: skip
        with self._writing() as connection:
            result = connection.execute(schema.plans.insert().values(values))
            (sequence,) = result.inserted_primary_key or (0,)
            plan_id = f"PLAN-{sequence:04d}"
            here = P.sequence == sequence
            connection.execute(schema.plans.update().where(here).values(plan_id=plan_id))
            append(connection, now, actor, "plan_made", plan_id, {"due": due})
        return _plan({**values, "plan_id": plan_id})

    def plans(self) -> tuple[Plan, ...]:
        """All plans, oldest first."""
        query = select(schema.plans).order_by(P.sequence)
        with self._reading() as connection:
            return tuple(_plan(row) for row in connection.execute(query).mappings())

    def review_plan(
        self, plan_id: str, state: PlanState, result: Mapping[str, object], actor: str
    ) -> Plan:
        """Write down what came of a plan."""
        table = schema.plans
        query = select(table).where(P.plan_id == plan_id).with_for_update()
        with self._writing() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise InputError(f"no plan {plan_id}; `analytics plan list` shows them")
            if row["state"] != PlanState.OPEN:
                raise ConflictError(f"plan {plan_id} is {row['state']} already")
            now = self._now()
            values = {"state": state.value, "result": dict(result), "reviewed_at": now}
            connection.execute(table.update().where(P.plan_id == plan_id).values(values))
            append(connection, now, actor, f"plan_{state}", plan_id, {})
            return _plan({**row, **values})


def _made(detail: str) -> int:
    return int(json.loads(detail)["version"])


def _judgement(row: Mapping[Any, Any]) -> Judgement:
    kept = {name: value for name, value in row.items() if name != "sequence"}
    return Judgement(**{**kept, "kind": JudgedKind(row["kind"]), "how": Draw.DRAWN})


def _plan(row: Mapping[Any, Any]) -> Plan:
    kept = {name: value for name, value in row.items() if name != "sequence"}
    return Plan(**{**kept, "state": PlanState(row["state"])})
