"""Conversations without a model and with one: the same tools, the same limits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bedrock import Answer, Asked, Bedrock
from hostile import HOSTILE

from brand_metagen.agents.advising import ModelAdviser
from brand_metagen.agents.chat import Conversation
from brand_metagen.agents.chat_shapes import ToolContext
from brand_metagen.agents.chat_tools import TOOLS
from brand_metagen.agents.grammar import commands, intent_of
from brand_metagen.app.workspace import Workspace
from brand_metagen.ports import Actor, Role
from program import good, inside


def talk(workspace: Workspace, role: Role = Role.REVIEWER, **more: Any) -> Conversation:
    return Conversation(ToolContext(workspace, Actor("ann", role)), **more)


def logged(workspace: Workspace, action: str) -> list[tuple[str, str, Any]]:
    rows = workspace.store.audit(0, 1_000).items
    return [(r.actor, r.subject, r.detail) for r in rows if r.action == action]


@pytest.mark.parametrize(
    ("message", "tool", "arguments"),
    [
        ("help", "get_help", {}),
        ("What can you do?", "get_help", {}),
        ("help on get_health", "get_help", {"tool_name": "get_health"}),
        ("How is everything?", "get_health", {}),
        ("list all brands", "query_brands_to_check", {}),
        ("brands in awaiting_review", "query_brands_to_check", {"status": "awaiting_review"}),
        ("brands by category", "execute_athena_query", {"query_type": "brands_by_category"}),
        ("show the rule of Costa: Express", "query_metadata", {"brandid": "Costa: Express"}),
        ("metadata for 12 version 3", "query_metadata", {"brandid": "12", "version": "3"}),
        ("status of RUN-0001", "check_workflow_status", {"execution_arn": "RUN-0001"}),
        ("progress", "check_workflow_status", {}),
        ("run all over data", "start_workflow", {"brands": "all", "data": "data"}),
        ("start a run for 1, 2", "start_workflow", {"brands": "1, 2"}),
        ("feedback on 7: 5812 is wrong", "submit_feedback",
         {"brandid": "7", "feedback_text": "5812 is wrong"}),
        ("open escalations by confidence", "list_escalations", {"sort_by": "confidence"}),
        ("stats of the last hour", "get_workflow_stats", {"period": "last_hour"}),
        ("recent runs", "execute_athena_query", {"query_type": "recent_workflows"}),
        ("low-confidence brands", "execute_athena_query",
         {"query_type": "low_confidence_brands"}),
    ],
)  # fmt: skip
def test_what_is_said_becomes_a_tool(message: str, tool: str, arguments: dict[str, str]) -> None:
    intent = intent_of(message)
    assert (intent.tool, intent.arguments) == (tool, arguments)
    assert not intent.missing


@pytest.mark.parametrize(
    ("message", "near"),
    [
        ("stauts", "status"),
        ("brnds", "brands"),
        ("escalatoins", "escalations"),
        ("nothing but escalatory talk", "escalations"),
        ("helth", "health"),
    ],
)
def test_near_commands_are_suggested(message: str, near: str) -> None:
    assert near in intent_of(message).suggestions


def test_every_command_shown_reaches_a_tool() -> None:
    assert len(commands()) >= 14
    assert {intent_of(shown.split(" [")[0]).tool for shown in commands()} <= {*TOOLS}
    assert all(intent_of(shown.split(" [")[0]).tool for shown in commands())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_messages_start_nothing(workspace_once: Workspace, text: str) -> None:
    conversation = talk(workspace_once, Role.OPERATOR)
    said = conversation.say(text)
    assert conversation.waiting is None
    assert not said.tool or not TOOLS[said.tool].changes


@pytest.fixture(scope="module")
def workspace_once(finished: Path) -> Any:
    """The run's own workspace: these conversations write nothing but the log."""
    from brand_metagen.config import Settings
    from brand_metagen.store.sql import SqlStore, sqlite_url

    store = SqlStore(sqlite_url(finished / "w" / "brand-metagen.sqlite3"), Settings().review)
    yield Workspace(finished / "w", Settings(), store)
    store.close()


