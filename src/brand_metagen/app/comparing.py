"""What a brand's latest version changed since an earlier one: the rule, and the market's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from brand_metagen.app.live import Live
from brand_metagen.app.queries import metadata
from brand_metagen.app.standing import Trial
from brand_metagen.publish.blast import BlastRadius
from brand_metagen.publish.classifier import Answer
from brand_metagen.publish.diff import Diff, diff
from brand_metagen.records import Decision

MOST_REMARKS = 1_000
"""Remarks that are looked through; a brand escalates after ten."""
SAMPLES = 5
"""Narratives shown of a move: what can be taken in at a glance."""
HUMANS = (Decision.REVIEW, Decision.TIE)


@dataclass(frozen=True, slots=True)
class Move:
    """Rows that go one way: `gained` from another brand or lost to it (empty = nobody, "humans" is
    True where people have to say), how many, and some of their distinct narratives."""

    gained: bool
    brandid: str
    humans: bool
    rows: int
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that a version has more (`added`) or less than another: a piece, what is shut out,
    or a code."""

    added: bool
    text: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Since:
    """Both versions side by side, the rows that change hands between them and where they go, those
    that other brands' are concerned in first; `same` rows stay what they are."""

    diff: Diff
    radius: BlastRadius
    moves: tuple[Move, ...]
    same: int

    @property
    def edits(self) -> list[Edit]:
        """What the rule has more and less."""
        return edits(self.diff)


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
        moves, same = moved(live, forth)
        return Since(diff(old, now), live.radius(forth), moves, same)


def moved(live: Live, trial: Trial) -> tuple[tuple[Move, ...], int]:
    """The confirmed rows that a trial moves, by where they come from and go to, other brands'
    first; and how many rows stay confirmed for the brand."""
    found: dict[tuple[bool, str, bool], list[int]] = defaultdict(list)
    same = 0
    for row, old, new in zip(trial.rows, trial.before, trial.after, strict=True):
        was, now = (_given(answer, trial.brandid) for answer in (old, new))
        same += was and now
        if was != now:
            other = old if now else new
            owner = other.brandid if other.decision is Decision.CONFIRMED else ""
            found[now, owner, other.decision in HUMANS].append(row)
    narratives = live.market.combos.narrative
    moves = [
        Move(gained, brandid, humans, len(rows),
             tuple(dict.fromkeys(narratives[row] for row in rows))[:SAMPLES])
        for (gained, brandid, humans), rows in found.items()
    ]  # fmt: skip
    moves.sort(key=lambda m: (not m.brandid, not m.gained, -m.rows, m.brandid, m.humans))
    return tuple(moves), same


def _given(answer: Answer, brandid: str) -> bool:
    return answer.brandid == brandid and answer.decision is Decision.CONFIRMED


def edits(found: Diff) -> list[Edit]:
    """What two versions of a rule differ by: pieces, what is shut out way by way, codes."""
    was, now = (ways(pattern) if pattern else () for pattern in found.exclude)
    return [
        *(Edit(True, piece) for piece in found.pieces_added),
        *(Edit(False, piece) for piece in found.pieces_removed),
        *(Edit(True, f"not {out}") for out in now if out not in was),
        *(Edit(False, f"not {out}") for out in was if out not in now),
        *(Edit(True, code, True) for code in found.mccids_added),
        *(Edit(False, code, True) for code in found.mccids_removed),
    ]


def ways(pattern: str) -> tuple[str, ...]:
    """The alternatives of a pattern of the language, as it writes them.

    >>> ways("(?:BURST|HOTEL(?:S|ZONE)[|)])"), ways("(?:A|B)(?:C|D)"), ways("A|B")
    (('BURST', 'HOTEL(?:S|ZONE)[|)]'), ('(?:A|B)(?:C|D)',), ('A', 'B'))
    """
    bars = _at_depth(pattern, 0)
    if bars is not None and not bars and pattern.startswith("(?:") and pattern.endswith(")"):
        inner = pattern[3:-1]
        within = _at_depth(inner, 0)
        return (pattern,) if within is None else _cut(inner, within)
    return _cut(pattern, bars or [])


def _cut(pattern: str, bars: Sequence[int]) -> tuple[str, ...]:
    edges = [-1, *bars, len(pattern)]
    return tuple(pattern[a + 1 : b] for a, b in pairwise(edges))


def _at_depth(pattern: str, depth: int) -> list[int] | None:
    """Where the bars outside all groups stand; None where a group ends that none began."""
    bars, listed, skip = [], False, False
    for at, character in enumerate(pattern):
        if skip or (character == "\\" and not listed):
            skip = not skip
        elif listed:
            listed = character != "]"
        elif character == "[":
            listed = True
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth < 0:
                return None
        elif character == "|" and depth == 0:
            bars.append(at)
    return bars
