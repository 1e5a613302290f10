"""Trees of the rule language, printed: every engine finds what the tree itself says.

The meaning of a tree is written down here a second time, as sets of positions (`ends`). It is slow
and plain, it shares nothing with the parser or an engine, and so it can contradict all of them.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator

import duckdb
import numpy as np
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen.errors import RuleError
from brand_metagen.grammar import (
    ALNUM,
    Anchor,
    CharClass,
    Group,
    Literal,
    Node,
    Optional,
    check_pattern,
    fewest_letters,
    parse,
)
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule

pytestmark = pytest.mark.slow

Taken = set[tuple[int, int]]
"""Position of a pattern, position of a text."""

ALPHABET = "AABC019 -*.&'_(+$"
CLASSES = {
    "[ -]": " -",
    "[AB]": "AB",
    "[0-9]": string.digits,
    "[A-Z]": string.ascii_uppercase,
    "[ .*'&-]": " .*'&-",
    "[A0 ]": "A0 ",
    "[ -~]": "".join(map(chr, range(0x20, 0x7F))),
}

# --- trees -------------------------------------------------------------------------------------

LETTER = st.sampled_from("AABC019").map(Literal)
LITERAL = st.one_of(LETTER, st.sampled_from(" -*.&'_(+$").map(Literal))


def class_of(text: str, least: int, more: int) -> CharClass:
    return CharClass(frozenset(CLASSES[text]), least, max(1, least + more), text)


CLASS = st.builds(class_of, st.sampled_from(sorted(CLASSES)), st.integers(0, 2), st.integers(0, 3))
LAST = Group(((Anchor("\\b"),), (class_of("[0-9]", 1, 0),)))
r"""How learned names end: `(?:\b|[0-9])`."""


def sequence_of(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[tuple[Node, ...]]:
    r"""Some nodes; a \b or LAST only where a letter stands beside it, ^ and $ only outside."""
    some = st.lists(nodes, max_size=4)
    begin = st.sampled_from([(), (), (Anchor("\\b"),), (Anchor("^"),)])
    end = st.sampled_from([(), (), (LAST,), (Anchor("\\b"),), (Anchor("$"),)])
    return st.builds(
        lambda a, first, middle, last, z: (*a, first, *middle, last, *z),
        begin,
        LETTER,
        some,
        LETTER,
        end,
    )


def group_of(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Group]:
    return st.lists(sequence_of(nodes), min_size=1, max_size=3).map(tuple).map(Group)


def deeper(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(nodes, group_of(nodes), group_of(nodes).map(Optional))


ATOM: st.SearchStrategy[Node] = st.one_of(LITERAL, LETTER.map(Optional), CLASS)
TREE = group_of(st.recursive(ATOM, deeper, max_leaves=6))
BARE = st.lists(st.lists(ATOM, min_size=1, max_size=4).map(tuple), min_size=1, max_size=2)
VAGUE = st.one_of(TREE, BARE.map(tuple).map(Group))
"""Also trees that a match may meet with a letter or none."""

# --- what a tree prints, means, and is met by ----------------------------------------------------


def printed(node: Node) -> str:
    """The pattern of a node."""
    if isinstance(node, Literal):
        return ("\\" if node.character in r".*+?()[]{}|^$\\" else "") + node.character
    if isinstance(node, CharClass):
        least, most = node.least, node.most
        if (least, most) in {(1, 1), (0, 1)}:
            return node.text + "?" * (1 - least)
        return node.text + (f"{{{least}}}" if least == most else f"{{{least},{most}}}")
    if isinstance(node, Optional):
        return printed(node.node) + "?"
    if isinstance(node, Anchor):
        return node.kind
    return f"(?:{alternatives(node)})"


def alternatives(group: Group) -> str:
    return "|".join("".join(map(printed, sequence)) for sequence in group.alternatives)


def ends(node: Node, text: str, at: int) -> set[int]:
    """Where a match of the node can end that begins at a position."""
    if isinstance(node, Literal):
        return {at + 1} if text[at : at + 1] == node.character else set()
    if isinstance(node, CharClass):
        run = 0
        while run < node.most and at + run < len(text) and text[at + run] in node.characters:
            run += 1
        return {at + times for times in range(node.least, run + 1)}
    if isinstance(node, Optional):
        return {at} | ends(node.node, text, at)
    if isinstance(node, Anchor):
        return {at} if holds(node.kind, text, at) else set()
    return {end for sequence in node.alternatives for end in ends_of_all(sequence, text, at)}


def ends_of_all(sequence: tuple[Node, ...], text: str, at: int) -> set[int]:
    places = {at}
    for node in sequence:
        places = {end for place in places for end in ends(node, text, place)}
    return places


def holds(kind: str, text: str, at: int) -> bool:
    if kind == "^":
        return at == 0
    if kind == "$":
        return at == len(text)
    inside = [0 <= i < len(text) and text[i] in ALNUM | {"_"} for i in (at - 1, at)]
    return inside[0] != inside[1]


def says(tree: Group, text: str) -> bool:
    return any(ends(tree, text, at) for at in range(len(text) + 1))


def met_by(node: Node, rng: random.Random) -> str:
    """A text the node matches, anchors apart."""
    if isinstance(node, Literal):
        return node.character
    if isinstance(node, CharClass):
        upper = sorted(c for c in node.characters if not c.islower())
        return "".join(rng.choices(upper, k=rng.randint(node.least, node.most)))
    if isinstance(node, Optional):
        return met_by(node.node, rng) if rng.random() < 0.5 else ""
    if isinstance(node, Anchor):
        return ""
    return "".join(met_by(part, rng) for part in rng.choice(node.alternatives))


def nearly(text: str, rng: random.Random) -> str:
    """One character dropped, doubled or replaced, or something in front or behind."""
    at = rng.randrange(len(text) + 1)
    middle = rng.choice(["", text[at : at + 1] * 2, rng.choice(ALPHABET)])
    dirty = text[:at] + middle + text[at + 1 :]
    return rng.choice([dirty, rng.choice(ALPHABET) + text, text + rng.choice(ALPHABET)])


def texts_for(trees: list[Group], rng: random.Random) -> list[str]:
    good = [met_by(tree, rng) for tree in trees for _ in range(3)]
    return [*good, *(nearly(text, rng) for text in good), *(f"SQ *{text} 9" for text in good)]


# --- engines -------------------------------------------------------------------------------------


def by_python(patterns: list[str], texts: list[str], flags: int = 0) -> Taken:
    found = [re.compile(pattern, flags).search for pattern in patterns]
    return {(i, j) for i, f in enumerate(found) for j, text in enumerate(texts) if f(text)}


def by_python_in_any_case(patterns: list[str], texts: list[str]) -> Taken:
    return by_python(patterns, texts, re.IGNORECASE)


def by_re2(patterns: list[str], texts: list[str]) -> Taken:
    found = [re2.compile(pattern).search for pattern in patterns]
    return {(i, j) for i, f in enumerate(found) for j, text in enumerate(texts) if f(text)}


def by_re2_set(patterns: list[str], texts: list[str]) -> Taken:
    options = re2.Options()
    options.max_mem = 1 << 30
    together = re2.Set.SearchSet(options)
    for pattern in patterns:
        together.Add(pattern)
    together.Compile()
    return {(i, j) for j, text in enumerate(texts) for i in together.Match(text) or ()}


def by_duckdb(patterns: list[str], texts: list[str]) -> Taken:
    """Patterns as a column, so no pattern is ever part of the SQL."""
    connection = database()
    connection.register("p", {"i": np.arange(len(patterns)), "pattern": np.array(patterns, object)})
    connection.register("t", {"j": np.arange(len(texts)), "text": np.array(texts, object)})
    query = "SELECT i, j FROM p, t WHERE regexp_matches(text, pattern)"
    return {(int(i), int(j)) for i, j in connection.execute(query).fetchall()}


def by_matcher(patterns: list[str], texts: list[str]) -> Taken:
    matcher = Matcher([Rule(str(i), p, None, ()) for i, p in enumerate(patterns)])
    return {(i, j) for j, text in enumerate(texts) for i, _ in matcher.spans(text)}


ENGINES = [by_python, by_python_in_any_case, by_re2, by_re2_set, by_duckdb, by_matcher]
CONNECTION: list[duckdb.DuckDBPyConnection] = []


def database() -> duckdb.DuckDBPyConnection:
    return CONNECTION[0]


@pytest.fixture(autouse=True, scope="module")
def _connection() -> Iterator[None]:
    """One connection for all generated cases: opening one costs more than asking it."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 1")
        CONNECTION.append(connection)
        yield
        CONNECTION.clear()


