"""Imports go one way, and only faces print."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import brand_metagen

ROOT = Path(brand_metagen.__file__).parent
VALUES = {"records", "errors", "config", "constraints", "ports", "grammar", "files", "tracing"}
STAGES = {
    "tables", "registry", "evaluate", "synthesise", "match", "resolve", "confirm", "publish",
    "review", "reports", "escalate", "analytics", "sample", "monitoring",
}  # fmt: skip
LAYERS = [
    VALUES, STAGES, {"workflow"}, {"app"}, {"store", "notify", "spark", "mcp", "agents", "logs"},
    {"web"},
    {"console"},
    {"cli", "__main__"},
]  # fmt: skip
ADAPTERS_ONLY = {
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "psycopg": set(),
    "typer": {"cli"},
    "rich": {"cli"},
    "fastapi": {"web", "console"},
    "starlette": {"web", "console", "mcp", "agents"},
    "pydantic": {"web", "mcp", "agents"},
    "uvicorn": {"web", "mcp", "agents"},
    "mcp": {"mcp"},
    "anyio": {"mcp"},
    "httpx2": {"mcp"},
    "rapidfuzz": {"registry"},
    "nicegui": {"console"},
    "limits": {"web"},
    "prometheus_client": {"web"},
    "pyspark": {"spark"},
    "py4j": {"spark"},
    "typst": {"reports"},
    "smtplib": {"notify"},
    "http": {"notify"},
    "strands": {"agents"},
    "bedrock_agentcore": {"agents"},
    "botocore": {"agents"},
}
FILES = sorted(ROOT.rglob("*.py"))


def layer(room: str) -> int:
    return next(i for i, rooms in enumerate(LAYERS) if room in rooms)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_keeps_to_its_floor(path: Path) -> None:
    room = room_of(path)
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= 400
    if room == "__init__":
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "brand_metagen" and len(parts) > 1:
            # `publish.metadata` is how the store writes its records.
            assert layer(parts[1]) <= layer(room), name
        allowed = ADAPTERS_ONLY.get(parts[0])
        assert allowed is None or room in allowed, name
        assert parts[0] not in {"boto3", "pandas", "pyarrow"}
    if room != "cli":
        calls = [n.func for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
        assert not any(isinstance(f, ast.Name) and f.id == "print" for f in calls)
