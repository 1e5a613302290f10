"""`mcp.json`: the servers that may be asked, in order, as other clients of the protocol know it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from brand_metagen.config import environment
from brand_metagen.errors import InputError

FILE = "mcp.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}")
VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
OURS = "brandMetagen"
"""Our own settings of a server; other clients pass over keys they do not know."""
QUERY = "{query}"
"""Stands for the brand's name in the arguments of a question."""
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Question:
    """How a server is asked about a name: its tool, and arguments in which `{query}` is the
    name."""

    tool: str
    arguments: Mapping[str, Any]

    def about(self, name: str) -> dict[str, Any]:
        """The arguments for one name."""
        return {key: _filled(value, name) for key, value in self.arguments.items()}


OWN_QUESTION = Question("search_brands", {"query": QUERY, "limit": 5})
"""What a server is asked that speaks as ours does."""


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """One server: a command to start, or an address. `problem` says why it cannot be asked (a
    secret that is not set); values that may be secrets are never printed."""

    name: str
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str = ""
    url: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    question: Question | None = OWN_QUESTION
    """None = runs do not ask it."""
    problem: str = ""

    @property
    def where(self) -> str:
        """What is reached, without what may be secret."""
        if self.url:
            parts = urlsplit(self.url)
            return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}"
        return Path(self.command[0]).name if self.command else ""


def read_servers(path: Path, variables: Mapping[str, str]) -> list[ServerSpec]:
    """The servers of a file in its order, those marked as disabled left out.

    `${NAME}` and `${NAME:-default}` in their values are filled from the variables. Raises
    InputError saying where the file is wrong; a variable that is not set makes only its server
    unusable.
    """
    try:
        raw = path.read_bytes()
        if len(raw) > MOST_BYTES:
            raise InputError(
                f"{path}: larger than {MOST_BYTES:,} bytes; this is no list of servers"
            )
        tree = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON: {error}") from error
    servers = tree.get("mcpServers") if isinstance(tree, dict) else None
    if not isinstance(servers, dict):
        raise InputError(f'{path}: it looks like {{"mcpServers": {{"NAME": {{"command": …}}}}}}')
    specs = [_spec(path, name, entry, variables) for name, entry in servers.items()]
    return [spec for spec in specs if spec is not None]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: of two servers of one name, which is meant?"""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{max(names, key=names.count)[:64]!r} stands twice")
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _spec(path: Path, name: str, entry: Any, variables: Mapping[str, str]) -> ServerSpec | None:
    where = f"{path}: server {str(name)[:64]!r}"
    if not NAME.fullmatch(name) or not isinstance(entry, dict):
        raise InputError(f"{where}: a name of letters and digits, and an object with its settings")
    disabled, cwd = entry.get("disabled", False), entry.get("cwd", "")
    if not isinstance(disabled, bool) or not isinstance(cwd, str):
        raise InputError(f"{where}: disabled is true or false, cwd is a text")
    if disabled:
        return None
    url, command = entry.get("url", ""), entry.get("command", "")
    if not isinstance(url, str) or not isinstance(command, str) or bool(url) == bool(command):
        raise InputError(f"{where}: it has either a command or a url")
    ours = entry.get(OURS, {})
    if not isinstance(ours, dict):
        raise InputError(f"{where}: {OURS} is an object")
    args = entry.get("args", [])
    if not isinstance(args, list) or not all(isinstance(arg, str) for arg in args):
        raise InputError(f"{where}: args is a list of texts")
    env, headers = _texts(where, entry, "env"), _texts(where, entry, "headers")
    question = _question(where, ours)
    try:
        filled = _Filler(variables)
        made = ServerSpec(
            name,
            tuple(filled(part) for part in (command, *args)) if command else (),
            {key: filled(value) for key, value in env.items()},
            filled(cwd),
            filled(url),
            {key: filled(value) for key, value in headers.items()},
            question,
        )
    except KeyError as missing:
        why = f"the variable {missing.args[0]} is not set"
        return ServerSpec(name, question=question, problem=why)
    if made.url and not made.url.startswith(("http://", "https://")):
        raise InputError(f"{where}: url begins with http:// or https://")
    if entry.get("type") == "sse":
        why = "it is of type sse, which is not spoken here; streamable HTTP is"
        return ServerSpec(name, question=question, problem=why)
    if why := _unusable(made):
        return ServerSpec(name, question=question, problem=why)
    return made


def _unusable(made: ServerSpec) -> str:
    """What in the settings, with variables filled in, no system takes; values are not repeated."""
    if made.url:
        try:
            parts = urlsplit(made.url)
            whole = bool(parts.hostname) and parts.port != 0 and _plain(made.url)
        except ValueError:
            whole = False
        if not whole:
            return "its url is no address"
    if not all(map(_plain, (*made.command, made.cwd, *made.env.values()))):
        return "its command, cwd or env holds a character that cannot be passed on"
    if not all(map(VARIABLE_NAME.fullmatch, made.env)):
        return "env has a name that no variable may have"
    if not all(map(HEADER_NAME.fullmatch, made.headers)):
        return "headers has a name that no header may have"
    if not all(_plain(value) and value.isascii() for value in made.headers.values()):
        return "a header holds a line break or another sign that no header may have"
    return ""


def _plain(text: str) -> bool:
    """Whether a text has no control marks and can be written out."""
    return not any(c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in text)


def _texts(where: str, entry: Mapping[str, Any], name: str) -> Mapping[str, str]:
    found = entry.get(name, {})
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise InputError(f"{where}: {name} maps names to texts")
    return found


def _question(where: str, ours: Mapping[str, Any]) -> Question | None:
    asked = ours.get("asks", True)
    if asked is True or asked is False:
        return OWN_QUESTION if asked else None
    if not (
        isinstance(asked, dict)
        and isinstance(asked.get("tool"), str)
        and isinstance(asked.get("arguments"), dict)
    ):
        raise InputError(
            f'{where}: asks is true, false or {{"tool": "NAME", "arguments": {{"q": "{QUERY}"}}}}'
        )
    return Question(asked["tool"], asked["arguments"])


class _Filler:
    """Fills in variables; raises KeyError for one that is not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def __call__(self, text: str) -> str:
        return VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        name, default = found.group(1), found.group(2)
        value = self._variables.get(name) or default
        if value is None:
            raise KeyError(name)
        return value


def _filled(value: Any, name: str) -> Any:
    return value.replace(QUERY, name) if isinstance(value, str) else value


def servers_of(workspace: Path, config: Path | None = None) -> list[ServerSpec]:
    """The servers of a file (`mcp.json` of the workspace); without one our own over it."""
    path = config or workspace / FILE
    if config is None and not path.is_file():
        return [own_server(workspace)]
    return read_servers(path, environment())


def own_server(workspace: Path) -> ServerSpec:
    """Our own registry server over this workspace, for when no file names any."""
    command = (sys.executable, "-m", "brand_metagen", "mcp", "serve", "registry")
    return ServerSpec("brand-registry", (*command, "--workspace", str(workspace.resolve())))
