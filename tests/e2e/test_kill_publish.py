"""Killed at every write of a publish, the old release is in force or the new one, each whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from faults import KILLED, Driver, Whole

from brand_metagen.ports import BrandState
from brand_metagen.store.sql import SqlStore, sqlite_url
from program import good

pytestmark = pytest.mark.slow

KILLS = [
    ("app.publishing:pack", "after", 1),
    ("app.publishing:write_folder", "before", 1),
    *(("files:write_file", when, n) for n in (1, 2, 3) for when in ("before", "after")),
    ("files:sync_folder", "before", 1),
    ("files:sync_folder", "after", 4),
    ("app.publishing:write_folder", "after", 1),
    ("store.sql:SqlStore.publish", "before", 1),
    ("store.publications:append", "before", 1),
    ("store.publications:append", "after", 1),
    ("store.sql:SqlStore.publish", "after", 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def approved(
    whole: Whole, driver: Driver, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str, list[str]]:
    """A workspace with a release in force and two more brands approved; the release, the two."""
    folder = tmp_path_factory.mktemp("publish") / "w"
    shutil.copytree(whole.workspace, folder)
    brands = json.loads(good(driver("review", "queue", "--workspace", folder, "--json")).out)
    first, second, third = (brand["brandid"] for brand in brands[:3])
    good(driver("review", "approve", first, "--workspace", folder, "--as", "ana"))
    release = json.loads(good(driver("publish", "--workspace", folder, "--json")).out)["release"]
    for brandid in (second, third):
        good(driver("review", "approve", brandid, "--workspace", folder, "--as", "ana"))
    return folder, release, [second, third]


def in_force(driver: Driver, folder: Path) -> str:
    out = folder.with_name(f"{folder.name}-out")
    args = ("export", "--what", "published", "--workspace", folder, "--out", out, "--json")
    exported: dict[str, str] = json.loads(good(driver(*args)).out)
    return exported["release"]


def states(folder: Path, brands: list[str]) -> set[BrandState]:
    store = SqlStore(sqlite_url(folder / "brand-metagen.sqlite3"))
    try:
        return {store.line(brandid).state for brandid in brands}
    finally:
        store.close()


@pytest.mark.parametrize("kill", KILLS, ids=lambda k: f"{k[0].split(':')[1]}-{k[1]}-{k[2]}")
def test_the_old_release_or_the_new_one(
    approved: tuple[Path, str, list[str]],
    driver: Driver,
    tmp_path: Path,
    kill: tuple[str, str, int],
) -> None:
    origin, old, brands = approved
    folder = tmp_path / "w"
    shutil.copytree(origin, folder)
    done = driver("publish", "--workspace", folder, faults=[(*kill, "kill")])
    assert done.code == KILLED
    now = in_force(driver, folder)
    published = states(folder, brands) == {BrandState.PUBLISHED}
    assert (now != old) == published
    assert published or states(folder, brands) == {BrandState.APPROVED}
    good(driver("verify", "--workspace", folder))
    # The same command finishes the job, where there is any left.
    again = driver("publish", "--workspace", folder)
    assert again.code == (3 if published else 0)
    assert states(folder, brands) == {BrandState.PUBLISHED}
    assert in_force(driver, folder) != old
    assert not list((folder / "releases").glob("*.partial"))


def test_a_release_can_be_put_in_force_again(
    approved: tuple[Path, str, list[str]], driver: Driver, tmp_path: Path
) -> None:
    origin, old, _ = approved
    folder = tmp_path / "w"
    shutil.copytree(origin, folder)
    good(driver("publish", "--workspace", folder))
    assert in_force(driver, folder) != old
    good(driver("publish", "--restore", old, "--workspace", folder, "--note", "too early"))
    assert in_force(driver, folder) == old
    assert driver("publish", "--restore", "REL-nothing", "--workspace", folder).code == 2
    manifest = folder / "releases" / old / "metadata.jsonl"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert driver("verify", "--workspace", folder).code == 1
    assert (
        driver("export", "--what", "published", "--workspace", folder, "--out", tmp_path / "o").code
        == 1
    )
