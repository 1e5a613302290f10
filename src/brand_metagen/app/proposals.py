"""A proposed split as a file that a human may edit, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from brand_metagen.app.brand_admin import Criteria
from brand_metagen.app.source_tables import Key
from brand_metagen.errors import InputError
from brand_metagen.grammar import check_pattern

HOW = (
    "Change names, sectors, ids, or move rows (CCID@BANKID) between parts and `left`. A part "
    "without `rows` gets those of the brand's rows that hold one of its words and have one of its "
    "mccids. Rows that stand nowhere keep no label, as those in `left`. `promises` bind the new "
    "brand's rule: what takes the rows that no word tells. Then: brands split BRAND "
    "--proposal FILE --apply --reason WHY"
)


@dataclass(frozen=True, slots=True)
class Promises:
    """What the new brand's rule is asked to keep for rows that no word tells (`constraints`).

    `pattern` is the name alone, for a part whose codes tell it; then the codes and words of the
    other parts are out. `rows` must be taken one by one.
    """

    pattern: str = ""
    mccids_out: tuple[str, ...] = ()
    words_out: tuple[str, ...] = ()
    rows: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedPart:
    """A brand to be made: its rows, or the criteria that choose them (then `rows` is None)."""

    brandid: str
    name: str
    sector: str
    words: tuple[str, ...]
    mccids: tuple[str, ...]
    rows: tuple[Key, ...] | None
    evidence: Mapping[str, object]
    promises: Promises = Promises()

    @property
    def criteria(self) -> Criteria:
        return Criteria(mccids=self.mccids, words=self.words)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A brand and the brands it is proposed to become; none where it is one. `left` goes to humans:
    these rows lose their label, and why is said beside each."""

    brandid: str
    brandname: str
    why: str
    bits: float
    parts: tuple[ProposedPart, ...]
    left: tuple[tuple[Key, str], ...]


def to_json(proposal: Proposal) -> dict[str, Any]:
    """Plain data: rows as CCID@BANKID."""
    return {
        "how": HOW,
        "brandid": proposal.brandid,
        "brandname": proposal.brandname,
        "why": proposal.why,
        "bits": round(proposal.bits, 3),
        "parts": [
            {
                "brandid": part.brandid,
                "name": part.name,
                "sector": part.sector,
                "words": list(part.words),
                "mccids": list(part.mccids),
                "evidence": dict(part.evidence),
                "promises": {
                    "pattern": part.promises.pattern,
                    "mccids_out": list(part.promises.mccids_out),
                    "words_out": list(part.promises.words_out),
                    "rows": [written(key) for key in part.promises.rows],
                },
                "rows": [written(key) for key in part.rows or ()],
            }
            for part in proposal.parts
        ],
        "left": {written(key): why for key, why in proposal.left},
    }


def written(key: Key) -> str:
    """A row as text.

    >>> written(("00017", "B1")), read_key("00017@B1")
    ('00017@B1', ('00017', 'B1'))
    """
    return "@".join(key)


def read_key(text: str) -> Key:
    """A row from text; the bank may be left out."""
    ccid, _, bankid = text.partition("@")
    return ccid, bankid


def to_file(proposal: Proposal, path: Path) -> None:
    """Write a proposal for a human to edit."""
    text = json.dumps(to_json(proposal), indent=1, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8")


def from_file(path: Path) -> Proposal:
    """A proposal as a human left it; raises InputError that names the part that does not fit."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a proposal that can be read: {error}") from error
    return from_json(data, str(path))


def from_json(data: Any, where: str) -> Proposal:
    """A proposal from plain data; raises InputError where it does not fit."""
    if not isinstance(data, dict) or not isinstance(data.get("parts"), list):
        raise InputError(f"{where}: a proposal has a brandid and a list of parts")
    left = data.get("left", {})
    if not isinstance(left, dict):
        raise InputError(f'{where}: left maps rows to words, such as {{"17@B1": "unclear"}}')
    return Proposal(
        brandid=_text(data, "brandid", where),
        brandname=_text(data, "brandname", where, ""),
        why=_text(data, "why", where, ""),
        bits=0.0,
        parts=tuple(_part(p, f"{where}, part {i}") for i, p in enumerate(data["parts"], start=1)),
        left=tuple((read_key(str(key)), str(why)) for key, why in left.items()),
    )


def _part(data: Any, where: str) -> ProposedPart:
    if not isinstance(data, dict):
        raise InputError(f"{where}: a part has a name and rows")
    evidence = data.get("evidence", {})
    return ProposedPart(
        brandid=_text(data, "brandid", where, ""),
        name=_text(data, "name", where),
        sector=_text(data, "sector", where, ""),
        words=_texts(data, "words", where) or (),
        mccids=_texts(data, "mccids", where) or (),
        rows=None if (rows := _texts(data, "rows", where)) is None else tuple(map(read_key, rows)),
        evidence=evidence if isinstance(evidence, dict) else {},
        promises=_promises(data.get("promises", {}), f"{where}, promises"),
    )


def _promises(data: Any, where: str) -> Promises:
    if not isinstance(data, dict):
        raise InputError(f"{where}: a pattern, mccids_out, words_out and rows")
    pattern = _text(data, "pattern", where, "")
    if pattern:
        check_pattern(pattern)
    return Promises(
        pattern,
        _texts(data, "mccids_out", where) or (),
        _texts(data, "words_out", where) or (),
        tuple(map(read_key, _texts(data, "rows", where) or ())),
    )


def _text(data: Mapping[str, Any], name: str, where: str, usual: str | None = None) -> str:
    value = data.get(name, usual)
    if not isinstance(value, str):
        raise InputError(f"{where}: {name} is a text")
    return value


def _texts(data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...] | None:
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InputError(f"{where}: {name} is a list of texts")
    return tuple(value)
