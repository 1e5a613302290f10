"""A conversation: messages in, replies out; tools run under the speaker's role, each call logged.

With a model, the model chooses tools and words what they answered; without one a small command
grammar does. Either way the tools are the same, a change waits for a plain yes, and every reply
says who worded it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from brand_metagen.agents import chat_words
from brand_metagen.agents.chat_names import BrandNames
from brand_metagen.agents.chat_reading import guessed, understood, with_ids
from brand_metagen.agents.chat_shapes import ChatTool, ToolContext, checked
from brand_metagen.agents.chat_tools import TOOLS, problems
from brand_metagen.agents.figures import invented
from brand_metagen.agents.grammar import MOST_CHARS, Intent, commands, completed
from brand_metagen.agents.instructions import PACKAGED, Instructions
from brand_metagen.agents.quoting import RULES, as_data, masked
from brand_metagen.errors import (
    BrandMetagenError,
    ConflictError,
    InputError,
    NotAllowed,
    ServiceError,
)
from brand_metagen.records import plain

if TYPE_CHECKING:
    from brand_metagen.agents.advising import ModelAdviser

PAGE = 10
"""Items shown at once (CHAT-11)."""
TURNS = 6
"""Turns of the conversation so far that a model is shown."""
YES = re.compile(r"(?:yes|y|yes please|go on|do it|ok|okay|confirm)[.! ]*", re.IGNORECASE)
NO = re.compile(r"(?:no|n|cancel|stop|never mind|nevermind)[.! ]*", re.IGNORECASE)
MORE = re.compile(r"(?:more|next|next page|go on)[.! ]*", re.IGNORECASE)
COMMANDS = "commands"
"""Who worded a reply when no model did."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: user input, permission, backend or system (CHAT-13)."""

    kind: str
    message: str
    details: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class Said:
    """One reply. `by` is `commands`, or the model; `data` what the tools answered, one page of it;
    `left` items on further pages; `asks` whether it is a question."""

    text: str
    by: str = COMMANDS
    tool: str = ""
    data: Any = None
    left: int = 0
    asks: bool = False
    problem: Problem | None = None
    notices: tuple[str, ...] = ()


