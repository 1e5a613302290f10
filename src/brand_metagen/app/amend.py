"""What a brand's rule would become if it kept certain promises, and what the market would see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from brand_metagen.app.queries import metadata
from brand_metagen.app.runs import public_names
from brand_metagen.app.workspace import Workspace
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.records import Combos, Rule
from brand_metagen.review.amend import amend, matches
from brand_metagen.review.contradictions import contradictions
from brand_metagen.tables.normalise import normalise
from brand_metagen.workflow.context import RunContext

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of a rule; rows are (ccid, bankid), an empty bankid being the only bank."""

    belongs: tuple[tuple[str, str], ...] = ()
    does_not_belong: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[Kind, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """Rows that change hands: how many, whose they are now (brandid → rows), and some of them."""

    rows: int
    brands: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The rule before and after, what was done, what cannot be kept, and rows gained and lost.

    `share` is the part of all rows that the new rule takes; `listed` counts narratives that had to
    be named one by one.
    """

    brandid: str
    version: int
    include: str
    exclude: str | None
    mccids: tuple[str, ...]
    was: Rule
    done: tuple[str, ...]
    unmet: tuple[str, ...]
    listed: int
    share: float
    gained: Side
    lost: Side


def propose(workspace: Workspace, brandid: str, wishes: Wishes) -> Proposal:
    """Amend a brand's latest rule on the last run's market; nothing is stored.

    Raises InputError for rows that are not there and patterns that are refused, ConflictError when
    wishes contradict each other.
    """
    record = metadata(workspace, brandid)
    if record.rule is None:
        raise InputError(f"brand {brandid} has no rule to amend: {'; '.join(record.reasons)}")
    run = _context(workspace)
    asked = list(_constraints(run.market.combos, wishes))
    unknown = {c.text for c in asked if c.kind is Kind.MCC_IN} - run.market.mccs.keys()
    if unknown:
        raise InputError(f"no such code in the mcc table: {', '.join(sorted(unknown))}")
    if found := contradictions(asked):
        raise ConflictError("; ".join(map(str, found)))
    made = amend(run.learning.knowledge(), record.rule, asked, run.model.words.worth)
    combos = run.market.combos
    before, after = (list(_taken(rule, combos)) for rule in (record.rule, made.rule))
    return Proposal(
        brandid,
        record.version,
        made.rule.include,
        made.rule.exclude,
        made.rule.mccids,
        record.rule,
        made.done,
        tuple(map(str, made.unmet)),
        made.listed,
        sum(after) / len(after) if after else 0.0,
        _side(run, [i for i, now in enumerate(after) if now and not before[i]]),
        _side(run, [i for i, now in enumerate(after) if before[i] and not now]),
    )


def _context(workspace: Workspace) -> RunContext:
    run_id = workspace.latest_run()
    return RunContext(
        run_id,
        workspace.run_folder(run_id),
        workspace.folder,
        workspace.releases,
        workspace.settings,
        workspace.store,
        public_names(),
    )


def _constraints(combos: Combos, wishes: Wishes) -> Iterator[Constraint]:
    for kind, keys in (
        (Kind.BELONGS, wishes.belongs),
        (Kind.DOES_NOT_BELONG, wishes.does_not_belong),
    ):
        for ccid, bankid in keys:
            yield Constraint(kind, row=_row(combos, ccid, bankid))
    for kind, text in wishes.texts:
        if kind in (Kind.WORDS_IN, Kind.WORDS_OUT, Kind.ENDS):
            text = normalise(text)
        if not text:
            raise InputError(f"nothing is left of what {kind.value.replace('_', ' ')} names")
        yield Constraint(kind, text)


def _row(combos: Combos, ccid: str, bankid: str) -> Row:
    """The row of a key; a ccid alone will do where only one bank has it."""
    found = [
        i
        for i, known in enumerate(combos.ccid)
        if known == ccid and bankid in ("", combos.bankid[i])
    ]
    if not found:
        raise InputError(f"no combo {ccid}{f' of bank {bankid}' if bankid else ''}")
    if len(found) > 1:
        banks = ", ".join(combos.bankid[i] for i in found)
        raise InputError(f"combo {ccid} stands for several banks: say {ccid}@BANK ({banks})")
    (i,) = found
    return Row(ccid, combos.bankid[i], combos.narrative[i], combos.mccid[i], combos.mid[i])


def _taken(rule: Rule, combos: Combos) -> Iterator[bool]:
    codes = set(rule.mccids)
    known: dict[str, bool] = {}
    for text, mccid in zip(combos.narrative, combos.mccid, strict=True):
        if text not in known:
            known[text] = matches(rule, text)
        yield known[text] and mccid in codes


def _side(run: RunContext, rows: Sequence[int]) -> Side:
    owners = Counter(run.answers[i].brandid for i in rows)
    texts = dict.fromkeys(run.market.combos.narrative[i] for i in rows)
    ranked = sorted(owners.items(), key=lambda x: (-x[1], x[0]))
    return Side(len(rows), tuple(ranked[:SAMPLES]), tuple(texts)[:SAMPLES])
