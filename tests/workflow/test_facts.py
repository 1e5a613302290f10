"""Figures of a run as its report may show them."""

from __future__ import annotations

from types import SimpleNamespace

from brand_metagen.confirm.calibration import Bin
from brand_metagen.workflow.facts import _calibration


def test_no_more_than_all_rows_come_true() -> None:
    """Estimated from labels of which some are wrong, the share may come out above one."""
    bins = (Bin(0.8, 0.75, 10), Bin(0.995, 1.014, 10))
    found = _calibration(SimpleNamespace(model=SimpleNamespace(reliability=bins)))  # type: ignore[arg-type]
    assert found is not None
    assert [(b.predicted, b.observed) for b in found.bins] == [(0.8, 0.75), (0.995, 1.0)]