@dataclass
class Conversation:
    """One speaker's conversation over one workspace. `adviser` None: the command grammar alone."""

    context: ToolContext
    adviser: ModelAdviser | None = None
    instructions: Instructions = PACKAGED
    waiting: tuple[ChatTool, dict[str, Any]] | None = None
    """A change that waits for a yes."""
    unfinished: Intent | None = None
    """A command that waits for an argument."""
    rest: list[Any] = field(default_factory=list)
    """Items of the last list that were not shown yet."""
    turns: list[tuple[str, str]] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    """Problems that were mentioned unasked."""

    def say(self, message: str) -> Said:
        """The reply to a message; whatever goes wrong is a reply, too."""
        text = message.strip()
        said = self._reply(text)
        self.turns = [*self.turns, (text, said.text)][-TURNS:]
        return said

    def _reply(self, text: str) -> Said:
        if len(text) > MOST_CHARS:
            return _went_wrong(InputError(f"a message has {MOST_CHARS:,} characters at the most"))
        if self.waiting is not None and (YES.fullmatch(text) or NO.fullmatch(text)):
            return self._answered(yes=bool(YES.fullmatch(text)))
        self.waiting = None
        if self.rest and MORE.fullmatch(text):
            return self._page(self.rest, "")
        brands = BrandNames(self.context.workspace)
        found = understood(text, brands)
        if self.unfinished is not None and (found is None or found.loose):
            return self._filled(text, found)
        self.unfinished = None
        if found is None and self.adviser is not None:
            return self.by_model(text)
        return self._done(found or guessed(text, brands))

    def _answered(self, *, yes: bool) -> Said:
        assert self.waiting is not None
        (tool, arguments), self.waiting = self.waiting, None
        if not yes:
            return Said("Nothing was done.", tool=tool.name)
        return self._run(tool, arguments)

    def _filled(self, text: str, found: Intent | None) -> Said:
        """An answer to what a command still needed."""
        intent, self.unfinished = self.unfinished, None
        assert intent is not None
        if NO.fullmatch(text):
            return Said("Nothing was done.")
        said = (found.arguments or {}).get(intent.missing, text) if found else text
        arguments = {**(intent.arguments or {}), intent.missing: said}
        return self._done(completed(intent.tool, arguments))

    def _done(self, intent: Intent) -> Said:
        if intent.reply:
            return Said(intent.reply, asks=True, notices=self._notices())
        if not intent.tool:
            return self._puzzled(intent)
        if intent.missing:
            self.unfinished = intent
            return Said(intent.question, tool=intent.tool, asks=True)
        said = self._called(TOOLS[intent.tool], intent.arguments or {})
        if intent.taken and said.problem is None:
            return replace(said, text=f"Taken as `{intent.taken}`. {said.text}")
        return said

    def _puzzled(self, intent: Intent) -> Said:
        """Not understood: what may have been meant, and why no more is."""
        near = "; ".join(f"`{command}`" for command in intent.suggestions)
        parts = (
            "This is not understood.",
            intent.question,
            f"Commands near it: {near}." if near else "",
            "" if self.adviser else "No model is set, so only commands are read;",
            "`help` shows what can be said.",
        )
        return Said(" ".join(part for part in parts if part), asks=True)

    def _called(self, tool: ChatTool, given: Mapping[str, Any]) -> Said:
        """Run a tool, or ask first where it changes something."""
        try:
            arguments = checked(tool, given, self.context.actor)
            if tool.names:
                arguments = with_ids(tool, arguments, BrandNames(self.context.workspace))
        except BrandMetagenError as error:
            self._log(tool, given, type(error).__name__)
            return _went_wrong(error, tool.name)
        if tool.changes:
            self.waiting = (tool, arguments)
            shown = ", ".join(self._shown(tool, name, value) for name, value in arguments.items())
            self._log(tool, arguments, "asked first")
            return Said(f"{tool.name} with {shown}? Say yes to go on.", tool=tool.name, asks=True)
        return self._run(tool, arguments)

    def _shown(self, tool: ChatTool, name: str, value: Any) -> str:
        """An argument as it is put to the speaker, brands with their names."""
        if name not in tool.names or value == "all":
            return f"{name} {value!r}"
        lines = map(self.context.workspace.store.line, value.split(", "))
        return f"{name} {value!r} ({', '.join(line.brandname for line in lines)})"

    def _run(self, tool: ChatTool, arguments: Mapping[str, Any]) -> Said:
        try:
            found = tool.run(self.context, arguments)
        except BrandMetagenError as error:
            self._log(tool, arguments, type(error).__name__)
            return _went_wrong(error, tool.name)
        self._log(tool, arguments, "done")
        data = json.loads(json.dumps(plain(found), default=str))
        if isinstance(data, list):
            page = self._page(data, tool.name)
            told = "Say, for example: " + "; ".join(commands()) + "."
            if tool.told is not None:
                told = tool.told(data)
            return replace(page, text=told) if tool.told or tool.name == "get_help" else page
        if isinstance(data, dict) and tool.told is not None:
            return Said(tool.told(data), tool=tool.name, data=data, notices=self._notices())
        items = data.get("items") if isinstance(data, dict) else None
        if isinstance(items, list):
            return self._page(items, tool.name)
        return Said(_summed(tool, data), tool=tool.name, data=data, notices=self._notices())

    def _page(self, items: list[Any], tool: str) -> Said:
        shown, self.rest = items[:PAGE], items[PAGE:]
        if not shown:
            text = "Nothing was found. Ask for more: another state or period, or all brands."
        else:
            more = f"; {len(self.rest):,} more: say `more`" if self.rest else ""
            text = f"{chat_words.counts(shown)}{len(shown):,} shown{more}."
        return Said(text, tool=tool, data=shown, left=len(self.rest), notices=self._notices())

    def _notices(self) -> tuple[str, ...]:
        """Problems that were not mentioned yet."""
        fresh = tuple(p for p in problems(self.context) if p not in self.told)
        self.told.update(fresh)
        return fresh

    def by_model(self, text: str) -> Said:
        """A model chooses tools and words the reply; figures that no tool gave reject its words."""
        assert self.adviser is not None
        heard: list[Said] = []

        def tool(name: str, given: Mapping[str, Any]) -> str:
            if name not in TOOLS:
                said = _went_wrong(InputError(f"no tool {name!r}"))
            else:
                said = self._called(TOOLS[name], given)
            heard.append(said)
            return as_data(_masked(plain(said)))

        current = self.instructions.of("conversation")
        history = [{"operator": o, "reply": r} for o, r in self.turns]
        shown = as_data(_masked({"history": history, "operator": text}))
        reply = self.adviser.converse(
            f"{current.text}\n\n{RULES.split(' Answer only')[0]}",
            f"<data>\n{shown}\n</data>\nAnswer what the operator says last.",
            [t.spec() for t in TOOLS.values()],
            tool,
            current.version,
        )
        last = heard[-1] if heard else None
        asked = next((s for s in heard if s.asks), None)
        if asked is not None:
            return asked  # a change is only ever put to the speaker in our words
        if reply.value is None:
            return last or self._unaided(text, reply.said)
        facts = [text, *(json.dumps(plain(s)) for s in heard)]
        words = "" if invented(reply.value, facts) else reply.value.strip()
        if last is None and not words:
            return self._unaided(text, "its answer held figures of its own")
        by = f"model {reply.model}" if words else COMMANDS
        base = last or Said("")
        return Said(words or base.text, by, base.tool, base.data, base.left, False, base.problem,
                    base.notices)  # fmt: skip

    def _unaided(self, text: str, why: str) -> Said:
        """The grammar's reply where a model was of no help, and why."""
        said = self._done(guessed(text, BrandNames(self.context.workspace)))
        return replace(said, notices=(f"the model was of no help: {why}",))

    def _log(self, tool: ChatTool, arguments: Mapping[str, Any], outcome: str) -> None:
        """Every call of a tool stands in the audit log (CHAT-14)."""
        shown = {name: str(value)[:200] for name, value in arguments.items()}
        detail = {"arguments": _masked(shown), "outcome": outcome}
        actor = self.context.actor.name
        self.context.workspace.store.note(actor, "chat tool", tool.name, detail)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(item) for key, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list | tuple) else value


