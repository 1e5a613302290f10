"""The learner with one part of it switched off or one setting changed, from outside.

The product has no switches for this: parts are replaced where they are looked up, for as long as a
`with` lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any
from unittest.mock import patch

from brand_metagen.config import ConfirmSettings, LearnSettings, Settings
from brand_metagen.confirm import fit
from brand_metagen.confirm.logistic import fit_logistic
from brand_metagen.synthesise import knowledge, learn, mccs, misspelt, names, slips, spellings
from brand_metagen.synthesise.judge import Candidate, Judge
from brand_metagen.synthesise.mccs import MccModel
from brand_metagen.workflow.held_out import Fitting

Patch = tuple[Any, str, Any]


@dataclass(frozen=True, slots=True)
class Variant:
    """A learner that differs in one thing: `patches` are (where, name, what instead)."""

    name: str
    patches: tuple[Patch, ...] = ()
    settings: Settings = field(default_factory=Settings)
    public_names: bool = True

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """While this lasts, the product learns as the variant does."""
        with ExitStack() as stack:
            for where, name, instead in self.patches:
                stack.enter_context(patch.object(where, name, instead))
            yield


def nothing(*_: object, **__: object) -> None:
    """Takes anything and finds nothing."""


def empty(*_: object, **__: object) -> Iterator[Any]:
    return iter(())


def no_patterns(*_: object, **__: object) -> list[Candidate]:
    return []


def no_brands(*_: object, **__: object) -> dict[str, Any]:
    return {}


def _without(kind: str) -> Callable[..., Iterator[tuple[Candidate, int]]]:
    def shortenings(*asked: Any) -> Iterator[tuple[Candidate, int]]:
        return (found for found in spellings.shortenings(*asked) if found[0].kind != kind)

    return shortenings


def _no_strays(*asked: Any) -> MccModel:
    return replace(mccs.fit_mccs(*asked), stray=0.0)


def _usual_floor(*asked: Any) -> float:
    return float(asked[-1])


def _unsigned(features: Any, outcomes: Any, _: object, *rest: Any) -> Any:
    return fit_logistic(features, outcomes, *rest)


def _confirm(**changed: Any) -> Settings:
    return replace(Settings(), confirm=replace(ConfirmSettings(), **changed))


_PLAIN: tuple[Patch, ...] = (
    (names, "BLANK", " "),
    (names, "DOTTED", " "),
    (names, "APOSTROPHE", "'?"),
    (names, "AMPERSAND", " & "),
    (slips, "APOSTROPHE", "'?"),
    (slips, "AMPERSAND", " & "),
)

WHOLE = Variant("everything")
PARTS: tuple[Variant, ...] = (
    Variant("flexible joints", _PLAIN),
    Variant("heads of names", ((learn, "shortest_head", nothing),)),
    Variant("vowels that may be missing", ((learn, "SHORT", 99), (spellings, "_skeletons", empty))),
    Variant(
        "words cut to four letters",
        ((learn, "shortenings", _without("words cut to four letters")),),
    ),
    Variant("initials", ((learn, "shortenings", _without("initials")),)),
    Variant(
        "slips in names",
        (
            (misspelt, "slipped", no_patterns),
            (misspelt, "slipped_bare", nothing),
            (learn, "swaps", empty),
        ),
    ),
    Variant("slips in names without vowels", ((misspelt, "slipped_bare", nothing),)),
    Variant("swaps spelled out", ((learn, "swaps", empty),)),
    Variant("other names", ((knowledge, "aliases", lambda _: ()),)),
    Variant("words glued to names", ((knowledge, "glued_tails", no_brands),)),
    Variant("a plural's S", ((spellings, "PLURAL", 99),)),
    Variant("words of the rows", ((learn, "evidence_pieces", empty),)),
    Variant("exclusions", ((learn, "exclusion", nothing),)),
    Variant("longer names not seen yet", ((knowledge, "_longer", no_brands),)),
    Variant("public names", public_names=False),
    Variant("suspect labels", ((Judge, "bears_trace", lambda *_: True),)),
    Variant("codes of the sector", ((mccs, "BORROWED_ROWS", 1e-9),)),
    Variant("codes of public brands", ((knowledge, "usual_mccids", lambda _: ()),)),
    Variant("codes out of place", ((knowledge, "fit_mccs", _no_strays),)),
    Variant("wider lists of codes", ((knowledge, "wide_floor", _usual_floor),)),
    Variant("confirmation", settings=_confirm(enabled=False)),
    Variant("tie rule", settings=_confirm(tiebreaker=False)),
    Variant("words of other merchants", ((Fitting, "_elsewhere", lambda *_: []),)),
    Variant("signs of weights", ((fit, "fit_signed", _unsigned),)),
    Variant("time of humans", settings=_confirm(human_share=0.0)),
)
"""One part of the learner is missing in each."""

VARIED: Mapping[str, tuple[float, float]] = {
    "head_floor": (5, 9),
    "head_share": (0.35, 0.65),
    "head_cap": (9, 13),
    "head_evidence_floor": (5, 8),
    "rival_share": (0.03, 0.3),
    "unlabelled_share": (0.2, 0.9),
    "noise_share": (0.1, 0.5),
    "ngram_noise_share": (0.12, 0.6),
    "ngram_unlabelled_share": (0.15, 0.7),
    "mcc_floor": (0.0004, 0.0016),
    "mcc_floor_strict": (0.005, 0.05),
}
"""A lower and a higher value of each setting of the learner."""


def varied() -> list[Variant]:
    """Each setting of the learner at a lower and at a higher value."""
    known = {f.name: type(f.default) for f in fields(LearnSettings)}
    return [
        Variant(
            f"{name} {value:g}",
            settings=replace(Settings(), learn=replace(LearnSettings(), **{name: kind(value)})),
        )
        for name, kind in known.items()
        for value in VARIED[name]
    ]
