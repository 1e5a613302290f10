"""A truthful reviewer at work: takes brands from the queue, reads what the API shows, approves what
is approvable, and says what is wrong with the rest."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from benchmarks.commands import BenchError
from benchmarks.known import Known, Trouble
from benchmarks.remarks import Mark, Said, Speaker
from benchmarks.server import Answer, Caller
from benchmarks.sets import Key

MOST_LOOKS = 10
"""Looks at one brand, after which an expert has it (requirements: ten rounds)."""
ACCEPTED = ("applied", "held")
MISREAD = "misread"
"""The outcome of words whose echo the reviewer did not confirm."""

APPROVED, ROUNDS, SILENT, NO_RULE = (
    "approved", "ten rounds", "nothing left to say", "no rule to approve",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One remark and what came of it.

    `outcome` is the API's, or the status of a refusal; `understood` counts constraints read,
    `untrue` are those of them that are not so; `parts` what was not understood; `listed` counts
    narratives that the rule had to name one by one; `cpu` is the server's, None if it is unknown.
    """

    way: str
    outcome: str
    satisfiable: bool
    understood: int
    untrue: tuple[str, ...]
    parts: tuple[str, ...]
    listed: int
    seconds: float
    cpu: float | None
    text: str = ""
    explanation: str = ""

    @property
    def accepted(self) -> bool:
        return self.outcome in ACCEPTED


@dataclass(slots=True)
class Case:
    """One brand from the queue to its end. `at_first` and `at_last` are how the rows in trouble
    looked: what the API showed of missed ones, what wrong ones are."""

    brandid: str
    name: str
    rows: int = 0
    confidence: float = 0.0
    looks: int = 0
    end: str = ""
    at_first: Mapping[str, int] = field(default_factory=dict)
    at_last: Mapping[str, int] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)

    @property
    def actions(self) -> int:
        """What the reviewer did: remarks, and the decision."""
        return len(self.turns) + 1


@dataclass(frozen=True, slots=True)
class Look:
    """A version on the screen."""

    record: Mapping[str, Any]
    shown: Mapping[Key, Mapping[str, Any]]
    trouble: Trouble

    def picture(self, kinds: Mapping[Key, str]) -> dict[str, int]:
        """The rows in trouble by what they are."""
        missed = Counter(
            f"missed, {self.shown[row.key]['decision'] if row.key in self.shown else 'not shown'}"
            for row in self.trouble.missed
        )
        wrong = Counter(f"wrong, {kinds[row.key]}" for row in self.trouble.wrong)
        return dict(sorted((missed + wrong).items()))


