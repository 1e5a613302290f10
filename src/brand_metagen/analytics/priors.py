"""Prior settings that the record speaks against, each with its figures; silence where n is small.

A setting is doubted only where the whole interval of what humans did lies on the other side of what
the setting was made for.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from brand_metagen.analytics.history import History, Stretch, first_looks
from brand_metagen.analytics.stats import Interval, wilson
from brand_metagen.analytics.wallets import detection
from brand_metagen.constraints import Kind
from brand_metagen.ports import Draw, JudgedKind, RemarkOutcome

LEAST = 20
"""Judged rows, looks or brands below which nothing is said."""
BAND = 0.1
"""Confidence on either side of a threshold in which rows are compared with it."""
STEP = 0.05
"""Steps in which another threshold is looked for."""
FIRST_LOOK = 0.9
"""Share approved unchanged at first look that is wanted (design.md, Numbers to reach)."""
DISAGREED = 0.05
"""Share of approvals that others took back from which a second approver is worth their time: the
same as is tolerated of wrong rows (LA-06)."""
SELDOM = 0.01
"""The same, below which a second approver finds nothing."""
HOPELESS = 0.2
"""Share of brands that are still approved after a round, below which further rounds are lost."""
EARLY_ROUNDS = 3
"""Rounds that every brand is left in any case (`escalate.low_rounds`)."""
MISSED = 0.1
"""Share of wrong decisions beyond which a wallet's entry is doubted (LA-06: review)."""
SECTOR_BRANDS = 5
"""Reviewed brands of a sector below which nothing is said of its codes."""

AGAINST = ("undo", "reject", "flag", "feedback")
"""Acts that speak against an approval."""
ALWAYS = Stretch("", "~")


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row drawn by lot and judged: the confidence the last run gives it, and whether it is the
    brand's."""

    confidence: float
    belongs: bool


