"""The merchant category codes of ISO 18245 and of the card schemes, with their sectors."""

from __future__ import annotations

import csv
import io
from functools import cache
from importlib import resources

from brand_metagen.records import Mcc


@cache
def known_mccs() -> tuple[Mcc, ...]:
    """Every code of the packaged table in order, leading zeros kept; read once.

    >>> known_mccs()[0].mccid
    '0742'
    """
    text = resources.files(__package__).joinpath("data/mccs.csv").read_text(encoding="utf-8")
    return tuple(
        Mcc(row["mccid"], row["mcc_desc"], row["sector"])
        for row in csv.DictReader(io.StringIO(text, newline=""))
    )
