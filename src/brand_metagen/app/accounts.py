"""Who may enter: passwords, tokens, roles. Only hashes of secrets are kept, and none is logged."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from threading import BoundedSemaphore

from brand_metagen.errors import ConflictError, InputError, NotAllowed, NotFound
from brand_metagen.ports import Account, Accounts, Actor, Role, Token

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
SHORTEST, LONGEST = 12, 1_000
"""Characters of a password (OWASP ASVS 4.0, 2.1.1 and 2.1.2)."""
COST, BLOCK, LANES = 15, 8, 1
"""scrypt: log2 of its rounds, its block size and parallelism: 32 MB and about 0.1 s a try."""
MOST_COST, MEMORY = 20, 256 * 1024 * 1024
"""What a stored hash may ask for at the most."""
SALT_BYTES = 16
_AT_ONCE = BoundedSemaphore(2)
"""Hashes worked out at the same time: whoever tries many passwords at once must not fill memory."""
TOKEN_BYTES = 32
PREFIX = "bmg_"
"""Begins every token, so that secret scanners know one when they see it."""
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token. `secret` is shown once; nobody can look it up later."""

    secret: str
    token: Token


def add(store: Accounts, actor: str, name: str, role: Role, password: str | None) -> Account:
    """Keep a new account; without a password only tokens sign in.

    Raises InputError for a name or password that will not do, ConflictError for a name taken.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            "a name has 1 to 64 letters, digits and . _ @ + -, a letter or digit first"
        )
    hashed = None if password is None else hash_password(password)
    store.add_account(Account(name, role, hashed, False, ""), actor)
    return known(store, name)


def known(store: Accounts, name: str) -> Account:
    """An account; raises NotFound when there is none of that name."""
    found = store.account(name)
    if found is None:
        raise NotFound(f"no account {name!r}; `brand-metagen users list` shows them")
    return found


def change(
    store: Accounts,
    actor: str,
    name: str,
    *,
    role: Role | None = None,
    password: str | None = None,
    disabled: bool | None = None,
) -> Account:
    """Change what is given; a disabled account is shut out from its next request on.

    Raises ConflictError when nobody would be left to administer.
    """
    account = known(store, name)
    leaves = disabled or (role is not None and role is not Role.ADMIN)
    if leaves and account.role is Role.ADMIN and not account.disabled:
        admins = [a for a in store.accounts() if a.role is Role.ADMIN and not a.disabled]
        if len(admins) == 1:
            raise ConflictError(f"{name} is the last admin; make another one first")
    hashed = None if password is None else hash_password(password)
    return store.change_account(name, actor, role=role, password=hashed, disabled=disabled)


@dataclass(frozen=True, slots=True)
class Isolated:
    """An account that is shut out; `tokens` are the ids that were good until now, sessions at the
    console among them; `admins` those who are left to administer."""

    name: str
    tokens: tuple[str, ...]
    admins: tuple[str, ...]


def isolate(
    store: Accounts, actor: str, name: str, reason: str, *, even_last: bool = False
) -> Isolated:
    """Shut an account out at once: it is disabled and every token of it ends, in one transaction.

    It takes effect with its next request, in any mode. Raises InputError without a reason,
    ConflictError for the last admin unless `even_last` (whoever is at the machine can make
    another one).
    """
    if not reason.strip():
        raise InputError("say why: --reason TEXT")
    account = known(store, name)
    others = tuple(
        a.name
        for a in store.accounts()
        if a.role is Role.ADMIN and not a.disabled and a.name != name
    )
    if not others and account.role is Role.ADMIN and not even_last:
        raise ConflictError(
            f"{name} is the last admin; isolate it at the machine: `brand-metagen users isolate`"
        )
    return Isolated(name, store.isolate(account.name, actor, reason), others)


def issue(store: Accounts, actor: str, name: str, label: str, lifetime: timedelta) -> Issued:
    """Make a token of an account; raises InputError for a lifetime or an account that will not do.

    Its secret is 256 random bits, of which a SHA-256 is kept: there is nothing to guess, so
    nothing slower is needed.
    """
    if not timedelta(0) < lifetime <= timedelta(days=MOST_DAYS):
        raise InputError(f"a token lasts up to {MOST_DAYS:,} days")
    if known(store, name).disabled:
        raise InputError(f"the account {name} is disabled")
    secret = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    expires = (datetime.now(UTC) + lifetime).isoformat(timespec="seconds")
    token_id = f"TOK-{secrets.token_hex(6)}"
    store.add_token(Token(token_id, name, label, expires, ""), digest(secret), actor)
    (token,) = (t for t in store.tokens(name) if t.token_id == token_id)
    return Issued(secret, token)


def revoke(store: Accounts, actor: str, name: str, token_id: str) -> None:
    """End a token of an account for good; raises InputError when it has none of that id."""
    if token_id not in {token.token_id for token in store.tokens(name)}:
        raise InputError(f"{name} has no token {token_id!r}")
    store.revoke_token(token_id, actor)


def holder(store: Accounts, secret: str) -> tuple[Account, Token] | None:
    """Whose token it is; None when it is unknown, expired, revoked or its owner disabled."""
    return store.token_owner(digest(secret))


def signed_in(store: Accounts, name: str, password: str) -> Account | None:
    """The account of a name and its password, None when they do not fit or it is disabled.

    It takes as long for a name that is not there.
    """
    account = store.account(name) if NAME.fullmatch(name) else None
    kept = account.password if account is not None else None
    fits = verify(password, kept or _nobody()) and kept is not None
    return account if fits and account is not None and not account.disabled else None


def need(actor: Actor, role: Role) -> Actor:
    """The actor; raises NotAllowed when their role is not enough."""
    if not actor.role.may(role):
        raise NotAllowed(f"this takes the role {role.value}; {actor.name} is {actor.role.value}")
    return actor


def hash_password(password: str) -> str:
    """The scrypt hash with its salt and parameters; raises InputError for a short password."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(f"a password has {SHORTEST} to {LONGEST:,} characters")
    salt = secrets.token_bytes(SALT_BYTES)
    made = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${salt.hex()}${made.hex()}"


def verify(password: str, kept: str) -> bool:
    """Whether a password is the one of a hash, in time that does not tell how near it was.

    >>> verify("correct horse battery", hash_password("correct horse battery"))
    True
    """
    try:
        kind, cost, block, lanes, salt, wanted = kept.split("$")
        numbers = int(cost), int(block), int(lanes)
        if kind != "scrypt" or not 1 <= numbers[0] <= MOST_COST or len(password) > LONGEST:
            return False
        return compare_digest(
            _scrypt(password, bytes.fromhex(salt), *numbers), bytes.fromhex(wanted)
        )
    except ValueError:
        return False


def digest(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _nobody() -> str:
    """A hash that no password fits, as dear to try as any."""
    return f"scrypt${COST}${BLOCK}${LANES}${'00' * SALT_BYTES}${'00' * 64}"


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    data = password.encode(errors="surrogatepass")
    with _AT_ONCE:
        return hashlib.scrypt(data, salt=salt, n=1 << cost, r=block, p=lanes, maxmem=MEMORY)