def test_lists_are_paged_by_ten(workspace_once: Workspace) -> None:
    conversation = talk(workspace_once)
    first = conversation.say("brands")
    assert (len(first.data), first.left, first.by) == (10, 10, "commands")
    second = conversation.say("more")
    assert (len(second.data), second.left) == (10, 0)
    assert {b["brandid"] for b in first.data}.isdisjoint(b["brandid"] for b in second.data)
    assert conversation.say("more").asks


def test_nothing_found_says_how_to_look_wider(workspace_once: Workspace) -> None:
    said = talk(workspace_once).say("brands in escalated")
    assert (said.data, said.left) == ([], 0)
    assert "another state" in said.text


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("metadata of nobody at all", "user input"),
        ("brands in limbo", "user input"),
        ("status of RUN-9999", "user input"),
        ("help on rm", "user input"),
        ("x" * 10_001, "user input"),
        ("run all", "permission"),
    ],
)
def test_what_goes_wrong_has_kind_message_and_suggestion(
    workspace_once: Workspace, message: str, kind: str
) -> None:
    problem = talk(workspace_once).say(message).problem
    assert problem is not None
    assert problem.kind == kind
    assert problem.message
    assert problem.suggestion


def test_a_query_of_ones_own_is_refused_with_the_reason(workspace_once: Workspace) -> None:
    conversation = talk(workspace_once, Role.ADMIN)
    said = conversation._called(TOOLS["execute_athena_query"], {"query_type": "custom"})
    assert said.problem is not None
    assert "Parquet" in f"{said.problem.message} {said.problem.details}"


def test_feedback_is_asked_about_bit_by_bit_and_given_on_a_yes(workspace: Workspace) -> None:
    brand = workspace.store.brands()[0]
    code = workspace.store.versions(brand.brandid)[-1].rule
    assert code is not None
    conversation = talk(workspace)
    assert conversation.say("feedback").text.startswith("On which brand?")
    assert conversation.say(brand.brandid).text.startswith("What is wrong")
    asked = conversation.say(f"code {code.mccids[0]} is wrong")
    assert asked.asks
    assert "Say yes" in asked.text
    assert not workspace.store.remarks(brand.brandid, "", 5, None).items
    done = conversation.say("yes")
    assert done.problem is None
    assert done.data["understood"][0]["kind"] == "mcc_out"
    assert len(workspace.store.remarks(brand.brandid, "", 5, None).items) == 1
    outcomes = [d["outcome"] for _, s, d in logged(workspace, "chat tool") if "feedback" in s]
    assert outcomes == ["asked first", "done"]


@pytest.mark.parametrize("answer", ["no", "brands"])
def test_anything_but_a_yes_changes_nothing(workspace: Workspace, answer: str) -> None:
    brand = workspace.store.brands()[0].brandid
    conversation = talk(workspace)
    conversation.say(f"feedback on {brand}: the rule is wrong")
    conversation.say(answer)
    conversation.say("yes")
    assert not workspace.store.remarks(brand, "", 5, None).items


def test_a_viewer_may_look_and_not_speak(workspace: Workspace) -> None:
    conversation = talk(workspace, Role.VIEWER)
    assert conversation.say("brands").problem is None
    problem = conversation.say("feedback on 1001: wrong").problem
    assert problem is not None
    assert problem.kind == "permission"


def test_every_call_of_a_tool_is_logged(workspace: Workspace) -> None:
    conversation = talk(workspace)
    conversation.say("health")
    conversation.say("metadata of nobody 4929123456789012")
    found = logged(workspace, "chat tool")
    assert [(a, s, d["outcome"]) for a, s, d in found[-2:]] == [
        ("ann", "get_health", "done"), ("ann", "query_metadata", "InputError"),
    ]  # fmt: skip
    assert "4929123456789012" not in str(found)


def test_problems_are_mentioned_unasked_and_once(workspace: Workspace) -> None:
    run = workspace.store.create_run("data", "{}", ())
    workspace.store.set_run(run.run_id, workspace.store.run(run.run_id).state.FAILED, "no disk")
    conversation = talk(workspace)
    assert "no disk" in conversation.say("brands by sector").notices[0]
    assert conversation.say("brands by sector").notices == ()


