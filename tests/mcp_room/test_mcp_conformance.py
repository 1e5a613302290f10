"""Our registry server by the protocol's own client and by one written by hand, on both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jsonschema
import pytest
from by_hand import Web, Wire, over_pipes
from desks import Calls, Office, Said, official

from brand_metagen import __version__

pytestmark = pytest.mark.slow

CALLS: Calls = (
    ("search_brands", {"query": "STARBUKS"}),
    ("search_brands", {"query": "no such name anywhere"}),
    ("get_brand_info", {"brandid": "1001"}),
    ("validate_sector", {"brandid": "1001", "sector": "Grocery"}),
    ("get_mcc_mappings", {"sector": "Grocery"}),
    ("get_brand_info", {"brandid": "no-such-id"}),
    ("search_brands", {"query": "Tesco", "limit": 0}),
    ("no_such_tool", {}),
)


def by_hand(wire: Wire, calls: Calls) -> Said:
    hello = wire.hello()
    assert hello["serverInfo"]["name"] == "brand-registry"
    assert hello["serverInfo"]["version"] == __version__
    assert "tools" in hello["capabilities"]
    return Said(wire.tools(), [wire.call(name, **arguments) for name, arguments in calls])


@contextmanager
def reached(office: Office, way: str) -> Iterator[str | list[str]]:
    if way == "stdio":
        yield office.command("registry")
    else:
        with office.listening("registry") as url:
            yield url


def asked(office: Office, way: str, client: str) -> Said:
    token = office.tokens["viewer"]
    with reached(office, way) as where:
        if client == "official":
            return official(where, token, CALLS)
        if isinstance(where, list):
            with over_pipes(where) as wire:
                return by_hand(wire, CALLS)
        return by_hand(Web(where, token), CALLS)


@pytest.mark.parametrize("way", ["stdio", "http"])
@pytest.mark.parametrize("client", ["official", "by hand"])
def test_both_clients_are_answered_on_both_ways(shared: Office, way: str, client: str) -> None:
    said = asked(shared, way, client)
    assert list(said.tools) == [
        "search_brands", "get_brand_info", "validate_sector", "get_mcc_mappings",
    ]  # fmt: skip
    for (name, _), answer in zip(CALLS, said.answers, strict=True):
        if not answer.get("isError"):
            jsonschema.validate(answer["structuredContent"], said.tools[name]["outputSchema"])
    found, nothing, info, sector, codes, no_brand, no_limit, no_tool = said.answers
    best = found["structuredContent"]["brands"][0]
    assert (best["brandname"], best["wikidata"], best["origin"]) == (
        "Starbucks", "Q37158", "registry",
    )  # fmt: skip
    assert nothing["structuredContent"] == {
        "query": "no such name anywhere", "known": False, "brands": [],
    }  # fmt: skip
    check_info(info["structuredContent"])
    assert sector["structuredContent"]["valid"] is True
    assert sector["structuredContent"]["alignment"] >= 0.7
    assert "5411" in {use["mccid"] for use in codes["structuredContent"]["codes"]}
    assert error(no_brand) == ("not_found", False)
    assert error(no_limit) == ("invalid_argument", False)
    assert no_tool["isError"] is True


def check_info(info: dict[str, Any]) -> None:
    assert info["combos"] > 0
    assert info["confirmed"] == sum(use["rows"] for use in info["mccs"])
    assert sum(use["share"] for use in info["mccs"]) == pytest.approx(1, abs=1e-4)


def error(answer: dict[str, Any]) -> tuple[str, bool]:
    assert answer["isError"] is True
    said = answer["structuredContent"]["error"]
    assert said["message"]
    return said["kind"], said["retryable"]


def test_the_input_schemas_say_what_is_needed(shared: Office) -> None:
    with over_pipes(shared.command("registry")) as wire:
        wire.hello()
        tools = wire.tools()
    needed = {name: tool["inputSchema"]["required"] for name, tool in tools.items()}
    assert needed == {
        "search_brands": ["query"],
        "get_brand_info": ["brandid"],
        "validate_sector": ["brandid", "sector"],
        "get_mcc_mappings": ["sector"],
    }
    assert tools["search_brands"]["inputSchema"]["properties"]["limit"]["default"] == 10


@pytest.mark.parametrize("token", ["", "bmg_nobody", "x" * 10_000, "bmg_\u00e9"])
def test_over_http_a_good_token_is_needed(shared: Office, token: str) -> None:
    with shared.listening("registry") as url:
        web = Web(url, token) if token.isascii() else Web(url, "", Authorization="Bearer bmg_\xe9")
        status, body = web.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert status == 401, body


def test_a_revoked_token_ends_at_once(office: Office) -> None:
    from program import good, inside

    with office.listening("registry") as url:
        wire = Web(url, office.tokens["viewer"])
        assert wire.tools()
        listed = inside("users", "token", "the-viewer", "--list", "--json", "--workspace",
                        office.workspace)  # fmt: skip
        (token,) = good(listed).data
        good(inside("users", "token", "the-viewer", "--revoke", token["token_id"],
                    "--workspace", office.workspace))  # fmt: skip
        status, _ = wire.post({"jsonrpc": "2.0", "id": 9, "method": "tools/list"})
    assert status == 401


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}], ids=["host", "origin"]
)
def test_a_foreign_page_is_refused(shared: Office, headers: dict[str, str]) -> None:
    with shared.listening("registry") as url:
        web = Web(url, shared.tokens["viewer"], **headers)
        status, _ = web.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    assert status in (403, 421)


def test_without_a_run_the_packaged_table_answers(tmp_path: Any) -> None:
    office = Office(tmp_path / "nowhere", {})
    with over_pipes(office.command("registry")) as wire:
        wire.hello()
        found = wire.call("search_brands", query="tesco", sector="grocery", limit=1)
    (hit,) = found["structuredContent"]["brands"]
    assert (hit["brandname"], hit["origin"]) == ("Tesco", "registry")


def test_a_token_asks_so_often_and_wrong_tokens_less(office: Office) -> None:
    (office.workspace / "config.toml").write_text(
        "[serve]\nrequests_per_minute = 5\nfailures_per_minute = 2\n"
    )
    listing = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    with office.listening("registry") as url:
        good = Web(url, office.tokens["viewer"])
        assert [good.post(listing)[0] for _ in range(6)] == [200] * 5 + [429]
        other = Web(url, office.tokens["reviewer"])
        assert other.post(listing)[0] == 200
        assert [Web(url, f"bmg_wrong{i}").post(listing)[0] for i in range(3)] == [401, 401, 429]
        assert Web(url, "bmg_never_seen").post(listing)[0] == 429
        assert other.post(listing)[0] == 200
