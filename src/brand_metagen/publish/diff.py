"""What sets two versions of a brand's metadata apart, for people to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from brand_metagen.records import Metadata, Rule


@dataclass(frozen=True, slots=True)
class Diff:
    """Two versions side by side; what only one of them has is `added` or `removed`.

    `evidence` maps a figure to its value before and after: rows covered, missed and contradicted.
    """

    before: int
    after: int
    include: tuple[str | None, str | None]
    exclude: tuple[str | None, str | None]
    pieces_added: tuple[str, ...]
    pieces_removed: tuple[str, ...]
    mccids_added: tuple[str, ...]
    mccids_removed: tuple[str, ...]
    confidence: tuple[float, float]
    evidence: dict[str, tuple[object, object]]

    @property
    def same_rule(self) -> bool:
        """Whether include, exclude and codes are the same."""
        codes = self.mccids_added or self.mccids_removed
        same = self.include[0] == self.include[1] and self.exclude[0] == self.exclude[1]
        return same and not codes


FIGURES = ("covered", "missed", "contradicted")
"""Shares of evidence that are compared by their counts."""


def diff(before: Metadata, after: Metadata) -> Diff:
    """Compare two versions of one brand."""
    old, new = before.rule, after.rule
    old_pieces, new_pieces = _pieces(old), _pieces(new)
    old_codes, new_codes = (rule.mccids if rule else () for rule in (old, new))
    return Diff(
        before.version,
        after.version,
        (old.include if old else None, new.include if new else None),
        (old.exclude if old else None, new.exclude if new else None),
        _only(new_pieces, old_pieces),
        _only(old_pieces, new_pieces),
        _only(new_codes, old_codes),
        _only(old_codes, new_codes),
        (before.confidence, after.confidence),
        {name: (_count(before, name), _count(after, name)) for name in ("rows", "taken", *FIGURES)},
    )


def _pieces(rule: Rule | None) -> tuple[str, ...]:
    if rule is None:
        return ()
    return tuple(piece.pattern for piece in rule.pieces) or (rule.include,)


def _only(these: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    known = set(others)
    return tuple(x for x in dict.fromkeys(these) if x not in known)


def _count(metadata: Metadata, name: str) -> object:
    found = metadata.evidence.get(name)
    return found.get("count") if isinstance(found, dict) else found
