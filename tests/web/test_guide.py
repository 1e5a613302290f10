"""docs/api.md: its examples work, its figures are the settings', its roles are the server's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from offices import API, Office
from test_roles import NEEDED

from brand_metagen.config import ServeSettings
from brand_metagen.ports import Role

PLACES = r"\$?(BRAND|CASE|BATCH|RELEASE|FEEDBACK|FIGURE|LESSON|INCIDENT|ALARM|NAME)"
GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("jq")), reason="the examples are curl's and jq's"
)
def test_the_examples_work(office: Office, tmp_path: Path) -> None:
    script = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
    assert script.count("curl") > 15
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={
            "PATH": "/usr/bin:/bin",
            "URL": f"{office.client.base_url}".rstrip("/") + API,
            "TOKEN": office.tokens[Role.REVIEWER],
            "OPERATOR": office.tokens[Role.OPERATOR],
        },
        capture_output=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr
    assert b'"stored":true' in done.stdout
    assert len(office.get("/publications")["items"]) == 1


def test_every_address_of_cases_and_corrections_is_told() -> None:
    told = " ".join(GUIDE.split())
    for address in NEEDED:
        path = address.split(" ")[1]
        if path.startswith(("/escalations", "/corrections")):
            last = path.rpartition("/")[2]
            assert last.startswith("{") or re.search(rf"[/`]{last}\b", told), address


def test_the_figures_are_the_settings() -> None:
    serve = ServeSettings()
    for says in (
        f"{serve.body_bytes // 1_000_000} MB a request",
        f"{serve.requests_per_minute:,} requests a minute and token",
        f"{serve.failures_per_minute} wrong tokens",
        f"after {serve.token_days} days",
    ):
        assert says in " ".join(GUIDE.split()), says


def test_every_address_it_names_is_there() -> None:
    paths = {address.split(" ")[1] for address in NEEDED}
    known = [re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in sorted(paths)]
    named = re.findall(r"\$URL(/[^\"? ]+)|(?:GET|POST) (/[^`? ]+)", " ".join(GUIDE.split()))
    assert named
    for path in ("".join(pair) for pair in named):
        assert any(one.fullmatch(path) for one in known), path
