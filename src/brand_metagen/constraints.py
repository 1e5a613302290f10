"""What reviewers have said of a brand: constraints that stay with it for ever.

A remark becomes constraints; every later version of the brand's rule keeps all of them, or the
contradiction is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a constraint asks for; `text` or the row it speaks of are what it asks it of."""

    BELONGS = "belongs"
    """The row is the brand's: the rule must take it."""
    DOES_NOT_BELONG = "does_not_belong"
    """The row is not the brand's: it must not be given to it."""
    MCC_IN = "mcc_in"
    MCC_OUT = "mcc_out"
    WORDS_IN = "words_in"
    """Narratives with these words are the brand's."""
    WORDS_OUT = "words_out"
    """Narratives with these letters are not, wherever in a word they stand."""
    ENDS = "ends"
    """The word ends after these letters: what goes on behind them is another's."""
    PATTERN = "pattern"
    """The include pattern, as a reviewer wrote it; the latest counts."""
    WALLET = "wallet"
    """The rule must not need a wallet's text before the name (the wallet, or empty for any)."""
    AMBIGUOUS = "ambiguous"
    """The name alone is not enough: the codes have to tell."""
    SPLIT = "split"
    """What stands under the brand is several brands."""


@dataclass(frozen=True, slots=True)
class Row:
    """A combo as a constraint remembers it: what its decision depends on, and which it is."""

    ccid: str
    bankid: str
    narrative: str
    mccid: str
    mid: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing asked of a brand's rule, by whom and when (UTC, ISO 8601).

    `text` holds words, letters, a pattern or a code; `row` the combo of the kinds that need one.
    """

    kind: Kind
    text: str = ""
    row: Row | None = None
    author: str = ""
    given_at: str = ""
    feedback_id: str = ""

    def __str__(self) -> str:
        """The constraint in plain words.

        >>> str(Constraint(Kind.MCC_OUT, "5812"))
        'code 5812 is not theirs'
        """
        if self.row is not None:
            says = "is theirs" if self.kind is Kind.BELONGS else "is not theirs"
            return f"{self.row.narrative!r} with code {self.row.mccid} {says}"
        if self.kind is Kind.WALLET and not self.text:
            return "it is theirs with and without a wallet's text before it"
        return _WORDS[self.kind].format(self.text)


_WORDS = {
    Kind.MCC_IN: "code {} is theirs",
    Kind.MCC_OUT: "code {} is not theirs",
    Kind.WORDS_IN: "what says {!r} is theirs",
    Kind.WORDS_OUT: "what says {!r} is not theirs",
    Kind.ENDS: "the word ends after {!r}",
    Kind.PATTERN: "the pattern is {}",
    Kind.WALLET: "it is theirs with and without {}'s text before it",
    Kind.AMBIGUOUS: "the name alone is not enough",
    Kind.SPLIT: "these are several brands",
}
