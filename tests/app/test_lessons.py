"""What feedback on one brand teaches: proposed to others, adopted, refused, or proven."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from brand_metagen.app import decisions, health_services, lessons, routines
from brand_metagen.app.feedback import submit
from brand_metagen.app.lessons import Tried
from brand_metagen.app.live import Live
from brand_metagen.app.similar import Spoken, proposals, spoken_of
from brand_metagen.app.understanding import Submission
from brand_metagen.constraints import Constraint, Kind
from brand_metagen.errors import ConflictError, InputError, NotFound
from brand_metagen.ports import Fate, Lesson, RemarkOutcome, Verdict


def taught(live: Live) -> list[Lesson]:
    """Give feedback that is proposed to other brands; the lessons that come of it."""
    for brandid, record in sorted(live.versions.items()):
        for code in record.rule.mccids if record.rule else ():
            if not proposals(live, brandid, [Constraint(Kind.MCC_OUT, code)]):
                continue
            asked = Submission(mccids_out=(code,))
            reply = submit(live, "ana", brandid, record.version, asked).reply
            if reply["outcome"] == RemarkOutcome.APPLIED:
                found = list(live.workspace.store.lessons())
                assert reply["proposals"] == {lesson.brandid: 1 for lesson in found}
                return found
    raise AssertionError("the market teaches nothing")


def test_a_lesson_is_adopted_by_a_person_and_binds_the_brand(live: Live) -> None:
    store = live.workspace.store
    (lesson, *_) = taught(live)
    assert (lesson.fate, lesson.constraint.author) == (Fate.OPEN, "ana")
    assert lesson.learned_on != lesson.brandid
    version = store.line(lesson.brandid).version
    tried = lessons.adopt(live, "ben", lesson.lesson_id, dry_run=True)
    assert tried.spoken.others > tried.spoken.own
    assert store.lessons()[0].fate is Fate.OPEN
    assert store.line(lesson.brandid).version == version
    done = lessons.adopt(live, "ben", lesson.lesson_id)
    assert (done.outcome, done.lost) == (tried.outcome, tried.lost)
    (kept, *_) = store.lessons(lesson.brandid)
    assert (kept.fate, kept.decided_by) == (Fate.ADOPTED, "ben")
    assert lesson.constraint.text in {c.text for c in store.constraints()[lesson.brandid]}
    assert not store.proposals(lesson.brandid)
    (said,) = store.remarks(lesson.brandid, "", 10, None).items
    assert said.asked["lesson"] == lesson.lesson_id
    with pytest.raises(ConflictError, match="adopted already"):
        lessons.adopt(live, "ben", lesson.lesson_id)
    with pytest.raises(ConflictError, match="adopted by ben already"):
        lessons.refuse(live.workspace, "ana", lesson.lesson_id, "no")


def test_lessons_that_wait_are_counted_and_told_of(live: Live) -> None:
    workspace = live.workspace
    assert (lessons.adoptable(workspace), health_services.lessons(workspace).todo) == (0, "")
    found = taught(live)
    assert lessons.adoptable(workspace) == len(found)
    told = health_services.lessons(workspace)
    assert told.said == f"{len(found)} of other brands wait"
    assert "feedback adopt --proven" in told.todo
    (point,) = [p for p in routines.walk(workspace, "monday") if p.name == "adopt"]
    assert (point.figure, "--proven" in point.command) == (told.said, True)
    lessons.refuse(workspace, "ana", found[0].lesson_id, "no")
    decisions.decide(workspace, "ana", found[-1].brandid, Verdict.APPROVE, 1)
    others = {f.brandid for f in found[1:]} - {found[-1].brandid}
    assert lessons.adoptable(workspace) == sum(f.brandid in others for f in found[1:])


def test_a_lesson_is_refused_with_a_reason_and_not_proposed_again(live: Live) -> None:
    store = live.workspace.store
    (lesson, *_) = taught(live)
    with pytest.raises(InputError, match="--note"):
        lessons.refuse(live.workspace, "ben", lesson.lesson_id, " ")
    done = lessons.refuse(live.workspace, "ben", lesson.lesson_id, "they use this code")
    assert (done.fate, done.decided_by, done.note) == (Fate.REFUSED, "ben", "they use this code")
    assert store.lessons(lesson.brandid) == (done,)
    assert not store.proposals(lesson.brandid)
    store.verify_audit()
    assert lessons.adopt_proven(live, "ben") == [
        lessons.tried(live, "ben", other) for other in store.lessons() if other.fate is Fate.OPEN
    ]
    with pytest.raises(NotFound, match="feedback lessons"):
        lessons.lesson_of(live.workspace, "LSN-999999")


def test_only_what_the_market_bears_out_is_adopted_by_itself(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = taught(live)
    tried = [lessons.tried(live, "system", lesson) for lesson in found]
    assert lessons.adopt_proven(live, "system", dry_run=True) == tried
    monkeypatch.setattr(lessons, "LEAST_PROVEN", 1)
    proven = {t.lesson.lesson_id for t in tried if t.proven}
    lessons.adopt_proven(live, "system")
    now = {lesson.lesson_id: lesson.fate for lesson in live.workspace.store.lessons()}
    assert proven
    assert {key for key, fate in now.items() if fate is Fate.ADOPTED} == proven


LESSON = Lesson("LSN-000001", "2", Constraint(Kind.MCC_OUT, "5812"), "1")
PROVEN = Tried(LESSON, Spoken(0, 3, 0), "applied")


@pytest.mark.parametrize(
    ("change", "proven"),
    [
        ({}, True),
        ({"spoken": Spoken(0, 2, 9)}, False),
        ({"spoken": Spoken(1, 9, 0)}, False),
        ({"gained": 1}, False),
        ({"outcome": "held"}, False),
        ({"outcome": "refused"}, False),
    ],
)
def test_what_proves_a_lesson(change: dict[str, object], proven: bool) -> None:
    assert replace(PROVEN, **change).proven is proven  # type: ignore[arg-type]


def test_words_of_a_lesson_are_asked_as_they_are(live: Live) -> None:
    brandid = max(sorted(live.versions), key=lambda b: len(live.rows(b).taken))
    lesson = replace(LESSON, constraint=Constraint(Kind.WORDS_OUT, "ZZZZ"))
    reply = submit(live, "ana", brandid, 1, lessons.submission_of(lesson), dry_run=True).reply
    assert [c["says"] for c in reply["understood"]] == ["what says 'ZZZZ' is not theirs"]  # type: ignore[attr-defined]
    assert reply["category"] == "regex_too_broad"
    plain = Submission(text="x")
    assert plain.digest(1) != replace(plain, words_out=("A",)).digest(1)


def without_code(live: Live) -> tuple[str, str]:
    """Let a brand's rule lose a code that at least two of its own rows need; both."""
    combos = live.market.combos
    for brandid, record in sorted(live.versions.items()):
        rows = live.rows(brandid)
        named = set(live.holding(brandid)) & set(rows.own) & set(rows.taken)
        for code, count in Counter(combos.mccid[i] for i in sorted(named)).items():
            if record.rule is None or count < 2 or len(record.rule.mccids) < 2:
                continue
            left = tuple(c for c in record.rule.mccids if c != code)
            rule = replace(record.rule, mccids=left)
            live.adopt(replace(record, rule=rule), live.trial(brandid, rule))
            return brandid, code
    raise AssertionError("no brand has two rows of a code")


def test_a_code_is_proposed_to_brands_of_the_sector_that_miss_rows_for_want_of_it(
    live: Live,
) -> None:
    brandid, code = without_code(live)
    brands = live.market.brands
    sector = brands[brandid].sector
    inside = next(b for b in brands if b != brandid and brands[b].sector == sector)
    outside = next(b for b in brands if brands[b].sector != sector)
    asked = Constraint(Kind.MCC_IN, code)
    assert proposals(live, inside, [asked]) == {brandid: [asked]}
    assert spoken_of(live, brandid, asked).own >= 2
    assert not proposals(live, outside, [asked])
    assert not proposals(live, brandid, [asked])
    lesson = replace(LESSON, brandid=brandid, constraint=asked)
    assert lessons.submission_of(lesson).mccids_in == (code,)
    assert not replace(PROVEN, lesson=lesson).proven
    denied = replace(asked, kind=Kind.MCC_OUT)
    live.now = replace(live.now, asked={brandid: (denied,)})
    assert not proposals(live, inside, [asked])
