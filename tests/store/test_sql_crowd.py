"""Many at once, threads and processes: nothing is lost, nothing stale is approved."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from human_loop import approve, feedback, fill, two_approvers

from brand_metagen.errors import ConflictError
from brand_metagen.ports import BrandState, Change, QueueFilter
from brand_metagen.records import Status
from brand_metagen.store.sql import SqlStore

pytestmark = pytest.mark.slow

FORK = multiprocessing.get_context("fork")
MANY, EACH = 8, 6
BRANDS = [str(n) for n in range(1, 13)]

Job = tuple[str, int]
"""The store's URL, and which of the many this is."""


def in_threads(work: Callable[[Job], list[str]], url: str) -> list[str]:
    with ThreadPoolExecutor(MANY) as pool:
        return [done for some in pool.map(work, [(url, n) for n in range(MANY)]) for done in some]


def in_processes(work: Callable[[Job], list[str]], url: str) -> list[str]:
    with ProcessPoolExecutor(MANY, mp_context=FORK) as pool:
        return [done for some in pool.map(work, [(url, n) for n in range(MANY)]) for done in some]


Crowd = Callable[[Callable[[Job], list[str]], str], list[str]]
crowds = pytest.mark.parametrize("crowd", [in_threads, in_processes])


def filled(url: str, brandids: Sequence[str] = BRANDS) -> None:
    store = SqlStore(url)
    fill(store, brandids)
    store.close()


def outcome(store: SqlStore, change: Change) -> str:
    try:
        done = store.change(change)
    except ConflictError:
        return "conflict"
    return "replayed" if done.replayed else change.action.value


def all_at_one_brand(job: Job) -> list[str]:
    """Everybody corrects what they see, and approves it when they may."""
    url, n = job
    store = SqlStore(url)
    done = []
    for turn in range(EACH):
        line = store.line("1")
        sent = feedback if (n + turn) % 3 else approve
        change = sent(f"reviewer {n}", "1", line.version)
        done.append(outcome(store, change))
    store.close()
    return done


@crowds
def test_a_brand_under_siege(url: str, crowd: Crowd) -> None:
    filled(url)
    done = Counter(crowd(all_at_one_brand, url))
    assert sum(done.values()) == MANY * EACH
    store = SqlStore(url)
    line = store.line("1")
    applied, approved = done["feedback"], done["approve"]
    assert (line.version, line.round, line.corrections) == (applied + 1, applied, applied)
    assert [m.version for m in store.versions("1")] == list(range(1, applied + 2))
    remarks = store.remarks("1", "", 100, None).items
    assert sorted(r.made for r in remarks) == list(range(2, applied + 2))
    rows = [row for row in store.audit(0, 1000).items if row.subject == "1"]
    assert Counter(row.action for row in rows) == Counter(
        {action: n for action, n in (("feedback", applied), ("approve", approved)) if n}
    )
    for row in rows:
        # Whoever approved saw the version that was the latest then.
        if row.action == "approve":
            earlier = [r for r in rows if r.sequence < row.sequence and r.action == "feedback"]
            assert row.detail["version"] == len(earlier) + 1
    store.verify_audit()
    store.close()


def take_next(job: Job) -> list[str]:
    url, n = job
    store = SqlStore(url)
    taken = []
    while (claim := store.claim_next(QueueFilter(), f"reviewer {n}", 600)) is not None:
        taken.append(claim.brandid)
    store.close()
    return taken


@crowds
def test_no_two_get_one_brand(url: str, crowd: Crowd) -> None:
    filled(url)
    assert sorted(crowd(take_next, url)) == sorted(BRANDS)


def claim_all(job: Job) -> list[str]:
    url, n = job
    store = SqlStore(url)
    got = []
    for brandid in BRANDS:
        try:
            got.append(store.claim(brandid, f"reviewer {n}", 600).brandid)
        except ConflictError:
            continue
    store.close()
    return got


@crowds
def test_a_claim_is_one_person_s(url: str, crowd: Crowd) -> None:
    filled(url)
    assert sorted(crowd(claim_all, url)) == sorted(BRANDS)


