"""Pages as NiceGUI builds them, and the headers around them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from nicegui.testing.user_simulation import user_simulation
from test_acts import Seats, first

from brand_metagen.console.door import COOKIE, Seat
from brand_metagen.console.policy import Policy
from brand_metagen.console.screens import PAGES, root
from brand_metagen.errors import BrandMetagenError
from brand_metagen.ports import Actor, Role


def shown(seat: Seat, path: str, **wanted: str) -> str:
    """A page as somebody sees it."""
    actor = seat.actor()
    assert actor is not None
    return PAGES[path](seat.server, actor, wanted)


@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_gets_no_action(shared: Seats, role: Role) -> None:
    seat = shared[role]
    page = shown(seat, "/brand/{id}", id=first(seat).brandid)
    assert ('data-act="approve"' in page) is role.may(Role.REVIEWER)
    assert ("data-mark" in page) is role.may(Role.REVIEWER)


def test_a_brand_shows_its_rule_rows_and_doubts(shared: Seats) -> None:
    seat = shared[Role.REVIEWER]
    line = first(seat)
    page = shown(seat, "/brand/{id}", id=line.brandid)
    for part in ("<mark", 'class="tok word"', 'class="chip"', "Why 0.", "held out", "Not sure"):
        assert part in page
    assert f"/try?brand={line.brandid}" in page
    record = seat.server.warm.current().versions[line.brandid]
    assert all(reason in page for reason in record.reasons)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/queue", {"after": "no cursor"}),
        ("/brand/{id}", {"id": "<script>"}),
        ("/case/{id}", {"id": "none"}),
        ("/try", {"brand": "none"}),
    ],
)
def test_what_is_not_there_is_our_own_error(
    shared: Seats, path: str, wanted: Mapping[str, str]
) -> None:
    with pytest.raises(BrandMetagenError):
        shown(shared[Role.VIEWER], path, **wanted)


def test_nicegui_builds_the_frame_and_its_pages(shared: Seats) -> None:
    server = shared[Role.REVIEWER].server

    async def visits() -> None:
        async with user_simulation(root=lambda: root(server)) as user:
            away = await user.http_client.get("/queue", follow_redirects=False)
            assert away.status_code == 303
            assert away.headers["location"].startswith("/console/sign-in?to=")
            user.http_client.cookies.set(COOKIE, shared[Role.REVIEWER].secret)
            await user.open("/queue")
            await user.should_see("wait for a reviewer")
            await user.open(f"/brand/{first(shared[Role.REVIEWER]).brandid}")
            await user.should_see("What is wrong?")
            await user.open("/brand/none")
            await user.should_see("Not here")
            await user.open("/nowhere")
            await user.should_see("There is no such page")

    asyncio.run(visits())


def test_the_flag_lets_everybody_in_as_one_actor(shared: Seats) -> None:
    from dataclasses import replace

    open_server = replace(shared[Role.ADMIN].server, without_login=Actor("sam", Role.OPERATOR))
    assert Seat(open_server, "").actor() == Actor("sam", Role.OPERATOR)
    assert Seat(shared[Role.ADMIN].server, "bmg_guess").actor() is None


def test_scripts_of_a_page_get_the_nonce_of_its_policy() -> None:
    app = FastAPI()
    app.add_middleware(Policy)

    @app.get("/console/page")
    def page() -> HTMLResponse:
        return HTMLResponse("<script>1</script><script src='x'></script>")

    @app.get("/api/v1/page")
    def other() -> HTMLResponse:
        return HTMLResponse("<script>1</script>")

    async def ask(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    one, two = (asyncio.run(ask("/console/page")) for _ in range(2))
    policy = one.headers["content-security-policy"]
    (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
    assert one.text.count(f'<script nonce="{nonce}"') == 2
    assert nonce not in two.text
    assert "http" not in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert "content-security-policy" not in asyncio.run(ask("/api/v1/page")).headers
