"""What is new to a reader, where rows go, what pieces are worth, what a pattern would take."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from app.conftest import Opener
from brand_metagen.app.comparing import Edit, edits, moved, since, ways
from brand_metagen.app.feedback import submit
from brand_metagen.app.live import Live
from brand_metagen.app.looking import Against, Before, comparable, look
from brand_metagen.app.trying import try_on
from brand_metagen.app.understanding import Submission
from brand_metagen.app.workspace import DATABASE
from brand_metagen.app.worth import saved, worths
from brand_metagen.errors import RuleError
from brand_metagen.match.matcher import searcher
from brand_metagen.ports import Mode
from brand_metagen.publish.diff import diff
from brand_metagen.records import Decision, Metadata, Rule, Status
from brand_metagen.store import engine


@pytest.fixture(scope="module")
def looked_at(place: object, tmp_path_factory: pytest.TempPathFactory) -> Live:
    """A market that nobody changes."""
    from brand_metagen.app.workspace import Workspace
    from brand_metagen.config import Settings
    from brand_metagen.store.sql import SqlStore, sqlite_url

    folder = place.workspace  # type: ignore[attr-defined]
    return Live(Workspace(folder, Settings(), SqlStore(sqlite_url(folder / DATABASE))))


def largest(live: Live) -> str:
    """The brand whose rule takes the most rows."""
    return max(sorted(live.versions), key=lambda b: len(live.rows(b).taken))


def test_the_version_seen_before_is_told_until_another_one_comes(copied: Opener) -> None:
    workspace = copied()
    assert look(workspace, "rita", "7", 2) is None
    assert look(workspace, "rita", "7", 2) is None
    first = look(workspace, "rita", "7", 5)
    assert first is not None
    assert first.version == 2
    assert look(workspace, "rita", "7", 5) == first
    assert look(workspace, "rolf", "7", 5) is None
    workspace.store.set_mode(Mode.READ_ONLY, "oona", "backup")
    later = look(workspace, "rita", "7", 6)
    assert later is not None
    assert (later.version, look(workspace, "rita", "7", 6)) == (5, later)
    assert look(workspace, "rolf", "8", 1) is None


def test_a_store_that_somebody_holds_is_still_read(
    copied: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copied()
    look(workspace, "rita", "7", 2)
    for name in ("TOLD_SECONDS", "BUSY_SECONDS"):
        monkeypatch.setattr(engine, name, 0)
    other = sqlite3.connect(workspace.folder / DATABASE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    seen = look(workspace, "rita", "7", 3)
    assert seen is not None
    assert seen.version == 2
    other.close()
    assert look(workspace, "rita", "7", 3) == seen
    last = workspace.store.last_look("rita", "7")
    assert last is not None
    assert last.version == 3


def record(version: int, status: Status, rule: Rule | None = None) -> Metadata:
    return Metadata("7", "Seven", "", version, status, rule, 0.5, False, (), {})


def test_what_a_version_can_be_held_against() -> None:
    course = [
        record(1, Status.PUBLISHED),
        record(2, Status.APPROVED),
        record(3, Status.CANDIDATE),
        record(4, Status.CANDIDATE),
        record(5, Status.CANDIDATE),
    ]
    seen = Before(3, "")

    def found(versions: list[Metadata], before: Before | None) -> list[tuple[Against, int]]:
        return [(a, m.version) for a, m in comparable(versions, before).items()]

    decided, last, mine, first = Against.DECIDED, Against.LAST, Against.SEEN, Against.FIRST
    assert found(course, seen) == [(decided, 2), (last, 4), (mine, 3)]
    assert found(course[2:], seen) == [(last, 4), (mine, 3), (first, 3)]
    assert found(course, Before(9, "")) == [(decided, 2), (last, 4)]
    assert found(course[:1], None) == []
    assert found([], seen) == []


def test_edits_are_what_the_rule_has_more_and_less() -> None:
    old = record(1, Status.CANDIDATE, Rule("7", "AB", "CD", ("1", "2")))
    new = record(2, Status.CANDIDATE, Rule("7", "EF", None, ("2", "3")))
    assert edits(diff(old, new)) == [
        Edit(True, "EF"), Edit(False, "AB"), Edit(False, "not CD"), Edit(True, "3", True),
        Edit(False, "1", True),
    ]  # fmt: skip
    assert edits(diff(old, replace(old, version=2))) == []
    more = replace(old, version=3, rule=Rule("7", "AB", r"(?:CD|\bE(?:F|G)\b)", ("1", "2")))
    assert edits(diff(old, more)) == [Edit(True, r"not \bE(?:F|G)\b")]
    assert edits(diff(more, old)) == [Edit(False, r"not \bE(?:F|G)\b")]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("A", ["A"]),
        ("(?:A|B)", ["A", "B"]),
        ("(?:A|B)C", ["(?:A|B)C"]),
        ("(?:A|B)(?:C|D)", ["(?:A|B)(?:C|D)"]),
        (r"(?:A\||\(B|[|()]C)", [r"A\|", r"\(B", "[|()]C"]),
        ("(?:(?:A|B)|C(?:D|E))", ["(?:A|B)", "C(?:D|E)"]),
    ],
)
def test_a_pattern_is_cut_at_its_own_bars(pattern: str, found: list[str]) -> None:
    assert list(ways(pattern)) == found


def test_moves_add_up_to_the_blast_radius(live: Live) -> None:
    brandid = largest(live)
    row = live.row(live.rows(brandid).taken[0])
    no = Submission(does_not_belong=((row.ccid, row.bankid),))
    made = submit(live, "ana", brandid, live.versions[brandid].version, no)
    assert made.reply["outcome"] == "applied"
    found = since(live, brandid, 1)
    for gained, side in ((True, found.radius.gained), (False, found.radius.lost)):
        some = [move for move in found.moves if move.gained is gained]
        assert sum(move.rows for move in some) == side.rows
        assert all(0 < len(move.samples) <= move.rows for move in some)
    assert found.radius.lost.rows
    confirmed = sum(
        answer.brandid == brandid and answer.decision is Decision.CONFIRMED
        for answer in live.answers
    )
    assert found.same + found.radius.gained.rows == confirmed


def test_a_rule_that_takes_nothing_gives_all_rows_away(looked_at: Live) -> None:
    live = looked_at
    brandid = largest(live)
    moves, same = moved(live, live.trial(brandid, None))
    assert same == 0
    assert moves
    assert not any(move.gained for move in moves)
    assert not any(move.brandid == brandid for move in moves)
    named = [bool(move.brandid) for move in moves]
    assert named == sorted(named, reverse=True), "other brands stand first"


def test_pieces_are_worth_the_rows_that_the_rule_takes(looked_at: Live) -> None:
    live = looked_at
    brandid = max(
        (b for b, r in live.now.rules.items() if len(r.pieces) > 1),
        key=lambda b: len(live.rows(b).taken),
    )
    rule, taken = live.now.rules[brandid], live.rows(brandid).taken
    found = worths(live, brandid, rule)
    assert len(found) == len(rule.pieces)
    assert sum(worth.adds for worth in found) <= len(taken) <= sum(worth.rows for worth in found)
    assert all(0 <= worth.adds <= worth.rows <= len(taken) for worth in found)
    whole = replace(rule, pieces=())
    (one,) = worths(live, brandid, whole)
    assert (one.rows, one.adds) == (len(taken), len(taken))


def test_what_is_shut_out_is_counted(looked_at: Live) -> None:
    live = looked_at
    brandid = largest(live)
    rule, taken = live.now.rules[brandid], live.rows(brandid).taken
    assert saved(live, brandid, replace(rule, exclude=None)) is None
    text = live.market.combos.narrative[taken[0]]
    shut = replace(rule, exclude=text[:4])
    kept_out = [i for i in live.taking(replace(rule, exclude=None)) if i not in set(taken)]
    found = saved(live, brandid, shut)
    assert found is not None
    assert found.rows == len(kept_out)


def test_a_pattern_is_held_against_the_rule_of_today(looked_at: Live) -> None:
    live = looked_at
    brandid = largest(live)
    rule, combos = live.now.rules[brandid], live.market.combos
    same = try_on(live, rule.include, rule.exclude, rule.mccids, brandid)
    assert same.gained is not None
    assert same.lost is not None
    assert (same.whole.rows, same.gained.rows, same.lost.rows) == (
        len(live.rows(brandid).taken), 0, 0,
    )  # fmt: skip
    code = combos.mccid[live.rows(brandid).taken[0]]
    less = try_on(live, rule.include, rule.exclude, [code], brandid)
    assert less.lost is not None
    assert less.whole.rows + less.lost.rows == same.whole.rows
    free = try_on(live, rule.include, None, ())
    find = searcher(rule.include)
    assert free.whole.rows == sum(find(text) is not None for text in combos.narrative)
    assert sum(n for _, n in free.whole.labels) <= free.whole.rows
    assert (free.gained, free.lost) == (None, None)
    for pattern in ("(A+)+", "A"):
        with pytest.raises(RuleError):
            try_on(live, pattern, None, ())
