"""What may be read and who may do what: the data behind our servers, and their tools by role."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.app.catalogue_reading import catalogue
from brand_metagen.app.workspace import Workspace
from brand_metagen.errors import BrandMetagenError
from brand_metagen.mcp.servers_file import FILE
from brand_metagen.ports import Role

TOOLS: tuple[tuple[str, str, Role], ...] = (
    ("registry", "search_brands", Role.VIEWER),
    ("registry", "get_brand_info", Role.VIEWER),
    ("registry", "validate_sector", Role.VIEWER),
    ("registry", "get_mcc_mappings", Role.VIEWER),
    ("operations", "review_queue", Role.VIEWER),
    ("operations", "show_brand", Role.VIEWER),
    ("operations", "status", Role.VIEWER),
    ("operations", "metrics", Role.VIEWER),
    ("operations", "feedback", Role.REVIEWER),
    ("operations", "approve", Role.REVIEWER),
    ("operations", "reject", Role.REVIEWER),
    ("operations", "escalate", Role.REVIEWER),
)
"""Our tools, and the least role each takes (a test holds it to what the servers do)."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source of data: whether we may read it, and what to do if not."""

    name: str
    good: bool
    detail: str
    advice: str = ""


def sources(workspace: Workspace) -> Iterator[Source]:
    """Everything that answers are made of, tried by reading it."""
    yield Source("store", True, f"{len(workspace.store.runs())} runs, can be read")
    yield _tables(workspace)
    accounts = [a for a in workspace.store.accounts() if not a.disabled]
    tokens = sum(t.revoked_at is None for a in accounts for t in workspace.store.tokens(a.name))
    yield Source(
        "accounts",
        bool(tokens),
        f"{len(accounts)} accounts with {tokens} tokens",
        "" if tokens else "over HTTP nobody gets in: `brand-metagen users token NAME`",
    )
    file = workspace.folder / FILE
    if file.exists():
        yield _servers_file(file)


def _tables(workspace: Workspace) -> Source:
    try:
        found = catalogue(workspace, workspace.settings.mcp)
    except (BrandMetagenError, OSError) as error:
        return Source("tables", False, str(error), "see who owns the workspace's `runs` folder")
    if not found.brands:
        return Source("tables", True, "no completed run: the packaged tables alone answer")
    return Source("tables", True, f"{len(found.brands):,} brands and {len(found.mccs):,} codes")


def _servers_file(file: Path) -> Source:
    if not os.access(file, os.R_OK):
        return Source(FILE, False, "cannot be read", f"chmod u+r {FILE}")
    if file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        advice = f"chmod 600 {FILE} if secrets stand in it, or keep them in variables: ${{NAME}}"
        return Source(FILE, True, "others on this machine can read it", advice)
    return Source(FILE, True, "only its owner can read it")
