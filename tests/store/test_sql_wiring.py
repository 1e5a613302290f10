"""A workspace whose store is elsewhere: `store.database_url`, a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from brand_metagen.config import load_settings
from brand_metagen.store.sql import SqlStore
from program import good, inside

PASSWORD = "s3cret-Pa55"


@pytest.fixture
def elsewhere(postgresql: str) -> str:
    url = make_url(postgresql).set(password=PASSWORD)
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    good(inside("sample", "--out", folder, "--brands", 8, "--rows", 120))
    return folder


@pytest.mark.slow
def test_a_run_on_postgresql_is_the_run_on_sqlite(
    data: Path, elsewhere: str, tmp_path: Path
) -> None:
    files = {}
    for name, given in (("here", {}), ("there", {"BRAND_METAGEN_STORE_DATABASE_URL": elsewhere})):
        at = ("--workspace", tmp_path / name)
        said = [
            good(inside(*command, *at, **given))
            for command in (
                ("run", "--data", data),
                ("run", "--data", data, "--json"),
                ("status", "--json"),
                ("runs", "show", "RUN-0001", "--json"),
                ("export", "--out", tmp_path / f"{name}-out"),
            )
        ]
        assert not any(PASSWORD in done.out + done.err for done in said)
        out = tmp_path / f"{name}-out"
        files[name] = {p.name: p.read_bytes() for p in out.rglob("*") if p.is_file()}
    timed = {"report.html", "run.json"}
    compared = set(files["here"]) - timed
    assert compared == set(files["there"]) - timed
    assert {n: files["here"][n] for n in compared} == {n: files["there"][n] for n in compared}
    assert (tmp_path / "here" / "brand-metagen.sqlite3").exists()
    assert not (tmp_path / "there" / "brand-metagen.sqlite3").exists()
    store = SqlStore(elsewhere)
    assert len(store.runs()) == 2
    assert PASSWORD not in "".join(run.settings for run in store.runs())
    store.close()
    written = [p for p in (tmp_path / "there").rglob("*") if p.is_file()]
    assert written
    assert not any(PASSWORD.encode() in path.read_bytes() for path in written)


def test_the_settings_file_names_it_and_nothing_prints_it(tmp_path: Path, elsewhere: str) -> None:
    (tmp_path / "config.toml").write_text(f'[store]\ndatabase_url = "{elsewhere}"\n')
    settings = load_settings(tmp_path / "config.toml", {})
    assert settings.store.database_url == elsewhere
    assert PASSWORD not in repr(settings)
    assert inside("status", "--workspace", tmp_path).code in (0, 2)
    assert SqlStore(elsewhere).runs() == []


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:1/none",
        f"nosuch://me:{PASSWORD}@host/x",
        f"postgresql+psycopg://me:{PASSWORD}@127.0.0.1:port/x",
    ],
)
def test_what_cannot_be_opened_is_said_without_the_password(tmp_path: Path, url: str) -> None:
    done = inside("status", "--workspace", tmp_path, BRAND_METAGEN_STORE_DATABASE_URL=url)
    assert done.code in (1, 2)
    assert "Traceback" not in done.err
    assert PASSWORD not in done.out + done.err


def test_where_there_is_no_folder_there_is_no_workspace(tmp_path: Path, elsewhere: str) -> None:
    missing = tmp_path / "missing"
    done = inside("status", "--workspace", missing, BRAND_METAGEN_STORE_DATABASE_URL=elsewhere)
    assert done.code == 2
    assert "no workspace" in done.err
