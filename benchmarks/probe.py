"""A probe without labels: rules over public brand names they were not made for.

A rule that takes another brand's name, though that name does not hold its own, says more than its
brand. The count needs no truth, and rises when learning generalises too far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchmarks.strata import letters
from brand_metagen.app.runs import public_names
from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from brand_metagen.tables.normalise import normalise


def astray(rules: Sequence[Rule], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """(brandid, public name) where a rule takes a name that does not hold its brand's own.

    `names` are the brands' names by id; what reads as a brand's own name is no stray.
    """
    known = {letters(normalise(name)) for name in names.values()}
    public = sorted({normalise(name) for name in public_names()} - {""})
    matcher = Matcher(rules)
    matches = matcher.matches(matcher.lexicon.read(public))
    found = []
    for text, rule in zip(matches.text.tolist(), matches.rule.tolist(), strict=True):
        brandid, name = rules[rule].brandid, letters(public[text])
        if letters(normalise(names[brandid])) not in name and name not in known:
            found.append((brandid, public[text]))
    return found
