"""Every error the project raises on purpose, as one tree.

Raised inside, translated once per face: the command line turns `exit_code` into its exit status.
Abstaining is not an error, and an outage never looks like "nothing found".
"""

from collections.abc import Mapping


class BrandMetagenError(Exception):
    """Base of the tree. The message says what happened and what to do about it."""

    exit_code = 1


class InputError(BrandMetagenError):
    """What the caller gave (a file, an option, a table) cannot be used as it is."""

    exit_code = 2


class NotFound(InputError):
    """There is no such brand, version, remark, run or account."""


class RuleError(InputError):
    """A pattern lies outside the portable subset, is too broad, or cannot be proven."""


class ConflictError(BrandMetagenError):
    """Somebody else was faster: a version moved on, or another run holds the workspace.

    `now` holds what is there now, as plain data for programs (who did what when), `told` what else
    belongs to it, by name.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        now: Mapping[str, object] | None = None,
        told: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.now, self.told = dict(now or {}), dict(told or {})


class NotAllowed(BrandMetagenError):
    """The caller's role does not permit this."""

    exit_code = 4


class ServiceError(BrandMetagenError):
    """Something outside the process failed; `retryable` says whether trying again may help."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class IntegrityError(BrandMetagenError):
    """Stored parts disagree with each other: a checksum or a fingerprint does not match."""


UNFORESEEN = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, RuntimeError,
    TypeError, ValueError,
)  # fmt: skip
"""What a mistake of ours raises: caught where the rest must stand all the same, and told of."""
