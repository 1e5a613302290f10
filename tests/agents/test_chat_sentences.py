"""Everyday sentences, written before the grammar was widened, and what each must reach without a
model; the brand of the table stands for one that the workspace has."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from brand_metagen.agents.chat import Conversation, Said
from brand_metagen.agents.chat_shapes import ToolContext
from brand_metagen.agents.chat_tools import TOOLS
from brand_metagen.agents.grammar import bare, commands, intent_of, readings
from brand_metagen.app.workspace import Workspace
from brand_metagen.config import Settings
from brand_metagen.ports import Actor, Role
from brand_metagen.store.sql import SqlStore, sqlite_url

TALK, PUZZLED = "", "?"
SAID = (
    ("hello", TALK), ("hi there", TALK), ("good morning", TALK), ("thanks", TALK),
    ("thank you very much", TALK), ("bye", TALK), ("what can you do?", "get_help"),
    ("help", "get_help"), ("help me", "get_help"), ("I don't understand", "get_help"),
    ("how do I give feedback?", TALK), ("what is open?", "get_open_work"),
    ("how is it going", "get_health"), ("how are things going?", "get_health"),
    ("how far are we?", "get_open_work"), ("what's left to do?", "get_open_work"),
    ("what needs my attention?", "get_open_work"), ("which brands need me", "review_queue"),
    ("which brands need review?", "review_queue"), ("show me the queue", "review_queue"),
    ("show the next brand", "review_queue"), ("what should I do next?", "get_open_work"),
    ("show me BRAND", "show_brand"), ("tell me about BRAND", "show_brand"),
    ("what do you know about BRAND", "show_brand"), ("open BRAND", "show_brand"),
    ("BRAND", "show_brand"), ("brand ID", "show_brand"), ("show brand ID", "show_brand"),
    ("what's up with BRAND", "show_brand"), ("is BRAND done?", "show_brand"),
    ("who is working on BRAND?", "show_brand"), ("I'd like to see BRAND", "show_brand"),
    ("what is the regex of BRAND?", "query_metadata"),
    ("what pattern does BRAND have?", "query_metadata"),
    ("which MCCs does BRAND have?", "query_metadata"), ("why is BRAND flagged?", "show_brand"),
    ("why was BRAND escalated?", "show_brand"), ("which combos belong to BRAND?", "brand_rows"),
    ("show excluded rows of BRAND", "brand_rows"), ("approve BRAND", "explain_decision"),
    ("approve brand ID please", "explain_decision"), ("please reject BRAND", "explain_decision"),
    ("BRAND looks good", "explain_decision"), ("approve everything", "explain_decision"),
    ("the pattern for BRAND is too broad", "submit_feedback"),
    ("BRAND should not match BRAND AIRPORT", "submit_feedback"),
    ("remove mcc 5411 from BRAND", "submit_feedback"),
    ("I think BRAND is wrong", "submit_feedback"), ("escalate BRAND", "escalate_brand"),
    ("escalate brand ID because it is unclear", "escalate_brand"),
    ("how many brands are approved?", "execute_athena_query"),
    ("how many brands are there?", "execute_athena_query"),
    ("how many are pending", "execute_athena_query"),
    ("how many brands did we approve", "execute_athena_query"),
    ("how many escalations are open?", "list_escalations"),
    ("list escalations", "list_escalations"), ("show me the escalations", "list_escalations"),
    ("do we have any open cases", "list_escalations"), ("any problems?", "get_health"),
    ("is anything broken?", "get_health"), ("are there any errors", "get_health"),
    ("what went wrong", "get_health"), ("is the system healthy?", "get_health"),
    ("why is it slow", "get_health"), ("show me the metrics", "get_metrics"),
    ("how accurate are we?", "get_metrics"), ("what is our approval rate?", "get_metrics"),
    ("which wallets are there?", "get_metrics"), ("how much did it cost?", "get_costs"),
    ("how much have we spent on the model", "get_costs"), ("start a run", "start_workflow"),
    ("start processing", "start_workflow"), ("run BRAND again", "start_workflow"),
    ("process all brands", "start_workflow"), ("pause everything", TALK), ("stop the run", TALK),
    ("did the run finish?", "check_workflow_status"),
    ("how long did the last run take?", "check_workflow_status"),
    ("when was the last run?", "check_workflow_status"),
    ("what happened today?", "get_workflow_stats"), ("any news?", "get_open_work"),
    ("show me the history of BRAND", "brand_history"), ("who approved BRAND?", "brand_history"),
    ("find brands like star", "search_brands"), ("search for coffee", "search_brands"),
    ("list all brands", "query_brands_to_check"), ("which brands failed?", "query_brands_to_check"),
    ("what sectors do we have", "execute_athena_query"), ("next page", TALK), ("more", TALK),
    ("yes", TALK), ("cancel", TALK), ("what is a wallet?", TALK), ("what does MCC mean", TALK),
    ("show confidence below 0.5", "execute_athena_query"),
    ("which brands have low confidence?", "execute_athena_query"),
    ("which are the hardest brands", "execute_athena_query"), ("show me ties", "list_ties"),
    ("what ties are there?", "list_ties"), ("undo that", TALK), ("delete everything", TALK),
    ("can I talk to a human", TALK), ("asdfghjkl", PUZZLED), ("", PUZZLED),
)  # fmt: skip


@pytest.fixture(scope="module")
def place(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A copy of the run's workspace; nothing here changes more than its log."""
    folder = tmp_path_factory.mktemp("talk") / "w"
    shutil.copytree(finished / "w", folder)
    store = SqlStore(sqlite_url(folder / "brand-metagen.sqlite3"), Settings().review)
    yield Workspace(folder, Settings(), store)
    store.close()


