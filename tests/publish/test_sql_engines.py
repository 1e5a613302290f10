"""A release as tables and one query answers as the classifier does, here on DuckDB."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
import sqlglot

from brand_metagen.confirm.posterior import SAID_SO
from brand_metagen.errors import InputError
from brand_metagen.match.keys import EVERYWHERE, keys
from brand_metagen.match.matcher import Matcher
from brand_metagen.publish.classifier import Classifier
from brand_metagen.publish.sql.emit import Dialect, emit, query_for
from brand_metagen.publish.sql.tables import TABLES
from learned import learned_release, learned_sample, released_rules, reviewed_model
from transactions import expected, rows


@pytest.fixture(scope="module")
def emitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sql") / "duckdb"
    emit(learned_release(), Dialect.DUCKDB, out)
    return out


def test_duckdb_answers_as_the_classifier(emitted: Path) -> None:
    asked = rows()
    answers = expected(asked)
    with duckdb.connect() as connection:
        connection.execute("SET file_search_path = ?", [str(emitted)])
        connection.execute((emitted / "load.sql").read_text())
        connection.execute("CREATE TABLE transactions (narrative TEXT, mccid TEXT, mid TEXT)")
        columns = [[row[i] for row in asked] for i in range(3)]
        connection.execute(
            "INSERT INTO transactions SELECT UNNEST(?), UNNEST(?), UNNEST(?)", columns
        )
        found = connection.execute((emitted / "classify.sql").read_text()).fetchall()
    by_row = {tuple(row[:3]): row[3:] for row in found}
    assert len(found) == len(asked) == len(by_row)
    told, why = set(), set()
    for row, brandid, decision, confidence, reason in zip(asked, *answers.columns(), strict=True):
        there = by_row[row]
        assert (there[0], there[1]) == (brandid, decision.value), row
        assert there[2] == pytest.approx(confidence, abs=1e-9), row
        if "ahead of" not in reason and decision.value != "tie":
            assert there[3] == reason, row
        told.add(decision.value)
        why.add(reason)
    assert told >= {"confirmed", "unmatched", "review", "tie"}
    assert SAID_SO in why
    plain = Classifier(released_rules(), reviewed_model())
    without = plain.answers(*([row[i] for row in asked] for i in range(3)))
    moved = sum(a != b for a, b in zip(answers.decision, without.decision, strict=True))
    assert moved > 10  # opinions are counted by the query, too


@pytest.mark.parametrize("dialect", [Dialect.DUCKDB, Dialect.SPARK])
def test_the_dialects_are_made_from_athenas(dialect: Dialect) -> None:
    """Run `make sql` when this fails."""
    made = sqlglot.transpile(
        query_for(Dialect.ATHENA), read="athena", write=dialect.value, pretty=True, identify=True
    )
    assert query_for(dialect).strip() == made[0]


@pytest.mark.parametrize("dialect", list(Dialect))
def test_no_rule_stands_in_a_query(dialect: Dialect, tmp_path: Path) -> None:
    files = emit(learned_release(), dialect, tmp_path / "out")
    assert files == sorted(["classify.sql", "load.sql", *(f"{t}/{t}.parquet" for t in TABLES)])
    text = (tmp_path / "out" / "classify.sql").read_text()
    for rule in learned_sample().rules:
        assert rule.include not in text
    for table in TABLES:
        assert re.search(rf"\b{table}\b", text)
        assert re.search(rf"\b{table}\b", (tmp_path / "out" / "load.sql").read_text())
    sqlglot.parse(text, read=dialect.value)


def test_the_same_release_gives_the_same_bytes(emitted: Path, tmp_path: Path) -> None:
    emit(learned_release(), Dialect.DUCKDB, tmp_path / "again")
    for path in sorted(p for p in emitted.rglob("*") if p.is_file()):
        assert path.read_bytes() == (tmp_path / "again" / path.relative_to(emitted)).read_bytes()


def test_a_folder_that_stands_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(InputError, match="exists"):
        emit(learned_release(), Dialect.DUCKDB, tmp_path / "out")


def narrative_keys(text: str) -> set[str]:
    """The keys of a narrative, as the query makes them."""
    found = {EVERYWHERE}
    for run in re.findall("[A-Z0-9_]+", text):
        found |= {run[:n] for n in range(1, 5)}
        if len(run) < 4:
            found.add(run + "$")
    return found


def test_keys_miss_no_match() -> None:
    sample = learned_sample()
    matcher = Matcher(sample.rules)
    looked_up = [keys(rule.include) for rule in sample.rules]
    found = 0
    for text in sample.narratives:
        known = narrative_keys(text)
        for rule, _ in matcher.spans(text):
            assert not known.isdisjoint(looked_up[rule]), (text, sample.rules[rule].include)
            found += 1
    assert found > 2_000
    assert sum(EVERYWHERE in those for those in looked_up) == 0


@pytest.mark.parametrize(
    ("pattern", "expected_keys"),
    [
        ("STAR", {EVERYWHERE}),
        ("\\bSTARB", {"STAR"}),
        ("\\bABC\\b", {"ABC$"}),
        ("\\bABC", {"ABC"}),
        ("\\bA[ -]?BC\\b", {"A$", "ABC$"}),
        ("\\b(?:THE )?[AB]CD ?E\\b", {"THE$", "ACD$", "BCD$", "ACDE", "BCDE"}),
        ("\\b[A-Z]{3}9", {EVERYWHERE}),
        ("\\bAB[A-Z]{2}9", {"AB"}),
        ("\\b[01]{2}\\b", {"00$", "01$", "10$", "11$"}),
        ("[*]AB\\b", {"AB$"}),
        ("^AB$", {"AB$"}),
    ],
)
def test_keys_of(pattern: str, expected_keys: set[str]) -> None:
    assert keys(pattern) == expected_keys
