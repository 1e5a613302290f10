"""The alarms, read from their file: metric, statistic, periods, comparison, what to do (MON-11)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from brand_metagen.config import AlarmSettings
from brand_metagen.errors import NotFound
from brand_metagen.monitoring.catalogue import METRICS, MetricName

STEPS = 6
"""Steps of every response (MON-11)."""


class Statistic(StrEnum):
    """What of a period's values is compared."""

    SUM = "Sum"
    AVERAGE = "Average"
    MAXIMUM = "Maximum"

    @property
    def grows(self) -> bool:
        """Whether a period that is not over can only come to more."""
        return self is not Statistic.AVERAGE


class Missing(StrEnum):
    """What a period without values says."""

    OK = "ok"
    """Nothing happened, which is well."""
    UNKNOWN = "unknown"
    """Nothing can be told."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: it goes off when the statistic of each of the last `evaluations` periods is above
    the threshold. A period with fewer than `least` samples counts as without values."""

    name: str
    title: str
    metric: MetricName
    statistic: Statistic
    period: int
    evaluations: int
    threshold: float
    setting: str
    missing: Missing
    least: int
    means: str
    steps: tuple[str, ...]

    @property
    def rule(self) -> str:
        """The condition in words."""
        many = f"{self.evaluations} times in a row " if self.evaluations > 1 else ""
        return (
            f"{self.statistic.value} of {self.metric.name} within {span(self.period)} "
            f"{many}> {self.threshold:g}"
        )


def span(seconds: int) -> str:
    """A length of time in words.

    >>> span(300), span(3600), span(86400)
    ('5 min', '1 h', '1 day')
    """
    for size, word in ((86_400, "day"), (3_600, "h"), (60, "min")):
        if seconds % size == 0:
            many = seconds // size
            return f"{many} {word}{'s' if word == 'day' and many > 1 else ''}"
    return f"{seconds} s"


def alarms(settings: AlarmSettings) -> Mapping[str, Alarm]:
    """All alarms with the thresholds of the settings, by name, in the order of the file."""
    return {name: _alarm(name, said, settings) for name, said in _file().items()}


def alarm(settings: AlarmSettings, name: str) -> Alarm:
    """One alarm; raises NotFound naming those there are."""
    known = alarms(settings)
    if name not in known:
        raise NotFound(f"no alarm {name!r}; there are {', '.join(known)}")
    return known[name]


@cache
def _file() -> Mapping[str, Mapping[str, object]]:
    text = files("brand_metagen.monitoring").joinpath("data/alarms.toml").read_text("utf-8")
    found: Mapping[str, Mapping[str, object]] = tomllib.loads(text)
    return found


def _alarm(name: str, said: Mapping[str, object], settings: AlarmSettings) -> Alarm:
    steps = said["steps"]
    assert isinstance(steps, list)
    assert len(steps) == STEPS, name
    setting = str(said["threshold"])
    least = str(said.get("least", ""))
    return Alarm(
        name,
        str(said["title"]),
        METRICS[str(said["metric"])],
        Statistic(str(said["statistic"])),
        int(str(said["period"])),
        int(str(said["evaluations"])),
        float(getattr(settings, setting)),
        f"alarms.{setting}",
        Missing(str(said["missing"])),
        int(getattr(settings, least)) if least else 1,
        str(said["means"]),
        tuple(map(str, steps)),
    )
