"""Narratives classified on Spark by the very code that classifies them on one machine.

Every worker loads the release once and answers its partitions in batches. Spark reads and writes
the files and spreads the rows; nothing of it decides anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, Row, SparkSession
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from brand_metagen.app.classify import ANSWERS, NEEDED, Classified, renamed
from brand_metagen.errors import InputError
from brand_metagen.publish.classifier import Classifier
from brand_metagen.publish.release import load
from brand_metagen.tables.csv_file import check_columns
from brand_metagen.tables.normalise import normalise

BATCH = 10_000
"""Rows a worker answers at a time."""
CSV: Mapping[str, Any] = {
    "header": True,
    "quote": '"',
    "escape": '"',
    "multiLine": True,
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}
"""As in every other table: quotes doubled, blanks kept. Spark's own ways would change cells."""


def classify(metadata_file: Path, source: str, target: str) -> Classified:
    """Classify a CSV or Parquet file or folder into a folder of Parquet files, or CSV for `.csv`.

    Text is read as UTF-8. Raises InputError for an input that cannot be read, lacks a column or has
    a row of another length, and for a target that exists.
    """
    release = load(metadata_file)
    spark = SparkSession.builder.appName("brand-metagen classify").getOrCreate()
    try:
        answered = answers(_read(spark, source), metadata_file)
        kind = "csv" if target.endswith(".csv") else "parquet"
        answered.write.format(kind).options(**CSV).save(target)
        written = spark.read.format(kind).options(**CSV).load(target)
        counted = written.groupBy("decision").count().collect()
    except (PySparkException, Py4JError) as error:
        raise InputError(f"{source} to {target}: {_cause(error)}") from error
    counts = {row["decision"]: int(row["count"]) for row in counted}
    return Classified(release.id, sum(counts.values()), dict(sorted(counts.items())))


def answers(rows: DataFrame, metadata_file: Path) -> DataFrame:
    """A frame's columns as text, then brandid, decision, confidence and reason.

    `metadata_file` must be where every worker can read it.
    """
    check_columns(tuple(rows.columns), NEEDED, "the input")
    names = renamed(rows.columns)
    kinds = {"confidence": DoubleType()}
    fields = [*names.values(), *ANSWERS]
    schema = StructType([StructField(name, kinds.get(name, StringType())) for name in fields])
    at = {name.lower(): place for place, name in enumerate(rows.columns)}
    place, size = str(metadata_file.resolve()), len(names)

    def answered(part: Iterable[Row]) -> Iterator[tuple[Any, ...]]:
        cells = (tuple(map(_text, row[:size])) for row in part)
        while batch := list(islice(cells, BATCH)):
            yield from _answered(_classifier(place), batch, at)

    return rows.sparkSession.createDataFrame(rows.rdd.mapPartitions(answered), schema)


def _answered(
    classifier: Classifier, batch: Sequence[tuple[str, ...]], at: dict[str, int]
) -> Iterator[tuple[Any, ...]]:
    mid = at.get("mid")
    found = classifier.answers(
        [normalise(row[at["narrative"]]) for row in batch],
        [row[at["mccid"]].strip() for row in batch],
        ["" if mid is None else row[mid].strip() for row in batch],
    )
    for row, brandid, decision, confidence, reason in zip(batch, *found.columns(), strict=True):
        yield (*row, brandid, decision.value, confidence, reason)


@cache
def _classifier(metadata_file: str) -> Classifier:
    """One per worker process, whatever number of partitions it answers."""
    release = load(Path(metadata_file))
    return Classifier([m.rule for m in release.metadata if m.rule], release.model)


def _cause(error: Exception) -> str:
    """What went wrong at the bottom of Spark's report."""
    lines = str(error).splitlines() or [type(error).__name__]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return causes[-1].removeprefix("Caused by: ") if causes else lines[0]


def _read(spark: SparkSession, source: str) -> DataFrame:
    if source.endswith(".parquet"):
        return spark.read.parquet(source)
    return spark.read.options(**CSV, mode="FAILFAST").csv(source)


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)
