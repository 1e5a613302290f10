"""What a reader can rely on beyond the floors: which room reads which, how long things are."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import brand_metagen

ROOT = Path(brand_metagen.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

VALUES = {"records", "errors", "config", "constraints", "grammar", "files", "ports", "tracing"}
MAY_IMPORT: dict[str, set[str]] = {
    "records": set(),
    "errors": set(),
    "config": {"errors"},
    "grammar": {"errors"},
    "files": set(),
    "tracing": set(),
    "logs": VALUES,
    "constraints": set(),
    "ports": {"records", "constraints"},
    "tables": VALUES,
    "registry": VALUES | {"tables"},
    "sample": VALUES | {"tables", "registry"},
    "evaluate": VALUES | {"tables"},
    "match": VALUES,
    "synthesise": VALUES | {"tables", "match", "registry"},
    "resolve": VALUES,
    "review": VALUES | {"tables", "evaluate", "synthesise", "match", "confirm"},
    "confirm": VALUES | {"synthesise", "match"},
    "reports": VALUES,
    "publish": VALUES | {"tables", "match", "resolve", "confirm", "reports"},
    "escalate": VALUES | {"tables", "evaluate", "synthesise", "analytics", "reports"},
    "analytics": VALUES | {"reports", "publish"},
    "monitoring": VALUES,
    "workflow": VALUES
    | {"tables", "evaluate", "synthesise", "match", "resolve", "confirm", "publish", "review"}
    | {"escalate"},
    "app": VALUES
    | {"tables", "registry", "evaluate", "synthesise", "match", "confirm", "publish", "review"}
    | {"escalate", "reports", "analytics", "monitoring", "workflow"},
    "store": VALUES | {"publish", "review", "escalate"},
    "notify": VALUES | {"escalate"},
    "spark": VALUES | {"app", "publish", "tables"},
    "mcp": VALUES | {"registry", "app"},
    "agents": VALUES
    | {"tables", "registry", "evaluate", "synthesise", "resolve", "confirm", "publish"}
    | {"escalate", "workflow", "app"},
    "console": VALUES
    | {"app", "web", "publish", "escalate", "analytics", "reports", "mcp", "agents", "logs"}
    | {"notify"},
    "web": VALUES | {"app", "publish", "escalate", "analytics", "reports", "monitoring", "logs"},
    "cli": VALUES
    | {"app", "store", "sample", "publish", "escalate", "reports", "notify", "spark", "web"}
    | {"agents", "analytics", "console", "mcp", "registry", "logs"},
    "__main__": {"cli"},
}
"""Each room, and the rooms that the data's way lets it read. What is not here is not allowed."""

KNOWLEDGE = {
    "agents/data/commands.toml",
    "evaluate/data/wallets.toml",
    "monitoring/data/alarms.toml",
    "publish/sql/athena.sql",
    "publish/sql/duckdb.sql",
    "publish/sql/spark.sql",
    "registry/data/brands.csv.gz",
    "registry/data/mccs.csv",
    "registry/data/sectors.csv",
    "review/data/remarks.toml",
    "sample/data/layouts.toml",
    "sample/data/trades.csv",
    "sample/data/words.toml",
}
STARTED_BY_HAND = {"brand_metagen.agents.worker", "brand_metagen.cli.main"}
"""The process that asks a model, and the face."""
SHARED_RANDOM = {
    *(("random", draw) for draw in ("random", "seed", "choice", "shuffle", "sample", "randint")),
    ("np", "random"),
    ("numpy", "random"),
}
MOST_FILE_LINES, MOST_FUNCTION_LINES, USUAL_FUNCTION_LINES = 400, 60, 9


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def mentioned(path: Path) -> Iterator[str]:
    """Modules a file imports anywhere, and what it names after `from module import`."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{names(path)}: a relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, the docstring left out."""
    first, lines = function.body[0], (function.end_lineno or 0) - function.lineno + 1
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or 0) - first.lineno + 1
    return lines


def test_the_table_of_rooms_has_no_circle() -> None:
    seen: set[str] = set()
    while len(seen) < len(MAY_IMPORT):
        ready = {r for r, needs in MAY_IMPORT.items() if r not in seen and needs - {r} <= seen}
        assert ready, f"a circle among {sorted(set(MAY_IMPORT) - seen)}"
        seen |= ready


@pytest.mark.parametrize("path", FILES, ids=names)
def test_a_room_reads_only_what_the_data_s_way_says(path: Path) -> None:
    room = room_of(path)
    allowed = MAY_IMPORT.get(room, set()) | {room, "__version__"}
    for module in mentioned(path):
        parts = module.split(".")
        if parts[0] == "brand_metagen" and len(parts) > 1:
            assert parts[1] in allowed, f"{names(path)} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_errors_are_not_swallowed_and_chance_is_seeded(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        where = f"{names(path)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, where
            caught = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
            again = any(isinstance(n, ast.Raise) for n in ast.walk(node))
            assert again or not caught & {"Exception", "BaseException"}, where
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in SHARED_RANDOM, where
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}:
            assert names(path) == "config/load.py", f"{where} reads the environment"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_files_and_functions_stay_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_FILE_LINES
    for function in functions(path):
        assert length(function) <= MOST_FUNCTION_LINES, f"{names(path)}: {function.name}"


def test_the_usual_function_is_short() -> None:
    lengths = sorted(length(function) for path in FILES for function in functions(path))
    assert lengths[len(lengths) // 2] <= USUAL_FUNCTION_LINES


def test_every_module_is_used() -> None:
    used = {module for path in FILES for module in mentioned(path)} | STARTED_BY_HAND
    for path in FILES:
        module = ".".join(("brand_metagen", *path.relative_to(ROOT).with_suffix("").parts))
        assert path.stem in {"__init__", "__main__"} or module in used, module


def test_every_folder_is_a_room_with_something_in_it() -> None:
    rooms = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms <= set(MAY_IMPORT)
    for room in sorted(rooms):
        assert [p for p in (ROOT / room).glob("*.py") if p.name != "__init__.py"], room


def test_knowledge_is_data_in_one_place() -> None:
    found = {names(p) for p in ROOT.rglob("*") if p.suffix in {".toml", ".csv", ".gz", ".sql"}}
    assert found == KNOWLEDGE
    assert all((ROOT / name).stat().st_size for name in found)
