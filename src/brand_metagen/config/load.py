"""Settings read from their layers, each value checked against its kind and its limits."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from brand_metagen.config.sections import Settings
from brand_metagen.errors import InputError

ENV_PREFIX = "BRAND_METAGEN_"
TRACE = f"{ENV_PREFIX}TRACE"
"""Under which trace a process that we start goes on; no setting."""
LIMITS: Mapping[str, tuple[float, float]] = {
    "tables.max_field_chars": (1_024, 131_072),
    "learn.head_floor": (2, 40),
    "learn.head_cap": (2, 40),
    "learn.head_evidence_floor": (2, 40),
    "workflow.batch_size": (1, 100),
    "workflow.max_iterations": (1, 5),
    "workflow.step_attempts": (1, 10),
    "workflow.retry_factor": (1, 10),
    "workflow.workers": (0, 256),
    "review.round_limit": (1, 10),
    "review.near_limit": (1, 10),
    "review.failure_limit": (1, 10),
    "review.claim_seconds": (10, 86_400),
    "review.remark_chars": (100, 100_000),
    "escalate.operations_hours": (0.01, 10_000),
    "escalate.engineering_hours": (0.01, 10_000),
    "escalate.product_hours": (0.01, 10_000),
    "escalate.low_confidence": (0, 1),
    "escalate.low_rounds": (1, 10),
    "escalate.failure_limit": (1, 100),
    "notify.smtp_port": (1, 65_535),
    "notify.deadline_seconds": (0.1, 300),
    "notify.attempts": (1, 100),
    "notify.wait_seconds": (0, 86_400),
    "notify.poll_seconds": (0.1, 3_600),
    "mcp.deadline_seconds": (0.05, 600),
    "mcp.attempts": (1, 10),
    "mcp.wait_seconds": (0, 60),
    "mcp.retry_factor": (1, 10),
    "mcp.breaker_failures": (1, 100),
    "mcp.calls_per_minute": (1, 1_000_000),
    "mcp.answer_bytes": (1_000, 100_000_000),
    "mcp.cache_entries": (1, 100_000),
    "alarms.least_brands": (1, 100_000),
    "alarms.reach_days": (1, 31),
    "alarms.poll_seconds": (1, 3_600),
    "alarms.sample_days": (8, 4_000),
    "log.keep_days": (1, 4_000),
    "log.file_bytes": (100_000, 10_000_000_000),
    "serve.body_bytes": (10_000, 100_000_000),
    "serve.requests_per_minute": (1, 1_000_000),
    "serve.failures_per_minute": (1, 1_000_000),
    "serve.classify_items": (1, 100_000),
    "serve.token_days": (1, 3_650),
    "serve.session_hours": (1, 720),
    "serve.wait_seconds": (0, 600),
    "schedule.hour": (2, 23),
    "schedule.make_up": (0, 366),
    "schedule.poll_seconds": (1, 3_600),
    "agents.call_seconds": (0.1, 600),
    "agents.call_tokens": (1, 100_000),
    "agents.call_chars": (100, 1_000_000),
    "agents.least_outcomes": (20, 1_000_000),
}
"""Lowest and highest value of settings that have one; shares lie between 0 and 1 besides."""
SHARES = re.compile(
    r".*(_share|_some|_most|_majority|_few|_many|_medium|_high|_threshold|_floor"
    r"|_strict)|confirm\.(confirm|exclude|win|lead)|report\.(sure|high|low)"
    r"|mcp\.(sector_valid|sector_strong|likeness)"
)
"""Settings that are shares or probabilities, by name."""


def load_settings(
    config_file: Path | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Merge the layers; `overrides` maps `section.name` to a value.

    Raises InputError naming the layer and the key when a key is unknown or a value does not fit.
    """
    settings = Settings()
    for source, values in (
        (str(config_file), _from_file(config_file)),
        ("environment", _from_environ(os.environ if environ is None else environ)),
        ("command line", dict(overrides or {})),
    ):
        for key, value in values.items():
            settings = _with_value(settings, key, value, source)
    return settings


def environment() -> Mapping[str, str]:
    """The variables that other configuration files may name for their secrets."""
    return dict(os.environ)


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None or not path.exists():
        return {}
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a settings file: {error}") from error
    flat: dict[str, Any] = {}
    for section, values in tree.items():
        if not isinstance(values, dict):
            raise InputError(f"{path}: {section} stands outside a [section]")
        flat.update({f"{section}.{name}": value for name, value in values.items()})
    return flat


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    """`BRAND_METAGEN_TABLES_ENCODING=latin-1` → `tables.encoding`; other variables are not ours."""
    flat: dict[str, Any] = {}
    for section in dataclasses.fields(Settings):
        prefix = f"{ENV_PREFIX}{section.name.upper()}_"
        for variable, value in sorted(environ.items()):
            if variable.startswith(prefix):
                flat[f"{section.name}.{variable.removeprefix(prefix).lower()}"] = value
    return flat


def _with_value(settings: Settings, key: str, value: Any, source: str) -> Settings:
    section_name, _, name = key.partition(".")
    section = getattr(settings, section_name, None)
    if section is None or not hasattr(section, name):
        raise InputError(f"{source}: unknown setting {key}")
    current = getattr(section, name)
    wanted = _converted(value, current, key, source)
    _check_limits(key, wanted, source)
    changed = dataclasses.replace(section, **{name: wanted})
    return dataclasses.replace(settings, **{section_name: changed})


def _check_limits(key: str, value: Any, source: str) -> None:
    share = isinstance(value, float) and SHARES.fullmatch(key)
    lowest, highest = LIMITS.get(key, (0, 1) if share else (0, float("inf")))
    if isinstance(value, int | float) and not lowest <= value <= highest:
        raise InputError(f"{source}: {key} lies between {lowest} and {highest}, not at {value}")


def _converted(value: Any, current: Any, key: str, source: str) -> Any:
    kind = type(current)
    if kind is bool and isinstance(value, str):
        if value.lower() in ("true", "1", "yes"):
            return True
        if value.lower() in ("false", "0", "no"):
            return False
        raise InputError(f"{source}: {key} takes true or false, not {value!r}")
    if isinstance(value, bool) != (kind is bool):
        raise InputError(f"{source}: {key} takes {kind.__name__}, not {value!r}")
    try:
        return kind(value)
    except (TypeError, ValueError) as error:
        raise InputError(f"{source}: {key} takes {kind.__name__}, not {value!r}") from error
