"""Whatever is sent, the server does not fail: generated requests over the whole OpenAPI.

`BRAND_METAGEN_TEST_EXAMPLES` says how many of each operation (10 by default).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from offices import Office, opened
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.ports import Role
from brand_metagen.web.app import make_app

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("BRAND_METAGEN_TEST_EXAMPLES", "10"))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.fixture(scope="module")
def target(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("fuzzed")
    shutil.copytree(finished / "w", folder / "w")
    limits = {"serve__requests_per_minute": 1_000_000, "serve__failures_per_minute": 1_000_000}
    with opened(folder / "w", finished / "data", **limits) as made:
        yield made


def described() -> dict[str, Any]:
    """The OpenAPI of a server that serves nothing."""
    nowhere: Any = None
    return make_app(Workspace(Path(), Settings(), nowhere)).openapi()


schema = schemathesis.openapi.from_dict(described())


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_no_request_breaks_the_server(case: Case, target: Office) -> None:
    steered(case, target)
    case.headers = {**(case.headers or {}), **target.headers(Role.ADMIN)}
    case.call_and_validate(base_url=str(target.client.base_url), checks=CHECKS)


def steered(case: Case, target: Office) -> None:
    """Half of the requests are led to what is there, where more can go wrong than a 404."""
    parameters = case.path_parameters or {}
    if "brandid" in parameters and len(str(parameters["brandid"])) % 2:
        lines = target.workspace.store.brands()
        line = lines[len(str(case.body)) % len(lines)]
        parameters["brandid"] = line.brandid
        case.headers = {**(case.headers or {}), "If-Match": f'"{line.version}"'}
    if "run_id" in parameters and len(str(parameters["run_id"])) % 2:
        parameters["run_id"] = "RUN-0001"
    if "name" in parameters and len(str(parameters["name"])) % 2:
        parameters["name"] = "viewer"
