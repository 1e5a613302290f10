"""A scripted model behind a local server, advisers that ask it, and a workspace with one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bedrock import Answer, Bedrock

from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AgentSettings, Settings
from brand_metagen.sample.market import make_sample
from brand_metagen.store.sql import SqlStore, sqlite_url

MODEL = "test.model-v1:0"
Ask = Callable[..., ModelAdviser]


@pytest.fixture(scope="session")
def server() -> Iterator[Bedrock]:
    with Bedrock() as bedrock, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "none")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "none")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        yield bedrock


@pytest.fixture
def bedrock(server: Bedrock) -> Bedrock:
    server.script = lambda asked: Answer(text="nothing")
    server.asked.clear()
    return server


@pytest.fixture
def notes() -> list[tuple[Any, ...]]:
    """What advisers wrote into the audit log."""
    return []


@pytest.fixture
def ask(bedrock: Bedrock, notes: list[tuple[Any, ...]]) -> Iterator[Ask]:
    """Makes advisers that ask the scripted model; all are ended afterwards."""
    made: list[ModelAdviser] = []

    def adviser(**changes: Any) -> ModelAdviser:
        settings = replace(
            AgentSettings(model=MODEL, endpoint_url=bedrock.url, price_in=1.0, price_out=5.0),
            **changes,
        )
        made.append(ModelAdviser(settings, lambda *note: notes.append(note)))
        return made[-1]

    yield adviser
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data and workspace of one run over a small sample; copied by whoever writes."""
    from program import good, inside

    folder = tmp_path_factory.mktemp("agents")
    make_sample(folder / "data", 20, 400, 1)
    good(inside("run", "--data", folder / "data", "--workspace", folder / "w"))
    return folder


@pytest.fixture
def workspace(finished: Path, tmp_path: Path) -> Iterator[Workspace]:
    """A copy of the workspace, open."""
    import shutil

    folder = tmp_path / "w"
    shutil.copytree(finished / "w", folder)
    store = SqlStore(sqlite_url(folder / "brand-metagen.sqlite3"), Settings().review)
    yield Workspace(folder, Settings(), store)
    store.close()
