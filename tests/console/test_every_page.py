"""All pages over a market whose names, narratives and remarks are hostile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from read_aloud import Reading
from seating import LONGEST, NASTY, opened

from brand_metagen.app import analysing, escalations, incidents
from brand_metagen.console.acts import done
from brand_metagen.console.door import Seat
from brand_metagen.console.places import SECTIONS, open_to, section_of
from brand_metagen.console.screens import PAGES
from brand_metagen.errors import ConflictError, NotAllowed
from brand_metagen.ports import Answer, Cause, IncidentKind, Role, Severity

HOSTILE = NASTY + "B" * (LONGEST - len(NASTY))
FORBIDDEN = frozenset({"script", "img", "iframe", "object", "embed", "base", "link", "meta"})
CLOSED = {"/users", "/user/{name}", "/log", "/logs", "/second", "/incident/{id}", "/messages"}
"""Pages that somebody who may only look does not get."""


@dataclass(frozen=True)
class House:
    """Seats at a server where somebody wrote hostile text wherever people may write."""

    seats: Mapping[Role, Seat]
    wanted: Mapping[str, Mapping[str, str]]

    def page(self, path: str, role: Role = Role.ADMIN) -> str:
        seat = self.seats[role]
        actor = seat.actor()
        assert actor is not None
        return PAGES[path](seat.server, actor, self.wanted.get(path, {}))


@pytest.fixture(scope="module")
def house(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house, written full once."""
    folder = tmp_path_factory.mktemp("hostile") / "w"
    shutil.copytree(finished, folder)
    with opened(folder) as seats:
        workspace = seats[Role.ADMIN].server.workspace
        store = workspace.store
        remark = {"act": "submit", "brandid": "9001", "version": "1", "text": HOSTILE, "idem": "1"}
        assert not done(seats[Role.REVIEWER], remark).bad
        line, _ = escalations.create(workspace, "eve", "9002", Cause.EXPERT_WANTED, HOSTILE)
        action = {"owner": NASTY, "due": "2026-12-31", "what": HOSTILE}
        analysing.make_plan(
            workspace, NASTY, HOSTILE, NASTY, {"approval_rate": 0.9}, [action], NASTY, "2026-12-31"
        )
        store.note(NASTY, "advice", HOSTILE, _call("tiebreaker"))
        store.note("agent tiebreaker", "advice", HOSTILE, _call("tiebreaker"))
        told = {"tool": NASTY, "outcome": "failed", "kind": NASTY, "message": HOSTILE}
        store.note("eve", "mcp_call", NASTY, {**told, "seconds": 0.5})
        now = datetime.now(UTC)
        until = (now + timedelta(days=1)).isoformat()
        kept = Answer(NASTY, NASTY, "t", {"q": NASTY}, {"a": HOSTILE}, "", now.isoformat(), until)
        store.keep_answer(kept, 10)
        (folder / "mcp.json").write_text('{"mcpServers": {"x": {"command": "<img src=x>"}}}')
        (folder / "mcp").mkdir()
        (folder / "mcp" / "registry_mcp_server.log").write_text(HOSTILE)
        incident = incidents.open_incident(
            workspace, "eve", IncidentKind.OTHER, Severity.MINOR, HOSTILE, HOSTILE
        )
        assert not done(seats[Role.ADMIN], {"act": "chat_say", "message": HOSTILE}).bad
        yield House(seats, {
            "/brand/{id}": {"id": "9001"},
            "/case/{id}": {"id": line.case.case_id},
            "/tie/{ccid}/{bankid}": {"ccid": "990000", "bankid": "1"},
            "/ties": {"show": "all"},
            "/quality": {"kind": "ambiguous name"},
            "/try": {"brand": "9001"},
            "/metric/{key}": {"key": "approval_rate"},
            "/agent/{slug}": {"slug": "tiebreaker"},
            "/server/{name}": {"name": "registry"},
            "/user/{name}": {"name": "admin"},
            "/alarm/{name}": {"name": "run-failed"},
            "/incident/{id}": {"id": incident.incident_id},
            "/cache": {"key": NASTY},
        })  # fmt: skip


def _call(role: str) -> Mapping[str, object]:
    """What a call to a model leaves in the log."""
    return {
        "role": role, "outcome": NASTY, "said": HOSTILE, "tokens_in": 1, "tokens_out": 2,
        "seconds": 0.5, "money": 0.01, "instructions": NASTY,
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(PAGES))
def test_hostile_text_is_text_on_every_page(house: House, path: str) -> None:
    html = house.page(path)
    found = Reading(html)
    assert not {tag for tag, _ in found.tags} & FORBIDDEN
    for tag, attrs in found.tags:
        assert not [name for name in attrs if name.startswith("on")], (tag, attrs)
        address = attrs.get("href") or ""
        assert not address or address.startswith(("/console", "#")), address
    assert all(c.isprintable() or c == "\n" for c in html)
    assert found.wrong == []


@pytest.mark.parametrize("path", sorted(PAGES))
def test_every_page_can_be_read_aloud(house: House, path: str) -> None:
    found = Reading(house.page(path))
    assert found.nameless() == []
    assert found.count("h1") == 1
    ids = [str(attrs["id"]) for _, attrs in found.tags if "id" in attrs]
    assert len(ids) == len(set(ids)), ids


@pytest.mark.parametrize("path", sorted(PAGES))
def test_who_may_only_look_is_offered_nothing(house: House, path: str) -> None:
    if path in CLOSED:
        with pytest.raises(NotAllowed):
            house.page(path, Role.VIEWER)
        return
    offered = {attrs.get("data-act") for _, attrs in Reading(house.page(path, Role.VIEWER)).tags}
    assert offered <= {None, "again", "chat_say", "chat_new", "mcp_sources"}


@pytest.mark.parametrize("path", sorted(path for path in PAGES if "{" not in path))
def test_nothing_there_yet_is_said_in_words(empty: Mapping[Role, Seat], path: str) -> None:
    seat = empty[Role.ADMIN]
    actor = seat.actor()
    assert actor is not None
    if path == "/ties":
        with pytest.raises(ConflictError, match="brand-metagen run"):
            PAGES[path](seat.server, actor, {})
        return
    found = Reading(PAGES[path](seat.server, actor, {}))
    assert found.count("h1") == 1
    assert found.wrong == []


def test_every_page_has_its_place_and_every_place_its_page() -> None:
    places = {place.path for section in SECTIONS for place in section.places}
    assert places <= set(PAGES)
    for path in PAGES:
        section, place = section_of(path)
        assert section is not None, path
        assert place in places
    keys = [place.key for section in SECTIONS for place in section.places if place.key]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("role", list(Role))
def test_places_are_shown_to_those_who_may_enter(role: Role) -> None:
    shown = {place.path for section in SECTIONS for place in open_to(section, role)}
    assert ("/users" in shown) is role.may(Role.ADMIN)
