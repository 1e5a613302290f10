"""What a brand's latest version changed since an earlier one: the rule, and the market's rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from brand_metagen.app.live import Live
from brand_metagen.app.queries import metadata
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.diff import Diff, diff

MOST_REMARKS = 1_000
"""Remarks that are looked through; a brand escalates after ten."""


@dataclass(frozen=True, slots=True)
class Since:
    """Both versions side by side, and the rows that change hands between them."""

    diff: Diff
    radius: BlastRadius


def since(live: Live, brandid: str, version: int) -> Since:
    """Compare the latest version with an earlier one; raises NotFound when there is none.

    What was said of the earlier version or of later ones does not decide rows under it, so that
    the figures are those that the remark was answered with.
    """
    store = live.workspace.store
    old = metadata(live.workspace, brandid, version)
    said = {r.feedback_id: r.version for r in store.remarks(brandid, "", MOST_REMARKS, None).items}
    with live.lock:
        now, asked = live.versions[brandid], live.now.asked.get(brandid, ())
        then = tuple(c for c in asked if said.get(c.feedback_id, 0) < version)
        back = live.trial(brandid, old.rule, then)
        forth = replace(back, rule=now.rule, before=back.after, after=back.before)
        return Since(diff(old, now), live.radius(forth))
