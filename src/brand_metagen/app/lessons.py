"""Lessons from other brands' reviews: tried on the market, adopted, or refused (MET-13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brand_metagen.app import feedback
from brand_metagen.app.guards import said
from brand_metagen.app.live import Live
from brand_metagen.app.outcomes import shown
from brand_metagen.app.similar import Spoken, spoken_of
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Kind
from brand_metagen.errors import ConflictError, InputError, NotFound, RuleError
from brand_metagen.ports import BrandState, Fate, Lesson, RemarkOutcome

LEAST_PROVEN = 3
"""Rows labelled to others that a lesson has to shut out to be proven: several labels in a hundred
are wrong (design.md, Input), so one or two rows prove nothing."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A lesson, the rows it speaks of, and what came or would come of asking the brand for it.

    `gained` and `lost` count rows that would be, or were, confirmed newly or no longer; `refused`
    says why no rule can keep it.
    """

    lesson: Lesson
    spoken: Spoken
    outcome: str
    gained: int = 0
    lost: int = 0
    version: int = 0
    refused: str = ""

    @property
    def proven(self) -> bool:
        """Whether the market bears it out: it shuts out several rows labelled to others, none of
        the brand's own, and brings none. What lets rows in is for people to decide."""
        return (
            self.outcome == RemarkOutcome.APPLIED
            and self.lesson.constraint.kind is not Kind.MCC_IN
            and self.spoken.own == 0
            and self.spoken.others >= LEAST_PROVEN
            and self.gained == 0
        )


def lesson_of(workspace: Workspace, lesson_id: str) -> Lesson:
    """A lesson by its id, such as LSN-000001; raises NotFound when there is none."""
    for lesson in workspace.store.lessons():
        if lesson.lesson_id == lesson_id:
            return lesson
    raise NotFound(f"no lesson {lesson_id}; `feedback lessons` lists them")


def submission_of(lesson: Lesson) -> Submission:
    """What asks a brand for a lesson."""
    constraint = lesson.constraint
    text = f"{lesson.lesson_id}, learned on brand {lesson.learned_on}"
    if constraint.kind is Kind.MCC_OUT:
        return Submission(mccids_out=(constraint.text,), lesson=lesson.lesson_id)
    if constraint.kind is Kind.MCC_IN:
        return Submission(mccids_in=(constraint.text,), lesson=lesson.lesson_id)
    if constraint.kind is Kind.WORDS_OUT:
        return Submission(words_out=(constraint.text,), lesson=lesson.lesson_id)
    raise InputError(f"{text}: say it in words, it is {constraint.kind}")


def adopt(live: Live, actor: str, lesson_id: str, *, dry_run: bool = False) -> Tried:
    """Ask the brand for what another brand's review taught, as a remark of the actor.

    Raises ConflictError for a lesson that is not open, or a brand that takes no feedback.
    """
    lesson = lesson_of(live.workspace, lesson_id)
    if lesson.fate is not Fate.OPEN:
        raise ConflictError(f"{lesson_id} is {lesson.fate} already")
    return _asked(live, actor, lesson, dry_run=dry_run)


def _asked(live: Live, actor: str, lesson: Lesson, *, dry_run: bool) -> Tried:
    line = live.workspace.store.line(lesson.brandid)
    if lesson.brandid not in live.versions:
        raise ConflictError(f"brand {lesson.brandid} has no version in {live.run_id}")
    spoken = spoken_of(live, lesson.brandid, lesson.constraint)
    submission = submission_of(lesson)
    done = feedback.submit(live, actor, line.brandid, line.version, submission, dry_run=dry_run)
    reply: Any = done.reply
    radius = reply.get("blast_radius") or {"gained": {"rows": 0}, "lost": {"rows": 0}}
    return Tried(
        lesson, spoken, str(reply["outcome"]), radius["gained"]["rows"], radius["lost"]["rows"],
        int(reply["version"]),
    )  # fmt: skip


def tried(live: Live, actor: str, lesson: Lesson) -> Tried:
    """What would come of an open lesson; a refusal is an answer, not an error."""
    try:
        return _asked(live, actor, lesson, dry_run=True)
    except (ConflictError, InputError, RuleError) as error:
        nothing = Spoken(0, 0, 0)
        if lesson.brandid in live.versions:
            nothing = spoken_of(live, lesson.brandid, lesson.constraint)
        return Tried(lesson, nothing, "refused", refused=str(error))


def adopt_proven(
    live: Live, actor: str, brandid: str | None = None, *, dry_run: bool = False
) -> list[Tried]:
    """Adopt every open lesson that the market bears out, of brands that wait for review.

    Each makes a version that waits for its reviewer like any other. What is not proven is left
    open, and shown.
    """
    store, found = live.workspace.store, []
    for lesson in store.lessons(brandid):
        if lesson.fate is not Fate.OPEN:
            continue
        trial = tried(live, actor, lesson)
        waiting = store.line(lesson.brandid).state is BrandState.AWAITING_REVIEW
        if trial.proven and waiting and not dry_run:
            trial = _asked(live, actor, lesson, dry_run=False)
        found.append(trial)
    return found


def adoptable(workspace: Workspace) -> int:
    """How many open lessons `adopt_proven` would adopt if the market bears them out."""
    states = {brand.brandid: brand.state for brand in workspace.store.brands()}
    return sum(
        lesson.fate is Fate.OPEN
        and lesson.constraint.kind is not Kind.MCC_IN
        and states.get(lesson.brandid) is BrandState.AWAITING_REVIEW
        for lesson in workspace.store.lessons()
    )


def refuse(workspace: Workspace, actor: str, lesson_id: str, note: str) -> Lesson:
    """Refuse a lesson for its brand, with a reason; it is not proposed there any more."""
    if not note.strip():
        raise InputError("say why it does not hold there: --note TEXT")
    said(workspace, note)
    return workspace.store.refuse_lesson(lesson_id, actor, note)


def plain(lesson: Lesson) -> dict[str, Any]:
    """A lesson as JSON."""
    return {
        "lesson_id": lesson.lesson_id,
        "brandid": lesson.brandid,
        "learned_on": lesson.learned_on,
        "constraint": shown(lesson.constraint),
        "fate": lesson.fate.value,
        "decided_by": lesson.decided_by,
        "decided_at": lesson.decided_at,
        "note": lesson.note,
    }


def plain_tried(found: Tried) -> dict[str, Any]:
    """A lesson with its trial as JSON."""
    return {
        **plain(found.lesson),
        "own_rows": found.spoken.own,
        "others_rows": found.spoken.others,
        "unlabelled_rows": found.spoken.unlabelled,
        "outcome": found.outcome,
        "gained": found.gained,
        "lost": found.lost,
        "version": found.version,
        "proven": found.proven,
        "refused": found.refused,
    }
