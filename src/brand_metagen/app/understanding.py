"""What a submission says: text read, rows and codes looked up, all of it as constraints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from brand_metagen.app.live import Live
from brand_metagen.app.lookup import MarketLookup
from brand_metagen.app.suggesting import suggestion
from brand_metagen.constraints import Constraint, Kind, Row
from brand_metagen.errors import InputError
from brand_metagen.files import sha256
from brand_metagen.grammar import check_pattern
from brand_metagen.review.reader import read
from brand_metagen.review.reading import Reading

Key = tuple[str, str]
KINDS = {"wallet": Kind.WALLET, "ambiguous_name": Kind.AMBIGUOUS, "split": Kind.SPLIT}
"""What a reviewer may call the trouble, beside words."""
MOST_ROWS = 1_000
"""Rows that one submission may point at."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A remark: words, rows pointed at as (ccid, bankid), codes, a pattern, a kind of trouble."""

    text: str = ""
    belongs: tuple[Key, ...] = ()
    does_not_belong: tuple[Key, ...] = ()
    mccids_in: tuple[str, ...] = ()
    mccids_out: tuple[str, ...] = ()
    pattern: str = ""
    kind: str = ""
    words_out: tuple[str, ...] = ()
    """Words that are not the brand's, as a lesson of another brand has them."""
    lesson: str = ""
    """The lesson it adopts, if any."""

    def asked(self) -> dict[str, object]:
        """What was asked beside the text, as plain data; what was left out is left out."""
        return {name: value for name, value in asdict(self).items() if value and name != "text"}

    def digest(self, version: int) -> str:
        """What tells one submission from another under the same idempotency key."""
        later = ("words_out", "lesson")  # keys of before they were there stay good
        fields = {name: v for name, v in asdict(self).items() if v or name not in later}
        return sha256(json.dumps([fields, version], sort_keys=True).encode())


@dataclass(frozen=True, slots=True)
class Understood:
    """The constraints of a submission, and what in it could not be acted on; `noted` was heard but
    needs nothing done."""

    constraints: tuple[Constraint, ...]
    not_understood: tuple[str, ...]
    category: str
    question: str | None
    candidates: tuple[Row, ...]
    noted: tuple[str, ...] = ()
    suggested: tuple[Constraint, ...] = ()
    """What an adviser takes an unclear remark to ask; `question` asks whether it was meant."""

    @property
    def belongs(self) -> bool:
        """Whether rows are said to be the brand's."""
        return any(c.kind is Kind.BELONGS for c in self.constraints)


@dataclass(frozen=True, slots=True)
class AsRead:
    """A submission as the reader alone understands it."""

    said: Understood
    reading: Reading

    @property
    def unclear(self) -> bool:
        """Whether an adviser, where there is one, is asked what the text may mean."""
        return self.reading.question is not None


def understand(live: Live, actor: str, brandid: str, submission: Submission) -> Understood:
    """Read a submission, with an adviser's help where it is unclear; raises what `as_read` does."""
    return advised(live, brandid, submission, as_read(live, actor, brandid, submission))


def as_read(live: Live, actor: str, brandid: str, submission: Submission) -> AsRead:
    """Read a submission; raises InputError for what cannot be looked up, RuleError for a pattern
    that is refused before it is ever run."""
    most = live.workspace.settings.review.remark_chars
    if len(submission.text) > most:
        raise InputError(
            f"the remark has {len(submission.text):,} characters, {most:,} at most; point at rows "
            "instead of listing them"
        )
    reading = read(submission.text, live.market.brands[brandid], MarketLookup(live, brandid))
    pointed = _pointed(live, submission)
    found = dict.fromkeys([*pointed, *reading.understood])
    settled = bool(pointed) and reading.question is None
    said = Understood(
        tuple(replace(c, author=actor) for c in found),
        reading.not_understood,
        _category(reading, submission),
        None if settled else reading.question,
        reading.candidates,
        reading.noted,
    )
    return AsRead(said, reading)


def advised(live: Live, brandid: str, submission: Submission, first: AsRead) -> Understood:
    """What was read, with what an adviser takes an unclear text to mean; that may take seconds."""
    brand, lookup = live.market.brands[brandid], MarketLookup(live, brandid)
    rephraser = live.workspace.rephraser
    meant = suggestion(rephraser, brand, submission.text, first.reading, lookup)
    if meant is None:
        return first.said
    return replace(first.said, question=meant.question, suggested=meant.constraints)


def _category(reading: Reading, submission: Submission) -> str:
    kinds = {
        "wallet_handling": submission.kind == "wallet",
        "ambiguous_name": submission.kind == "ambiguous_name",
        "mccid_incorrect": submission.mccids_in or submission.mccids_out,
        "regex_too_broad": submission.does_not_belong or submission.words_out,
        "regex_too_narrow": submission.belongs,
    }
    if reading.category != "general":
        return reading.category.value
    return next((name for name, said in kinds.items() if said), "general")


def _pointed(live: Live, submission: Submission) -> list[Constraint]:
    return [*_rows(live, submission), *_codes(live, submission), *_others(submission)]


def _rows(live: Live, submission: Submission) -> Iterator[Constraint]:
    if len(submission.belongs) + len(submission.does_not_belong) > MOST_ROWS:
        raise InputError(f"more than {MOST_ROWS:,} rows at once; name what they share instead")
    for kind, keys in (
        (Kind.BELONGS, submission.belongs),
        (Kind.DOES_NOT_BELONG, submission.does_not_belong),
    ):
        for ccid, bankid in keys:
            yield Constraint(kind, row=live.row(live.place(ccid, bankid)))


def _codes(live: Live, submission: Submission) -> Iterator[Constraint]:
    for kind, codes in ((Kind.MCC_IN, submission.mccids_in), (Kind.MCC_OUT, submission.mccids_out)):
        for code in codes:
            if code not in live.market.mccs:
                raise InputError(f"no code {code} in the mcc table")
            yield Constraint(kind, code)


def _others(submission: Submission) -> Iterator[Constraint]:
    for words in submission.words_out:
        yield Constraint(Kind.WORDS_OUT, words)
    if submission.pattern:
        check_pattern(submission.pattern)
        yield Constraint(Kind.PATTERN, submission.pattern)
    if submission.kind:
        if submission.kind not in KINDS:
            raise InputError(f"no kind {submission.kind!r}; there are {', '.join(KINDS)}")
        yield Constraint(KINDS[submission.kind])
