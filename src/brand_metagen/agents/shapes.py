"""Typed values from and to plain data, checked: what agents are given, and what models answer."""

from __future__ import annotations

from typing import Any, TypeVar

Value = TypeVar("Value")


class Malformed(Exception):
    """Plain data that is not of the shape."""


def _adapter(kind: type[Any]) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def schema(kind: type[Any]) -> dict[str, Any]:
    """The JSON schema of a dataclass."""
    found: dict[str, Any] = _adapter(kind).json_schema()
    return found


def checked(kind: type[Value], data: Any) -> Value:
    """The value of plain data; raises Malformed, naming the first field that does not fit."""
    from pydantic import ValidationError

    try:
        made: Value = _adapter(kind).validate_python(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Malformed(f"{where or kind.__name__}: {first['msg']}") from error
    return made
