"""Work begun beside other work gives what it gives when it is done in turn."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from brand_metagen.config import Settings
from brand_metagen.confirm.model import model_to_json
from brand_metagen.errors import InputError, ServiceError
from brand_metagen.match.matcher import Matcher
from brand_metagen.synthesise.knowledge import Gathered
from brand_metagen.synthesise.owners import Owners
from brand_metagen.workflow.beside import Beside
from brand_metagen.workflow.learning import Learning
from learned import learned_sample

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no processes are forked here")
SECONDS = 20.0


@pytest.fixture(params=[1, 2], ids=["here", "apart"])
def beside(request: pytest.FixtureRequest) -> Iterator[Beside]:
    made = Beside(request.param)
    yield made
    made.close()


def test_results_are_given_in_whatever_order_they_are_asked_for(beside: Beside) -> None:
    begun = [beside.begin(lambda n=n: [n] * n) for n in range(4)]
    assert [result() for result in reversed(begun)] == [[n] * n for n in reversed(range(4))]


def test_results_larger_than_a_pipe_holds_come_whole(beside: Beside) -> None:
    begun = [beside.begin(lambda: bytes(3_000_000)) for _ in range(2)]
    assert [len(result()) for result in begun] == [3_000_000] * 2


def test_work_is_done_here_or_in_a_process_each() -> None:
    here, apart = Beside(1), Beside(2)
    assert here.begin(os.getpid)() == os.getpid()
    pids = {result() for result in [apart.begin(os.getpid) for _ in range(3)]}
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_what_it_changes_stays_with_it_and_what_stood_is_seen() -> None:
    known = [1]
    told = Beside(2).begin(lambda: known.append(2) or known)
    known.append(3)
    assert told() == [1, 2]
    assert known == [1, 3]


def refused() -> int:
    raise InputError("this will not do")


def died() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_its_errors_are_raised_where_it_is_asked(beside: Beside) -> None:
    told, other = beside.begin(refused), beside.begin(lambda: 5)
    with pytest.raises(InputError, match="will not do"):
        told()
    assert other() == 5


def test_a_process_that_ends_is_said() -> None:
    told = Beside(2).begin(died)
    with pytest.raises(ServiceError, match="killed by SIGKILL"):
        told()


def test_closing_ends_what_nobody_asked_for() -> None:
    beside, others = Beside(2), set(children_of(os.getpid()))
    beside.begin(lambda: time.sleep(SECONDS))
    children = set(children_of(os.getpid())) - others
    begun = time.monotonic()
    beside.close()
    assert children
    assert not children & set(children_of(os.getpid()))
    assert time.monotonic() - begun < SECONDS / 2


def children_of(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return list(map(int, told.split()))


def gathered(learning: Learning) -> list[Gathered]:
    learning.prepare()
    return [learning.knowledge(fold).gathered for fold in (None, 0, 1)]


def test_what_is_gathered_and_fitted_beside_is_the_same() -> None:
    sample = learned_sample()
    beside = Beside(2)
    alone = Learning(sample.market, ("Oak", "Uniqlo"), Settings())
    helped = Learning(sample.market, ("Oak", "Uniqlo"), Settings(), beside.begin)
    for one, other in zip(gathered(alone), gathered(helped), strict=True):
        for field in fields(Gathered):
            assert seen(getattr(one, field.name)) == seen(getattr(other, field.name)), field.name
    brands = sample.market.to_check[:10]
    assert [alone.learn(b) for b in brands] == [helped.learn(b) for b in brands]
    matcher = Matcher([b.full.rule for b in sample.brands if b.full.rule])
    fitted = [told(alone.fit(sample.brands)), told(helped.fit(sample.brands, lambda: matcher))]
    beside.close()
    assert fitted[0] == fitted[1]


def seen(value: object) -> object:
    if isinstance(value, Owners):
        return value.brandids, value.first.tolist(), value.brand.tolist()
    return value


def told(fit: tuple[object, object]) -> str:
    model, recalls = fit
    return json.dumps(model_to_json(model)) + repr(recalls)  # type: ignore[arg-type]


def test_gathering_twice_is_gathering_once(beside: Beside) -> None:
    learning = Learning(learned_sample().market, (), Settings(), beside.begin)
    learning.prepare()
    before = [learning.knowledge(fold) for fold in (None, 0, 1)]
    learning.prepare()
    assert all(
        learning.knowledge(fold) is known for fold, known in zip((None, 0, 1), before, strict=True)
    )
