"""Accounts and tokens. Of passwords and tokens only hashes come here, and none into the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, InputError, NotFound
from brand_metagen.ports import Account, Role, Token
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase, stamp

A, T = schema.accounts.c, schema.tokens.c


class AccountPart(SqlBase):
    """Who may enter, and how."""

    def add_account(self, account: Account, actor: str) -> None:
        """Keep a new account; raises ConflictError when the name is taken."""
        with self._writing(always=True) as connection:
            if _find(connection, account.name) is not None:
                raise ConflictError(f"there is an account {account.name!r} already")
            now = self._now()
            values = {**asdict(account), "created_at": account.created_at or now}
            connection.execute(schema.accounts.insert().values(values))
            detail = {"role": account.role.value, "password": account.password is not None}
            append(connection, now, actor, "account_added", account.name, detail)

    def account(self, name: str) -> Account | None:
        """One account, None when there is none of that name."""
        with self._reading() as connection:
            return _find(connection, name)

    def accounts(self) -> tuple[Account, ...]:
        """All accounts in order of their names."""
        with self._reading() as connection:
            found = [
                _account(row) for row in connection.execute(select(schema.accounts)).mappings()
            ]
        return tuple(sorted(found, key=lambda account: account.name))

    def change_account(
        self,
        name: str,
        actor: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        disabled: bool | None = None,
    ) -> Account:
        """Change what is given and leave the rest; the account as it is now."""
        given = {"role": role, "password": password, "disabled": disabled}
        values = {field: value for field, value in given.items() if value is not None}
        with self._writing(always=True) as connection:
            _known(connection, name)
            if values:
                update = schema.accounts.update().where(A.name == name).values(values)
                connection.execute(update)
                shown = {**values, "password": True} if password is not None else values
                append(connection, self._now(), actor, "account_changed", name, shown)
            return _known(connection, name)

    def add_token(self, token: Token, digest: str, actor: str) -> None:
        """Keep a token under the digest of its secret; raises InputError for a time of no zone."""
        expires_at = _moment(token.expires_at)
        with self._writing(always=True) as connection:
            _known(connection, token.name)
            now = self._now()
            times = {"created_at": token.created_at or now, "expires_at": expires_at}
            values = {**asdict(token), **times, "digest": digest}
            connection.execute(schema.tokens.insert().values(values))
            detail = {
                "token_id": token.token_id,
                "label": token.label,
                "expires_at": expires_at,
            }
            append(connection, now, actor, "token_added", token.name, detail)

    def token_owner(self, digest: str) -> tuple[Account, Token] | None:
        """Whose token it is; None when it is unknown, expired, revoked or its owner disabled."""
        query = select(schema.tokens).where(T.digest == digest)
        with self._reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None or row["revoked_at"] is not None or row["expires_at"] <= self._now():
                return None
            owner = _find(connection, row["name"])
        return None if owner is None or owner.disabled else (owner, _token(row))

    def tokens(self, name: str) -> tuple[Token, ...]:
        """An account's tokens, oldest first, those that are no longer good included."""
        query = select(schema.tokens).where(T.name == name).order_by(T.sequence)
        with self._reading() as connection:
            return tuple(_token(row) for row in connection.execute(query).mappings())

    def revoke_token(self, token_id: str, actor: str) -> None:
        """End a token for good; doing it again changes nothing."""
        with self._writing(always=True) as connection:
            query = select(schema.tokens).where(T.token_id == token_id).with_for_update()
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise NotFound(f"no token {token_id!r}")
            if row["revoked_at"] is None:
                now = self._now()
                update = schema.tokens.update().where(T.token_id == token_id)
                connection.execute(update.values(revoked_at=now))
                detail = {"token_id": token_id}
                append(connection, now, actor, "token_revoked", row["name"], detail)

    def isolate(self, name: str, actor: str, reason: str) -> tuple[str, ...]:
        """Disable an account and end all its tokens; the ids of those that were good until now."""
        with self._writing(always=True) as connection:
            _known(connection, name)
            now = self._now()
            connection.execute(schema.accounts.update().where(A.name == name).values(disabled=True))
            good = T.revoked_at.is_(None)
            query = select(T.token_id).where(T.name == name, good, T.expires_at > now)
            ended = tuple(connection.scalars(query.order_by(T.sequence)))
            everyone = schema.tokens.update().where(T.name == name, good)
            connection.execute(everyone.values(revoked_at=now))
            detail = {"tokens": list(ended), "reason": reason}
            append(connection, now, actor, "account_isolated", name, detail)
            return ended


def _moment(text: str) -> str:
    """A time in the one form that compares as text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text[:40]!r} is no time in ISO 8601") from error
    if moment.tzinfo is None:
        raise InputError(f"{text!r} needs its zone, such as +00:00")
    return stamp(moment)


def _find(connection: Connection, name: str) -> Account | None:
    query = select(schema.accounts).where(A.name == name)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _account(row)


def _known(connection: Connection, name: str) -> Account:
    found = _find(connection, name)
    if found is None:
        raise NotFound(f"no account {name!r}; `brand-metagen users list` shows them")
    return found


def _account(row: Mapping[Any, Any]) -> Account:
    return Account(**{**row, "role": Role(row["role"])})


def _token(row: Mapping[Any, Any]) -> Token:
    return Token(**{name: row[name] for name in row if name not in ("sequence", "digest")})