@pytest.fixture(scope="module")
def brand(place: Workspace) -> tuple[str, str]:
    """Id and name of a brand whose name is of several letters."""
    line = max(place.store.brands(), key=lambda b: (b.brandname.isascii(), len(b.brandname)))
    return line.brandid, line.brandname


def say(place: Workspace, text: str, role: Role = Role.OPERATOR) -> tuple[Said, Conversation]:
    talk = Conversation(ToolContext(place, Actor("ann", role)))
    return talk.say(text), talk


@pytest.mark.parametrize(("sentence", "tool"), SAID)
def test_everyday_sentences_reach_what_they_ask_for(
    place: Workspace, brand: tuple[str, str], sentence: str, tool: str
) -> None:
    text = sentence.replace("BRAND", brand[1].lower()).replace("ID", brand[0])
    said, talk = say(place, text)
    assert said.tool == (TALK if tool == PUZZLED else tool), said.text
    assert said.problem is None
    assert said.by == "commands"
    assert said.text.startswith("This is not understood.") is (tool == PUZZLED)
    if said.tool in ("show_brand", "explain_decision", "query_metadata") and "every" not in text:
        assert said.data["brandid"] == brand[0]
    if "BRAND" in sentence and said.tool == "submit_feedback":
        assert talk.waiting is not None
        assert talk.waiting[1] == {"brandid": brand[0], "feedback_text": text}
    assert not place.store.remarks(None, "", 1, None).items  # nothing was done unasked


def test_the_table_is_long_enough() -> None:
    assert len(SAID) >= 100


def test_a_brand_is_found_in_spite_of_a_slip_and_named_before_a_change(
    place: Workspace, brand: tuple[str, str]
) -> None:
    slip = brand[1][:3] + brand[1][4:]
    assert say(place, f"show me {slip}")[0].data["brandid"] == brand[0]
    asked = say(place, f"escalate {slip}: two shops share the name")[0]
    assert f"'{brand[0]}' ({brand[1]})" in asked.text
    assert asked.asks


def test_several_brands_as_near_are_asked_about(workspace: Workspace) -> None:
    first, second = (line.brandname for line in workspace.store.brands()[:2])
    said = say(workspace, f"compare {first} with {second}")[0]
    assert said.tool == ""  # neither is taken to be meant


def test_a_brand_that_is_not_there_is_said_so_with_where_to_look(place: Workspace) -> None:
    said = say(place, "show me kwyjibo ltd")[0]
    assert said.asks
    assert "no brand 'kwyjibo ltd'" in said.text
    assert "`find NAME`" in said.text


def test_what_is_taken_by_its_words_says_so(place: Workspace) -> None:
    said = say(place, "so is the whole job through by now or what")[0]
    assert (said.tool, said.text[:18]) == ("check_workflow_status", "Taken as `status`.")


def test_a_question_that_waits_is_answered_by_a_name(
    place: Workspace, brand: tuple[str, str]
) -> None:
    talk = Conversation(ToolContext(place, Actor("ann", Role.REVIEWER)))
    assert talk.say("escalate").text == "Which brand? Say its id or name."
    assert talk.say(brand[1]).text == "Why? Say what an expert should know."
    asked = talk.say("the name is a town as well")
    assert "Say yes to go on" in asked.text
    assert talk.say("no").text == "Nothing was done."


def test_an_escalation_by_talk_opens_a_case(workspace: Workspace) -> None:
    line = workspace.store.brands()[0]
    _, talk = say(workspace, f"escalate {line.brandid} because two shops share it")
    done = talk.say("yes")
    assert done.problem is None
    assert workspace.store.line(line.brandid).state.value == "escalated"
    shown = say(workspace, f"show {line.brandid}")[0]
    assert "two shops share it" in shown.text


@pytest.mark.parametrize("text", ["escalate ID: why", "ID is too broad"])
def test_a_viewer_changes_nothing(place: Workspace, brand: tuple[str, str], text: str) -> None:
    said, talk = say(place, text.replace("ID", brand[1]), Role.VIEWER)
    assert said.problem is not None
    assert said.problem.kind == "permission"
    assert talk.waiting is None


def test_nothing_that_is_read_loosely_or_by_topic_changes_anything() -> None:
    """A change needs a command, a known brand, or a remark on one; and a yes."""
    for text in ("please just run it all somehow", "feedback everywhere", "escalating quickly"):
        intent = intent_of(text)
        assert intent.loose or not intent.tool or not TOOLS[intent.tool].changes


def test_long_messages_are_commands_or_nothing(place: Workspace) -> None:
    for text in ("please " * 1_400, "show " * 2_000, "how many " * 1_000, "to do left " * 900,
                 "feedback on " * 800, "a" * 9_999, "which brand is " * 600):  # fmt: skip
        assert bare(text)
        assert not any(intent.loose for intent in readings(text))
        assert say(place, text)[0].tool in ("", "submit_feedback")


def test_replies_name_commands_that_exist() -> None:
    text = resources.files("brand_metagen.agents").joinpath("data/commands.toml").read_text("utf-8")
    named = set(re.findall(r"`brand-metagen ([a-z]+(?: [a-z]+)?)", text))
    assert len(named) >= 5
    listed = (Path(__file__).parents[2] / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in sorted(named):
        assert re.search(rf"brand-metagen {command}\b|^#+ `?{command}`?$", listed, re.M), command
    assert {intent_of(shown.split(" [")[0]).tool for shown in commands()} <= {*TOOLS}
