"""Two lists of codes: drawn from one shop's or from two, and whether the two are one trade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import lgamma, log2

HALF = 0.5
"""Jeffreys' prior: half a merchant of every code before any is seen."""

FEWEST = 3
"""Merchants with a code, from which it is more than a stray one."""

Profile = Mapping[str, int]
"""Merchants per code."""


def apart(one: Profile, other: Profile) -> float:
    """How much better two habits of codes explain the merchants than one (natural log; 0 = even).

    The Bayes factor of two Dirichlet-multinomials against one, each with HALF as its prior; codes
    of fewer than FEWEST merchants of both count as one code: stray ones happen.

    >>> apart({"5411": 9}, {"5812": 9}) > 6, apart({"5411": 9}, {"5411": 7, "5499": 1}) < 0
    (True, True)
    """
    both = Counter(one) + Counter(other)
    rare = frozenset(code for code, n in both.items() if n < FEWEST)
    first, second, all_of_both = (_pooled(profile, rare) for profile in (one, other, both))
    codes = sorted(all_of_both)
    return _evidence(first, codes) + _evidence(second, codes) - _evidence(all_of_both, codes)


def _pooled(profile: Profile, rare: frozenset[str]) -> Profile:
    """The profile with its rare codes as one."""
    made: Counter[str] = Counter()
    for code, n in profile.items():
        made["" if code in rare else code] += n
    return made


def _evidence(profile: Profile, codes: Sequence[str]) -> float:
    prior, total = HALF * len(codes), sum(profile.values())
    cells = (lgamma(profile.get(code, 0) + HALF) - lgamma(HALF) for code in codes)
    return lgamma(prior) - lgamma(prior + total) + sum(cells)


def one_trade(one: Profile, other: Profile, together: frozenset[tuple[str, str]]) -> float:
    """Chance that a code of one and a code of the other are the same, or go together in a shop.

    >>> one_trade({"5812": 1}, {"5814": 3, "7299": 1}, frozenset({("5812", "5814")}))
    0.75
    """
    pairs = (
        n * m
        for a, n in one.items()
        for b, m in other.items()
        if a == b or (min(a, b), max(a, b)) in together
    )
    return sum(pairs) / (sum(one.values()) * sum(other.values()))


def information(profiles: Sequence[Profile]) -> float:
    """Mutual information between part and code, in bits.

    >>> information([{"5411": 8}, {"5812": 8}])
    1.0
    """
    total = sum(sum(profile.values()) for profile in profiles)
    codes: Counter[str] = Counter()
    for profile in profiles:
        codes.update(profile)
    bits = 0.0
    for profile in profiles:
        size = sum(profile.values())
        for code, n in sorted(profile.items()):
            bits += n / total * log2(n * total / (size * codes[code]))
    return bits
