"""A version number stands for one rule of one brand, for good."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.errors import BrandMetagenError
from brand_metagen.records import Metadata, Piece, Rule, Status
from brand_metagen.store import schema, versions
from brand_metagen.store.sql import SqlStore, sqlite_url


def record(brandid: str = "5", include: str | None = "ZARA", confidence: float = 0.9) -> Metadata:
    rule = None
    if include is not None:
        rule = Rule(brandid, include, None, ("5651",), (Piece(include, "full_name", 10, 0),))
    return Metadata(
        brandid=brandid,
        brandname="Zara",
        sector="Fashion",
        version=0,
        status=Status.CANDIDATE if rule else Status.ABSTAINED,
        rule=rule,
        confidence=confidence,
        requires_confirmation=False,
        reasons=(),
        evidence={"rows": 10},
    )


def new_run(store: SqlStore) -> str:
    return store.create_run("data", "f00d", ()).run_id


def save(store: SqlStore, *records: Metadata) -> list[int]:
    return [m.version for m in store.save_versions(new_run(store), records)]


def test_versions_are_read_back_as_they_were_saved(store: SqlStore) -> None:
    numbered = store.save_versions(new_run(store), [record("5"), record("6", None)])
    assert numbered == [replace(record("5"), version=1), replace(record("6", None), version=1)]
    assert store.versions("5") == numbered[:1]
    assert store.latest_versions() == numbered
    assert store.versions("unknown") == []


def test_an_equal_rule_keeps_its_number_and_another_gets_the_next(store: SqlStore) -> None:
    assert save(store, record("5", "A")) == [1]
    assert save(store, record("5", "A")) == [1]
    assert save(store, record("5", "B")) == [2]
    assert save(store, record("5", "A")) == [3]
    assert save(store, record("5", None)) == [4]
    assert save(store, record("5", None), record("6", "A")) == [4, 1]
    assert [m.version for m in store.versions("5")] == [1, 2, 3, 4]
    assert [(m.brandid, m.version) for m in store.latest_versions()] == [("5", 4), ("6", 1)]


@pytest.mark.parametrize(
    "rule",
    [
        Rule("5", "ZARA HOME", None, ("5651",)),
        Rule("5", "ZARA", "HOME", ("5651",)),
        Rule("5", "ZARA", None, ("5651", "5691")),
        Rule("5", "ZARA", None, ()),
    ],
)
def test_include_exclude_and_codes_each_make_another_rule(rule: Rule, store: SqlStore) -> None:
    assert save(store, record()) == [1]
    assert save(store, replace(record(), rule=rule)) == [2]


def test_other_evidence_makes_another_version_and_leaves_the_old_as_it_was(
    store: SqlStore,
) -> None:
    """Nothing of a version ever changes, so what was decided can be looked at for good."""
    assert save(store, record()) == [1]
    bare = replace(record(), rule=Rule("5", "ZARA", None, ("5651",)), evidence={"rows": 11})
    assert save(store, bare) == [2]
    assert save(store, bare) == [2]
    assert [m.evidence["rows"] for m in store.versions("5")] == [10, 11]


@pytest.mark.parametrize("status", [Status.APPROVED, Status.PUBLISHED])
def test_what_a_human_decided_on_stays_as_it_was(store: SqlStore, status: Status) -> None:
    """The same rule learned again brings no new evidence into an approved version."""
    save(store, record(confidence=0.9))
    with store._writing() as connection:
        versions.decide(connection, [("5", 1)], status)
    (approved,) = store.versions("5")
    assert approved == replace(record(confidence=0.9), version=1, status=status)
    assert store.save_versions(new_run(store), [record(confidence=0.5)]) == [approved]
    assert store.versions("5") == store.approved_versions() == [approved]
    assert save(store, record(include="ZARA HOME")) == [2]
    assert store.approved_versions() == [approved]


@pytest.mark.parametrize("column", ["record", "confidence", "rule", "content", "author", "run_id"])
def test_the_database_itself_keeps_versions_as_they_are(store: SqlStore, column: str) -> None:
    save(store, record())
    changed = {"record": {}, "confidence": 0.1}.get(column, "x")
    for statement in (schema.versions.update().values({column: changed}), schema.versions.delete()):
        with pytest.raises(BrandMetagenError, match="never changes"), store._writing() as c:
            c.execute(statement)
    assert store.versions("5") == [replace(record(), version=1)]


def test_a_replay_finds_its_version_even_when_somebody_has_moved_on(store: SqlStore) -> None:
    first = new_run(store)
    store.save_versions(first, [record("5", "A")])
    save(store, record("5", "B"))
    assert [m.version for m in store.save_versions(first, [record("5", "A")])] == [1]
    assert [m.version for m in store.versions("5")] == [1, 2]


def test_a_market_is_saved_at_once(store: SqlStore) -> None:
    market = [record(f"{n:04d}") for n in range(3200)]
    assert set(save(store, *market)) == {1}
    assert set(save(store, *market)) == {1}
    assert len(store.latest_versions()) == 3200


RULES = st.sampled_from(["A", "B", "C", None])
RUNS = st.lists(st.dictionaries(st.sampled_from(["1", "2", "x'y"]), RULES), max_size=6)


@settings(max_examples=25, deadline=None)
@given(runs=RUNS, replays=st.lists(st.integers(1, 3), min_size=6, max_size=6))
def test_saving_again_changes_nothing(
    runs: Sequence[dict[str, str | None]], replays: Sequence[int]
) -> None:
    """Numbers count the changes of a brand's rule, however often each run is replayed."""
    with tempfile.TemporaryDirectory() as folder:
        store = SqlStore(sqlite_url(Path(folder) / "store.sqlite3"))
        expected: dict[str, list[str | None]] = {}
        for rules, times in zip(runs, replays, strict=False):
            for brandid, include in rules.items():
                history = expected.setdefault(brandid, [])
                if not history or history[-1] != include:
                    history.append(include)
            records = [record(brandid, include) for brandid, include in rules.items()]
            run_id = new_run(store)
            for _ in range(times):
                numbered = store.save_versions(run_id, records)
                assert [m.version for m in numbered] == [len(expected[b]) for b in rules]
        for brandid, history in expected.items():
            stored = store.versions(brandid)
            assert [m.version for m in stored] == list(range(1, len(history) + 1))
            assert [m.rule.include if m.rule else None for m in stored] == history
        store.close()
