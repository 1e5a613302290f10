"""Rows that several brands claim, with every claim and what became of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.files import write_file
from brand_metagen.publish.classifier import Answer
from brand_metagen.records import Combos, Decision

FILE = "ties.jsonl"


@dataclass(frozen=True, slots=True)
class Tie:
    """One contested combo: claims are (brandid, probability), best first."""

    ccid: str
    bankid: str
    narrative: str
    mccid: str
    given_brandid: str
    decision: Decision
    reason: str
    claims: tuple[tuple[str, float], ...]

    @property
    def settled(self) -> bool:
        """Whether one brand was far enough ahead."""
        return self.decision is not Decision.TIE


def ties(combos: Combos, answers: Sequence[Answer]) -> Iterator[Tie]:
    """The contested combos in order."""
    for i, answer in enumerate(answers):
        if len(answer.claims) > 1:
            yield Tie(
                combos.ccid[i],
                combos.bankid[i],
                combos.narrative[i],
                combos.mccid[i],
                combos.brandid[i],
                answer.decision,
                answer.reason,
                tuple((claim.brandid, claim.probability) for claim in answer.claims),
            )


def write_ties(folder: Path, combos: Combos, answers: Sequence[Answer]) -> None:
    """Write `ties.jsonl`, one contested combo a line."""
    fields = Tie.__slots__
    lines = [
        json.dumps({name: getattr(tie, name) for name in fields}) + "\n"
        for tie in ties(combos, answers)
    ]
    write_file(folder / FILE, "".join(lines).encode())


def read_ties(path: Path) -> list[Tie]:
    """The ties a step left."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        claims = tuple((str(brandid), float(p)) for brandid, p in data.pop("claims"))
        decision = Decision(data.pop("decision"))
        found.append(Tie(**data, decision=decision, claims=claims))
    return found
