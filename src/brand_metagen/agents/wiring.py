"""Means put together: an adviser where a model is set, and ended again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from brand_metagen.agents.instructions import Instructions
from brand_metagen.agents.role import Means
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings

if TYPE_CHECKING:
    from brand_metagen.agents.advising import ModelAdviser


HOUR = 3_600.0
"""Seconds of a server's budget for advice: its settings `run_…` then hold for an hour."""


def _unwritten(actor: str, action: str, subject: str, detail: Mapping[str, object]) -> None:
    """Where there is no workspace, there is no log."""


@contextmanager
def rephrasing(workspace: Workspace) -> Iterator[Workspace]:
    """The workspace, unclear remarks said again by its model; as it is where none is set."""
    with opened_means(workspace.settings, workspace) as means:
        yield rephrased(workspace, means)


def rephrased(workspace: Workspace, means: Means, renewing: float | None = None) -> Workspace:
    """The workspace with the rephraser of some means, where they have an adviser; `renewing` are
    the seconds of a budget where no run bounds it."""
    if means.adviser is None:
        return workspace
    from brand_metagen.agents.feedback import ModelRephraser

    return replace(workspace, rephraser=ModelRephraser(means, renewing))


def talker(means: Means) -> ModelAdviser | None:
    """The adviser of some means, where it can hold a conversation."""
    if means.adviser is None:
        return None
    from brand_metagen.agents.advising import ModelAdviser

    return means.adviser if isinstance(means.adviser, ModelAdviser) else None


@contextmanager
def opened_means(settings: Settings, workspace: Workspace | None = None) -> Iterator[Means]:
    """What agents may use; raises InputError where a model is set and cannot be asked."""
    instructions = Instructions(workspace.folder if workspace else None)
    if not settings.agents.model:
        yield Means(settings, workspace, None, instructions)
        return
    from brand_metagen.agents.advising import ModelAdviser

    note: Any = workspace.store.note if workspace else _unwritten
    adviser = ModelAdviser(settings.agents, note)
    try:
        yield Means(settings, workspace, adviser, instructions)
    finally:
        adviser.close()
