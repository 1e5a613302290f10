"""What advice may cost: per call and per run, in calls, tokens, seconds and money."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from brand_metagen.config import AgentSettings
from brand_metagen.ports import Spent

CHARS_PER_TOKEN = 3
"""Fewer than any usual tokeniser has on text like ours, so that estimates err to the dear side."""
MILLION = 1_000_000
GIVE_UP = 3
"""Calls in a row without an answer after which a run asks no more."""


@dataclass
class Budget:
    """What a run has spent, and whether one more call is within its means."""

    settings: AgentSettings
    calls: int = 0
    spent: Spent = field(default_factory=Spent)
    failures: int = 0
    """Calls in a row that brought no answer."""

    def too_large(self, chars: int) -> str:
        """Why a question of so many characters may not be sent in one call; empty when it may."""
        settings = self.settings
        if chars > settings.call_chars:
            return f"{chars:,} characters, {settings.call_chars:,} at most (agents.call_chars)"
        dearest = self.priced(chars // CHARS_PER_TOKEN, settings.call_tokens)
        if dearest > settings.call_money:
            return (
                f"may cost ${dearest:.4f}, ${settings.call_money:.4f} at most (agents.call_money)"
            )
        return ""

    def used_up(self, chars: int = 0) -> str:
        """What stands in the way of another call of so many characters; empty when nothing does."""
        settings, spent = self.settings, self.spent
        if self.failures >= GIVE_UP:
            return f"{self.failures} calls in a row brought no answer; no more are made"
        sent = chars // CHARS_PER_TOKEN
        tokens = spent.tokens_in + spent.tokens_out + sent + settings.call_tokens
        money = spent.money + self.priced(sent, settings.call_tokens)
        checks = (
            ("run_calls", self.calls + 1, settings.run_calls),
            ("run_tokens", tokens, settings.run_tokens),
            ("run_seconds", spent.seconds, settings.run_seconds),
            ("run_money", money, settings.run_money),
        )
        for name, would, most in checks:
            if would > most:
                return f"agents.{name} = {most:g} is used up"
        return ""

    @property
    def deadline(self) -> float:
        """Seconds that the next call may take."""
        left = self.settings.run_seconds - self.spent.seconds
        return max(0.0, min(self.settings.call_seconds, left))

    def dear(self, spent: Spent) -> str:
        """Why what a call took was more than one may take; empty when it was not."""
        settings = self.settings
        if spent.tokens_out > settings.call_tokens:
            return f"{spent.tokens_out:,} tokens answered, {settings.call_tokens:,} at most"
        if spent.money > settings.call_money:
            return f"${spent.money:.4f} for one call, ${settings.call_money:.4f} at most"
        return ""

    def take(self, spent: Spent, *, failed: bool = False) -> Spent:
        """Count a call, and return what it took with its price."""
        self.failures = self.failures + 1 if failed else 0
        priced = replace(spent, money=self.priced(spent.tokens_in, spent.tokens_out))
        self.calls += 1
        self.spent = _sum(self.spent, priced)
        return priced

    def counts(self, calls: int, spent: Spent) -> None:
        """Count what the same run had spent before it was resumed."""
        self.calls += calls
        self.spent = _sum(self.spent, spent)

    def priced(self, tokens_in: int, tokens_out: int) -> float:
        """Dollars for so many tokens at the set prices."""
        settings = self.settings
        return (tokens_in * settings.price_in + tokens_out * settings.price_out) / MILLION


def _sum(one: Spent, other: Spent) -> Spent:
    return Spent(
        one.tokens_in + other.tokens_in,
        one.tokens_out + other.tokens_out,
        one.seconds + other.seconds,
        one.money + other.money,
    )
