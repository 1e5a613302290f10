"""Who may do what: accounts, roles and the tokens programs come with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a person may do; each role may do what those before it may."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role is at least the one that is needed.

        >>> Role.OPERATOR.may(Role.REVIEWER), Role.VIEWER.may(Role.REVIEWER)
        (True, False)
        """
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, under which role."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a program. `password` is a salted hash, None = only tokens sign in."""

    name: str
    role: Role
    password: str | None
    disabled: bool
    created_at: str


@dataclass(frozen=True, slots=True)
class Token:
    """An API token by its id; its secret is kept as a hash only. `expires_at` is UTC, ISO 8601."""

    token_id: str
    name: str
    label: str
    expires_at: str
    created_at: str
    revoked_at: str | None = None


class Accounts(Protocol):
    """The part of the store that knows who may enter. Every method is one transaction."""

    def add_account(self, account: Account, actor: str) -> None:
        """Keep a new account (`created_at` may be empty); ConflictError when the name is taken."""
        ...

    def account(self, name: str) -> Account | None: ...

    def accounts(self) -> tuple[Account, ...]: ...

    def change_account(
        self,
        name: str,
        actor: str,
        *,
        role: Role | None = None,
        password: str | None = None,
        disabled: bool | None = None,
    ) -> Account:
        """Change what is given and leave the rest; InputError when there is no such account."""
        ...

    def add_token(self, token: Token, digest: str, actor: str) -> None:
        """Keep a token under the digest of its secret; InputError for a time without a zone."""
        ...

    def token_owner(self, digest: str) -> tuple[Account, Token] | None:
        """Whose token it is; None when it is unknown, expired, revoked or its owner disabled."""
        ...

    def tokens(self, name: str) -> tuple[Token, ...]:
        """An account's tokens, oldest first, those that are no longer good included."""
        ...

    def revoke_token(self, token_id: str, actor: str) -> None: ...

    def isolate(self, name: str, actor: str, reason: str) -> tuple[str, ...]:
        """Disable an account and end every token and session of it, at once; the ids of those
        that were good until now."""
        ...
