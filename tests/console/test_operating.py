"""What operators and admins do from pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from test_acts import Seats

from brand_metagen.app import escalations, second_look
from brand_metagen.app.history import gather
from brand_metagen.console import messages, reports, system
from brand_metagen.console.acts import Form, Reply, done
from brand_metagen.console.kept import log_check, record
from brand_metagen.console.screens import PAGES
from brand_metagen.ports import BrandState, Cause, Mode, NoticeState, QueueFilter, Role


def asked(seats: Seats, who: Role, act: str, /, **fields: Any) -> Reply:
    """One act by somebody of a role."""
    return done(seats[who], {"act": act, **fields})


def shown(seats: Seats, path: str, role: Role = Role.ADMIN, **wanted: str) -> str:
    """A page as somebody of a role sees it."""
    seat = seats[role]
    actor = seat.actor()
    assert actor is not None
    return PAGES[path](seat.server, actor, wanted)


def test_an_account_and_its_token_live_and_end(shared: Seats) -> None:
    store = shared[Role.ADMIN].server.workspace.store
    new = {"name": "nora", "role": "reviewer", "password": "short"}
    assert asked(shared, Role.ADMIN, "user_add", **new).bad
    made = asked(shared, Role.ADMIN, "user_add", **{**new, "password": ""})
    assert made.go == "/user/nora"
    issued = asked(shared, Role.ADMIN, "token_issue", name="nora", label="script", days="3")
    assert "bmg_" in issued.html
    (token,) = store.tokens("nora")
    assert "bmg_" not in shown(shared, "/user/{name}", name="nora")
    revoked = asked(shared, Role.ADMIN, "token_revoke", name="nora", token_id=token.token_id)
    assert not revoked.bad
    assert not asked(shared, Role.ADMIN, "user_change", name="nora", what="disable").bad
    account = store.account("nora")
    assert account is not None
    assert account.disabled
    assert asked(shared, Role.ADMIN, "user_change", name="nora", what="role", role="king").bad


def test_an_account_is_isolated_with_a_reason(shared: Seats) -> None:
    store = shared[Role.ADMIN].server.workspace.store
    asked(shared, Role.ADMIN, "user_add", name="mallory", role="viewer", password="")
    asked(shared, Role.ADMIN, "token_issue", name="mallory", days="3")
    assert asked(shared, Role.ADMIN, "user_isolate", name="mallory").bad
    assert not asked(shared, Role.ADMIN, "user_isolate", name="mallory", note="stolen").bad
    account = store.account("mallory")
    assert account is not None
    assert account.disabled
    assert all(token.revoked_at for token in store.tokens("mallory"))


def test_the_system_is_paused_with_a_reason_and_let_go_on(shared: Seats) -> None:
    store = shared[Role.ADMIN].server.workspace.store
    assert asked(shared, Role.OPERATOR, "mode_set", mode="paused").bad
    assert not asked(shared, Role.OPERATOR, "mode_set", mode="paused", note="a move").bad
    assert store.mode().mode is Mode.PAUSED
    assert "a move" in shown(shared, "/health")
    assert not asked(shared, Role.OPERATOR, "mode_set", mode="normal").bad
    assert asked(shared, Role.OPERATOR, "mode_set", mode="off", note="x").bad


def test_a_point_of_a_routine_is_ticked_by_name(shared: Seats) -> None:
    assert asked(shared, Role.REVIEWER, "tick", name="morning", point="nothing").bad
    ticked = {"name": "morning", "point": "queue", "note": "looked at it"}
    assert not asked(shared, Role.REVIEWER, "tick", **ticked).bad
    page = shown(shared, "/routines", name="morning")
    assert "looked at it" in page
    assert "1 of 5 done today" in page


def test_a_plan_is_written_and_reviewed(shared: Seats) -> None:
    plan = {"issue": "too slow", "owner": "oona", "what": "look", "due": "2030-01-01"}
    assert asked(shared, Role.OPERATOR, "plan_add", **{**plan, "owner": ""}).bad
    aimed = {**plan, "metric": "approval_rate", "target": "0,8"}
    assert asked(shared, Role.OPERATOR, "plan_add", **{**aimed, "target": "all"}).bad
    made = asked(shared, Role.OPERATOR, "plan_add", **aimed)
    assert not made.bad
    plan_id = made.say.split()[0]
    reviewed = asked(shared, Role.OPERATOR, "plan_review", plan_id=plan_id, note="done")
    assert not reviewed.bad
    assert "Said at the review" in shown(shared, "/plans")


def test_answers_are_forgotten_by_their_key(shared: Seats) -> None:
    assert asked(shared, Role.OPERATOR, "cache_forget", which="pattern").bad
    assert asked(shared, Role.OPERATOR, "cache_forget", which="half").bad
    gone = asked(shared, Role.OPERATOR, "cache_forget", which="pattern", pattern="none:*")
    assert gone.say == "0 answers forgotten."
    assert "as they should be" in asked(shared, Role.OPERATOR, "cache_verify").html


@pytest.mark.parametrize("act", ["mcp_start", "mcp_stop", "mcp_restart"])
def test_only_our_servers_are_steered(shared: Seats, act: str) -> None:
    assert asked(shared, Role.OPERATOR, act, name="../../x").bad


def test_a_conversation_asks_before_it_changes_anything(seats: Seats) -> None:
    store = seats[Role.ADMIN].server.workspace.store
    line = store.queue(QueueFilter(), 1, None).items[0]
    said = f"feedback on {line.brandid}: hotels are not theirs"
    assert not asked(seats, Role.REVIEWER, "chat_say", message=said).bad
    page = shown(seats, "/chat", Role.REVIEWER)
    assert "Yes, do it" in page
    assert "no model is set" in page
    assert store.remarks(line.brandid, "", 10, None).items == ()
    assert not asked(seats, Role.REVIEWER, "chat_say", message="yes").bad
    assert len(store.remarks(line.brandid, "", 10, None).items) == 1
    assert "Yes, do it" not in shown(seats, "/chat", Role.REVIEWER)
    assert said not in shown(seats, "/chat", Role.OPERATOR)
    assert not asked(seats, Role.REVIEWER, "chat_new").bad
    assert said not in shown(seats, "/chat", Role.REVIEWER)


def test_a_run_begun_in_conversation_is_no_work_of_the_server(shared: Seats) -> None:
    assert not asked(shared, Role.OPERATOR, "chat_say", message="run all").bad
    assert not asked(shared, Role.OPERATOR, "chat_say", message="yes").bad
    assert "serve.data_root" in shown(shared, "/chat", Role.OPERATOR)


def test_two_people_look_at_what_one_approved(seats: Seats) -> None:
    server = seats[Role.ADMIN].server
    always = replace(server.workspace.settings.review, second_look_share=1.0)
    settings = replace(server.workspace.settings, review=always)
    workspace = replace(server.workspace, settings=settings)
    line = server.workspace.store.queue(QueueFilter(), 1, None).items[0]
    approve = {"brandid": line.brandid, "version": str(line.version), "idem": "a"}
    assert not asked(seats, Role.REVIEWER, "approve", **approve).bad
    assert second_look.waiting(workspace, "reviewer") == []
    (one,) = second_look.waiting(workspace, "operator")
    assert (one.brandid, one.version, one.by) == (line.brandid, line.version, "reviewer")
    found = second_look.answer(workspace, "operator", line.brandid, 1, "too wide", agrees=False)
    assert (found.looks, found.disagreed) == (1, 1)
    assert second_look.waiting(workspace, "operator") == []
    assert workspace.store.line(line.brandid).state is BrandState.APPROVED
    none = replace(settings, review=replace(always, second_look_share=0.0))
    assert second_look.waiting(replace(workspace, settings=none), "admin") == []


def test_the_first_page_walks_no_log_and_tells_when_it_was_walked(shared: Seats) -> None:
    server = shared[Role.ADMIN].server
    found = log_check(server)
    with found.turn:  # whoever walks it beside the page is done by now
        pass
    found.walk(server)
    until = found.until
    assert found.check is not None
    assert "in one chain" in found.check.said
    assert log_check(server) is found
    shown(shared, "/")
    assert found.until == until
    assert record(server) is record(server)


def test_what_is_due_is_sent_once(shared: Seats) -> None:
    seat = shared[Role.OPERATOR]
    settings = seat.server.workspace.settings
    schedule = replace(settings.schedule, kinds="run", formats="json")
    notify = replace(settings.notify, channels="file")
    workspace = replace(
        seat.server.workspace, settings=replace(settings, schedule=schedule, notify=notify)
    )
    server, actor = replace(seat.server, workspace=workspace), seat.actor()
    assert actor is not None
    assert "Send now · 2 due" in PAGES["/reports"](server, actor, {})
    first, again = (reports.send(server, actor, Form({})) for _ in range(2))
    assert first.say == "1 report made for 2 recipients."
    assert not first.bad
    assert again.say == "Nothing was due."
    page = PAGES["/reports"](server, actor, {})
    assert re.search(r'data-act="report_send"\s+disabled', page)
    assert "Nothing is due now" in page
    noted = workspace.store.recent(1, actions=("reports sent",))
    assert noted[0].actor == "operator"
    assert done(shared[Role.REVIEWER], {"act": "report_send"}).bad


def test_the_audit_log_is_read_back_to_its_first_row(
    shared: Seats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "PAGE", 3)
    store = shared[Role.ADMIN].server.workspace.store
    for n in range(7):
        store.note("eve", "looked", "thing <b>" if n % 2 else "RUN-0001", {"n": n})
    first = shown(shared, "/log", who="eve")
    (older,) = set(re.findall(r'href="/console/log\?([^"]*before=\d+)"', first))
    second = shown(shared, "/log", who="eve", before=older.rpartition("=")[2])
    third = shown(shared, "/log", who="eve", before=re.findall(r"before=(\d+)", second)[0])
    counts = [page.count("<tr>") - 1 for page in (first, second, third)]
    assert counts == [3, 3, 1]
    assert "This is where it begins" in third
    assert "who=eve&amp;before=" in first
    of = shown(shared, "/log", of="thing <b>")
    assert of.count("<tr>") - 1 == 3
    assert "thing &lt;b&gt;" in of
    assert "Nothing was done" not in shown(shared, "/log", before="x" * 30)


def test_messages_that_were_given_up_are_tried_again(seats: Seats) -> None:
    seat, store = seats[Role.OPERATOR], seats[Role.ADMIN].server.workspace.store
    channels = {"notify": replace(seat.server.workspace.settings.notify, channels="file")}
    settings = replace(seat.server.workspace.settings, **channels)
    server = replace(seat.server, workspace=replace(seat.server.workspace, settings=settings))
    actor = seat.actor()
    assert actor is not None
    assert "Nobody was told anything yet" in PAGES["/messages"](server, actor, {})
    escalations.create(server.workspace, "eve", "1001", Cause.LEGAL, "<b> now")
    (notice,) = store.notices()
    claimed = store.claim_notice(notice, 60.0)
    assert claimed is not None
    store.notice_done(claimed, NoticeState.FAILED, "no such <host>", 0.0)
    page = PAGES["/messages"](server, actor, {"state": "failed"})
    assert "Try 1 again" in page
    assert "no such &lt;host&gt;" in page
    assert f'href="/console/case/{notice.case_id}"' in page
    reply = messages.retry(server, actor, Form({}))
    assert (reply.say, reply.bad) == ("1 sent.", False)
    assert store.notices()[0].state is NoticeState.SENT
    assert "messages_retry" not in PAGES["/messages"](server, actor, {})
    assert "None. " in PAGES["/messages"](server, actor, {"state": "failed"})
    assert done(seats[Role.REVIEWER], {"act": "messages_retry"}).bad


@pytest.mark.parametrize("rewritten", [False, True])
def test_the_record_is_read_on_from_where_it_was(seats: Seats, *, rewritten: bool) -> None:
    server = seats[Role.ADMIN].server
    store, before = server.workspace.store, record(server)
    first, second, *_ = (line.brandid for line in store.queue(QueueFilter(), 5, None).items)
    asked(seats, Role.REVIEWER, "reject", brandid=first, version="1", note="no")
    once = record(server)
    asked(seats, Role.REVIEWER, "reject", brandid=second, version="1", note="no")
    if rewritten:  # as if another log stood there since
        kept = server.kept.get("record", dict)
        kept.last = replace(kept.last, digest="of another log")
        kept.history = replace(once, deeds=())
    found, whole = record(server), gather(server.workspace)
    assert [len(h.deeds) - len(before.deeds) for h in (once, found)] == [1, 2]
    for part in ("deeds", "versions", "runs", "remarks", "judgements", "names", "sectors"):
        assert getattr(found, part) == getattr(whole, part), part


def test_a_diagnosis_says_as_of_when_the_log_was_walked(shared: Seats) -> None:
    log_check(shared[Role.ADMIN].server).walk(shared[Role.ADMIN].server)
    assert "audit log's chain was walked <time" in shown(shared, "/diagnose")
    assert "chain" not in shown(shared, "/diagnose", name="stuck")
