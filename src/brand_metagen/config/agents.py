"""Settings of the advisers, as frozen values with their unit and source."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Language models as advisers. Without a `model` none is asked, and nothing of this is loaded.

    Money is US dollars; prices are the provider's and must be set for the money budgets to hold.
    """

    model: str = ""
    """The provider's model id; empty: no adviser."""
    provider: str = "bedrock"
    """A provider of Strands Agents, by the name of its module: bedrock, anthropic, ollama, …"""
    region: str = "eu-west-1"
    """Where Bedrock is asked (ING-05)."""
    endpoint_url: str = ""
    """Another address of Bedrock than the region's own, such as a VPC endpoint."""
    options: str = ""
    """More arguments of the provider's model, as a JSON object."""
    streaming: bool = True
    """Answers are streamed; off where an endpoint or a model cannot."""
    price_in: float = 0.0
    """Dollars for a million tokens sent."""
    price_out: float = 0.0
    """Dollars for a million tokens answered."""
    call_seconds: float = 20.0
    """A call that has not answered in full by then is cut."""
    call_tokens: int = 1_000
    """Tokens of one answer."""
    call_chars: int = 24_000
    """Characters of one question, some 6,000 tokens; a longer one is not asked."""
    call_money: float = 0.05
    """What one call may cost at the most, where prices are set."""
    run_calls: int = 50
    """Calls of one run."""
    run_tokens: int = 200_000
    """Tokens of one run, sent and answered."""
    run_seconds: float = 300.0
    """Seconds of one run that are spent waiting for answers."""
    run_money: float = 1.0
    """What one run may cost at the most, where prices are set."""
    least_outcomes: int = 50
    """Reviewed rows with an opinion below which opinions on rows are noted but count for nothing:
    their error rate is then known to about a tenth."""