# --- tests ---------------------------------------------------------------------------------------

CORPUS = st.tuples(st.lists(TREE, min_size=1, max_size=3), st.randoms(use_true_random=False))


@settings(max_examples=200, deadline=None)
@given(VAGUE)
def test_a_printed_tree_is_read_back_as_itself(tree: Group) -> None:
    assert parse(alternatives(tree)) == tree


@settings(max_examples=200, deadline=None)
@given(CORPUS)
def test_every_engine_finds_what_the_tree_says(corpus: tuple[list[Group], random.Random]) -> None:
    trees, rng = corpus
    patterns, texts = [alternatives(tree) for tree in trees], texts_for(trees, rng)
    expected = {
        (i, j) for i, tree in enumerate(trees) for j, text in enumerate(texts) if says(tree, text)
    }
    for engine in ENGINES:
        assert engine(patterns, texts) == expected, (engine.__name__, patterns, texts)


@settings(max_examples=100, deadline=None)
@given(TREE, TREE, st.randoms(use_true_random=False))
def test_the_whole_rule_is_include_and_not_exclude(
    include: Group, exclude: Group, rng: random.Random
) -> None:
    rule = Rule("1", alternatives(include), alternatives(exclude), ())
    whole = re.compile(rule.regex, re.IGNORECASE).search
    matcher = Matcher([rule])
    for text in texts_for([include, exclude], rng):
        taken = says(include, text) and not says(exclude, text)
        assert (whole(text) is not None, bool(matcher.spans(text))) == (taken, taken), (rule, text)


@settings(max_examples=200, deadline=None)
@given(VAGUE, st.randoms(use_true_random=False))
def test_no_match_holds_fewer_letters_than_promised(tree: Group, rng: random.Random) -> None:
    letters = fewest_letters(tree)
    counts = [sum(c in ALNUM for c in met_by(tree, rng)) for _ in range(5)]
    assert min(counts) >= letters
    pattern = alternatives(tree)
    if letters >= 2:
        check_pattern(pattern)
    else:
        with pytest.raises(RuleError, match="almost every"):
            check_pattern(pattern)


def test_the_generated_corpus_has_both_answers() -> None:
    """The trees above are worth something: their texts are neither all found nor all missed."""
    tree, rng = parse(r"\bAB[ -]?C(?:\b|[0-9])|^B?C1$"), random.Random(1)
    found = [says(tree, text) for text in texts_for([tree] * 20, rng)]
    assert 0.2 < sum(found) / len(found) < 0.8
