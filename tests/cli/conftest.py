"""One finished workspace for all tests of this room."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from places import Place
from program import Done, good, inside


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    made = Place(tmp_path_factory.mktemp("cli"))
    good(inside("sample", "--out", made.data, "--brands", 30, "--rows", 600))
    good(inside("run", "--data", made.data, "--workspace", made.workspace))
    good(inside("export", "--workspace", made.workspace, "--out", made.release.parent))
    return made


@pytest.fixture
def classify(place: Place) -> Callable[..., Done]:
    """`classify` over text on standard input, or over what is named."""

    def run(
        text: str | bytes = "",
        *more: object,
        input: object = "-",  # noqa: A002
        output: object = "-",
    ) -> Done:
        stdin = text if isinstance(text, bytes) else text.encode()
        files = ("--metadata", place.release, "--input", input, "--output", output)
        return inside("classify", *files, *more, stdin=stdin)

    return run
