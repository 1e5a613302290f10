"""What feedback on one brand proposes to others, and what became of it there (MET-13)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, NotFound
from brand_metagen.ports import AuditRow, Fate, Lesson, RemarkOutcome
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.feedback import REFUSED, kept, refused

F, C, P = schema.feedback.c, schema.constraints.c, schema.proposals.c


class LessonPart(SqlBase):
    """Lessons, as `ports.Learnings` has them."""

    def lessons(self, brandid: str | None = None) -> tuple[Lesson, ...]:
        """All lessons, or those proposed to one brand, oldest first."""
        with self._reading() as connection:
            return tuple(_lessons(connection, brandid))

    def refuse_lesson(self, lesson_id: str, actor: str, note: str) -> Lesson:
        """Refuse a lesson, in the audit log."""
        with self._writing() as connection:
            found = {lesson.lesson_id: lesson for lesson in _lessons(connection, None)}
            if lesson_id not in found:
                raise NotFound(f"no lesson {lesson_id}; `feedback lessons` lists them")
            lesson = found[lesson_id]
            if lesson.fate is not Fate.OPEN:
                by = f" by {lesson.decided_by}" if lesson.decided_by else ""
                raise ConflictError(f"{lesson_id} is {lesson.fate}{by} already")
            now = self._now()
            detail = {"lesson": lesson_id, "number": int(lesson_id[4:]), "note": note,
                      "says": str(lesson.constraint), "learned_on": lesson.learned_on}  # fmt: skip
            append(connection, now, actor, REFUSED, lesson.brandid, detail)
        return replace(lesson, fate=Fate.REFUSED, decided_by=actor, decided_at=now, note=note)


def _lessons(connection: Connection, brandid: str | None) -> list[Lesson]:
    query = (
        select(
            schema.proposals,
            F.brandid.label("learned_on"),
            F.outcome.label("came_to"),
            C.author.label("asked_by"),
            C.given_at.label("asked_at"),
            C.feedback_id.label("asked_in"),
        )
        .join(schema.feedback, F.feedback_id == P.feedback_id, isouter=True)
        .join(schema.constraints, (C.brandid == P.brandid) & (C.content == P.content), isouter=True)
        .order_by(P.sequence, C.sequence)
    )
    if brandid is not None:
        query = query.where(P.brandid == brandid)
    gone = refused(connection, brandid)
    found: dict[int, Lesson] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["sequence"], _lesson(row, gone.get(row["sequence"])))
    return list(found.values())


def _lesson(row: Any, refusal: AuditRow | None) -> Lesson:
    fate, by, at, note = Fate.OPEN, "", "", ""
    if row["asked_at"] is not None:
        fate = Fate.ADOPTED if _later(row) else Fate.KNOWN
        by, at = row["asked_by"], row["asked_at"]
    elif refusal is not None:
        fate, by, at = Fate.REFUSED, refusal.actor, refusal.at
        note = str(refusal.detail["note"])
    elif row["came_to"] == RemarkOutcome.WITHDRAWN:
        fate = Fate.WITHDRAWN
    return Lesson(
        f"LSN-{row['sequence']:06d}", row["brandid"], kept(row), row["learned_on"] or "", fate,
        by, at, note,
    )  # fmt: skip


def _later(row: Any) -> bool:
    """Whether the brand was asked after the lesson was proposed: remarks are numbered in their
    order, whatever the clocks of the machines said; promises of a split have no remark."""
    if row["asked_in"] and row["feedback_id"]:
        return bool(_number(row["asked_in"]) > _number(row["feedback_id"]))
    return bool(row["asked_at"] >= row["given_at"])


def _number(feedback_id: str) -> int:
    return int(feedback_id.removeprefix("FB-"))