def send_the_same(job: Job) -> list[str]:
    """One person's double clicks, from many places."""
    url, _ = job
    store = SqlStore(url)
    sent = [feedback("anna", b, 1, key=f"key {b}", request=b) for b in BRANDS]
    done = [outcome(store, change) for change in sent]
    store.close()
    return done


@crowds
def test_a_submission_sent_many_times_is_done_once(url: str, crowd: Crowd) -> None:
    filled(url)
    done = Counter(crowd(send_the_same, url))
    assert done == {"feedback": len(BRANDS), "replayed": (MANY - 1) * len(BRANDS)}
    store = SqlStore(url)
    assert {store.line(b).round for b in BRANDS} == {1}
    assert len(store.remarks(None, "", 100, None).items) == len(BRANDS)
    store.close()


def write_notes(job: Job) -> list[str]:
    url, n = job
    store = SqlStore(url)
    written = [str(store.note(f"writer {n}", "note", "", {"n": i})) for i in range(EACH)]
    store.close()
    return written


@crowds
def test_concurrent_writers_keep_one_chain(url: str, crowd: Crowd) -> None:
    SqlStore(url).close()
    written = crowd(write_notes, url)
    assert sorted(map(int, written)) == list(range(1, MANY * EACH + 1))
    store = SqlStore(url)
    assert store.verify_audit() == MANY * EACH
    store.close()


def approve_second(job: Job) -> list[str]:
    url, n = job
    store = SqlStore(url, two_approvers())
    done = [outcome(store, approve(f"reviewer {n}", b)) for b in BRANDS]
    store.close()
    return done


@crowds
def test_two_approvals_are_two(url: str, crowd: Crowd) -> None:
    filled(url)
    done = Counter(crowd(approve_second, url))
    assert done == {"approve": 2 * len(BRANDS), "conflict": (MANY - 2) * len(BRANDS)}
    store = SqlStore(url)
    assert {store.line(b).approvals for b in BRANDS} == {2}
    assert store.count_states()[BrandState.APPROVED] == len(BRANDS)
    store.close()


def review_and_publish(job: Job) -> list[str]:
    """Half correct and approve, the others publish what is approved, again and again."""
    url, n = job
    store = SqlStore(url)
    done = []
    for turn in range(EACH):
        if n % 2:
            brandid = BRANDS[(n + turn) % 4]
            version = store.line(brandid).version
            done.append(outcome(store, approve(f"reviewer {n}", brandid, version)))
            done.append(outcome(store, feedback(f"reviewer {n}", brandid, version)))
            continue
        wanted = {m.brandid: m.version for m in store.approved_versions()}
        if wanted:
            try:
                store.publish(f"REL-{n}-{turn}", wanted, f"operator {n}", "")
            except ConflictError:
                done.append("conflict")
            else:
                done.append("publish")
    store.close()
    return done


@crowds
def test_publishing_amid_reviews_neither_fails_nor_mixes(url: str, crowd: Crowd) -> None:
    filled(url)
    done = Counter(crowd(review_and_publish, url))
    store = SqlStore(url)
    publications = store.publications()
    assert len(publications) == done["publish"]
    public = [
        (m.brandid, m.version)
        for b in BRANDS
        for m in store.versions(b)
        if m.status is Status.PUBLISHED
    ]
    assert len(public) == len({brandid for brandid, _ in public})
    for brandid in BRANDS:
        line, versions = store.line(brandid), store.versions(brandid)
        assert (line.state is BrandState.PUBLISHED) == (versions[-1].status is Status.PUBLISHED)
        assert line.version == len(versions)
    store.verify_audit()
    store.close()


def open_and_note(job: Job) -> list[str]:
    url, n = job
    store = SqlStore(url)
    written = [str(store.note(f"writer {n}", "note", "", {}))]
    store.close()
    return written


@crowds
def test_many_open_an_empty_store_at_once(url: str, crowd: Crowd) -> None:
    assert sorted(map(int, crowd(open_and_note, url))) == list(range(1, MANY + 1))
