"""Accounts, passwords and tokens, over HTTP and from the command line."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from offices import API, Office

from brand_metagen.app import accounts
from brand_metagen.app.workspace import DATABASE
from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Role
from program import good, inside

PASSWORD = "correct horse battery"


def me(office: Office, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return office.client.get(f"{API}/me", headers=headers).status_code


def kept(workspace: Path) -> bytes:
    """All that is on the disk of a store."""
    with sqlite3.connect(workspace / DATABASE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (workspace / DATABASE).read_bytes()


def test_from_an_account_to_its_end(office: Office) -> None:
    wanted = {"name": "ada", "role": "reviewer", "password": PASSWORD}
    made = office.good("POST", "/users", wanted, role=Role.ADMIN)
    assert made == {**made, "name": "ada", "has_password": True, "disabled": False}
    assert office.ask("POST", "/users", wanted, role=Role.ADMIN).status_code == 409
    signed = office.client.post(f"{API}/session", json={"name": "ada", "password": PASSWORD})
    session = signed.json()["token"]
    assert me(office, session) == 200
    path = "/users/ada/tokens"
    token = office.good("POST", path, {"label": "script", "days": 1}, role=Role.ADMIN)
    assert me(office, token["token"]) == 200
    listed = office.get(path, Role.ADMIN)["items"]
    assert [t["label"] for t in listed] == ["session", "script"]
    assert "token" not in listed[0]
    gone = office.ask("DELETE", f"/tokens/{token['token_id']}", role=Role.ADMIN)
    assert gone.status_code == 204
    assert (me(office, token["token"]), me(office, session)) == (401, 200)
    changed = office.good("PATCH", "/users/ada", {"disabled": True}, role=Role.ADMIN)
    assert changed["disabled"]
    assert me(office, session) == 401
    again = office.client.post(f"{API}/session", json={"name": "ada", "password": PASSWORD})
    assert again.status_code == 401
    assert office.ask("POST", path, {}, role=Role.ADMIN).status_code == 400


@pytest.mark.parametrize(
    ("name", "password"),
    [("ada", PASSWORD + "!"), ("nobody", PASSWORD), ("admin", PASSWORD), ("", "")],
)
def test_sign_in_says_no_more_than_no(office: Office, name: str, password: str) -> None:
    accounts.add(office.workspace.store, "test", "ada", Role.VIEWER, PASSWORD)
    answer = office.client.post(f"{API}/session", json={"name": name, "password": password})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "name and password do not fit, or the account is disabled"


def test_no_secret_is_on_the_disk_or_in_the_log(office: Office) -> None:
    wanted = {"name": "ada", "role": "viewer", "password": PASSWORD}
    office.good("POST", "/users", wanted, role=Role.ADMIN)
    token = office.good("POST", "/users/ada/tokens", {}, role=Role.ADMIN)["token"]
    log = office.ask("GET", "/audit?limit=100", role=Role.ADMIN).text
    disk = kept(office.workspace.folder)
    for secret in (PASSWORD, token, token.removeprefix("bmg_")):
        assert secret not in log
        assert secret.encode() not in disk
    assert accounts.digest(token).encode() in disk


def test_a_schema_error_does_not_repeat_a_password(office: Office) -> None:
    wanted = {"name": "ada", "role": "king", "password": PASSWORD}
    answer = office.ask("POST", "/users", wanted, role=Role.ADMIN)
    assert answer.status_code == 422
    assert PASSWORD not in answer.text


def test_the_last_admin_stays(office: Office) -> None:
    for change in ({"disabled": True}, {"role": "viewer"}):
        assert office.ask("PATCH", "/users/admin", change, role=Role.ADMIN).status_code == 409
    accounts.add(office.workspace.store, "test", "second", Role.ADMIN, None)
    assert office.ask("PATCH", "/users/admin", {"role": "viewer"}, role=Role.ADMIN).is_success
    assert office.ask("GET", "/users", role=Role.ADMIN).status_code == 403
    with pytest.raises(ConflictError, match="last admin"):
        accounts.change(office.workspace.store, "test", "second", disabled=True)


def test_hashes_are_salted_and_carry_their_parameters() -> None:
    one, two = accounts.hash_password(PASSWORD), accounts.hash_password(PASSWORD)
    assert one != two
    assert one.startswith("scrypt$15$8$1$")
    cheap = "scrypt$4$8$1$00$" + accounts._scrypt(PASSWORD, b"\0", 4, 8, 1).hex()
    assert accounts.verify(PASSWORD, cheap)
    for broken in (
        "",
        "scrypt",
        "scrypt$99$8$1$00$00",
        one.replace("scrypt", "plain"),
        one[:-2] + "zz",
    ):
        assert not accounts.verify(PASSWORD, broken)


def test_tokens_are_long_and_never_the_same(office: Office) -> None:
    store, day = office.workspace.store, timedelta(days=1)
    made = {accounts.issue(store, "test", "viewer", "", day).secret for _ in range(20)}
    assert len(made) == 20
    assert all(len(secret) == len("bmg_") + 43 for secret in made)
    for days in (0, -1, 4_000):
        with pytest.raises(InputError, match="days"):
            accounts.issue(store, "test", "viewer", "", timedelta(days=days))


@pytest.mark.parametrize("name", ["", "-x", "a b", "a" * 65, "ä", "a\n", "<b>"])
def test_names_that_will_not_do(office: Office, name: str) -> None:
    with pytest.raises(InputError):
        accounts.add(office.workspace.store, "test", name, Role.VIEWER, None)


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 1_001])
def test_passwords_that_will_not_do(password: str) -> None:
    with pytest.raises(InputError):
        accounts.hash_password(password)


def test_the_command_line_makes_the_first_admin(tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    where = ("--workspace", workspace)
    typed = f"{PASSWORD}\n".encode()
    made = good(inside("users", "add", "ada", "--role", "admin", *where, "--json", stdin=typed))
    assert made.data[0]["role"] == "admin"
    assert PASSWORD not in made.out + made.err
    assert inside("users", "add", "ada", *where, stdin=typed).code == 3
    assert inside("users", "add", "bob", *where, stdin=b"\n").code == 2
    good(inside("users", "add", "bob", "--no-password", *where))
    plain = good(inside("users", "token", "bob", "--label", "script", *where))
    assert plain.out.startswith("bmg_")
    assert len(plain.out.splitlines()) == 1
    (token,) = good(inside("users", "token", "bob", "--list", *where, "--json")).data
    assert token["label"] == "script"
    revoked = good(inside("users", "token", "bob", "--revoke", token["token_id"], *where, "--json"))
    assert revoked.data[0]["revoked_at"]
    assert inside("users", "token", "ada", "--revoke", token["token_id"], *where).code == 2
    good(inside("users", "disable", "bob", *where))
    assert inside("users", "disable", "ada", *where).code == 3
    assert inside("users", "token", "bob", *where).code == 2
    listed = good(inside("users", "list", *where, "--json")).data
    assert [(u["name"], u["disabled"]) for u in listed] == [("ada", False), ("bob", True)]
    good(inside("users", "disable", "bob", "--enable", *where))
    assert PASSWORD.encode() not in kept(workspace)
