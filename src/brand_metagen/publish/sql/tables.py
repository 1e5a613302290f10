"""The tables of the query: everything a release knows, one row each."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from brand_metagen.confirm.calibration import Isotonic
from brand_metagen.confirm.features import NAMES, of_code, of_match
from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.confirm.opinions import keyed
from brand_metagen.confirm.posterior import CERTAIN, DOUBTS, FELT
from brand_metagen.match.keys import keys
from brand_metagen.publish.classifier import ALONE, UNMATCHED, worded
from brand_metagen.publish.release import Release
from brand_metagen.records import Rule

Rows = Iterable[tuple[object, ...]]
TEXT, NUMBER, WHOLE = "VARCHAR", "DOUBLE", "BIGINT"

RECORD, SIZE_OF_MARKET = 0, 1
"""The places in `NAMES` of what a rule's record alone decides."""
CODE, USUAL = 6, 7

TABLES: Mapping[str, Mapping[str, str]] = {
    "rules": {
        "rule": WHOLE, "brandid": TEXT, "include": TEXT, "exclude": TEXT, "probe": TEXT,
        "name": TEXT, "size": WHOLE, "record_part": NUMBER, "rows_part": NUMBER, "lift": NUMBER,
    },
    "rule_keys": {"k": TEXT, "rule": WHOLE},
    "rule_codes": {"rule": WHOLE, "mccid": TEXT, "code_part": NUMBER, "usual_part": NUMBER},
    "words": {"word": TEXT, "worth": NUMBER, "strange": NUMBER},
    "mids": {"mid": TEXT, "brandid": TEXT},
    "vouched": {"narrative": TEXT, "mccid": TEXT, "brandid": TEXT},
    "opinions": {"narrative": TEXT, "mccid": TEXT, "brandid": TEXT, "shift": NUMBER},
    "curve": {
        "low": NUMBER, "high": NUMBER, "at_score": NUMBER, "width": NUMBER, "value": NUMBER,
        "rise": NUMBER,
    },
    "weights": {
        "intercept": NUMBER, **{f"w{k}": NUMBER for k in range(len(NAMES))},
        "felt": NUMBER, "label_rate": NUMBER, "least": NUMBER, "most": NUMBER,
        "confirm": NUMBER, "exclude": NUMBER, "win": NUMBER, "lead": NUMBER,
    },
    "reasons": {"decision": TEXT, "doubt": WHOLE, "reason": TEXT},
}  # fmt: skip
"""Every table with its columns and their types."""


def table_files(release: Release) -> dict[str, bytes]:
    """Each table as the Parquet file `NAME/NAME.parquet`."""
    with tempfile.TemporaryDirectory() as folder:
        made = {}
        for name, rows in release_tables(release).items():
            path = Path(folder) / f"{name}.parquet"
            _write_parquet(path, TABLES[name], list(rows))
            made[f"{name}/{path.name}"] = path.read_bytes()
    return made


def _write_parquet(
    path: Path, columns: Mapping[str, str], rows: Sequence[tuple[object, ...]]
) -> None:
    with duckdb.connect() as connection:
        connection.register("made", _columns(columns, rows))
        cast = ", ".join(f"{column}::{kind} AS {column}" for column, kind in columns.items())
        query = connection.sql(f"SELECT {cast} FROM made")  # noqa: S608 - names of our own
        query.write_parquet(str(path))


def release_tables(release: Release) -> dict[str, Rows]:
    """The rows of every table."""
    model = release.model
    found = (metadata.rule for metadata in release.metadata)
    rules = sorted((rule for rule in found if rule), key=lambda rule: rule.brandid)
    return {
        "rules": [_rule(number, rule, model) for number, rule in enumerate(rules)],
        "rule_keys": [(k, n) for n, rule in enumerate(rules) for k in sorted(keys(rule.include))],
        "rule_codes": [
            (n, mccid, *_code_parts(rule.brandid, mccid, model))
            for n, rule in enumerate(rules)
            for mccid in rule.mccids
        ],
        "words": _words(model),
        "mids": sorted(model.mids.items()),
        "vouched": model.vouched,
        "opinions": [(*keyed(key), shift) for key, shift in sorted(model.advised.items())],
        "curve": _curve(model.curve),
        "weights": [_weights(model)],
        "reasons": _reasons(),
    }


def _rule(number: int, rule: Rule, model: ConfirmModel) -> tuple[object, ...]:
    facts = model.brands[rule.brandid]
    # Lazily up to the first match: where it begins is what the engines' own functions do not tell.
    probe = f"^([ -~]*?)(?:{rule.include})"
    record = of_match("", facts.letters, facts.own, facts.other, model.label_rate)
    return (
        number,
        rule.brandid,
        rule.include,
        rule.exclude,
        probe,
        facts.letters,
        len(facts.letters),
        record[RECORD] * model.weights[1 + RECORD],
        record[SIZE_OF_MARKET] * model.weights[1 + SIZE_OF_MARKET],
        facts.lift,
    )


def _code_parts(brandid: str, mccid: str, model: ConfirmModel) -> Iterator[float]:
    features = of_code(model.mcc_evidence(brandid, mccid))
    for place, value in zip((CODE, USUAL), features, strict=True):
        yield value * model.weights[1 + place]


def _words(model: ConfirmModel) -> Rows:
    words = model.words
    for word in sorted(words.agreed.keys() | words.disagreed.keys() | words.elsewhere.keys()):
        worth, strange = words.worth(word), words.strange(word)
        if worth is not None or strange:
            yield word, worth, strange


def _curve(curve: Isotonic) -> Rows:
    """Where a score lies, the straight line it lies on."""
    at, value, far = curve.at, curve.value, sys.float_info.max
    yield -far, at[0], at[0], 1.0, value[0], 0.0
    for i in range(1, len(at)):
        yield at[i - 1], at[i], at[i - 1], at[i] - at[i - 1], value[i - 1], value[i] - value[i - 1]
    yield at[-1], far, at[-1], 1.0, value[-1], 0.0


def _weights(model: ConfirmModel) -> tuple[float, ...]:
    limits = model.thresholds
    bounds = (FELT, model.label_rate, 1 - CERTAIN, CERTAIN)
    return (*model.weights, *bounds, limits.confirm, limits.exclude, limits.win, limits.lead)


def _reasons() -> Rows:
    for decision in ALONE:
        for place, doubt in enumerate(DOUBTS):
            yield decision.value, place, worded(decision, doubt)[1]
    yield UNMATCHED.decision.value, DOUBTS.index(""), UNMATCHED.reason


def _columns(
    columns: Mapping[str, str], rows: Sequence[tuple[object, ...]]
) -> dict[str, NDArray[Any]]:
    kinds = {TEXT: object, NUMBER: float, WHOLE: np.int64}
    return {
        name: np.array([row[at] for row in rows], kinds[kind])
        for at, (name, kind) in enumerate(columns.items())
    }
