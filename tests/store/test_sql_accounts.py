"""Accounts, roles and tokens as the store keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from human_loop import ANNA, Clock

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import Account, Role, Token
from brand_metagen.store.sql import SqlStore

BEN = Account("ben", Role.REVIEWER, "hash-1", False, "2026-01-01T00:00:00.000+00:00")
TOKEN = Token("T1", "ben", "ci", "2026-03-29T02:00:00.000+00:00", "2026-01-01T00:00:00.000+00:00")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[SqlStore]:
    opened = SqlStore(url, clock=clock)
    opened.add_account(BEN, ANNA)
    yield opened
    opened.close()


def test_accounts_are_kept_and_listed_by_name(store: SqlStore) -> None:
    assert store.account("ben") == BEN
    assert store.account("Ben") is None
    program = Account("Zeta", Role.OPERATOR, None, False, "")
    store.add_account(program, ANNA)
    made = store.account("Zeta")
    assert made == replace(program, created_at="2026-03-29T00:59:30.000+00:00")
    assert store.accounts() == (made, BEN)


def test_a_name_is_given_once(store: SqlStore) -> None:
    with pytest.raises(ConflictError, match="an account 'ben' already"):
        store.add_account(replace(BEN, password="other"), ANNA)
    assert store.account("ben") == BEN


@pytest.mark.parametrize(
    "given",
    [
        {"role": Role.ADMIN},
        {"password": "hash-2"},
        {"disabled": True},
        {"role": Role.VIEWER, "password": "x", "disabled": True},
        {},
    ],
    ids=str,
)
def test_only_what_is_given_changes(store: SqlStore, given: dict[str, object]) -> None:
    expected = replace(BEN, **given)  # type: ignore[arg-type]
    assert store.change_account("ben", ANNA, **given) == expected  # type: ignore[arg-type]
    assert store.account("ben") == expected


def test_who_is_not_there_is_an_input_error(store: SqlStore) -> None:
    for call in (
        lambda: store.change_account("nobody", ANNA, disabled=True),
        lambda: store.add_token(replace(TOKEN, name="nobody"), "digest", ANNA),
        lambda: store.revoke_token("T9", ANNA),
    ):
        with pytest.raises(InputError, match=r"no account|no token"):
            call()


def test_a_token_opens_until_it_expires(store: SqlStore, clock: Clock) -> None:
    store.add_token(TOKEN, "digest", ANNA)
    assert store.token_owner("digest") == (BEN, TOKEN)
    assert store.token_owner("another") is None
    clock.go(3629.999)
    assert store.token_owner("digest") is not None
    clock.go(0.001)
    assert store.token_owner("digest") is None
    assert store.tokens("ben") == (TOKEN,)


@pytest.mark.parametrize(
    "written", ["2026-03-29T02:00:00Z", "2026-03-29T04:00:00+02:00", "2026-03-29 02:00+00:00"]
)
def test_times_compare_whatever_their_form(store: SqlStore, clock: Clock, written: str) -> None:
    store.add_token(replace(TOKEN, expires_at=written), "digest", ANNA)
    assert store.tokens("ben") == (TOKEN,)


@pytest.mark.parametrize("written", ["", "tomorrow", "2026-03-29T02:00:00"])
def test_a_time_that_says_nothing_is_refused(store: SqlStore, written: str) -> None:
    with pytest.raises(InputError):
        store.add_token(replace(TOKEN, expires_at=written), "digest", ANNA)
    assert store.tokens("ben") == ()


def test_a_revoked_token_and_one_of_a_disabled_account_open_nothing(
    store: SqlStore, clock: Clock
) -> None:
    store.add_token(TOKEN, "digest-1", ANNA)
    store.add_token(replace(TOKEN, token_id="T2"), "digest-2", ANNA)
    store.revoke_token("T1", ANNA)
    first = store.tokens("ben")[0].revoked_at
    clock.go(60)
    store.revoke_token("T1", ANNA)
    assert store.tokens("ben")[0].revoked_at == first
    assert store.token_owner("digest-1") is None
    assert store.token_owner("digest-2") is not None
    store.change_account("ben", ANNA, disabled=True)
    assert store.token_owner("digest-2") is None
    store.change_account("ben", ANNA, disabled=False)
    assert store.token_owner("digest-2") is not None


def test_a_secret_stands_for_one_token_and_is_in_no_message(store: SqlStore) -> None:
    store.add_token(TOKEN, "very-secret-digest", ANNA)
    with pytest.raises(ConflictError) as caught:
        store.add_token(replace(TOKEN, token_id="T2"), "very-secret-digest", ANNA)
    assert "very-secret" not in str(caught.value)
