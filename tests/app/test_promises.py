"""Feedback is a test: what was promised once holds for ever, and all that was said is kept."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from app.conftest import Opener, Truth
from brand_metagen.app import decisions
from brand_metagen.app.feedback import broken, submit
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission
from brand_metagen.errors import BrandMetagenError, ConflictError, InputError, RuleError
from brand_metagen.ports import BrandState, Verdict
from brand_metagen.records import Decision

Key = tuple[str, str]


def key(live: Live, row: int) -> Key:
    return live.market.combos.ccid[row], live.market.combos.bankid[row]


def largest(live: Live) -> str:
    return max(sorted(live.versions), key=lambda b: len(live.rows(b).taken))


def version(live: Live, brandid: str) -> int:
    return live.workspace.store.line(brandid).version


def said(live: Live, brandid: str, **what: object) -> dict[str, object]:
    submission = Submission(**what)  # type: ignore[arg-type]
    return dict(submit(live, "ana", brandid, version(live, brandid), submission).reply)


def test_a_row_that_does_not_belong_is_not_given(live: Live) -> None:
    brandid = largest(live)
    row = live.rows(brandid).taken[0]
    reply = said(live, brandid, does_not_belong=(key(live, row),))
    assert (reply["outcome"], reply["version"], reply["round"]) == ("applied", 2, 1)
    answer = live.answers[row]
    assert answer.brandid != brandid or answer.decision is Decision.EXCLUDED
    assert reply["blast_radius"]["lost"]["rows"] >= 1  # type: ignore[index]
    assert live.workspace.store.line(brandid).state is BrandState.AWAITING_REVIEW


def test_a_row_that_belongs_is_taken(live: Live) -> None:
    brandid = largest(live)
    row = next(i for i, a in enumerate(live.answers) if a.decision is Decision.UNMATCHED)
    reply = said(live, brandid, belongs=(key(live, row),))
    assert reply["outcome"] == "applied"
    assert any(claim.brandid == brandid for claim in live.answers[row].claims)


def test_a_dry_run_says_the_same_and_stores_nothing(live: Live) -> None:
    brandid = largest(live)
    asked = Submission(does_not_belong=(key(live, live.rows(brandid).taken[0]),))
    tried = submit(live, "ana", brandid, 1, asked, dry_run=True).reply
    assert (version(live, brandid), live.workspace.store.constraints()) == (1, {})
    done = submit(live, "ana", brandid, 1, asked).reply
    besides = {"stored", "feedback_id"}
    assert {k: v for k, v in tried.items() if k not in besides} == {
        k: v for k, v in done.items() if k not in besides
    }


def test_what_contradicts_is_named_and_changes_nothing(live: Live) -> None:
    brandid = largest(live)
    where = key(live, live.rows(brandid).taken[0])
    said(live, brandid, does_not_belong=(where,))
    with pytest.raises(ConflictError, match=r"ana said on \d{4}-\d\d-\d\d that .* but ben said"):
        submit(live, "ben", brandid, 2, Submission(belongs=(where,)))
    assert version(live, brandid) == 2
    kept = live.workspace.store.remarks(brandid, "", 10, None).items
    assert [r.outcome.value for r in kept] == ["contradicted", "applied"]
    assert len(live.workspace.store.constraints(brandid)[brandid]) == 1


def test_the_same_again_is_held_already(live: Live) -> None:
    brandid = largest(live)
    where = key(live, live.rows(brandid).taken[0])
    said(live, brandid, does_not_belong=(where,))
    again = said(live, brandid, does_not_belong=(where,))
    assert (again["outcome"], again["version"], again["round"]) == ("held", 2, 1)


def test_a_stale_version_is_a_conflict(live: Live) -> None:
    brandid = largest(live)
    said(live, brandid, mccids_out=(live.versions[brandid].rule.mccids[0],))  # type: ignore[union-attr]
    with pytest.raises(ConflictError, match="at version 2, not 1"):
        submit(live, "ben", brandid, 1, Submission(mccids_in=("5812",)))


def test_a_replay_answers_as_the_first_time(live: Live) -> None:
    brandid = largest(live)
    asked = Submission(does_not_belong=(key(live, live.rows(brandid).taken[0]),))
    first = submit(live, "ana", brandid, 1, asked, key="k1")
    again = submit(live, "ana", brandid, 1, asked, key="k1")
    assert (first.replayed, again.replayed) == (False, True)
    assert dict(again.reply) == {**first.reply}
    assert version(live, brandid) == 2
    with pytest.raises(ConflictError, match="another submission"):
        submit(live, "ana", brandid, 1, Submission(mccids_in=("5812",)), key="k1")


@pytest.mark.parametrize(
    ("what", "error", "words"),
    [
        ({"belongs": (("nobody", ""),)}, InputError, "no combo"),
        ({"mccids_in": ("0000000",)}, InputError, "no code"),
        ({"pattern": "^(A+)+$"}, RuleError, "portable"),
        ({"pattern": ".*"}, RuleError, "portable"),
        ({"kind": "whatever"}, InputError, "no kind"),
        ({"text": "x" * 10_001}, InputError, "10,000 at most"),
    ],
)
def test_what_is_refused(
    live: Live, what: dict[str, object], error: type[BrandMetagenError], words: str
) -> None:
    with pytest.raises(error, match=words):
        said(live, largest(live), **what)
    assert live.workspace.store.remarks(None, "", 10, None).items == ()


def test_nothing_said_asks_back(live: Live) -> None:
    reply = said(live, largest(live), text="wrong")
    assert (reply["outcome"], reply["version"]) == ("unclear", 1)


def test_several_brands_under_one_name_go_to_a_human(live: Live) -> None:
    brandid = largest(live)
    assert said(live, brandid, kind="split")["state"] == "escalated"
    with pytest.raises(ConflictError, match="escalated and takes no feedback"):
        said(live, brandid, mccids_in=("5812",))


def test_rounds_end_in_escalation(copied: Opener) -> None:
    live = Live(copied(round_limit=2))
    brandid = largest(live)
    codes = live.versions[brandid].rule.mccids  # type: ignore[union-attr]
    for code in codes[:2]:
        assert said(live, brandid, mccids_out=(code,))["outcome"] == "applied"
    with pytest.raises(ConflictError, match="has had 2 rounds"):
        said(live, brandid, mccids_out=(codes[2],))
    line = live.workspace.store.line(brandid)
    assert (line.state, line.round, line.version) == (BrandState.ESCALATED, 2, 3)
    last = live.workspace.store.remarks(brandid, "", 1, None).items[0]
    assert dict(last.asked) == {"mccids_out": [codes[2]]}


def test_an_approved_version_takes_feedback_and_waits_again(live: Live) -> None:
    brandid = largest(live)
    decisions.decide(live.workspace, "ana", brandid, Verdict.APPROVE, 1)
    reply = said(live, brandid, mccids_out=(live.versions[brandid].rule.mccids[0],))  # type: ignore[union-attr]
    assert reply["state"] == "awaiting_review"


def anything(live: Live, truth: Truth, brandid: str, chance: random.Random) -> Submission:
    """Truthful, mistaken and odd remarks alike."""
    rows = range(len(live.market.combos))
    near = [*live.rows(brandid).own, *live.rows(brandid).taken] or list(rows)
    some = [key(live, chance.choice(near)) for _ in range(chance.randint(0, 3))]
    others = [key(live, chance.choice(rows)) for _ in range(chance.randint(0, 2))]
    mine = tuple(k for k in some if truth.owner[k] == brandid)
    foreign = tuple(k for k in (*some, *others) if truth.owner[k] != brandid)
    codes = sorted(live.market.mccs)
    return chance.choice(
        [
            Submission(belongs=mine, does_not_belong=foreign),
            Submission(belongs=tuple(others)),
            Submission(does_not_belong=tuple(some)),
            Submission(mccids_in=(chance.choice(codes),), mccids_out=(chance.choice(codes),)),
            Submission(kind=chance.choice(["wallet", "ambiguous_name"])),
            Submission(pattern=chance.choice([r"\bSTAR", r"^[A-Z]{3}", r"\bA[A-Z]{2}"])),
        ]
    )


def sequences(live: Live, truth: Truth, seed: int) -> Iterator[tuple[str, Submission]]:
    chance = random.Random(seed)
    brands = chance.sample(sorted(live.versions), 4)
    for _ in range(14):
        brandid = chance.choice(brands)
        yield brandid, anything(live, truth, brandid, chance)


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))]
)
def test_no_sequence_of_feedback_breaks_a_promise(live: Live, truth: Truth, seed: int) -> None:
    accepted = refused = 0
    for brandid, submission in sequences(live, truth, seed):
        try:
            reply = submit(live, f"r{seed}", brandid, version(live, brandid), submission).reply
            accepted += reply["outcome"] in ("applied", "held")
        except (ConflictError, RuleError):
            refused += 1
        for other in live.workspace.store.constraints():
            rule = live.versions[other].rule
            assert broken(live, rule, live.trial(other, rule)) == []
    assert accepted >= 5
    # A market opened anew stands where this one does.
    again = Live(live.workspace)
    assert (again.versions, again.answers) == (live.versions, live.answers)
    live.workspace.store.verify_audit()
