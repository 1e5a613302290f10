"""What a brand's latest version changed since an earlier one: the rule, and the market's rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from brand_metagen.app.live import Live
from brand_metagen.app.queries import metadata
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.diff import Diff, diff


@dataclass(frozen=True, slots=True)
class Since:
    """Both versions side by side, and the rows that change hands between them."""

    diff: Diff
    radius: BlastRadius


def since(live: Live, brandid: str, version: int) -> Since:
    """Compare the latest version with an earlier one; raises NotFound when there is none.

    Rows are decided by what reviewers have said until today under both rules.
    """
    old = metadata(live.workspace, brandid, version)
    with live.lock:
        now = live.versions[brandid]
        back = live.trial(brandid, old.rule)
        forth = replace(back, rule=now.rule, before=back.after, after=back.before)
        return Since(diff(old, now), live.radius(forth))
