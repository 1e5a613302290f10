"""What a document shows: commands, the lines they print, its links, the line under its title."""

from __future__ import annotations

import functools
import itertools
import re
import runpy
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer.main

from brand_metagen.cli.main import app
from program import Done, good, inside

DOCS = Path(__file__).parents[1] / "docs"
INDEX = DOCS / "runbooks" / "index.md"
PRACTICE = 2
"""The first commands of the index make the market that all runbooks begin with."""
HEADERS: Mapping[str, Any] = runpy.run_path(str(DOCS / "make_headers.py"))
SHEET = re.compile(r"`(\w[\w-]*(?:/\w[\w-]*)?\.\w+)`:$")
"""How a text asks for a file: in the folder one is in, or in one below it."""
WAITS = {("serve",), ("agents", "serve"), ("mcp", "serve")}
"""Commands that run until they are interrupted: their options are read, no more."""
PASSWORD = b"correct horse battery\n"
FAILS = re.compile(r"# exit code (\d)")
"""What a command says of itself that is meant not to end with 0."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and lines that its output holds, in their order; `…` stands for anything.
    `said` are the lines that begin with `>`: what is typed while it runs."""

    line: int
    command: str
    seen: tuple[str, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that the reader is asked to write."""

    line: int
    name: str
    text: str


def body(path: Path) -> str:
    """A document without the line under its title."""
    text: str = HEADERS["body"](path.read_text(encoding="utf-8"))
    return text


def steps(path: Path) -> list[Step | Sheet]:
    """Indented commands of a document, each with the indented lines right below it; and sheets:
    indented lines under a line that ends with a file's name and a colon."""
    found: list[Step | Sheet] = []
    lines = ["", *path.read_text(encoding="utf-8").splitlines()]
    last = -1
    for number, block in _blocks(lines):
        title = SHEET.search(lines[number - 2])
        if block[0].startswith("brand-metagen "):
            found += _steps(number, block)
        elif title is not None:
            found.append(Sheet(number, title[1], "\n".join(block) + "\n"))
            last = number + len(block)
        elif number == last + 1 and isinstance(sheet := found[-1], Sheet):
            found[-1] = replace(sheet, text="\n".join((sheet.text, *block, "")))
            last = number + len(block)
    return found


def _steps(number: int, block: list[str]) -> Iterator[Step]:
    for place, text in enumerate(block):
        if text.startswith("brand-metagen "):
            below = itertools.takewhile(lambda t: t[:14] != "brand-metagen ", block[place + 1 :])
            yield _step(number + place, text, [line.strip() for line in below])


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of indented lines with the number of the first; a blank line ends one."""
    for indented, run in itertools.groupby(enumerate(lines), lambda n: n[1][:4] == "    "):
        if indented:
            numbered = list(run)
            yield numbered[0][0], [line[4:] for _, line in numbered]


def _step(line: int, command: str, below: list[str]) -> Step:
    seen = tuple(text for text in below if not text.startswith("> "))
    said = tuple(text[2:] for text in below if text.startswith("> "))
    return Step(line, command, seen, said)


@dataclass
class Reader:
    """Somebody who follows a document in a workspace; `words` are put for what the text names."""

    words: dict[str, str] = field(default_factory=dict)

    def follow(self, path: Path, first: int = 0, last: int | None = None) -> int:
        """Run every command (or some of them, by place); its output must show what the document
        says. How many there were."""
        shown = steps(path)[first:last]
        for step in shown:
            if isinstance(step, Sheet):
                Path(step.name).write_text(step.text, encoding="utf-8")
                continue
            where = f"{path.relative_to(DOCS)}:{step.line}: {step.command}"
            done = self.run(step, where)
            missing = self.missing(step.seen, done.out + done.err)
            assert missing is None, (
                f"{where}\nshows no line like {missing!r}:\n{done.out}{done.err}"
            )
        return len(shown)

    def run(self, step: Step, where: str) -> Done:
        args = [self.said(word) for word in shlex.split(step.command, comments=True)[1:]]
        name, known = leaf(args)
        if name in WAITS:
            known.make_context(" ".join(name), args[len(name) :])
            return Done(0, "", "")
        typed = "".join(f"{line}\n" for line in step.said).encode()
        done = inside(*args, stdin=typed or PASSWORD)
        expected = FAILS.search(step.command)
        if expected is None:
            assert done.code == 0, f"{where}\n{done.out}{done.err}"
            return good(done)
        assert done.code == int(expected[1]), f"{where}\n{done.out}{done.err}"
        return done

    def said(self, text: str) -> str:
        """A word as it is today: the year of an id is the present one's."""
        year = datetime.now(UTC).year
        return self.words.get(text, re.sub(r"\bESC-\d{4}-", f"ESC-{year}-", text))

    def missing(self, seen: tuple[str, ...], printed: str) -> str | None:
        """The first line that the output does not have, in this order."""
        lines = iter(printed.splitlines())
        for text in seen:
            parts = [part.split() for part in self.said(text).split("…")]
            wanted = re.compile(".*".join(r"\s+".join(map(re.escape, p)) for p in parts))
            if not any(wanted.search(line) for line in lines):
                return text
        return None


@functools.cache
def root() -> Any:
    """The whole command line; made once, as that takes half a second."""
    return typer.main.get_command(app)


def leaf(args: list[str]) -> tuple[tuple[str, ...], Any]:
    """The command that arguments name, as its path, and itself."""
    command = root()
    path: list[str] = []
    for arg in args:
        children = getattr(command, "commands", {})
        if arg not in children:
            break
        command = children[arg]
        path.append(arg)
    return tuple(path), command


def leaves() -> Iterator[str]:
    """Every command there is, as it is typed."""

    def walk(command: Any, path: tuple[str, ...]) -> Iterator[str]:
        children = getattr(command, "commands", None)
        if children is None:
            yield " ".join(path)
            return
        for name in children:
            yield from walk(children[name], (*path, name))

    yield from walk(root(), ())


def links(path: Path) -> list[str]:
    """Places in this repository that a document points at, without the part within the page."""
    found = re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    return [link for link in found if "://" not in link and not link.startswith("mailto:")]
