"""Many patterns at once over the market and the public names, each only once for all folds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from brand_metagen.match.matcher import Matcher
from brand_metagen.records import Rule
from brand_metagen.synthesise.corpus import Corpus
from brand_metagen.synthesise.letters import Places


class Sweep:
    """What patterns take, by the pattern: `market` has narratives of the whole market, `public`
    public names."""

    def __init__(self, market: Corpus, public: Corpus) -> None:
        self._corpora = (market, public)
        self.market: dict[str, Places] = {}
        self.public: dict[str, Places] = {}

    def learn(self, patterns: Iterable[str]) -> None:
        """Run those that are new."""
        new = sorted(set(patterns) - self.market.keys())
        if not new:
            return
        matcher = Matcher([Rule("", pattern, None, ()) for pattern in new])
        for corpus, found in zip(self._corpora, (self.market, self.public), strict=True):
            found.update(zip(new, _taken(matcher, corpus.texts), strict=True))


def _taken(matcher: Matcher, texts: Sequence[str]) -> list[Places]:
    """Rule by rule the texts it matches."""
    matches = matcher.matches(matcher.lexicon.read(texts))
    order = np.argsort(matches.rule, kind="stable")
    bounds = np.searchsorted(matches.rule[order], np.arange(1, len(matcher.rules)))
    return np.split(matches.text[order].astype(np.int32), bounds)
