"""Nothing is undocumented: commands, settings and metrics as the code has them."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import typer.main

from brand_metagen.analytics.metrics import METRICS, Metric
from brand_metagen.app.diagnosing import SCENARIOS
from brand_metagen.app.health import PARTS
from brand_metagen.app.routines import ROUTINES
from brand_metagen.cli.main import app
from brand_metagen.config import AlarmSettings
from brand_metagen.logs.reading import QUERIES
from brand_metagen.monitoring.alarms import alarms
from brand_metagen.monitoring.catalogue import METRICS as MONITORED
from brand_metagen.ports import Cause
from shown import HEADERS, body

DOCS = Path(__file__).parents[1] / "docs"
BAR = r"\|"
"""A bar inside a table's cell."""


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "make_reference.py"))


@pytest.mark.parametrize("name", ["commands", "settings", "monitoring"])
def test_the_reference_is_what_the_code_says(made: dict[str, Any], name: str) -> None:
    now = HEADERS["body"](made[name]())
    assert now == body(DOCS / f"{name}.md"), "run: make reference"


def test_every_setting_says_what_it_is(made: dict[str, Any]) -> None:
    bare = [line for line in made["settings"]().splitlines() if line.startswith("- ") and
            line.endswith("`")]  # fmt: skip
    assert len(bare) <= 25, bare


def numbers(cell: str) -> list[float]:
    """The numbers of a table's cell, percentages as shares."""
    scale = 100 if "%" in cell else 1
    return [float(number) / scale for number in re.findall(r"[0-9.]+", cell)]


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
def test_every_metric_stands_in_its_guide_with_formula_bands_and_bounds(metric: Metric) -> None:
    text = (DOCS / "analytics.md").read_text(encoding="utf-8")
    begin = f"| `{metric.key}` | {metric.formula.replace('|', BAR)} |"
    (row,) = [line for line in text.splitlines() if line.startswith(begin)]
    bands, bounds, _ = row.removeprefix(begin).split("|")
    assert numbers(bands) == pytest.approx(list(metric.bands.edges) if metric.bands else [])
    wanted = [value for value in (metric.target, metric.alert) if value is not None]
    assert numbers(bounds) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("guide", "names"),
    [
        ("analytics", tuple(METRICS)),
        ("operations", (*SCENARIOS, *(f"routine {name}" for name in ROUTINES))),
        ("monitoring", (*MONITORED, *alarms(AlarmSettings()), *QUERIES, *PARTS)),
        ("escalations", tuple(cause.value for cause in Cause)),
    ],
)
def test_every_name_stands_in_its_guide(guide: str, names: tuple[str, ...]) -> None:
    text = (DOCS / f"{guide}.md").read_text(encoding="utf-8")
    assert [name for name in names if name not in text] == []


def test_every_step_of_a_response_is_a_command_that_is_there() -> None:
    root = typer.main.get_command(app)
    steps = [step for alarm in alarms(AlarmSettings()).values() for step in alarm.steps]
    found = [said for step in steps for said in re.findall(r"`brand-metagen ([^`]+)`", step)]
    assert len(found) >= 48
    for said in found:
        command: Any = root
        words = said.split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert not hasattr(command, "commands"), said
        known = {name for p in command.params for name in (*p.opts, *p.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, said
