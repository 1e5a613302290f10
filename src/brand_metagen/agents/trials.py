"""What a role's model is asked for on one brand, so that instructions can be held side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from brand_metagen.agents import analytics, confirmation
from brand_metagen.agents.chat import Conversation
from brand_metagen.agents.chat_shapes import ToolContext
from brand_metagen.agents.role import Means
from brand_metagen.agents.table import invoke
from brand_metagen.agents.wiring import talker
from brand_metagen.app import queries
from brand_metagen.ports import Actor, Role
from brand_metagen.records import Decision

MOST_ROWS = 5
"""Rows left to humans, and earlier remarks, that are asked about of one brand."""
Trial = Callable[[str, Means], Mapping[str, Any]]


def _rule(brandid: str, means: Means) -> Mapping[str, Any]:
    return invoke("metadata production", {"brandid": brandid}, means)


def _known(brandid: str, means: Means) -> Mapping[str, Any]:
    line = means.place().store.line(brandid)
    given = {"brandname": line.brandname, "sector": line.sector}
    return invoke("commercial assessment", given, means)


def _opinions(brandid: str, means: Means) -> Mapping[str, Any]:
    """What is thought of the brand's rows that wait for a human, by narrative and code."""
    market, found = means.live().market, {}
    for row in queries.combos(means.place(), brandid, Decision.REVIEW, MOST_ROWS):
        text, mccid = row["narrative"], row["mccid"]
        verdict = confirmation.asked(market, brandid, text, mccid, means)
        found[f"{text} {mccid}"] = verdict.value if verdict else ""
    return found


def _remarks(brandid: str, means: Means) -> Mapping[str, Any]:
    """How the latest remarks on the brand are read, unclear ones with the model's help."""
    remarks = means.place().store.remarks(brandid, "", MOST_ROWS, None).items
    texts = dict.fromkeys(remark.text for remark in remarks if remark.text)
    return {
        text: invoke("feedback processing", {"brandid": brandid, "text": text}, means)["understood"]
        for text in texts
    }


def _talk(brandid: str, means: Means) -> Mapping[str, Any]:
    """What is answered to a plain question about the brand, by which tool."""
    workspace = means.place()
    talk = Conversation(
        ToolContext(workspace, Actor("trial", Role.VIEWER)), talker(means), means.instructions
    )
    name = workspace.store.line(brandid).brandname
    said = talk.by_model(f"How does {name} ({brandid}) stand, and what should I do about it?")
    return {"tool": said.tool, "text": said.text, "by": said.by}


def _report(_: str, means: Means) -> Mapping[str, Any]:
    return invoke(analytics.ROLE, {}, means)


TRIALS: Mapping[str, Trial] = {
    "metadata production": _rule,
    "commercial assessment": _known,
    confirmation.ROLE: _opinions,
    "feedback processing": _remarks,
    analytics.ROLE: _report,
    "conversation": _talk,
}
"""Every role that asks a model."""
OF_RUNS = frozenset({analytics.ROLE})
"""Roles that are asked about a run, the latest one, and about no brand."""
