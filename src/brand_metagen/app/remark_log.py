"""A line of the log for every remark: what became of it, never what it says."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from brand_metagen import tracing
from brand_metagen.app.live import Live
from brand_metagen.errors import BrandMetagenError

LOG = logging.getLogger("brand_metagen.feedback")
AGENT = "feedback processing"
COUNTED = ("understood", "not_understood")
"""Lists of an answer of which the length is written."""


class Answered(Protocol):
    """What a remark was answered, as plain data."""

    @property
    def reply(self) -> Mapping[str, object]: ...

    @property
    def replayed(self) -> bool: ...


More = ParamSpec("More")
Answer = TypeVar("Answer", bound=Answered)
Submit = Callable[Concatenate[Live, str, str, More], Answer]
"""Takes the market, who remarks, on which brand, and more."""


def logged(submit: Submit[More, Answer]) -> Submit[More, Answer]:
    """The same, with its line; work within it is that of the agent, on the brand."""

    @wraps(submit)
    def done(
        live: Live, actor: str, brandid: str, /, *more: More.args, **named: More.kwargs
    ) -> Answer:
        began = time.monotonic()
        with tracing.within(agent=AGENT, brand=brandid, operation="feedback"):
            try:
                made = submit(live, actor, brandid, *more, **named)
            except BrandMetagenError as error:
                said = {"error": type(error).__name__, "context": {"actor": actor}}
                LOG.warning("a remark was refused", extra=said)
                raise
            _say(actor, made, time.monotonic() - began)
        return made

    return done


def _say(actor: str, made: Answered, seconds: float) -> None:
    reply: Mapping[str, Any] = made.reply
    context = {name: reply.get(name) for name in ("outcome", "category", "round", "version")}
    context |= {name: len(reply.get(name) or ()) for name in COUNTED}
    context |= {"actor": actor, "stored": reply.get("stored"), "replayed": made.replayed}
    context["seconds"] = round(seconds, 3)
    LOG.info("a remark was processed", extra={"context": context})
