"""All acts by name, each with the role it needs: those of the REST routes."""

from __future__ import annotations

from brand_metagen.console import (
    alarms,
    analytics,
    board,
    cache,
    case_deeds,
    chat,
    incidents,
    lessons,
    messages,
    quality,
    reports,
    review_deeds,
    second,
    servers,
    settling,
    system,
    ties,
    trying,
    users,
)
from brand_metagen.console.acts import Deeds

ROOMS = (
    review_deeds,
    second,
    case_deeds,
    board,
    settling,
    ties,
    trying,
    quality,
    analytics,
    lessons,
    reports,
    system,
    incidents,
    messages,
    alarms,
    servers,
    cache,
    users,
    chat,
)
DEEDS: Deeds = {name: deed for room in ROOMS for name, deed in room.DEEDS.items()}
