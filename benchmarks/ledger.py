"""What many reviewers were answered, held against the audit log and the store: nothing lost,
nothing doubled, nothing decided on a version that was no longer the latest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.crowd import DECISIONS, Event
from brand_metagen.errors import IntegrityError
from brand_metagen.ports import AuditRow, Remark, RemarkOutcome, Reviews
from brand_metagen.records import Metadata
from brand_metagen.store.sql import SqlStore

REFUSED = (RemarkOutcome.CONTRADICTED, RemarkOutcome.UNMET)
"""Remarks that are kept although their sender was told that nothing came of them."""
STEP = 1_000

Line = tuple[str, str, int, int]
"""An act as both sides tell it: what, on which brand, on which version, version afterwards."""


@dataclass(frozen=True)
class Books:
    """What the store holds after the siege."""

    log: Sequence[AuditRow]
    remarks: Mapping[str, Remark]
    versions: Mapping[str, Sequence[int]]
    latest: Mapping[str, int]
    chain: str
    """Empty when the chain of digests is whole, else what is wrong with it."""

    @classmethod
    def of(cls, store: SqlStore, brandids: Iterable[str]) -> Books:
        """Read it from the store itself, not through the API."""
        brandids = list(brandids)
        try:
            store.verify_audit()
            chain = ""
        except IntegrityError as error:
            chain = str(error)
        versions = {b: [_number(m) for m in store.versions(b)] for b in brandids}
        latest = {b: store.line(b).version for b in brandids}
        return cls(list(_log(store)), dict(_remarks(store)), versions, latest, chain)


def _number(metadata: Metadata) -> int:
    return metadata.version


def _log(store: Reviews) -> Iterator[AuditRow]:
    after = 0
    while rows := store.audit(after, STEP).items:
        yield from rows
        after = rows[-1].sequence


def _remarks(store: Reviews) -> Iterator[tuple[str, Remark]]:
    cursor = None
    while True:
        page = store.remarks(None, "", STEP, cursor)
        yield from ((remark.feedback_id, remark) for remark in page.items)
        if (cursor := page.next) is None:
            return


def faults(events: Sequence[Event], books: Books) -> list[str]:
    """Everything that does not agree; empty when all is well."""
    found = [f"the chain is broken: {books.chain}"] if books.chain else []
    for tests in (_statuses, _conflicts, _replays):
        found += tests(events)
    found += _against_the_log(events, books)
    found += _against_remarks(events, books)
    found += _numbered(events, books)
    return found


def _statuses(events: Sequence[Event]) -> Iterator[str]:
    """Nothing but success, conflicts and rules that are refused was expected."""
    for event in events:
        if not event.answer.good and event.answer.status not in (409, 422):
            yield f"{_told(event)}: {event.answer.status} {event.answer.body}"


def _conflicts(events: Sequence[Event]) -> Iterator[str]:
    """Every conflict shows both sides."""
    for event in events:
        if event.answer.status == 409:
            body = event.answer.body
            both = body.get("expected") == event.expected and "version" in body.get("now", {})
            if not both:
                yield f"{_told(event)}: a conflict without both sides: {body}"


def _replays(events: Sequence[Event]) -> Iterator[str]:
    """The same key gives the same answer, and only one of them did anything."""
    by_key: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_key[event.key].append(event)
    for key, same in by_key.items():
        done = [event for event in same if event.done]
        if len(done) > 1:
            yield f"{_told(done[0])}: done {len(done)} times under key {key!r}"
        refused = any(event.answer.status in (409, 422) for event in same if event.how == "first")
        for event in same:
            if event.replayed and refused and not done:
                yield f"{_told(event)}: answered as if it had not been refused before"
            if event.replayed and done and _content(event) != _content(done[0]):
                yield f"{_told(event)}: replayed otherwise than it was answered"
            # A key under which nothing was done is free: what was refused may be sent otherwise.
            if event.how == "other" and event.answer.good and done[:1] != [event]:
                yield f"{_told(event)}: the key of another submission was taken"
            if event.how == "stale" and event.answer.good:
                yield f"{_told(event)}: accepted although it came too late"


def _content(event: Event) -> dict[str, object]:
    return {name: value for name, value in event.answer.body.items() if name != "replayed"}


def _against_the_log(events: Sequence[Event], books: Books) -> Iterator[str]:
    """Each person's accepted acts are their lines in the log, in order; a remark that was refused
    and kept has a line as well, and its refusal was told."""
    told: dict[str, list[Line]] = defaultdict(list)
    refused: Counter[tuple[str, str, str]] = Counter()
    for event in events:
        if event.done:
            body = event.answer.body
            told[event.actor].append((event.act, event.brandid, event.expected, body["version"]))
        elif event.act == "feedback" and event.answer.status in (409, 422):
            refused[event.actor, event.brandid, event.answer.body["detail"]] += 1
    logged: dict[str, list[Line]] = defaultdict(list)
    for row in books.log:
        if row.action not in (*DECISIONS, "feedback"):
            continue
        remark = books.remarks.get(str(row.detail.get("feedback_id", "")))
        if remark is not None and remark.outcome in REFUSED:
            if not refused[row.actor, row.subject, remark.explanation]:
                yield f"line {row.sequence}: {row.actor} was not told of {remark.explanation!r}"
            refused[row.actor, row.subject, remark.explanation] -= 1
            continue
        logged[row.actor].append(_line(row))
        if row.action == "approve" and _line(row)[2] != _line(row)[3]:
            yield f"line {row.sequence}: approved a version that it was not looking at"
    for actor in sorted({*told, *logged}):
        if told[actor] != logged[actor]:
            more, less = Counter(logged[actor]), Counter(told[actor])
            yield (f"{actor}: only in the log {sorted((more - less).items())}, only told "
                   f"{sorted((less - more).items())}, or in another order")  # fmt: skip
    yield from _in_order(books.log)


def _line(row: AuditRow) -> Line:
    before = row.detail["before"]
    assert isinstance(before, Mapping)
    return row.action, row.subject, int(before["version"]), int(str(row.detail["version"]))


def _in_order(log: Iterable[AuditRow]) -> Iterator[str]:
    """Every act was on the version that the act before it left."""
    now: dict[str, int] = {}
    for row in log:
        if row.action in (*DECISIONS, "feedback"):
            _, brandid, before, after = _line(row)
            if now.setdefault(brandid, before) != before:
                yield f"line {row.sequence}: brand {brandid} was at {now[brandid]}, not {before}"
            now[brandid] = after


def _against_remarks(events: Sequence[Event], books: Books) -> Iterator[str]:
    """Each remark that was accepted is kept once, and nothing else but those refused."""
    told = Counter(e.answer.body["feedback_id"] for e in events if e.done and e.act == "feedback")
    kept = {i for i, remark in books.remarks.items() if remark.outcome not in REFUSED}
    for feedback_id, times in sorted(told.items()):
        if times > 1 or feedback_id not in kept:
            yield f"remark {feedback_id}: told {times} times, kept: {feedback_id in kept}"
    for feedback_id in sorted(kept - set(told)):
        yield f"remark {feedback_id} is kept and nobody was told"


def _numbered(events: Sequence[Event], books: Books) -> Iterator[str]:
    """Versions are numbered without gaps: the run's, and one for each remark applied."""
    applied = Counter(
        e.brandid
        for e in events
        if e.done and e.act == "feedback" and e.answer.body["outcome"] == "applied"
    )
    for brandid, numbers in books.versions.items():
        wanted = list(range(1, applied[brandid] + 2))
        if list(numbers) != wanted or books.latest[brandid] != wanted[-1]:
            yield f"brand {brandid}: versions {list(numbers)}, {applied[brandid]} remarks applied"


def _told(event: Event) -> str:
    return f"{event.actor}, {event.act} ({event.how}) on {event.brandid} at {event.expected}"
