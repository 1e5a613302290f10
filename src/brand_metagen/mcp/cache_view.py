"""Looking at the answers that are kept: figures, age, and whether they still hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from brand_metagen.errors import InputError, NotFound
from brand_metagen.files import write_file
from brand_metagen.mcp.keeping import faults_of, moment
from brand_metagen.ports import Answer, AnswerCache, CacheDay


@dataclass(frozen=True, slots=True)
class CacheFigures:
    """The cache at a glance; `hit_rate` is None before anything was looked for."""

    answers: int
    most: int
    bytes: int
    fresh: int
    of_other_data: int
    hits: int
    misses: int
    hit_rate: float | None
    days: tuple[CacheDay, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that should not be there as it is."""

    server: str
    key: str
    fault: str


def figures(
    cache: AnswerCache, now: datetime, data: str, most: int, first: str = "", last: str = ""
) -> CacheFigures:
    """Figures of now; hits and misses of the days from `first` to `last` (ISO dates, UTC)."""
    answers = cache.kept_answers()
    days = [d for d in cache.cache_days() if d.day >= first and (not last or d.day <= last)]
    hits, misses = sum(d.hits for d in days), sum(d.misses for d in days)
    return CacheFigures(
        len(answers),
        most,
        sum(a.size for a in answers),
        sum(not is_stale(a, now) for a in answers),
        sum(a.data not in ("", data) for a in answers),
        hits,
        misses,
        round(hits / (hits + misses), 4) if hits + misses else None,
        tuple(days),
    )


def is_stale(answer: Answer, now: datetime) -> bool:
    """Whether an answer is no longer fresh."""
    return moment(answer.fresh_until) <= now


def age(answer: Answer, now: datetime) -> float:
    """Seconds since an answer was made."""
    return max(0.0, (now - moment(answer.made_at)).total_seconds())


def top(cache: AnswerCache, most: int) -> list[Answer]:
    """The answers of most use."""
    return sorted(cache.kept_answers(), key=lambda a: (-a.hits, a.server, a.key))[:most]


def one(cache: AnswerCache, key: str, server: str = "") -> Answer:
    """The answer under a key; raises NotFound, or InputError where several servers have one."""
    found = [a for a in cache.kept_answers() if a.key == key and server in ("", a.server)]
    if not found:
        raise NotFound(f"nothing is kept under {key[:200]!r}; `brand-metagen cache top` lists keys")
    if len(found) > 1:
        listed = ", ".join(a.server for a in found)
        raise InputError(f"several servers answered {key!r}: {listed}; say --server NAME")
    return found[0]


def differences(kept: Any, fresh: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two answers differ: the place, what is kept, what is said now."""
    if isinstance(kept, dict) and isinstance(fresh, dict):
        for key in sorted({*kept, *fresh}):
            yield from differences(kept.get(key), fresh.get(key), f"{path}.{key}" if path else key)
    elif isinstance(kept, list) and isinstance(fresh, list) and len(kept) == len(fresh):
        for place, (old, new) in enumerate(zip(kept, fresh, strict=True)):
            yield from differences(old, new, f"{path}[{place}]")
    elif kept != fresh:
        yield path, kept, fresh


def faults(answers: Sequence[Answer], most: int) -> list[Fault]:
    """What is wrong with the answers that are kept, in their order."""
    found = [Fault(a.server, a.key, fault) for a in answers for fault in faults_of(a) if fault]
    if len(answers) > most:
        found.append(Fault("", "", f"{len(answers):,} answers, where {most:,} are the most"))
    return found


def back_up(answers: Sequence[Answer], file: Path) -> None:
    """Write the answers as JSON lines, whole or not at all."""
    fields = Answer.__dataclass_fields__
    lines = [json.dumps({name: getattr(a, name) for name in fields}) + "\n" for a in answers]
    write_file(file, "".join(lines).encode())
