"""Pages of data quality: the tables as they came, rows left out, what brands' rows look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from brand_metagen.app import correcting
from brand_metagen.app import quality as quality_app
from brand_metagen.app.correcting import Authority
from brand_metagen.app.quality import BrandIssue
from brand_metagen.console.acts import Deeds, Form, Reply
from brand_metagen.console.door import ROOT
from brand_metagen.console.kept import record
from brand_metagen.console.text import render
from brand_metagen.errors import InputError
from brand_metagen.ports import Actor, Role, RunState
from brand_metagen.web.state import Server

PAGE = 100
MOST_BRANDS = 200
BATCHES = 20
SAMPLES = 3
"""Rows shown of an issue."""


def quality(server: Server, actor: Actor, wanted: Mapping[str, str]) -> str:
    """What came, what was left out and why, and what is wrong with rows that were not."""
    workspace = server.workspace
    if workspace.store.latest_run(RunState.COMPLETED) is None:
        return render("quality.html.j2", root=ROOT, found=None)
    reason, file, kind = (wanted.get(name, "") for name in ("reason", "file", "kind"))
    out, first = quality_app.quarantine(workspace, reason, file), _number(wanted.get("from", ""))
    kept = {"reason": reason, "file": file, "from": str(first + PAGE)}
    more = first + PAGE < len(out)
    brands = quality_app.brands_with(workspace, kind)[:MOST_BRANDS] if kind else []
    batches = workspace.store.correction_batches()[::-1][:BATCHES]
    return render(
        "quality.html.j2", root=ROOT, found=quality_app.quality(workspace), reason=reason,
        file=file, out=out[first : first + PAGE], total=len(out), first=first,
        onward=f"{ROOT}/quality?{urlencode(kept)}" if more else "",
        reasons=quality_app.reasons(workspace),
        issues=quality_app.issues(workspace), kind=kind, batches=batches,
        brands=brands, samples=_samples(server, brands), names=record(server, now=False).names,
        may=actor.role.may(Role.OPERATOR), run_id=workspace.latest_run(),
    )  # fmt: skip


def _samples(server: Server, brands: Sequence[BrandIssue]) -> dict[tuple[str, str], str]:
    """The narratives of the rows that issues name."""
    if not brands:
        return {}
    live = server.warm.glance()
    keys = {key for issue in brands for key in issue.rows[:SAMPLES]}
    return {key: live.market.combos.narrative[live.keys[key]] for key in keys & live.keys.keys()}


def _number(text: str) -> int:
    """Where a page begins; the first one for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def undo(server: Server, actor: Actor, form: Form) -> Reply:
    """Take a batch of corrections back."""
    if not form.text("note").strip():
        raise InputError("say why they are taken back")
    authority = Authority(actor.name, form.text("note"), form.text("authorised_by").strip())
    done = correcting.undo(server.workspace, authority, form.text("batch_id"))
    return Reply(f"{done.batch_id} is taken back; the next run reads the old cells.", again=True)


DEEDS: Deeds = {"correction_undo": (Role.OPERATOR, undo)}
