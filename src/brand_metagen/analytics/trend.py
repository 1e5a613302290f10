"""A metric over time, and whether it changes: a test over all steps, not two points compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand_metagen.analytics.history import History, Stretch
from brand_metagen.analytics.metrics import Measured, Metric, measure
from brand_metagen.analytics.stats import mann_kendall

SURE = 0.05
"""Probability of such a series by chance below which a trend is named."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric step by step. `direction` is up, down or stable; `better` says whether that is good
    (None = stable); `steps` with nothing to count have no value and take no part in the test."""

    metric: Metric
    steps: tuple[Measured, ...]
    tau: float
    p: float

    @property
    def values(self) -> list[float]:
        return [v for step in self.steps if (v := step.counted.value) is not None]

    @property
    def direction(self) -> str:
        if self.p >= SURE or self.tau == 0:
            return "stable"
        return "up" if self.tau > 0 else "down"

    @property
    def better(self) -> bool | None:
        if self.direction == "stable":
            return None
        return (self.direction == "up") == self.metric.rising


def trend(metric: Metric, history: History, spans: Sequence[Stretch]) -> Trend:
    """Measure a metric in each span, in their order, and test it for a monotone change."""
    steps = tuple(measure(metric, history, span) for span in spans)
    values = [v for step in steps if (v := step.counted.value) is not None]
    tau, p = mann_kendall(values)
    return Trend(metric, steps, tau, p)
