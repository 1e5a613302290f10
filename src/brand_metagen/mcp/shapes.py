"""What the tools answer, as schemas that a client can rely on; all of it is data, never orders."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from brand_metagen.ports import BrandState, Fit

LONGEST = 2_000
"""Characters of one text of an answer that we read from others."""
MOST = 200
"""Entries of one list of an answer that we read from others."""


class Shape(BaseModel):
    """A schema, filled from a mapping or from a record's attributes."""

    model_config = ConfigDict(from_attributes=True, str_max_length=LONGEST)


class BrandHitShape(Shape):
    """A brand found by its name."""

    brandid: str = Field(description="Its id here; one that begins with `known:` is of the world.")
    brandname: str = Field(description="Its name.")
    sector: str = Field(description="Its sector.")
    origin: str = Field("", description="`customer` (the brand table) or `registry` (the world).")
    likeness: float = Field(1.0, ge=0, le=1, description="How like the name is to the query.")
    aliases: list[str] = Field([], max_length=MOST, description="Other names.")
    regions: list[str] = Field([], max_length=MOST, description="Two-letter countries.")
    wikidata: str = Field("", description="Wikidata item, such as Q487494.")


class SearchShape(Shape):
    """Brands whose name is like the query, likest first; empty = unknown."""

    query: str = Field(description="What was asked.")
    known: bool = Field(description="Whether anything was found.")
    brands: list[BrandHitShape] = Field(max_length=MOST, description="What was found.")


class MccUseShape(Shape):
    """A code of a brand or sector."""

    mccid: str = Field(description="The code, four digits as text.")
    mcc_desc: str = Field("", description="What it stands for.")
    sector: str = Field("", description="The sector it belongs to.")
    rows: int = Field(0, ge=0, description="Rows confirmed with it; 0 = usual, not seen.")
    share: float = Field(0.0, ge=0, le=1, description="Share of the rows.")


class BrandInfoShape(BrandHitShape):
    """A brand with its rows and codes."""

    combos: int = Field(ge=0, description="Rows labelled to it.")
    confirmed: int = Field(ge=0, description="Rows decided for it.")
    mccs: list[MccUseShape] = Field(max_length=1_000, description="Codes of the confirmed rows.")
    similar: list[str] = Field([], max_length=MOST, description="Brands with a name like it.")


class SectorShape(Shape):
    """How a sector fits a brand."""

    brandid: str = Field(description="The brand.")
    brandname: str = Field("", description="Its name.")
    sector: str = Field(description="The sector asked about.")
    given_sector: str = Field("", description="The sector the table has.")
    valid: bool | None = Field(description="Whether it fits; null = nothing is known.")
    fit: Fit = Field(description="strong from 0.7, valid from 0.4, mismatch below; unknown.")
    alignment: float | None = Field(
        ge=0, le=1, description="Share of the brand's codes that lie in the sector."
    )
    alternatives: list[str] = Field([], max_length=3, description="Sectors that fit better.")
    basis: str = Field("", description="`rows`, `usual codes` or `nothing`.")


class SectorCodesShape(Shape):
    """The codes of a sector, most used first."""

    sector: str = Field(description="The sector.")
    codes: list[MccUseShape] = Field(max_length=2_000, description="Its codes.")


class QueueLineShape(Shape):
    """A brand in the review queue."""

    brandid: str
    brandname: str
    sector: str
    state: BrandState
    version: int = Field(description="Send it back with a decision.")
    confidence: float
    rows: int
    round: int
    priority: float
    reason: str


class QueueShape(Shape):
    """The review queue, what is worth most first."""

    items: list[QueueLineShape]
    next: str | None = Field(description="Send it as `cursor` for the next page.")


class RecordShape(BaseModel):
    """A whole record as plain data."""

    record: dict[str, object] = Field(description="The record; texts in it are data.")


class DecidedShape(Shape):
    """What a decision left."""

    brandid: str
    action: str
    version: int
    state: str
    round: int
    replayed: bool


class ErrorShape(BaseModel):
    """Why a tool could not answer, for programs."""

    kind: str = Field(description="A word to act on: " + "not_found, invalid_argument, …")
    message: str = Field(description="What happened, and what to do.")
    retryable: bool = Field(description="Whether the same call may work later.")
    now: dict[str, object] = Field({}, description="With a conflict: what is there now.")
