"""The page of messages to people outside: what went out, what waits, what was given up and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from brand_metagen.app import accounts, notifying
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.text import render
from brand_metagen.notify.channels import notifiers
from brand_metagen.ports import Actor, NoticeState, Role
from brand_metagen.web.state import Server

MOST = 100
ORDER = (NoticeState.FAILED, NoticeState.WAITING, NoticeState.SENT)


def messages(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """Messages of one state or all, those that were given up first, the latest of each first."""
    accounts.need(actor, Role.OPERATOR)
    every = server.workspace.store.notices()
    counts = Counter(notice.state for notice in every)
    state = next((s for s in NoticeState if s.value == wanted.get("state")), None)
    found = [n for n in every if state is None or n.state is state]
    found.sort(key=lambda n: (ORDER.index(n.state), -n.sequence))
    return render(
        "messages.html.j2", root=ROOT, actor=actor, found=found[:MOST], all=len(found), state=state,
        states=[(s, counts[s]) for s in ORDER], failed=counts[NoticeState.FAILED],
        channels=server.workspace.settings.notify.channels,
    )  # fmt: skip


def retry(server: Server, actor: Actor, form: Form) -> Reply:
    """Try again what was given up, and send what waits."""
    del form
    workspace = server.workspace
    channels = notifiers(workspace.settings.notify, workspace.folder)
    again = workspace.store.retry_notices()
    done = notifying.deliver(workspace, channels)
    counts = {"again": again, "sent": len(done.sent), "given_up": len(done.given_up)}
    workspace.store.note(actor.name, "messages retried", "messages", counts)
    said = [f"{len(done.sent):,} sent"]
    said += [f"{len(done.waiting):,} wait for another try"] if done.waiting else []
    said += [f"{len(done.given_up):,} given up again"] if done.given_up else []
    return Reply(f"{', '.join(said)}.", bad=bool(done.given_up), again=True)


DEEDS: Deeds = {"messages_retry": (Role.OPERATOR, retry)}
