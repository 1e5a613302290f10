"""The probability that one row is one brand's, and what speaks loudest for or against it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from brand_metagen.confirm.features import AROUND, NAMES, Sighting, vector
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.words import residue

CERTAIN = 0.995
"""No row is surer than this: the labels cannot tell."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A brand's claim on a row: its probability and the strongest reason against it, if any."""

    brandid: str
    probability: float
    doubt: str


def opine(
    model: ConfirmModel,
    brandid: str,
    text: str,
    span: tuple[int, int],
    mccid: str,
    known_mid: str | None,
    rivals: int,
) -> Opinion:
    """The opinion on `text`, whose `span` the brand's include matched; pure in its arguments."""
    facts = model.brands[brandid]
    seen = Sighting(
        matched=text[span[0] : span[1]],
        name=facts.letters,
        residue=residue(text, *span),
        mcc=model.mcc_evidence(brandid, mccid),
        mid=0 if known_mid is None else 1 if known_mid == brandid else -1,
        rivals=rivals,
        own=facts.own,
        other=facts.other,
    )
    values = vector(seen, model.label_rate, model.words.worth)
    intercept, *weights = model.weights
    parts = [w * v for w, v in zip(weights, values, strict=True)]
    labelled = model.curve(intercept + sum(parts))
    probability = min(CERTAIN, max(1 - CERTAIN, labelled / model.label_rate))
    return Opinion(brandid, round(probability, 6), _doubt(parts, seen))


def _doubt(parts: list[float], seen: Sighting) -> str:
    """The feature that lowers the score most, in words; empty when none does."""
    worst = min(range(len(parts)), key=lambda k: (parts[k], k))
    if parts[worst] >= -0.1:
        return ""
    reason = NAMES[worst]
    told = [word for word in seen.residue.words if word != "?"]
    if reason == AROUND and told:
        return f"{reason}: {' '.join(told)[:40]}"
    return reason




def find(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """Where an include matches; it must, for the matcher said so."""
    match = pattern.search(text)
    if match is None:
        raise AssertionError(f"engines disagree on {pattern.pattern!r}")
    return match.span()
