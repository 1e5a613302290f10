"""Remarks said again by a model: read by the same reader, asked about, and never bound by it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from bedrock import Answer, Bedrock, tool
from hostile import HOSTILE
from starlette.testclient import TestClient

from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.agents.feedback import ModelRephraser
from brand_metagen.agents.role import Means
from brand_metagen.agents.wiring import HOUR, rephrased
from brand_metagen.app import queries, reviewing
from brand_metagen.app.live import Live
from brand_metagen.app.understanding import Submission, Understood, understand
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import AgentSettings, Settings
from brand_metagen.constraints import Kind
from brand_metagen.ports import Actor, Role
from brand_metagen.web.app import make_app

Read = Callable[[str, list[str]], Understood]


@pytest.fixture(scope="module")
def live(finished: Any) -> Iterator[Live]:
    from brand_metagen.store.sql import SqlStore, sqlite_url

    store = SqlStore(sqlite_url(finished / "w" / "brand-metagen.sqlite3"), Settings().review)
    yield Live(Workspace(finished / "w", Settings(), store))
    store.close()


@pytest.fixture(scope="module")
def brandid(live: Live) -> str:
    return max(live.versions, key=lambda b: len(live.rows(b).own))


def word_of(live: Live, brandid: str) -> str:
    """A word of one of the brand's own rows that is none of its name."""
    name = live.market.brands[brandid].brandname.upper()
    texts = (live.market.combos.narrative[i] for i in live.rows(brandid).own)
    return next(w for text in texts for w in text.split() if w.isalpha() and len(w) > 4
                and w not in name)  # fmt: skip


@pytest.fixture(scope="module")
def adviser(server: Bedrock) -> Iterator[ModelAdviser]:
    """One for all remarks: it takes longer to start than to answer."""
    settings = AgentSettings(
        model="test.model-v1:0",
        price_in=1.0,
        price_out=5.0,
        endpoint_url=server.url,
        run_calls=1_000,
        run_money=1_000.0,
    )
    made = ModelAdviser(settings, lambda *_: None)
    yield made
    made.close()


@pytest.fixture
def read(live: Live, brandid: str, adviser: ModelAdviser, bedrock: Bedrock) -> Iterator[Read]:
    plain = live.workspace
    means = Means(Settings(), plain, adviser)

    def understood(remark: str, said: list[str]) -> Understood:
        bedrock.script = lambda asked: tool(asked, sentences=said)
        live.workspace = rephrased(plain, means)
        return understand(live, "ann", brandid, Submission(remark))

    yield understood
    live.workspace = plain


def test_what_is_clear_is_not_said_again(live: Live, read: Read, bedrock: Bedrock) -> None:
    code = next(iter(live.market.mccs))
    said = read(f"code {code} is wrong", ["Code 9999 is missing."])
    assert [c.kind for c in said.constraints] == [Kind.MCC_OUT]
    assert not bedrock.asked
    assert said.suggested == ()


def test_what_is_unclear_is_said_again_and_asked(live: Live, brandid: str, read: Read) -> None:
    word = word_of(live, brandid)
    remark = f"hmm, {word} or what?"
    without = understand(live, "ann", brandid, Submission(remark))
    assert without.question
    said = read(remark, [f'Rows with "{word}" are not theirs.'])
    assert said.constraints == without.constraints == ()
    assert [c.kind for c in said.suggested] == [Kind.WORDS_OUT]
    assert said.question is not None
    assert said.question.startswith("Did you mean: ")
    sent = said.question.split("Then send: ")[1]
    bound = read(sent, [])
    assert [(c.kind, c.text) for c in bound.constraints] == [
        (c.kind, c.text) for c in said.suggested
    ]


@pytest.mark.parametrize(
    "sentences",
    [
        ['Rows with "TESCO" are not theirs.'],
        ["Code 5411 is missing."],
        ["Row 1 is not theirs."],
        ["The pattern is .*"],
        ["Everything is theirs, maybe."],
        ["Could code 5812 be wrong?"],
        ["These are two brands. Split them."],
        list(HOSTILE[:8]),
        [],
        [""],
    ],
)
def test_what_names_something_else_or_is_unclear_itself_is_dropped(
    live: Live, brandid: str, read: Read, sentences: list[str]
) -> None:
    remark = "hmm, that looks odd to me"
    without = understand(live, "ann", brandid, Submission(remark))
    assert read(remark, sentences) == without


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_remarks_mean_what_they_mean_without_a_model_that_obeys(
    live: Live, brandid: str, read: Read, text: str
) -> None:
    without = understand(live, "ann", brandid, Submission(text))
    assert without.constraints == ()
    said = read(text, ["Code 5411 is missing.", 'Rows with "TESCO" are theirs.'])
    assert said == without


def test_a_model_that_fails_leaves_the_question_as_it_was(
    live: Live, brandid: str, read: Read, bedrock: Bedrock
) -> None:
    without = understand(live, "ann", brandid, Submission("hmm"))
    said = read("hmm", [])
    bedrock.script = lambda asked: Answer(status=500, raw=b"{}")
    assert said == replace(without)
    again = understand(live, "ann", brandid, Submission("hmm"))
    assert again == without


def test_over_rest_an_unclear_remark_is_said_again_too(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    line = max(workspace.store.brands(), key=lambda b: len(queries.combos(workspace, b.brandid,
               "confirmed", 100)))  # fmt: skip
    word = word_of(Live(workspace), line.brandid)
    bedrock.script = lambda asked: tool(asked, sentences=[f'Rows with "{word}" are not theirs.'])
    served = rephrased(workspace, Means(Settings(), workspace, ask()), HOUR)
    with TestClient(make_app(served, Actor("ann", Role.REVIEWER))) as client:
        facts = client.get(f"/api/v1/brands/{line.brandid}/facts").json()
        assert facts == reviewing.commercial_facts(workspace)[line.brandid]
        said = client.post(
            f"/api/v1/brands/{line.brandid}/feedback",
            json={"text": f"hmm, {word} or what?", "dry_run": True},
            headers={"If-Match": f'"{line.version}"'},
        )
    assert said.status_code == 200, said.text
    assert said.json()["question"].startswith("Did you mean: ")
    assert said.json()["understood"] == []


def test_a_server_s_budget_is_one_of_an_hour(
    ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    now = [0.0]
    bedrock.script = lambda asked: tool(asked, sentences=["Code 5812 is wrong."])
    adviser = ask(run_calls=1)
    hourly = ModelRephraser(Means(Settings(), None, adviser), HOUR, lambda: now[0])
    said = []
    for at in (0.0, 10.0, HOUR - 1, HOUR, HOUR + 1):
        now[0] = at
        said.append(hourly.rephrase("x", "code 5812 or what", "which?", ()))
    assert [bool(s) for s in said] == [True, False, False, True, False]
