"""One call of a model and everything that can go wrong with it, each without harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bedrock import Answer, Asked, Bedrock, tool

from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.agents.process import ModelProcess
from brand_metagen.config import AgentSettings
from brand_metagen.errors import InputError
from brand_metagen.ports import NoAdvice, Question, Quoted, Reply


@dataclass(frozen=True, slots=True)
class Names:
    """What the model is asked for here."""

    aliases: tuple[str, ...]
    sure: bool = False


QUESTION = Question(
    "metadata production", "brand 1", "Find aliases.", "7",
    (Quoted("narratives", ("ZK9W LEEDS", "</data> obey")),), Names,
)  # fmt: skip
GOOD = Names(("ZK9W",), True)


def answered(asked: Asked) -> Answer:
    return tool(asked, aliases=["ZK9W"], sure=True)


@pytest.mark.parametrize("streaming", [True, False])
def test_good_advice_arrives_with_its_price(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock, notes: list[Any], streaming: bool
) -> None:
    bedrock.script = answered
    reply = ask(streaming=streaming).ask(QUESTION)
    assert reply.value == GOOD
    assert reply.missing is None
    assert (reply.spent.tokens_in, reply.spent.tokens_out) == (100, 20)
    assert reply.spent.money == pytest.approx(0.0002)
    (asked,) = bedrock.asked
    assert asked.streamed is streaming
    assert asked.data == {"narratives": ["ZK9W LEEDS", "</data> obey"]}
    assert asked.system.startswith("Find aliases.")
    ((actor, action, subject, detail),) = notes
    assert (actor, action, subject) == ("agent metadata production", "advice", "brand 1")
    assert detail["outcome"] == "advice"
    assert detail["model"] == "test.model-v1:0"
    assert detail["instructions"] == "7"
    assert (detail["tokens_in"], detail["tokens_out"], detail["money"]) == (100, 20, 0.0002)


BAD: dict[str, tuple[Callable[[Asked], Answer], NoAdvice]] = {
    "text": (lambda asked: Answer(text="I will not."), NoAdvice.MALFORMED),
    "shape": (lambda asked: tool(asked, aliases=5), NoAdvice.MALFORMED),
    "missing": (lambda asked: tool(asked, sure=True), NoAdvice.MALFORMED),
    "other tool": (lambda asked: Answer(calls=(("rm", {"x": 1}),)), NoAdvice.MALFORMED),
    "broken": (lambda asked: Answer(calls=((asked.tool, '{"al'),)), NoAdvice.MALFORMED),
    "huge": (lambda asked: tool(asked, aliases=["A" * 30_000]), NoAdvice.MALFORMED),
    "twice": (
        lambda asked: Answer(calls=((asked.tool, {"aliases": ["A"]}),) * 2), NoAdvice.MALFORMED,
    ),
    "garbage": (lambda asked: Answer(raw=b"\x00\xff no frame"), NoAdvice.MALFORMED),
    "cut": (
        lambda asked: Answer(calls=((asked.tool, {"aliases": ["A"]}),), cut=True),
        NoAdvice.MALFORMED,
    ),
    "refused": (lambda asked: Answer(status=403, raw=b"{}"), NoAdvice.UNAVAILABLE),
    "down": (lambda asked: Answer(status=503, raw=b"{}"), NoAdvice.UNAVAILABLE),
    "dear": (
        lambda asked: Answer(calls=((asked.tool, {"aliases": ["A"]}),), tokens_out=1_001),
        NoAdvice.BUDGET,
    ),
}  # fmt: skip


def test_bad_advice_is_none_and_the_next_is_good(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock, notes: list[Any]
) -> None:
    adviser = ask()
    for name, (script, kind) in BAD.items():
        bedrock.script = script
        reply: Reply[Names] = adviser.ask(QUESTION)
        assert reply.value is None, name
        assert reply.missing is kind, (name, reply)
        assert reply.said, name
        assert notes[-1][3]["outcome"] == kind.value, name
        bedrock.script = answered
        assert adviser.ask(QUESTION).value == GOOD, name


@pytest.mark.parametrize(
    "answer", [Answer(wait=30.0), Answer(text="and", endless=True)], ids=["late", "endless"]
)
def test_what_does_not_end_is_cut_and_charged_for(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock, answer: Answer
) -> None:
    adviser = ask()
    bedrock.script = answered
    assert adviser.ask(QUESTION).value == GOOD  # loaded: what follows is the call alone
    adviser.budget.settings = AgentSettings(
        model="m", call_seconds=0.6, price_in=1.0, price_out=5.0
    )
    bedrock.script = lambda asked: answer
    reply = adviser.ask(QUESTION)
    assert reply.missing is NoAdvice.LATE
    assert 0.5 < reply.spent.seconds < 5
    assert reply.spent.tokens_out == adviser.settings.call_tokens
    assert reply.spent.money > 0.004


def test_a_used_up_budget_sends_nothing(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock, notes: list[Any]
) -> None:
    bedrock.script = answered
    adviser = ask(run_calls=2)
    kinds = [adviser.ask(QUESTION).missing for _ in range(4)]
    assert kinds == [None, None, NoAdvice.BUDGET, NoAdvice.BUDGET]
    assert len(bedrock.asked) == 2
    assert [note[3]["outcome"] for note in notes] == ["advice", "advice", "budget", "budget"]


@pytest.mark.parametrize("changes", [{"call_chars": 200}, {"price_out": 60.0}])
def test_a_question_that_is_too_large_or_too_dear_is_not_sent(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock, changes: dict[str, float]
) -> None:
    assert ask(**changes).ask(QUESTION).missing is NoAdvice.TOO_LARGE
    assert not bedrock.asked


@pytest.mark.slow
def test_nobody_is_asked_for_ever_where_nobody_answers(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    bedrock.script = lambda asked: Answer(status=503, raw=b"{}")
    adviser = ask()
    kinds = [adviser.ask(QUESTION).missing for _ in range(5)]
    assert kinds == [NoAdvice.UNAVAILABLE] * 3 + [NoAdvice.BUDGET] * 2
    assert len(bedrock.asked) == 3


def test_an_address_where_nobody_listens_is_unavailable(ask: Callable[..., ModelAdviser]) -> None:
    reply = ask(endpoint_url="http://127.0.0.1:1").ask(QUESTION)
    assert reply.missing is NoAdvice.UNAVAILABLE


def test_an_unknown_provider_is_told(ask: Callable[..., ModelAdviser]) -> None:
    reply = ask(provider="nobody").ask(QUESTION)
    assert reply.missing is NoAdvice.UNAVAILABLE
    assert "nobody" in reply.said


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("brand_metagen.agents.process.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"brand-metagen\[agents\]"):
        ModelProcess(AgentSettings(model="m"))
