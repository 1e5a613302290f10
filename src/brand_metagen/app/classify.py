"""The consumer's job: narratives in, decisions out, by a release alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.app.outages import as_ours
from brand_metagen.config import TableSettings
from brand_metagen.errors import InputError
from brand_metagen.publish.classifier import Classifier, uncollected
from brand_metagen.publish.release import load
from brand_metagen.publish.sql.emit import Dialect, emit
from brand_metagen.tables.batches import read_rows, write_rows
from brand_metagen.tables.normalise import normalise

NEEDED = ("narrative", "mccid")
ANSWERS = ("brandid", "decision", "confidence", "reason")
GIVEN = "given_brandid"


@dataclass(frozen=True, slots=True)
class Classified:
    """How many rows became what, by which release."""

    release: str
    rows: int
    decisions: Mapping[str, int]


def classify(
    metadata_file: Path,
    source: str,
    target: str,
    settings: TableSettings,
    advance: Callable[[int], None],
) -> Classified:
    """Stream rows through a release: input columns, then brandid, decision, confidence, reason.

    A `brandid` of the input becomes `given_brandid`. Raises InputError or IntegrityError for a
    release or an input that cannot be used.
    """
    with as_ours(), uncollected():
        return _classify(metadata_file, source, target, settings, advance)


def _classify(
    metadata_file: Path,
    source: str,
    target: str,
    settings: TableSettings,
    advance: Callable[[int], None],
) -> Classified:
    release = load(metadata_file)
    rules = [m.rule for m in release.metadata if m.rule is not None]
    classifier = Classifier(rules, release.model)
    counts: Counter[str] = Counter()
    with read_rows(source, NEEDED, settings) as rows:
        names = renamed(rows.columns)
        columns = [*names.values(), *ANSWERS]
        with write_rows(target, columns, numbers=("confidence",)) as writer:
            for batch in rows.batches:
                answered = _answered(classifier, batch)
                counts.update(answered["decision"])
                kept = {names[name]: cells for name, cells in batch.items()}
                writer.write({**kept, **answered})
                advance(len(answered["decision"]))
    return Classified(release.id, counts.total(), dict(sorted(counts.items())))


def emit_sql(metadata_file: Path, dialect: str, out: Path) -> list[str]:
    """Write a release as tables and a query for an engine into a new folder; returns its files.

    Raises InputError for a dialect that is not known or a folder that exists.
    """
    known = [known.value for known in Dialect]
    if dialect not in known:
        raise InputError(f"no dialect {dialect!r}; there are {', '.join(known)}")
    with as_ours():
        return emit(load(metadata_file), Dialect(dialect), out)


def _answered(
    classifier: Classifier, batch: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    by_name = {name.lower(): cells for name, cells in batch.items()}
    mccids = by_name["mccid"]
    mids = by_name.get("mid") or [""] * len(mccids)
    answers = classifier.answers(
        list(map(normalise, by_name["narrative"])),
        list(map(str.strip, mccids)),
        list(map(str.strip, mids)),
    )
    return {
        "brandid": answers.brandid,
        "decision": [decision.value for decision in answers.decision],
        "confidence": list(map(str, answers.confidence)),
        "reason": answers.reason,
    }


def renamed(columns: Sequence[str]) -> dict[str, str]:
    """Input columns under the names they have in the output."""
    names = {name: GIVEN if name.lower() == "brandid" else name for name in columns}
    taken = [name for name in names.values() if name.lower() in ANSWERS]
    if taken or len(set(names.values())) < len(names):
        clash = ", ".join(taken) or GIVEN
        raise InputError(f"the input has a column {clash}, which the answer adds; rename it first")
    return names
