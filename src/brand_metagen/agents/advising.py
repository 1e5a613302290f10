"""The adviser: budgets held, answers checked, one audit row for every call."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from brand_metagen.agents.budget import CHARS_PER_TOKEN, Budget
from brand_metagen.agents.process import Broken, Late, ModelProcess, Tool
from brand_metagen.agents.quoting import prompt_of, system_of
from brand_metagen.agents.shapes import Malformed, checked, schema
from brand_metagen.config import AgentSettings
from brand_metagen.files import sha256
from brand_metagen.ports import NoAdvice, Question, Reply, Spent
from brand_metagen.ports.adviser import Answer

LOG = logging.getLogger("brand_metagen.agents")
MOST_ANSWER = 20_000
"""Characters of an answer."""
Note = Callable[[str, str, str, Mapping[str, object]], object]
"""Appends to the audit log: actor, action, subject, detail."""


class ModelAdviser:
    """Asks the model of the settings. `note` is where every call is written down, asked or not;
    `run_id` the run that it is asked for."""

    def __init__(self, settings: AgentSettings, note: Note) -> None:
        self.settings = settings
        self.budget = Budget(settings)
        self.run_id = ""
        self._note = note
        self._process = ModelProcess(settings)

    def ask(self, question: Question[Answer]) -> Reply[Answer]:
        """Advice within the budget, or why there is none."""
        request = {
            "system": system_of(question),
            "prompt": prompt_of(question),
            "name": question.answer.__name__,
            "schema": schema(question.answer),
        }
        reply = self._asked(question, request)
        self._written(question.role, question.subject, question.version, request, reply)
        return reply

    def converse(
        self, system: str, prompt: str, tools: Sequence[Mapping[str, Any]], tool: Tool, version: str
    ) -> Reply[str]:
        """One turn of a conversation with tools; the budget counts it as one call."""
        request = {"system": system, "prompt": prompt, "tools": list(tools)}
        said, spent, missing, why = self._sent(request, tool)
        text = said.get("text")
        if missing is None and (not isinstance(text, str) or len(text) > MOST_ANSWER):
            missing, why = NoAdvice.MALFORMED, "no text, or too much of it"
        reply: Reply[str] = Reply(
            text if missing is None else None, self.settings.model, spent, missing, why
        )
        self._written("conversation", "", version, request, reply)
        return reply

    def renew(self) -> None:
        """Begin the budget anew; calls that failed are forgotten with it."""
        self.budget = Budget(self.settings)

    def close(self) -> None:
        """End the process that asks."""
        self._process.close()

    def _asked(self, question: Question[Answer], request: Mapping[str, Any]) -> Reply[Answer]:
        said, spent, missing, why = self._sent(request)
        value: Answer | None = None
        if missing is None:
            try:
                value = self._checked(question, said)
            except Malformed as error:
                missing, why = NoAdvice.MALFORMED, str(error)
        return Reply(value, self.settings.model, spent, missing, why)

    def _checked(self, question: Question[Answer], said: Mapping[str, Any]) -> Answer:
        answers = said.get("answers")
        if not isinstance(answers, list) or len(answers) != 1:
            raise Malformed("not exactly one answer by the tool")
        if len(json.dumps(answers[0])) > MOST_ANSWER:
            raise Malformed(f"more than {MOST_ANSWER:,} characters")
        return checked(question.answer, answers[0])

    def _sent(
        self, request: Mapping[str, Any], tool: Tool | None = None
    ) -> tuple[Mapping[str, Any], Spent, NoAdvice | None, str]:
        """What the model said, what it took, and what is wrong with it, if anything."""
        chars = len(json.dumps(request))
        for kind, why in (
            (NoAdvice.TOO_LARGE, self.budget.too_large(chars)),
            (NoAdvice.BUDGET, self.budget.used_up(chars)),
        ):
            if why:
                return {}, Spent(), kind, why
        began, deadline = time.monotonic(), self.budget.deadline
        said: Mapping[str, Any] = {}
        missing: NoAdvice | None = None
        why = ""
        try:
            said = self._process.ask(request, deadline, tool)
        except Late:
            missing, why = NoAdvice.LATE, f"no answer within {deadline:g} s"
        except Broken as error:
            missing, why = NoAdvice.UNAVAILABLE, str(error)
        if "error" in said:
            missing, why = NoAdvice.UNAVAILABLE, str(said["error"])
        spent = self._counted(said, chars, time.monotonic() - began, failed=missing is not None)
        if missing is None and (why := self.budget.dear(spent)):
            missing = NoAdvice.BUDGET
        return said, spent, missing, why

    def _counted(
        self, said: Mapping[str, Any], chars: int, seconds: float, *, failed: bool
    ) -> Spent:
        """A call that was cut tells nothing of its tokens: the most it can have taken counts."""
        if failed:
            worst = Spent(chars // CHARS_PER_TOKEN, self.settings.call_tokens, seconds)
            return self.budget.take(worst, failed=True)
        tokens = [said.get(name, 0) for name in ("tokens_in", "tokens_out")]
        sent, answered = (n if isinstance(n, int) and n > 0 else 0 for n in tokens)
        return self.budget.take(Spent(sent, answered, seconds))

    def _written(
        self,
        role: str,
        subject: str,
        version: str,
        request: Mapping[str, Any],
        reply: Reply[Any],
    ) -> None:
        detail = {
            "role": role,
            "run": self.run_id,
            "model": self.settings.model,
            "instructions": version,
            "outcome": "advice" if reply.missing is None else reply.missing.value,
            "said": reply.said,
            "tokens_in": reply.spent.tokens_in,
            "tokens_out": reply.spent.tokens_out,
            "seconds": round(reply.spent.seconds, 3),
            "money": round(reply.spent.money, 6),
            "question": sha256(json.dumps(request, sort_keys=True).encode()),
        }
        self._note(f"agent {role}", "advice", subject, detail)
        good = reply.missing is None
        LOG.log(logging.INFO if good else logging.WARNING, "a model was asked", extra={
            "agent": role, "brand": subject, "operation": "advice", "told": True,
            "error": "" if good else str(detail["outcome"]), "context": detail})  # fmt: skip