@dataclass(frozen=True, slots=True)
class Priors:
    """What is held against the record: settings as they are, judged rows, codes of brands.

    `codes` maps a code to the sector that the mcc table gives it.
    """

    confirm: float
    precision: float
    threshold: float
    second_approver: bool
    round_limit: int
    judged: Sequence[JudgedRow] = ()
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A setting or an entry that the record speaks against: `share` of `n` and its interval, what
    the record suggests instead, and the command that tries it."""

    setting: str
    current: str
    suggested: str
    says: str
    n: int
    share: float
    interval: Interval
    command: str


def doubts(history: History, priors: Priors) -> list[Doubt]:
    """Everything that the record speaks against, in a fixed order."""
    return [doubt for check in CHECKS for doubt in check(history, priors)]


def _trial(setting: str, value: object) -> str:
    return f"brand-metagen analytics settings --try {setting}={value}"


def _confirm(history: History, priors: Priors) -> Iterator[Doubt]:
    """`confirm.confirm`: judged rows just above it, and just below."""
    del history
    edge = priors.confirm
    above = [r.belongs for r in priors.judged if edge <= r.confidence < edge + BAND]
    below = [r.belongs for r in priors.judged if edge - BAND <= r.confidence < edge]
    if len(above) >= LEAST and (found := wilson(sum(above), len(above)))[1] < priors.precision:
        yield Doubt(
            "confirm.confirm", f"{edge:g}", f"{_up(priors):g}",
            f"rows confirmed just above it are the brand's too seldom: {priors.precision:.0%} are "
            "wanted", len(above), sum(above) / len(above), found,
            _trial("confirm.confirm", f"{_up(priors):g}"),
        )  # fmt: skip
    elif len(below) >= LEAST and (found := wilson(sum(below), len(below)))[0] > priors.precision:
        lower = round(max(edge - BAND, STEP), 2)
        yield Doubt(
            "confirm.confirm", f"{edge:g}", f"{lower:g}",
            "rows left out just below it are the brand's more often than confirmed ones have to be "
            f"({priors.precision:.0%})", len(below), sum(below) / len(below), found,
            _trial("confirm.confirm", f"{lower:g}"),
        )  # fmt: skip


def _up(priors: Priors) -> float:
    """The lowest threshold above which judged rows are precise enough; else the highest."""
    value = priors.confirm + STEP
    while value < 0.99:
        kept = [r.belongs for r in priors.judged if r.confidence >= value]
        if len(kept) >= LEAST and sum(kept) / len(kept) >= priors.precision:
            break
        value += STEP
    return round(min(value, 0.99), 2)


def _threshold(history: History, priors: Priors) -> Iterator[Doubt]:
    """`workflow.confidence_threshold`: brands just above it at first look, and just below."""
    said = {(v.brandid, v.version): v.confidence for v in history.versions}
    looks = [(said[d.brandid, d.version], d.action == "approve") for d in first_looks(history)]
    edge = priors.threshold
    above = [good for c, good in looks if edge <= c < edge + BAND]
    below = [good for c, good in looks if edge - BAND <= c < edge]
    key = "workflow.confidence_threshold"
    if len(above) >= LEAST and (found := wilson(sum(above), len(above)))[1] < FIRST_LOOK:
        value = f"{round(edge + BAND, 2):g}"
        yield Doubt(
            key, f"{edge:g}", value,
            f"brands just above it need no confirmation, yet fewer than {FIRST_LOOK:.0%} are "
            "approved at first look", len(above), sum(above) / len(above), found,
            _trial(key, value),
        )  # fmt: skip
    elif len(below) >= LEAST and (found := wilson(sum(below), len(below)))[0] > FIRST_LOOK:
        value = f"{round(edge - BAND, 2):g}"
        yield Doubt(
            key, f"{edge:g}", value,
            f"brands just below it have to be confirmed, yet more than {FIRST_LOOK:.0%} are "
            "approved at first look", len(below), sum(below) / len(below), found,
            _trial(key, value),
        )  # fmt: skip


def _second(history: History, priors: Priors) -> Iterator[Doubt]:
    """`review.second_approver`: approvals that somebody else took back or corrected."""
    approved: dict[tuple[str, int], str] = {}
    against: set[tuple[str, int]] = set()
    for deed in history.deeds:
        key = (deed.brandid, deed.version)
        if deed.action == "approve":
            approved.setdefault(key, deed.actor)
        elif deed.action in AGAINST and deed.actor != approved.get(key, deed.actor):
            against.add(key)
    if len(approved) < LEAST:
        return
    low, high = found = wilson(len(against), len(approved))
    wrong = low > DISAGREED and not priors.second_approver
    idle = high < SELDOM and priors.second_approver
    if wrong or idle:
        wanted = str(not priors.second_approver).lower()
        yield Doubt(
            "review.second_approver", str(priors.second_approver).lower(), wanted,
            "approvals are taken back by others too often for one approver"
            if wrong else "a second approver hardly ever disagrees",
            len(approved), len(against) / len(approved), found,
            f"write second_approver = {wanted} under [review] in config.toml",
        )  # fmt: skip


def _round_limit(history: History, priors: Priors) -> Iterator[Doubt]:
    """`review.round_limit`: brands that came beyond a round, and whether they were approved."""
    furthest: Counter[str] = Counter()
    approved: dict[str, int] = {}
    for deed in history.deeds:
        if deed.action == "feedback" and deed.made:
            furthest[deed.brandid] = max(furthest[deed.brandid], deed.round + 1)
        elif deed.action == "approve" and not deed.pending:
            approved[deed.brandid] = deed.round
    for limit in range(EARLY_ROUNDS, priors.round_limit):
        came = [b for b, rounds in furthest.items() if rounds > limit]
        if len(came) < LEAST:
            return
        good = sum(approved.get(b, 0) > limit for b in came)
        found = wilson(good, len(came))
        if found[1] < HOPELESS:
            yield Doubt(
                "review.round_limit", str(priors.round_limit), str(limit),
                f"brands that need more than {limit} rounds are hardly ever approved",
                len(came), good / len(came), found,
                f"write round_limit = {limit} under [review] in config.toml",
            )  # fmt: skip
            return


def _wallet_entries(history: History, priors: Priors) -> Iterator[Doubt]:
    """Entries of wallets.toml: rows through each wallet that were decided wrongly, and rows that
    reviewers ascribed to a wallet which the list does not find."""
    del priors
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for j in history.judgements:
        if j.how is Draw.DRAWN and j.right is not None and (w := history.wallet_of(j.narrative)):
            seen[w] += 1
            wrong[w] += not j.right
    for wallet, n in sorted(seen.items()):
        if n >= LEAST and (found := wilson(wrong[wallet], n))[0] > MISSED:
            yield Doubt(
                f"wallets.toml: {wallet}", "as listed", "look at its spellings",
                "rows through it are decided wrongly too often", n, wrong[wallet] / n, found,
                "brand-metagen analytics evidence wallet_accuracy",
            )  # fmt: skip
    spoken = detection(history, ALWAYS)
    n, missed = round(spoken.bottom), round(spoken.bottom - spoken.top)
    if n >= LEAST and (found := wilson(missed, n))[0] > MISSED:
        yield Doubt(
            "wallets.toml", "the list", "a wallet is missing",
            "reviewers speak of wallets in rows in which the list finds none", n, missed / n, found,
            "brand-metagen analytics evidence wallet_detection",
        )  # fmt: skip


def _sectors(history: History, priors: Priors) -> Iterator[Doubt]:
    """The mcc table: codes of a sector that reviewers shut out of most of its brands."""
    reviewed: dict[str, set[str]] = defaultdict(set)
    for deed in first_looks(history):
        reviewed[history.sectors.get(deed.brandid, "")].add(deed.brandid)
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    for remark in history.remarks:
        if remark.outcome not in (RemarkOutcome.APPLIED, RemarkOutcome.HELD):
            continue
        for said in remark.understood:
            sector = history.sectors.get(remark.brandid, "")
            if said.kind is Kind.MCC_OUT and priors.codes.get(said.text) == sector:
                out[sector, said.text].add(remark.brandid)
    for (sector, code), brands in sorted(out.items()):
        among = reviewed[sector] | brands
        n = len(among)
        if sector and n >= SECTOR_BRANDS and (found := wilson(len(brands), n))[0] > 0.5:
            yield Doubt(
                f"mcc table: {code}", sector, "another sector",
                "reviewers shut the code out of most brands of the sector it is listed under",
                n, len(brands) / n, found,
                "brand-metagen feedback history --search mcc",
            )  # fmt: skip


def drawn_rows(history: History) -> Iterator[tuple[str, str, bool]]:
    """(ccid, bankid, whether it is the brand's) of each row drawn by lot and judged."""
    for j in history.judgements:
        if j.how is Draw.DRAWN and j.right is not None:
            yield j.ccid, j.bankid, j.right if j.kind is JudgedKind.TAKEN else not j.right


def judged_rows(history: History, confidence: Mapping[tuple[str, str], float]) -> list[JudgedRow]:
    """Judged rows with the confidence that the last run gives them; others are left out."""
    return [
        JudgedRow(confidence[ccid, bankid], belongs)
        for ccid, bankid, belongs in drawn_rows(history)
        if (ccid, bankid) in confidence
    ]


CHECKS: Sequence[Callable[[History, Priors], Iterator[Doubt]]] = (
    _confirm, _threshold, _second, _round_limit, _wallet_entries, _sectors,
)  # fmt: skip
