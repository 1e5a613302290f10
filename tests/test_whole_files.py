"""Files appear whole, whoever else writes them at the same time and whatever fails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brand_metagen.files import write_file

WRITERS, EACH = 8, 30


def test_of_several_writers_at_once_one_stays_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.html"

    def write(writer: int) -> None:
        for _ in range(EACH):
            write_file(path, bytes([writer]) * (1_000 * (writer + 1)))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    found = path.read_bytes()
    assert set(found) == {found[0]}
    assert len(found) == 1_000 * (found[0] + 1)
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_file(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
