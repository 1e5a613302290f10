"""How reviewers say things, as it stands in data/remarks.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def knowledge() -> dict[str, dict[str, list[str]]]:
    """remarks.toml as it stands."""
    text = files(__package__).joinpath("data/remarks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def expanded(phrase: str) -> Iterator[str]:
    """All that a phrase with alternatives stands for; an empty one leaves the words out.

    >>> list(expanded("(two|three) (|other) shops"))
    ['two shops', 'two other shops', 'three shops', 'three other shops']
    """
    head, bracket, tail = phrase.partition("(")
    if not bracket:
        yield " ".join(phrase.split())
        return
    inner, _, rest = tail.partition(")")
    for way in inner.split("|"):
        yield from expanded(f"{head}{way}{rest}")


@cache
def run_together() -> dict[str, tuple[str, str]]:
    """Two words that are written as one → the two."""
    pairs = (said.split(" = ") for said in knowledge()["run_together"]["says"])
    return {one: (two.split()[0], two.split()[1]) for one, two in pairs}


def words(table: str) -> frozenset[str]:
    """The words of one table, as they stand."""
    return frozenset(knowledge()[table]["says"])