@dataclass(frozen=True)
class Reviewer:
    """Somebody who knows the market. `cpu` reads the server's seconds."""

    api: Caller
    known: Known
    seed: int
    texts: bool
    exacting: bool
    """Approves only what has no error at all, so that there is more to say."""
    trusting: bool
    """Does not look at the echo of their words before they are acted on."""
    cpu: Callable[[], float | None]

    def work(self) -> Iterator[Case]:
        """Take brands from the queue until none is left."""
        while True:
            taken = self.api.ask("POST", "/review/next")
            if taken.status == 204:
                return
            if not taken.good:
                raise BenchError(f"the queue gave nothing: {taken.status} {taken.body}")
            yield self._review(taken.body)

    def _review(self, item: Mapping[str, Any]) -> Case:
        brandid = item["brandid"]
        case = Case(brandid, item["brandname"], confidence=item["confidence"])
        # Each brand has its own dice, so that what is said of one does not hang on another.
        rng = random.Random(f"{self.seed}:{brandid}")
        said: set[Mark] = set()
        while case.looks < MOST_LOOKS:
            look = self._look(brandid)
            case.looks += 1
            case.rows, case.at_last = look.trouble.rows, look.picture(self.known.kinds)
            case.at_first = case.at_first if case.looks > 1 else case.at_last
            if self._good(look):
                self._decide("approve", look)
                case.end = APPROVED
                return case
            speaker = Speaker(
                self.known, look.trouble, look.record["mccids"], said, rng, self.texts,
                first=case.looks == 1,
            )  # fmt: skip
            if (remark := speaker.remark()) is None:
                case.end = SILENT if look.record["include"] else NO_RULE
                break
            self._say(case, look, remark, said)
        case.end = case.end or ROUNDS
        self._decide("flag", self._look(brandid))
        return case

    def _good(self, look: Look) -> bool:
        flawless = not look.trouble.wrong and not look.trouble.missed
        wanted = flawless if self.exacting else look.trouble.approvable
        return wanted and bool(look.record["include"])

    def _look(self, brandid: str) -> Look:
        """Read a brand and all its rows."""
        path = f"/brands/{quote(brandid, safe='')}"
        record = self.api.get(path)
        shown = {
            (row["ccid"], row["bankid"]): row
            for page in self.api.pages(f"{path}/rows")
            for row in page
        }
        confirmed = [key for key, row in shown.items() if row["decision"] == "confirmed"]
        return Look(record, shown, self.known.trouble(brandid, confirmed))

    def _decide(self, verdict: str, look: Look) -> None:
        brandid, version = look.record["brandid"], look.record["version"]
        path = f"/brands/{quote(brandid, safe='')}/{verdict}"
        done = self.api.ask("POST", path, {}, version, f"{verdict} {brandid} {version}")
        # Whoever has had too many rounds is with an expert already.
        if not done.good and look.record["state"] != "escalated":
            raise BenchError(f"{verdict} of {brandid} was refused: {done.body}")

    def _say(self, case: Case, look: Look, remark: Said, said: set[Mark]) -> None:
        """Send a remark, and answer the question that it may lead to."""
        said.update(remark.marks)
        if "text" in remark.body and not self.trusting:
            echo = self._send(case, look, remark, dry_run=True)
            if echo.good and self._untrue(case.brandid, echo.body["understood"]):
                return
        answer = self._send(case, look, remark)
        if not answer.good or answer.body["outcome"] != "unclear":
            return
        reply = self._reply(look, answer.body["candidates"], said)
        if reply is not None:
            said.update(reply.marks)
            self._send(case, look, reply)

    def _send(self, case: Case, look: Look, remark: Said, *, dry_run: bool = False) -> Answer:
        """Send a remark. A dry run counts as a turn only where it shows that words were misread,
        because then nothing else is sent."""
        path = f"/brands/{quote(case.brandid, safe='')}/feedback"
        body = {**remark.body, "dry_run": dry_run}
        key = "" if dry_run else f"{case.brandid} {case.looks} {len(case.turns)}"
        before = self.cpu()
        answer = self.api.ask("POST", path, body, look.record["version"], key)
        after = self.cpu()
        if answer.status >= 500 or answer.status == 429:
            raise BenchError(f"feedback on {case.brandid}: {answer.status} {answer.body}")
        told = answer.body if answer.good else {}
        untrue = self._untrue(case.brandid, told.get("understood", ()))
        if dry_run and not untrue:
            return answer
        case.turns.append(
            Turn(
                remark.way,
                MISREAD if dry_run else told.get("outcome", str(answer.status)),
                remark.satisfiable,
                len(told.get("understood", ())),
                untrue,
                tuple(told.get("not_understood", ())),
                told.get("listed", 0),
                answer.seconds,
                None if before is None or after is None else after - before,
                str(remark.body.get("text", "")),
                told.get("explanation") or answer.body.get("detail", ""),
            )
        )
        return answer

    def _untrue(self, brandid: str, read: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """What was read from a remark and is not so."""
        return tuple(c["says"] for c in read if not self.known.true_of(brandid, c))

    def _reply(
        self, look: Look, candidates: Sequence[Mapping[str, Any]], said: Collection[Mark]
    ) -> Said | None:
        """The rows of a question, each pointed at on its right side."""
        brandid = look.record["brandid"]
        body: dict[str, list[dict[str, str]]] = {}
        marks: list[Mark] = []
        tellable = True
        for row in candidates:
            key = (row["ccid"], row["bankid"])
            side = "belongs" if self.known.true[key] == brandid else "does_not_belong"
            if (side, *key) not in said:
                body.setdefault(side, []).append({"ccid": key[0], "bankid": key[1]})
                marks.append((side, *key))
                tellable &= self.known.tellable(brandid, self.known.rows[key])
        return Said("reply", dict(body), tuple(marks), tellable) if body else None
