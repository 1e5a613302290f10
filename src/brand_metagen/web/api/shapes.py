"""Constraints, differences and blast radii as JSON."""

from __future__ import annotations

from pydantic import Field

from brand_metagen.web.api.fields import Model, Pair


class Combo(Model):
    """The row a constraint speaks of."""

    ccid: str = Field(description="Combo id.")
    bankid: str = Field(description="The bank whose number it is.")
    narrative: str = Field(description="The text, normalised.")
    mccid: str = Field(description="Merchant category code.")
    mid: str = Field("", description="Merchant id.")


class Asked(Model):
    """One thing asked of a brand's rule: a constraint."""

    kind: str = Field(description="belongs, does_not_belong, mcc_in, mcc_out, words_in, words_out, "
                      "ends, pattern, wallet, ambiguous or split.")  # fmt: skip
    says: str = Field(description="The constraint in plain words.")
    text: str = Field("", description="The words, letters, pattern or code it speaks of.")
    row: Combo | None = Field(None, description="The row it speaks of.")
    author: str = Field("", description="Who asked for it.")
    given_at: str = Field("", description="When, UTC in ISO 8601.")
    feedback_id: str = Field("", description="In which remark.")


class DiffShape(Model):
    """What sets two versions apart; pairs are before and after."""

    before: int = Field(description="The older version.")
    after: int = Field(description="The newer version.")
    include: Pair[str | None] = Field(description="Include pattern.")
    exclude: Pair[str | None] = Field(description="Exclude pattern.")
    pieces_added: list[str] = Field(description="Alternatives of include that are new.")
    pieces_removed: list[str] = Field(description="Alternatives of include that are gone.")
    mccids_added: list[str] = Field(description="Codes that are new.")
    mccids_removed: list[str] = Field(description="Codes that are gone.")
    confidence: Pair[float] = Field(
        description="Probability that a reviewer approves it unchanged."
    )
    evidence: dict[str, Pair[object]] = Field(
        description="Rows, and how many are taken, covered, missed and contradicted."
    )


class SideShape(Model):
    """Rows that change hands."""

    rows: int = Field(description="How many.")
    brands: list[Pair[str | int]] = Field(
        description="Whose they were or become, and how many, the most first; empty id = nobody."
    )
    samples: list[str] = Field(description="Some of their narratives.")


class BlastShape(Model):
    """Which rows of the whole market would change hands."""

    gained: SideShape = Field(description="Confirmed for the brand that were not before.")
    lost: SideShape = Field(description="No longer confirmed for the brand.")
    to_humans: SideShape = Field(description="Newly left to humans.")
    taken: int = Field(description="Rows the rule takes.")
    share: float = Field(description="The part of the whole market that the rule takes.")
