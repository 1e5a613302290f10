"""What a verb says of the things it is about: "remove X", "X is not picked up", "it takes X".

Each reader is given the clause, the form of the verb and where it stands; None is "nothing".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from brand_metagen.review.clause import NEAR
from brand_metagen.review.doers import Doers
from brand_metagen.review.phrases import words
from brand_metagen.review.said import VERBS, Say
from brand_metagen.review.things import Sort

MAY = words("may")
"""Verbs that leave to the rule what they are followed by."""
USES = words("uses")
"""Verbs of what a brand does with a code of its own."""
MIXES = words("mixes")
"""Verbs of taking one for another: not to do so says nothing of either."""
OMITS = words("omits")
"""Done to what should not have been: nobody leaves out on purpose what is another's."""
DOERS = frozenset({"we", "you", "they"})
"""Who is said to do what a verb behind them says: "we lose X"."""
FINDS = words("finds")
"""Verbs of finding what is there: that it is done is no complaint."""
LETS = words("lets")
"""Verbs of adding that a rule may be said to do."""


def _shut_out(clause: Doers, form: str, i: int) -> Say | None:
    """`remove X` asks; `it removes X` only tells, unless it does so wrongly."""
    if clause.particle(i) == "in":
        return Say.IN
    if form == "third":
        return Say.IN if clause.wrongly or clause.parts[i].phrase in OMITS else Say.UNCLEAR
    if form == "past":
        if clause.wish or clause.does in MAY or (clause.negated and clause.does):
            return Say.IN if clause.negated else Say.OUT
        if clause.pleased() and not clause.is_:
            return Say.IN if clause.negated else Say.OUT
        over = clause.over or "now" in clause.means
        if clause.parts[i].phrase in OMITS and not over:
            return Say.IN
        return Say.IN if clause.wrongly else Say.NOTHING if over else Say.UNCLEAR
    if clause.does in ("does", "did") and clause.negated and not clause.wish:
        clause.complaint = True
        return Say.OUT
    if form == "base" and i and clause.parts[i - 1].phrase in DOERS and not clause.negated:
        return Say.IN if clause.parts[i].phrase in OMITS else Say.UNCLEAR
    return Say.IN if clause.negated else Say.OUT


def _add(clause: Doers, form: str, i: int) -> Say | None:
    """`add X`, `we use X`; `X was added by mistake`."""
    if clause.particle(i) == "out":
        return Say.OUT
    if clause.parts[i].phrase.split()[0] in USES and not clause.wish:
        if clause.done_by_others(i):
            return Say.UNCLEAR
        if clause.stops or clause.done_by_us(i):
            return Say.OUT if clause.negated else Say.IN
        spoken_of = any(not said.flip for said in clause.pending)
        if spoken_of or clause.subject or form != "base":
            return None
    if form == "past" and clause.is_ and not clause.wish:
        return Say.OUT if clause.wrongly else Say.IN if clause.negated else Say.UNCLEAR
    told = form == "gerund" and (clause.is_ or clause.subject) and not clause.wish
    if (form == "third" or told) and not clause.negated:
        lets = clause.parts[i].phrase.split()[0] in LETS
        return complains(clause) if lets else Say.OUT if clause.wrongly else Say.UNCLEAR
    return Say.OUT if clause.negated else Say.IN


def _keep(clause: Doers, form: str, i: int) -> Say | None:
    """`keep X`, `leave X out`, `get X off the list`."""
    part = clause.parts[i]
    if any("shut_out" in p.means and "past" in p.forms for p in clause.ahead(i, 1)):
        return None
    if any(p.phrase in ("out", "off", "away") for p in clause.ahead(i, 1)):
        return Say.IN if clause.negated else Say.OUT
    if form == "past" and part.phrase == "kept" and clause.subject and not clause.wish:
        return Say.UNCLEAR
    if part.phrase == "leave" and clause.wish and clause.pending and not clause.things_after(i):
        return Say.IN if clause.negated else Say.OUT
    if any(p.means & set(VERBS) and "gerund" in p.forms for p in clause.ahead(i, 1)):
        return None
    if clause.particle(i) == "out":
        return Say.IN if clause.negated else Say.OUT
    if (form == "gerund" and not clause.wish) or part.phrase in ("get", "gets", "got", "getting"):
        return Say.IN if clause.particle(i) == "in" else None
    return Say.OUT if clause.negated else Say.IN


