"""Tools of the conversation on brands: what waits, one brand, its rows and its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from brand_metagen.agents.chat_shapes import MOST, PAGE, Argument, ChatTool, ToolContext
from brand_metagen.agents.chat_words import many
from brand_metagen.app import decisions, escalations, history, queries, reviewing
from brand_metagen.app.catalogue_reading import catalogue
from brand_metagen.app.health import open_cases
from brand_metagen.ports import (
    BrandLine,
    BrandState,
    CaseFilter,
    Cause,
    QueueFilter,
    Role,
    Verdict,
)
from brand_metagen.records import Decision

SAMPLES = 3
"""Rows of each kind that are shown with a brand."""


def _queue(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit = min(given.get("limit", PAGE), PAGE)
    found = context.workspace.store.queue(QueueFilter(), max(1, limit), None)
    return [_waiting(line) for line in found.items]


def _waiting(line: BrandLine) -> dict[str, Any]:
    return {
        "brandid": line.brandid,
        "brandname": line.brandname,
        "version": line.version,
        "confidence": line.confidence,
        "rows": line.rows,
        "round": line.round,
        "reason": line.reason,
    }


def _open_work(context: ToolContext, _: Mapping[str, Any]) -> dict[str, Any]:
    """Whatever waits for somebody, and the brand to look at first."""
    workspace = context.workspace
    states = workspace.store.count_states()
    first = workspace.store.queue(QueueFilter(), 1, None).items
    return {
        "brands": sum(states.values()),
        "to_review": states.get(BrandState.AWAITING_REVIEW, 0),
        "approved_not_published": states.get(BrandState.APPROVED, 0),
        "published": states.get(BrandState.PUBLISHED, 0),
        "failed": states.get(BrandState.FAILED, 0),
        "open_ties": len(queries.ties(workspace, open_only=True)),
        "escalations": sum(1 for _ in open_cases(workspace)),
        "next_brand": f"{first[0].brandid} {first[0].brandname}" if first else "",
    }


def _told_open(data: Any) -> str:
    rest = f" Next to look at: {data['next_brand']}." if data["next_brand"] else ""
    return (
        f"Of {many(data['brands'], 'brand')}, {data['to_review']:,} to review, "
        f"{data['approved_not_published']:,} approved and not published, "
        f"{data['published']:,} published, {data['failed']:,} failed. Open: "
        f"{many(data['open_ties'], 'tie')}, {many(data['escalations'], 'escalation')}.{rest}"
    )


def _brand(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    """A brand on one screen; `brand-metagen review show` has everything."""
    workspace, brandid = context.workspace, given["brandid"]
    found = reviewing.look(workspace, brandid, SAMPLES)
    record = reviewing.plain(found)
    names = ("brandid", "brandname", "sector", "state", "round", "version", "status", "confidence",
             "requires_confirmation", "reasons", "regex", "mccids", "commercial")  # fmt: skip
    shown = {name: record[name] for name in names}
    cases = escalations.listed(workspace, CaseFilter(brandid=brandid)).items
    shown["cases"] = [f"{c.case.case_id} {c.case.state.value}: {c.case.reason}" for c in cases]
    shown["rows"] = {
        kind: [row["narrative"] for row in rows] for kind, rows in record["rows"].items()
    }
    return shown


def _told_brand(data: Any) -> str:
    why = "; ".join(data["reasons"]) or "nothing speaks against it"
    rule = data["regex"] or "no rule could be proven"
    cases = f" Escalations: {'; '.join(data['cases'])}." if data["cases"] else ""
    confirm = "asks for confirmation" if data["requires_confirmation"] else "needs no confirmation"
    return (
        f"{data['brandname']} ({data['brandid']}, {data['sector'] or 'no sector'}) is "
        f"{data['state']}: version {data['version']}, confidence {data['confidence']:.2f}, "
        f"{confirm} ({why}). Rule: {rule}. Codes: {', '.join(data['mccids']) or 'none'}.{cases}"
    )


def _rows(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    limit = min(given.get("limit", PAGE), MOST)
    found = queries.combos(context.workspace, given["brandid"], given.get("decision"), limit)
    return [{**row, "confidence": round(row["confidence"] or 0.0, 4)} for row in found]


def _history(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Versions, acts of people and remarks of a brand, oldest first."""
    workspace, brandid = context.workspace, given["brandid"]
    record = history.gather(workspace)
    told = [
        {"at": d.at, "what": d.action, "by": d.actor, "version": d.version, "said": ""}
        for d in record.deeds
        if d.brandid == brandid
    ]
    remarks = workspace.store.remarks(brandid, "", PAGE, None).items
    told += [
        {"at": r.given_at, "what": "remark", "by": r.author, "version": r.version, "said": r.text}
        for r in remarks
    ]
    versions = workspace.store.versions(brandid)
    made = [
        {"at": "", "what": f"version {v.version}: {v.status.value}", "by": "", "said": "",
         "version": v.version}
        for v in versions
    ]  # fmt: skip
    return made + sorted(told, key=lambda line: str(line["at"]))