def _summed(tool: ChatTool, data: Any) -> str:
    """One line on what a tool answered."""
    told = {"run_id", "state", "status", "outcome", "brandid", "brandname", "version", "confidence",
            "question", "explanation", "last_run", "release", "needs_confirmation", "period",
            "runs", "regex", "at"}  # fmt: skip
    if not isinstance(data, dict):
        return tool.name
    parts = [f"{k.replace('_', ' ')}: {v}" for k, v in data.items() if k in told and v is not None]
    return "; ".join(parts) or tool.name


def _went_wrong(error: BrandMetagenError, tool: str = "") -> Said:
    kinds: tuple[tuple[type[BrandMetagenError], str, str], ...] = (
        (NotAllowed, "permission", "ask somebody whose role allows it, or an admin for the role"),
        (ServiceError, "backend", "try again in a while; `health` says what else is wrong"),
        (ConflictError, "user input", "look at it again: somebody was faster"),
        (InputError, "user input", "say it otherwise; `help` shows what can be said"),
        (
            BrandMetagenError,
            "system",
            "tell the operators; `brand-metagen verify` checks the store",
        ),
    )
    _, kind, suggestion = next(entry for entry in kinds if isinstance(error, entry[0]))
    first, _, rest = str(error).partition(". ")
    problem = Problem(kind, first, rest, suggestion)
    text = f"This did not work ({kind}): {error}. You can {suggestion}."
    return Said(text, tool=tool, problem=problem)