def _take(clause: Doers, form: str, i: int) -> Say | None:
    """`match X` and `should match X` wish, `it matches X` complains."""
    mixes = clause.negated and clause.parts[i].phrase.split()[0] in MIXES
    if mixes and not any(part.own for part in clause.parts):
        return Say.UNCLEAR
    if form == "third" and clause.pending and clause.pending[-1].thing.sort is Sort.CODE:
        return None
    if clause.as_ours(i) and (form == "base" or not clause.negated):
        return Say.OUT if clause.negated else Say.UNCLEAR if form != "base" else Say.IN
    if clause.parts[i].phrase in FINDS and not (clause.negated or clause.wish or clause.wrongly):
        return Say.UNCLEAR
    if clause.particle(i) == "out" and form == "base":
        return Say.IN if clause.negated else Say.OUT
    if clause.wish:
        return Say.OUT if clause.negated else Say.IN
    if clause.over and form == "base" and not clause.negated:
        return Say.NOTHING
    if form == "base":
        return _take_base(clause, i)
    if clause.over and not clause.stops:
        return Say.NOTHING
    passive = form == "past" and clause.is_
    if clause.negated:
        return Say.OUT if clause.stops else Say.IN
    if passive and "now" in clause.means and not clause.wrongly:
        return Say.NOTHING
    if passive:
        return Say.OUT if clause.wrongly or "still" in clause.means else Say.UNCLEAR
    if form == "past" and not clause.subject and clause.pending:
        return Say.OUT if clause.wrongly else Say.UNCLEAR
    return complains(clause)


def complains(clause: Doers) -> Say:
    """What the rule is said to do, unless that is how it should be."""
    if "alike" in clause.means or ("now" in clause.means and not clause.wrongly):
        return Say.NOTHING
    clause.complaint = True
    return Say.OUT


def _take_base(clause: Doers, i: int) -> Say | None:
    """`match X`, `do not match X`, `it does not match X`, `it would match X`."""
    if clause.negated and clause.does:
        if clause.does == "do" and not clause.subject and not clause.pending:
            return Say.OUT
        if clause.over:
            return Say.NOTHING
        if clause.pending and not clause.things_after(i):
            return Say.UNCLEAR
        clause.complaint = True
        return Say.IN
    if clause.does in ("would", "will") and not clause.negated:
        return complains(clause)
    if clause.negated:
        return Say.OUT
    before = clause.parts[i - 1].phrase if i else ""
    if before == "to":
        return Say.OUT if clause.negated else Say.IN
    if before.endswith(" to") and not clause.pending:
        return complains(clause)
    shown = bool(i and clause.parts[i - 1].sign)
    plain = (shown or not clause.pending) and not clause.subject
    return Say.IN if plain or clause.pleased() else Say.UNCLEAR


def _miss(clause: Doers, _form: str, _at: int) -> Say | None:
    """`it misses X`."""
    if clause.negated and clause.does == "do" and not clause.subject:
        return Say.IN
    if clause.gone or (clause.negated and not clause.wish):
        return Say.NOTHING
    clause.complaint = True
    return Say.IN


def _appear(clause: Doers, _form: str, i: int) -> Say | None:
    """`X slips through`, `X does not show up`."""
    if clause.wish:
        return Say.OUT if clause.negated else Say.IN
    if clause.over:
        return Say.NOTHING
    code = bool(clause.pending) and clause.pending[-1].thing.sort is Sort.CODE
    if code and clause.parts[i].phrase in ("come in", "comes in"):
        return Say.UNCLEAR
    if clause.negated and clause.same_sentence:
        return Say.UNCLEAR
    clause.complaint = True
    return Say.IN if clause.negated else Say.OUT


def _move(clause: Doers, form: str, i: int) -> Say | None:
    """To whom: another brand, or this one; that it was done says nothing."""
    say = _whose(clause, form, i)
    if say is Say.IN and form == "past" and not clause.wish:
        clause.mistaken = True
        return Say.OUT if clause.wrongly else Say.UNCLEAR
    return say


def _whose(clause: Doers, form: str, i: int) -> Say | None:
    """To whom: another brand, or this one."""
    for at in range(i + 1, min(len(clause.parts), i + NEAR)):
        part, before = clause.parts[at], clause.parts[at - 1]
        to = bool(before.means & {"of", "swap_for", "time"}) or before.phrase in ("as", "under")
        if to and (part.other or "others" in part.means):
            if part.other:
                clause.heard.others.append(part.other)
            return Say.UNCLEAR if clause.negated else Say.OUT
        ours = to and (part.own or "ours" in part.means)
        if ours and (clause.wrongly or (before.phrase == "from" and not clause.negated)):
            return Say.OUT
        if to and (part.own or "ours" in part.means):
            return Say.OUT if clause.negated else Say.UNCLEAR if form == "third" else Say.IN
    return None


def _swap(clause: Doers, form: str, i: int) -> Say | None:
    """`replace X by Y`: X goes; that somebody did so says nothing."""
    done = form in ("past", "third") and not (clause.wish or clause.pleased())
    if done and clause.parts[:i]:
        return Say.UNCLEAR
    if clause.negated:
        return Say.IN
    clause.swapping = True
    return Say.OUT


READERS: Mapping[str, Callable[[Doers, str, int], Say | None]] = {
    "shut_out": _shut_out,
    "add": _add,
    "keep": _keep,
    "take": _take,
    "miss": _miss,
    "appear": _appear,
    "swap": _swap,
    "move": _move,
}
"""Readers by the meanings of verbs."""
