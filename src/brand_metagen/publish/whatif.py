"""The answers to some rows as they would be if one brand had another rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from brand_metagen.confirm.model import ConfirmModel
from brand_metagen.publish.classifier import Answer, Classifier
from brand_metagen.records import Combos, Rule


def answers_with(
    rules: Mapping[str, Rule],
    model: ConfirmModel,
    combos: Combos,
    rows: Sequence[int],
    before: Sequence[Answer],
    brandid: str,
    rule: Rule | None,
) -> tuple[Answer, ...]:
    """The answers to `rows` (positions of combos) with `rule` in place of the brand's in `rules`.

    `before` are the answers under `rules`. They are those of a classifier over all rules: an answer
    depends only on the rules that take the row, so only those are asked again.
    """
    rivals = {claim.brandid for answer in before for claim in answer.claims} - {brandid}
    asked = [rules[rival] for rival in sorted(rivals)] + ([rule] if rule is not None else [])
    columns = (combos.narrative, combos.mccid, combos.mid)
    texts, codes, mids = ([column[row] for row in rows] for column in columns)
    return tuple(Classifier(asked, model).explained(texts, codes, mids))
