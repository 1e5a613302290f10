"""The metadata record as one JSON line, and back (design.md, Contracts)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from brand_metagen.errors import InputError
from brand_metagen.records import Metadata, Piece, Rule, Status


def to_record(metadata: Metadata) -> dict[str, Any]:
    """The contract's fields in the contract's order."""
    rule = metadata.rule
    return {
        "brandid": metadata.brandid,
        "brandname": metadata.brandname,
        "sector": metadata.sector,
        "version": metadata.version,
        "status": metadata.status.value,
        "regex": rule.regex if rule else None,
        "include": rule.include if rule else None,
        "exclude": rule.exclude if rule else None,
        "mccids": list(rule.mccids) if rule else [],
        "confidence": metadata.confidence,
        "requires_confirmation": metadata.requires_confirmation,
        "reasons": list(metadata.reasons),
        "evidence": {
            **metadata.evidence,
            "pieces": [asdict(piece) for piece in rule.pieces] if rule else [],
        },
    }


def from_record(record: Mapping[str, Any]) -> Metadata:
    """The value back; raises KeyError, TypeError or ValueError when fields are missing or wrong."""
    evidence = dict(record.get("evidence", {}))
    pieces = tuple(Piece(**piece) for piece in evidence.pop("pieces", ()))
    rule = None
    if record["include"] is not None:
        rule = Rule(
            record["brandid"],
            record["include"],
            record["exclude"],
            tuple(str(m) for m in record["mccids"]),
            pieces,
        )
    return Metadata(
        brandid=str(record["brandid"]),
        brandname=record["brandname"],
        sector=record["sector"],
        version=int(record["version"]),
        status=Status(record["status"]),
        rule=rule,
        confidence=float(record["confidence"]),
        requires_confirmation=bool(record["requires_confirmation"]),
        reasons=tuple(record["reasons"]),
        evidence=evidence,
    )


def dump_lines(records: Iterable[Metadata]) -> str:
    """One record a line, in order of brandid."""
    ordered = sorted(records, key=lambda m: m.brandid)
    return "".join(json.dumps(to_record(m), ensure_ascii=False) + "\n" for m in ordered)


def load_lines(text: str, source: str) -> Iterator[Metadata]:
    """Parse `metadata.jsonl`; raises InputError naming the source and line."""
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield from_record(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{source}, line {number}: not a metadata record: {error!r}"
            ) from error