def _ties(context: ToolContext, _: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"ccid": t.ccid, "bankid": t.bankid, "narrative": t.narrative, "reason": t.reason,
         "claims": ", ".join(f"{brandid} {p:.2f}" for brandid, p in t.claims)}
        for t in queries.ties(context.workspace, open_only=True)[:MOST]
    ]  # fmt: skip


def _search(context: ToolContext, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    workspace = context.workspace
    found = catalogue(workspace, workspace.settings.mcp).search(given["query"], "", PAGE)
    return [
        {"brandid": h.brandid, "brandname": h.brandname, "sector": h.sector, "from": h.origin,
         "likeness": h.likeness}
        for h in found
    ]  # fmt: skip


def _escalate(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    workspace, brandid = context.workspace, given["brandid"]
    version = workspace.store.line(brandid).version
    made = decisions.decide(
        workspace, context.actor.name, brandid, Verdict.FLAG, version, note=given["reason"],
        cause=Cause.EXPERT_WANTED,
    )  # fmt: skip
    return {"brandid": brandid, "state": made.state, "version": made.version}


def _how(context: ToolContext, given: Mapping[str, Any]) -> dict[str, Any]:
    """How a decision is taken that is not taken here: with the evidence in view."""
    line = context.workspace.store.line(given["brandid"])
    act = given["decision"]
    command = f"brand-metagen review {act} {line.brandid} --version {line.version}"
    return {"brandid": line.brandid, "brandname": line.brandname, "state": line.state.value,
            "version": line.version, "decision": act, "command": command}  # fmt: skip


def _told_how(data: Any) -> str:
    return (
        f"The conversation decides on no rule: to {data['decision']} {data['brandname']}, look at "
        f"version {data['version']} in the console, or say `{data['command']}`. Here you can see "
        "the brand, or give feedback on it."
    )


BRAND = Argument("brandid", "A brand, by id or name.", required=True)
LIMIT = Argument("limit", f"Items at the most, up to {MOST:,}.", "integer")
ON_BRANDS = (
    ChatTool("get_open_work", "What waits for somebody: reviews, ties, escalations, what is next.",
             (), _open_work, told=_told_open),
    ChatTool("review_queue", "Brands that wait for a reviewer, those worth most first.",
             (LIMIT,), _queue),
    ChatTool("show_brand", "A brand at a glance: state, confidence, why, rule, codes, rows, cases.",
             (BRAND,), _brand, told=_told_brand, names=("brandid",)),
    ChatTool(
        "brand_rows", "Rows labelled to a brand or decided for it.",
        (BRAND, Argument("decision", "Only these.", choices=tuple(map(str, Decision))), LIMIT),
        _rows, names=("brandid",),
    ),
    ChatTool("brand_history", "Versions of a brand, who decided what, and remarks.", (BRAND,),
             _history, names=("brandid",)),
    ChatTool("list_ties", "Rows that several brands claim and nobody has settled.", (), _ties),
    ChatTool("search_brands", "Brands by name, slips forgiven: the customer's, then the world's.",
             (Argument("query", "A name.", required=True),), _search),
    ChatTool(
        "escalate_brand", "Hand a brand to experts: a case is opened, or the open one joined.",
        (BRAND, Argument("reason", "Why.", required=True)), _escalate, Role.REVIEWER,
        changes=True, names=("brandid",),
    ),
    ChatTool(
        "explain_decision", "How a rule is approved or rejected, which is not done here.",
        (BRAND, Argument("decision", "Which.", required=True, choices=("approve", "reject"))),
        _how, told=_told_how, names=("brandid",),
    ),
)  # fmt: skip
"""Tools beside those of CHAT-02 to CHAT-10."""
