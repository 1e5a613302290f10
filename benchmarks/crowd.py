"""Many reviewers at once, who double-click, come too late and get into each other's way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from benchmarks.server import Answer, Caller

DECISIONS = ("approve", "undo", "reject", "flag")
SHARES = {
    "feedback": 0.34, "approve": 0.24, "undo": 0.14, "reject": 0.08, "flag": 0.01,
    "stale": 0.12, "dry run": 0.04, "give back": 0.03,
}  # fmt: skip
"""What a member does with the brand on their screen."""
CONTESTED = 0.4
"""How often somebody turns to a brand that all fight over instead of the next in the queue."""
CONTESTED_BRANDS = 10
AGAIN = {"double": 0.2, "replay": 0.2, "other": 0.1}
"""How often a submission is sent twice at once, once more later, or its key with another text."""


@dataclass(frozen=True, slots=True)
class Event:
    """One request that decides or submits, and its answer. `act` is what was asked of the API,
    `how` whether it was meant as a first try, a repeat, or too late."""

    actor: str
    act: str
    how: str
    brandid: str
    expected: int
    key: str
    answer: Answer

    @property
    def replayed(self) -> bool:
        return self.answer.headers.get("Idempotency-Replayed") == "true"

    @property
    def done(self) -> bool:
        """Whether it was accepted, now and not before."""
        return self.answer.good and not self.replayed and self.how != "dry run"


@dataclass(slots=True)
class Member:
    """One of the crowd: two connections, dice of their own, and all that they were answered."""

    name: str
    url: str
    token: str
    brands: Sequence[str]
    seed: int
    events: list[Event] = field(default_factory=list)
    reads: list[Answer] = field(default_factory=list)
    _keys: int = 0

    def work(self, goes_on: Callable[[int], bool]) -> Member:
        """Act until told to stop (asked with the number of acts so far)."""
        callers = [Caller(self.url, self.token) for _ in range(2)]
        rng = random.Random(self.seed)
        try:
            with ThreadPoolExecutor(1) as other_hand:
                acts = 0
                while goes_on(acts):
                    _Act(self, callers, rng, other_hand).run()
                    acts += 1
        finally:
            for caller in callers:
                caller.close()
        return self

    def key(self) -> str:
        self._keys += 1
        return f"{self.name} {self._keys}"


@dataclass(frozen=True)
class _Act:
    """One look at one brand, and what is done with it."""

    member: Member
    callers: Sequence[Caller]
    rng: random.Random
    other_hand: ThreadPoolExecutor

    def run(self) -> None:
        brandid = self._brand()
        record = self._read(f"/brands/{quote(brandid, safe='')}")
        act = self.rng.choices(list(SHARES), list(SHARES.values()))[0]
        if act == "give back":
            self.callers[0].ask("DELETE", f"/brands/{quote(brandid, safe='')}/claim")
            return
        version, how = record["version"], "first"
        if act == "stale":
            # As somebody does whose screen is old.
            act = self.rng.choice((*DECISIONS, "feedback"))
            version, how = version - 1, "stale"
        body: dict[str, object] = {"note": f"by {self.member.name}"}
        if act in ("feedback", "dry run"):
            body = self._remark(brandid)
            if act == "dry run":
                act, how, body = "feedback", "dry run", {**body, "dry_run": True}
        self._submit(act, how, brandid, version, body)

    def _brand(self) -> str:
        if self.rng.random() >= CONTESTED:
            taken = self.callers[0].ask("POST", "/review/next")
            self.member.reads.append(taken)
            if taken.status == 200:
                return str(taken.body["brandid"])
        return self.rng.choice(self.member.brands[:CONTESTED_BRANDS])

    def _read(self, path: str) -> Any:
        answer = self.callers[0].ask("GET", path)
        self.member.reads.append(answer)
        return answer.body

    def _remark(self, brandid: str) -> dict[str, object]:
        """Some row said to be on the other side. It need not be true: here everybody errs."""
        rows = self._read(f"/brands/{quote(brandid, safe='')}/rows?limit=20")["items"]
        if not rows:
            return {"text": f"{self.member.name} sees no row"}
        row = self.rng.choice(rows)
        side = "does_not_belong" if row["decision"] == "confirmed" else "belongs"
        return {side: [{"ccid": row["ccid"], "bankid": row["bankid"]}]}

    def _submit(
        self, act: str, how: str, brandid: str, version: int, body: Mapping[str, object]
    ) -> None:
        key, dice = self.member.key(), self.rng.random()
        if dice < AGAIN["double"]:
            one = self.other_hand.submit(self._send, 1, act, how, brandid, version, body, key)
            self._send(0, act, how, brandid, version, body, key)
            one.result()
            return
        self._send(0, act, how, brandid, version, body, key)
        dice -= AGAIN["double"]
        if dice < AGAIN["replay"]:
            self._send(
                0, act, "dry run" if how == "dry run" else "replay", brandid, version, body, key
            )
        elif dice - AGAIN["replay"] < AGAIN["other"]:
            field_name = "text" if act == "feedback" else "note"
            other = {**body, field_name: "quite another thing"}
            self._send(
                0, act, "dry run" if how == "dry run" else "other", brandid, version, other, key
            )

    def _send(
        self,
        hand: int,
        act: str,
        how: str,
        brandid: str,
        version: int,
        body: Mapping[str, object],
        key: str,
    ) -> None:
        path = f"/brands/{quote(brandid, safe='')}/{act}"
        answer = self.callers[hand].ask("POST", path, body, version, key)
        self.member.events.append(Event(self.member.name, act, how, brandid, version, key, answer))


def besiege(
    url: str, tokens: Mapping[str, str], goes_on: Callable[[int], bool], seed: int
) -> list[Member]:
    """Let the holders of tokens (name → token) loose on a server; returns when all are done."""
    with_one = Caller(url, next(iter(tokens.values())))
    brands = [b["brandid"] for page in with_one.pages("/review/queue") for b in page]
    with_one.close()
    members = [
        Member(name, url, token, brands, seed + n) for n, (name, token) in enumerate(tokens.items())
    ]
    with ThreadPoolExecutor(len(members)) as pool:
        return list(pool.map(lambda member: member.work(goes_on), members))


def for_seconds(seconds: float) -> Callable[[int], bool]:
    """Goes on for so long."""
    end = time.monotonic() + seconds
    return lambda _: time.monotonic() < end
