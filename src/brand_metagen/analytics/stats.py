"""The statistics behind metrics: intervals, a test for a trend, correlations.

Written out rather than taken from a library: four short formulas against a dependency of 60 MB.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist, fmean, variance

Z95 = NormalDist().inv_cdf(0.975)
NO_INTERVAL = (0.0, 1.0)

Interval = tuple[float, float]


def wilson(count: int, total: int) -> Interval:
    """The 95 % interval of a share (Wilson 1927); (0, 1) where nothing was counted.

    >>> [round(x, 3) for x in wilson(8, 10)]
    [0.49, 0.943]
    """
    if total == 0:
        return NO_INTERVAL
    share, square = count / total, Z95 * Z95
    middle = share + square / (2 * total)
    spread = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total))
    below = 1 + square / total
    # Without rounding, the end at none or all is exactly there.
    low = 0.0 if count == 0 else max(0.0, (middle - spread) / below)
    return low, 1.0 if count == total else min(1.0, (middle + spread) / below)


def ratio_interval(pairs: Sequence[tuple[float, float]]) -> Interval | None:
    """The 95 % interval of Σ tops ÷ Σ bottoms, linearised (Cochran 1977, 2.11).

    With bottoms of 1 it is that of a mean. None for fewer than two pairs, or nothing to divide by.

    >>> [round(x, 3) for x in ratio_interval([(1, 1), (2, 1), (3, 1)])]
    [0.868, 3.132]
    >>> ratio_interval([(1, 1)]) is None
    True
    """
    n, below = len(pairs), math.fsum(bottom for _, bottom in pairs)
    if n < 2 or below <= 0:
        return None
    value = math.fsum(top for top, _ in pairs) / below
    square = math.fsum((top - value * bottom) ** 2 for top, bottom in pairs)
    spread = Z95 * math.sqrt(square * n / (n - 1)) / below
    return value - spread, value + spread


def difference_of_shares(a: int, n: int, b: int, m: int) -> Interval | None:
    """The 95 % interval of a ÷ n − b ÷ m (Newcombe 1998, method 10); None without counts.

    >>> [round(x, 4) for x in difference_of_shares(56, 70, 48, 80)]
    [0.0524, 0.3339]
    """
    if not (n and m):
        return None
    (low_a, high_a), (low_b, high_b) = wilson(a, n), wilson(b, m)
    one, other = a / n, b / m
    below = math.hypot(one - low_a, high_b - other)
    above = math.hypot(high_a - one, other - low_b)
    return one - other - below, one - other + above


def difference_of_means(xs: Sequence[float], ys: Sequence[float]) -> Interval | None:
    """The 95 % interval of mean x − mean y by the normal approximation, variances unequal."""
    if len(xs) < 2 or len(ys) < 2:
        return None
    spread = Z95 * math.sqrt(variance(xs) / len(xs) + variance(ys) / len(ys))
    return fmean(xs) - fmean(ys) - spread, fmean(xs) - fmean(ys) + spread


def mann_kendall(values: Sequence[float]) -> tuple[float, float]:
    """Kendall's tau of a series against time and its two-sided p (Mann 1945, ties corrected).

    Needs no shape of the values; below four of them nothing can be told and p is 1.

    >>> mann_kendall([1, 2, 3])
    (1.0, 1.0)
    >>> tau, p = mann_kendall([1, 2, 3, 4, 5, 6, 7, 8]); (tau, p < 0.01)
    (1.0, True)
    """
    n = len(values)
    pairs = n * (n - 1) // 2
    if pairs == 0:
        return 0.0, 1.0
    score = sum(
        (values[j] > values[i]) - (values[j] < values[i])
        for i in range(n) for j in range(i + 1, n)
    )  # fmt: skip
    ties = Counter(values).values()
    square = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    if n < 4 or square <= 0:
        return score / pairs, 1.0
    z = (score - math.copysign(1, score)) / math.sqrt(square) if score else 0.0
    return score / pairs, 2 * (1 - NormalDist().cdf(abs(z)))


def spearman(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, Interval] | None:
    """Rank correlation and its 95 % interval (Fisher's z, variance of Fieller 1957).

    None for fewer than five pairs, or where one side does not vary: nothing can be told.
    """
    n = len(xs)
    if n < 5 or len(set(xs)) == 1 or len(set(ys)) == 1:
        return None
    rho = _pearson(_ranks(xs), _ranks(ys))
    held = max(-0.999_999, min(0.999_999, rho))
    spread = Z95 * math.sqrt(1.06 / (n - 3))
    return rho, (math.tanh(math.atanh(held) - spread), math.tanh(math.atanh(held) + spread))


def _pearson(xs: Sequence[float], ys: Sequence[float]) -> float:
    mx, my = fmean(xs), fmean(ys)
    product = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return product / math.sqrt(sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys))


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, equal values sharing theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and values[order[end]] == values[order[begin]]:
            end += 1
        for place in order[begin:end]:
            ranks[place] = (begin + end + 1) / 2
        begin = end
    return ranks