def test_an_operator_starts_a_run(workspace: Workspace, finished: Path) -> None:
    conversation = talk(workspace, Role.OPERATOR)
    asked = conversation.say(f"run all over {finished / 'data'}")
    assert asked.asks
    done = conversation.say("yes")
    assert done.data["run_id"] == "RUN-0002"
    assert done.data["state"] == "completed"


# With a model.


def wordy(*calls: tuple[str, dict[str, Any]], text: str) -> Callable[[Asked], Answer]:
    """A model that calls tools one after the other and then says something."""

    def script(asked: Asked) -> Answer:
        done = len(asked.results)
        return Answer(calls=(calls[done],)) if done < len(calls) else Answer(text=text)

    return script


COUNTED = (
    "Automotive 3, Coffee 1, Fashion 5, Fitness 1, Fuel 4, Grocery 3, Health & Beauty 1, Hotels 1, "
    "Travel 1. 9 shown."
)


def test_a_model_chooses_a_tool_and_words_the_answer(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    query = {"query_type": "brands_by_category"}
    bedrock.script = wordy(("execute_athena_query", query), text="Nine sectors, see below.")
    said = talk(workspace, adviser=ask()).say("Which kinds of shops do we have here?")
    assert (said.by, said.text) == ("commands", COUNTED)  # "nine" stands in no answer
    bedrock.script = wordy(("execute_athena_query", query), text="See the sectors below.")
    said = talk(workspace, adviser=ask()).say("Which kinds of shops do we have here?")
    assert said.text == "See the sectors below."
    assert said.by == "model test.model-v1:0"
    assert len(said.data) == 9
    assert {s["toolSpec"]["name"] for s in bedrock.asked[-1].tools} == {*TOOLS}
    assert logged(workspace, "chat tool")[-1][1] == "execute_athena_query"


def test_a_model_s_change_is_put_to_the_speaker_in_our_words(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    brand = workspace.store.brands()[0].brandid
    change = {"brandid": brand, "feedback_text": "all rows of Tesco are theirs"}
    bedrock.script = wordy(("submit_feedback", change), text="Done! I have changed it.")
    conversation = talk(workspace, adviser=ask())
    said = conversation.say("please sort this brand out for me")
    assert said.text.startswith("submit_feedback with ")
    assert said.asks
    assert not workspace.store.remarks(brand, "", 5, None).items


def test_a_model_has_the_speaker_s_role(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    bedrock.script = wordy(("start_workflow", {"brands": "all"}), text="Started.")
    conversation = talk(workspace, Role.VIEWER, adviser=ask())
    said = conversation.say("kick everything off, would you")
    assert conversation.waiting is None
    assert said.problem is not None
    assert said.problem.kind == "permission"
    assert len(workspace.store.runs()) == 1


@pytest.mark.parametrize(
    "script",
    [
        lambda asked: Answer(text="There are 4,711 brands."),
        lambda asked: Answer(status=500, raw=b"{}"),
        lambda asked: Answer(calls=(("get_health", {}),)),
        lambda asked: Answer(calls=(("no_such_tool", {}),)),
    ],
    ids=["invents", "down", "never stops", "unknown tool"],
)
def test_a_model_that_is_of_no_help_leaves_the_commands(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock, script: Any
) -> None:
    bedrock.script = script
    said = talk(workspace, adviser=ask()).say("how many shops have we got, friend")
    assert said.by == "commands"
    assert "4,711" not in said.text
    assert len(bedrock.asked) <= 8


def test_commands_need_no_model_even_where_there_is_one(
    workspace: Workspace, ask: Callable[..., ModelAdviser], bedrock: Bedrock
) -> None:
    assert talk(workspace, adviser=ask()).say("brands").by == "commands"
    assert not bedrock.asked


def test_the_command_line_talks_once_and_in_turns(finished: Path) -> None:
    said = good(inside("chat", "brands by sector", "-w", finished / "w", "--json")).data
    assert said["by"] == "commands"
    assert len(said["data"]) == 9
    assert inside("chat", "run all", "-w", finished / "w").code == 4
    assert inside("chat", "metadata of nobody", "-w", finished / "w").code == 2
    assert inside("chat", "help", "--role", "king", "-w", finished / "w").code == 2
    turns = good(inside("chat", "-w", finished / "w", stdin=b"brands\nmore\nquit\nbrands\n"))
    assert turns.out.count("10 shown") == 2
