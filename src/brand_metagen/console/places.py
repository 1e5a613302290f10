"""Where pages are: sections and their places, who may go there, and the keys that lead there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brand_metagen.ports import Role

ROOT = "/console"
"""Where the console is served."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page with an entry of its own; `key` after `g` leads there, empty = no key does."""

    path: str
    title: str
    key: str = ""
    role: Role = Role.VIEWER


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the head; its first place is where it leads."""

    title: str
    places: tuple[Place, ...]

    @property
    def first(self) -> Place:
        return self.places[0]


SECTIONS = (
    Section("Home", (Place("/", "Home", "h"),)),
    Section(
        "Review",
        (
            Place("/queue", "Queue", "q"),
            Place("/ties", "Ties", "i"),
            Place("/quality", "Data quality", "d"),
            Place("/try", "Try it", "t"),
        ),
    ),
    Section("Escalations", (Place("/cases", "Board", "e"), Place("/case-figures", "Figures"))),
    Section("Runs", (Place("/runs", "Runs", "r"),)),
    Section(
        "Analytics",
        (
            Place("/analytics", "Metrics", "a"),
            Place("/trends", "Trends"),
            Place("/issues", "Issues"),
            Place("/costly", "Costly brands"),
            Place("/recommended", "Recommendations"),
            Place("/lessons", "Learning"),
            Place("/plans", "Action plans"),
            Place("/reports", "Reports"),
        ),
    ),
    Section(
        "Operations",
        (
            Place("/health", "Health", "o"),
            Place("/alarms", "Alarms", "l"),
            Place("/routines", "Routines"),
            Place("/diagnose", "Diagnose"),
            Place("/incidents", "Incidents"),
            Place("/messages", "Messages", "", Role.OPERATOR),
            Place("/servers", "MCP servers"),
            Place("/cache", "Cache"),
            Place("/logs", "Log", "", Role.OPERATOR),
            Place("/log", "Audit log", "", Role.ADMIN),
            Place("/users", "Users", "u", Role.ADMIN),
        ),
    ),
    Section("Agents", (Place("/chat", "Conversation", "c"), Place("/agents", "Roles"))),
)
UNDER: Mapping[str, str] = {
    "/brand/{id}": "/queue",
    "/second": "/queue",
    "/case/{id}": "/cases",
    "/tie/{ccid}/{bankid}": "/ties",
    "/metric/{key}": "/analytics",
    "/agent/{slug}": "/agents",
    "/server/{name}": "/servers",
    "/incident/{id}": "/incidents",
    "/alarm/{name}": "/alarms",
    "/user/{name}": "/users",
}
"""The place that a page without an entry of its own belongs to."""


CLOSED: Mapping[str, Role] = {
    "incident": Role.OPERATOR,
    "user": Role.ADMIN,
    "second": Role.REVIEWER,
}
"""Pages without an entry of their own that need another role than their place."""


def role_of(path: str) -> Role:
    """The role that an address below the root needs.

    >>> role_of("/log?who=ada").value, role_of("/user/ada").value, role_of("/queue").value
    ('admin', 'admin', 'viewer')
    """
    first = path.split("?")[0].split("/")[1]
    places = {place.path: place.role for section in SECTIONS for place in section.places}
    return CLOSED.get(first) or places.get(f"/{first}", Role.VIEWER)


def section_of(path: str) -> tuple[Section | None, str]:
    """The section of a page and its place there; none for what belongs nowhere."""
    place = UNDER.get(path, path)
    for section in SECTIONS:
        if place in {found.path for found in section.places}:
            return section, place
    return None, ""


def open_to(section: Section, role: Role) -> list[Place]:
    """The places of a section that a role may enter."""
    return [place for place in section.places if role.may(place.role)]
