"""Where on the console the work of a command is done: texts name commands, pages link to pages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from brand_metagen.console.places import role_of
from brand_metagen.ports import Role

PROGRAM = "brand-metagen"
PLACEHOLDER = re.compile(r"[A-Z]+(=[A-Z]+)?")
"""What stands for something that the reader has to put in: RUN, CASE, SECTION.NAME=VALUE."""
LONGEST = 300
"""Characters of a command that is looked at; ours are shorter."""


@dataclass(frozen=True, slots=True)
class Way:
    """The page of a command. `of` is the page of its first argument, `asked` the name under which
    the page is asked for that argument; `options` are those that the page takes over."""

    page: str
    of: str = ""
    asked: str = ""
    options: Mapping[str, str] | None = None


def _brand(page: str = "/queue") -> Way:
    return Way(page, "/brand/{}")


RUN, CASE = Way("/runs", asked="run"), Way("/cases", "/case/{}")
PERIOD = {"from": "from", "to": "to"}
WAYS: Mapping[str, Way] = {
    "status": Way("/"),
    "run": Way("/runs"),
    "runs *": RUN,
    "runs list": Way("/runs"),
    "health": Way("/health"),
    "pause": Way("/health"),
    "unpause": Way("/health"),
    "verify": Way("/health"),
    "diagnose": Way("/diagnose", asked="name"),
    "diagnose all": Way("/diagnose"),
    "routine": Way("/routines", asked="name"),
    "chat": Way("/chat"),
    "brands *": _brand(),
    "brands list": Way("/queue", options={"state": "state"}),
    "brands corrections": Way("/quality"),
    "ties *": Way("/ties"),
    "review *": _brand(),
    "review queue": Way("/queue"),
    "feedback *": Way("/issues"),
    "feedback submit": _brand(),
    "feedback history": _brand("/issues"),
    "feedback lessons": Way("/lessons"),
    "feedback adopt": Way("/lessons"),
    "escalations *": CASE,
    "escalations list": Way("/cases"),
    "escalations list --state resolved": Way("/cases"),
    "escalations list --state closed": Way("/cases?state=ended"),
    "escalations create": Way("/cases"),
    "escalations notices": Way("/messages"),
    "escalations analyse": Way("/case-figures"),
    "escalations report": Way("/case-figures"),
    "incidents *": Way("/incidents", "/incident/{}"),
    "incidents list": Way("/incidents"),
    "analytics *": Way("/analytics"),
    "analytics metrics": Way("/analytics", options=PERIOD),
    "analytics evidence": Way("/analytics", "/metric/{}", options=PERIOD),
    "analytics trend": Way("/trends"),
    "analytics issues": Way("/issues", options=PERIOD),
    "analytics brands": Way("/costly", options=PERIOD),
    "analytics recommend": Way("/recommended"),
    "analytics learning": Way("/lessons"),
    "analytics settings": Way("/recommended"),
    "analytics plan": Way("/plans"),
    "analytics report": Way("/reports"),
    "analytics schedule": Way("/reports"),
    "alarms *": Way("/alarms", "/alarm/{}"),
    "logs show": Way("/logs", options={n: n for n in ("level", "agent", "brand", "trace")}),
    "logs query": Way("/logs", asked="ask"),
    "audit *": Way("/log"),
    "agents *": Way("/agents"),
    "agents show": Way("/agents", "/agent/{}"),
    "agents invoke": Way("/agents", "/agent/{}"),
    "mcp *": Way("/servers"),
    "cache *": Way("/cache"),
    "users *": Way("/users"),
    "users token": Way("/users", "/user/{}"),
}
"""Pages by the words of a command, * = any; the longest that fit count. Those that are not here
have no page: they make files, or work on the workspace as a whole while nobody else does."""


def page_of(command: str, role: Role = Role.VIEWER) -> str:
    """The page below the console's root where a command's work is done; empty where there is
    none, or where a role may not go.

    >>> page_of("brand-metagen runs show RUN-0002"), page_of("brand-metagen runs show RUN")
    ('/runs?run=RUN-0002', '/runs')
    >>> page_of("brand-metagen publish"), page_of("quarantine.csv"), page_of("brand-metagen logs")
    ('', '', '')
    """
    words = _words(command)
    for n in range(len(words), 0, -1):
        way = WAYS.get(" ".join(words[:n])) or WAYS.get(" ".join([*words[: n - 1], "*"]))
        if way is not None:
            path = _address(way, words[n:])
            return path if role.may(role_of(path)) else ""
    return ""


def _words(command: str) -> list[str]:
    """The words after the program's name; none of what is no command of ours."""
    try:
        first, *rest = shlex.split(command[:LONGEST]) or [""]
    except ValueError:  # a quotation mark without its other half
        return []
    return rest if first == PROGRAM else []


def _address(way: Way, rest: list[str]) -> str:
    given = {rest[i][2:]: rest[i + 1] for i in range(len(rest) - 1) if rest[i].startswith("--")}
    first = rest[0] if rest and not rest[0].startswith("--") else ""
    query = {
        asked: given[name]
        for name, asked in (way.options or {}).items()
        if name in given and not PLACEHOLDER.fullmatch(given[name])
    }
    path = way.page
    if first and not PLACEHOLDER.fullmatch(first):
        path = way.of.format(quote(first, safe=":")) if way.of else path
        query |= {way.asked: first} if way.asked else {}
    return f"{path}?{urlencode(query)}" if query else path
