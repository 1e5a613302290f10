"""Does manual work fall, and are lessons borne out elsewhere? (LA-18, MET-13)

Both are said with their interval or test, or it is said that they cannot be told yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from brand_metagen.analytics.formulas import approvals
from brand_metagen.analytics.history import Deed, History, Stretch, first_looks
from brand_metagen.analytics.metrics import METRICS
from brand_metagen.analytics.stats import Interval, difference_of_means, difference_of_shares
from brand_metagen.analytics.trend import Trend, trend
from brand_metagen.ports import Fate, Lesson

WORK = ("reviewer_effort", "remarks_per_brand", "average_rounds", "review_minutes")
"""Metrics that are manual work for each approved brand, the first one first."""
LEAST_STEPS, LEAST_SETTLED = 8, 20
"""Steps with a value, and approved brands in them, below which no trend of work is named."""
LEAST_COMPARED = 20
"""Brands on either side below which no difference is named."""
NOT_PROPOSED = (Fate.KNOWN, Fate.WITHDRAWN)
FALLS, STAYS, UNKNOWN = "falls", "does not fall", "cannot be told yet"


@dataclass(frozen=True, slots=True)
class Work:
    """One measure of manual work per approved brand, step by step, and what its trend says."""

    trend: Trend
    settled: int

    @property
    def says(self) -> str:
        """Whether it falls, in words that a test bears out."""
        if len(self.trend.values) < LEAST_STEPS or self.settled < LEAST_SETTLED:
            return UNKNOWN
        return FALLS if self.trend.direction == "down" else STAYS

    @property
    def why(self) -> str:
        """What the answer rests on."""
        counted = f"{len(self.trend.values)} steps with approvals, {self.settled} approvals"
        if self.says == UNKNOWN:
            return f"{counted}; {LEAST_STEPS} and {LEAST_SETTLED} are needed"
        chance = f"p {self.trend.p:.3f}" if self.trend.p >= 0.001 else "p < 0.001"
        return f"{counted}; tau {self.trend.tau:.2f}, {chance}"


def manual_work(history: History, spans: Sequence[Stretch]) -> list[Work]:
    """Every measure of manual work over the spans, in their order."""
    found = []
    for key in WORK:
        one = trend(METRICS[key], history, spans)
        found.append(Work(one, round(sum(step.counted.bottom for step in one.steps))))
    return found


@dataclass(frozen=True, slots=True)
class Effect:
    """A figure of brands that took a lesson beside brands that did not, and their difference with
    its interval; values are None where there are no brands."""

    measure: str
    taken: int
    taken_value: float | None
    without: int
    without_value: float | None
    difference: Interval | None

    @property
    def says(self) -> str:
        """In words; nothing is claimed of few brands, or where zero is not excluded."""
        if min(self.taken, self.without) < LEAST_COMPARED or self.difference is None:
            return f"{UNKNOWN}: {LEAST_COMPARED} brands of each are needed"
        low, high = self.difference
        if low <= 0 <= high:
            return "no difference that could be told from chance"
        return "more with the lesson" if low > 0 else "less with the lesson"


@dataclass(frozen=True, slots=True)
class Taught:
    """One lesson: what it says, where it was learned, where it was proposed and what became of it,
    by brand, and how the brands that took it did afterwards."""

    says: str
    learned_on: str
    feedback_id: str
    taken: tuple[str, ...]
    refused: tuple[str, ...]
    open: tuple[str, ...]
    effects: tuple[Effect, ...]

    @property
    def proposed(self) -> int:
        return len(self.taken) + len(self.refused) + len(self.open)


def taught(history: History) -> list[Taught]:
    """Every lesson that was proposed anywhere, the most proposed first."""
    groups: dict[tuple[str, str, str], list[Lesson]] = defaultdict(list)
    for lesson in history.lessons:
        if lesson.fate not in NOT_PROPOSED:
            said = lesson.constraint
            groups[str(said), lesson.learned_on, said.feedback_id].append(lesson)
    found = [_taught(history, *key, lessons) for key, lessons in groups.items()]
    return sorted(found, key=lambda t: (-t.proposed, t.says, t.feedback_id))


def _taught(
    history: History, says: str, learned_on: str, feedback_id: str, lessons: Sequence[Lesson]
) -> Taught:
    by_fate: dict[Fate, list[str]] = defaultdict(list)
    for lesson in lessons:
        by_fate[lesson.fate].append(lesson.brandid)
    return Taught(
        says, learned_on, feedback_id,
        tuple(by_fate[Fate.ADOPTED]), tuple(by_fate[Fate.REFUSED]), tuple(by_fate[Fate.OPEN]),
        tuple(effects(history, lessons)),
    )  # fmt: skip


def effects(history: History, lessons: Sequence[Lesson]) -> list[Effect]:
    """How brands that took one of some lessons did after it, beside all brands that took none of
    them, from the moment the first of them was proposed."""
    proposed = [x.constraint.given_at for x in lessons if x.fate not in NOT_PROPOSED]
    if not proposed:
        return []
    since: dict[str, str] = {}
    for lesson in lessons:
        if lesson.fate is Fate.ADOPTED:
            known = since.get(lesson.brandid, lesson.decided_at)
            since[lesson.brandid] = min(known, lesson.decided_at)
    others = {brand for brand in history.names if brand not in since}
    others -= {lesson.learned_on for lesson in lessons}
    begun = dict.fromkeys(others, min(proposed))
    return [_first_look(history, since, begun), _looks(history, since, begun)]


def _first_look(history: History, since: Mapping[str, str], begun: Mapping[str, str]) -> Effect:
    """The first look at the first version that a run made after the moment of each brand."""
    made = {(v.brandid, v.version): v.made_at for v in history.versions}
    looks: dict[str, Deed] = {}
    moments = {**begun, **since}
    for deed in first_looks(history):
        moment = moments.get(deed.brandid)
        if moment is not None and made[deed.brandid, deed.version] > moment:
            looks.setdefault(deed.brandid, deed)

    def approved(brands: Collection[str]) -> list[float]:
        return [float(looks[b].action == "approve") for b in sorted(brands) if b in looks]

    taken, without = approved(since), approved(begun)
    difference = difference_of_shares(
        round(sum(taken)), len(taken), round(sum(without)), len(without)
    )
    return _effect("approved at the next first look", taken, without, difference)


def _looks(history: History, since: Mapping[str, str], begun: Mapping[str, str]) -> Effect:
    """Looks from the moment of each brand to its next approval."""
    moments = {**begun, **since}
    remarks: dict[str, int] = defaultdict(int)
    looks: dict[str, float] = {}
    settling = {d.sequence for d in approvals(history, Stretch("", "~"))}
    for deed in history.deeds:
        moment = moments.get(deed.brandid)
        if moment is None or deed.at <= moment or deed.brandid in looks:
            continue
        remarks[deed.brandid] += deed.action == "feedback"
        if deed.sequence in settling:
            looks[deed.brandid] = 1.0 + remarks[deed.brandid]
    taken = [looks[b] for b in sorted(since) if b in looks]
    without = [looks[b] for b in sorted(begun) if b in looks]
    return _effect(
        "looks until the next approval", taken, without, difference_of_means(taken, without)
    )


def _effect(
    measure: str, taken: Sequence[float], without: Sequence[float], difference: Interval | None
) -> Effect:
    def mean(values: Sequence[float]) -> float | None:
        return sum(values) / len(values) if values else None

    return Effect(measure, len(taken), mean(taken), len(without), mean(without), difference)
