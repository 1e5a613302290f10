"""A rule in the making: pieces, exclusions and codes apart, and what was done to it in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from brand_metagen.constraints import Row
from brand_metagen.grammar import FEWEST_LETTERS
from brand_metagen.records import Piece, Rule
from brand_metagen.review.words import escaped, safe_search
from brand_metagen.synthesise.judge import Candidate
from brand_metagen.synthesise.knowledge import Knowledge
from brand_metagen.synthesise.learn import print_include
from brand_metagen.synthesise.names import squeeze


def blank(brandid: str, knowledge: Knowledge) -> Rule:
    """The beginning of a rule for a brand without one: the codes of its rows and sector, no
    pattern yet."""
    own = knowledge.corpus.own.get(brandid, ())
    sector = knowledge.market.brands[brandid].sector
    floor = knowledge.judge.settings.mcc_floor
    codes = knowledge.mccs.listed(sector, knowledge.counted(brandid, own), floor)
    return Rule(brandid, "", None, tuple(codes))


@dataclass
class Draft:
    """A rule in the making; `whole` is a part of the include that is not taken apart.

    `rows` are patterns of whole narratives, `promised` what may not be let in again.
    """

    brandid: str
    whole: str | None
    candidates: list[Candidate]
    outs: list[str]
    codes: set[str]
    pieces: dict[str, Piece]
    rows: list[str] = field(default_factory=list)
    promised: set[str] = field(default_factory=set)
    done: list[str] = field(default_factory=list)
    listed: int = 0

    @classmethod
    def of(cls, rule: Rule) -> Draft:
        """Apart into its pieces where they are all there is to the include."""
        pieces = [Candidate(p.pattern, squeeze(p.pattern), p.kind) for p in rule.pieces]
        apart = bool(pieces) and print_include(pieces) == rule.include
        return cls(
            rule.brandid,
            None if apart or not rule.include else rule.include,
            pieces if apart else [],
            [rule.exclude] if rule.exclude else [],
            set(rule.mccids),
            {p.pattern: p for p in rule.pieces},
        )

    @property
    def include(self) -> str:
        printed = [print_include(self.candidates)] if self.candidates else []
        parts = [*([self.whole] if self.whole else []), *printed, *self.rows]
        if not parts:
            return ""
        return parts[0] if len(parts) == 1 else "(?:" + "|".join(parts) + ")"

    @property
    def exclude(self) -> str | None:
        if not self.outs:
            return None
        return self.outs[0] if len(self.outs) == 1 else "(?:" + "|".join(self.outs) + ")"

    def rule(self) -> Rule:
        known = [
            self.pieces.get(c.pattern, Piece(c.pattern, c.kind, 0, 0)) for c in self.candidates
        ]
        kept = [] if self.whole is None else [p for p in self.pieces.values() if p not in known]
        rows = [Piece(row, "a row as it stands", 0, 0) for row in self.rows]
        codes = tuple(sorted(self.codes))
        return Rule(self.brandid, self.include, self.exclude, codes, (*kept, *known, *rows))

    def takes(self, row: Row) -> bool:
        return row.mccid in self.codes and self.matches(row.narrative)

    def matches(self, text: str) -> bool:
        if not self.include:
            return False
        exclude = self.exclude
        excluded = exclude is not None and safe_search(exclude)(text)
        return bool(safe_search(self.include)(text)) and not excluded

    def add(self, candidate: Candidate, why: str) -> None:
        if candidate.pattern not in {c.pattern for c in self.candidates}:
            self.candidates.append(candidate)
            self.done.append(why)

    def shut_out(self, pattern: str, why: str) -> None:
        if pattern not in self.outs:
            self.outs.append(pattern)
            self.done.append(why)

    def let_in(self, texts: Sequence[str]) -> None:
        """Give up exclusions that hit texts that belong, unless a reviewer asked for them."""
        for out in list(self.outs):
            if out not in self.promised and any(map(safe_search(out), texts)):
                self.outs.remove(out)
                self.done.append(f"no longer shuts out {out}")

    def take_shape(self, pattern: str, why: str) -> None:
        """A whole pattern of its own, in which what stands behind the name counts too."""
        if pattern not in self.rows:
            self.rows.append(pattern)
            self.done.append(why)

    def take_as_it_stands(self, text: str) -> None:
        """Nothing general tells the row from others; too few letters, and not even this will do."""
        if len(squeeze(text)) >= FEWEST_LETTERS:
            self.listed += 1
            self.rows.append(f"^{escaped(text)}$")
            self.done.append(f"takes {text!r} as it stands")

    def list_code(self, code: str, why: str = "") -> None:
        if code not in self.codes:
            self.codes.add(code)
            self.done.append(f"code {code} is in{why}")

    def drop_code(self, code: str, why: str = "") -> None:
        if code in self.codes:
            self.codes.discard(code)
            self.done.append(f"code {code} is out{why}")
