"""All acts by name, each with the role it needs: those of the REST routes."""

from __future__ import annotations

from brand_metagen.console import case_deeds, review_deeds
from brand_metagen.console.acts import Deeds

DEEDS: Deeds = {**review_deeds.DEEDS, **case_deeds.DEEDS}
