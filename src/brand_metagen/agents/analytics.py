"""Learning analytics: what a run came to, in figures and in words that hold no other figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from brand_metagen.agents.figures import MOST_CHARS, invented
from brand_metagen.agents.role import Agent, Means
from brand_metagen.errors import InputError
from brand_metagen.ports import Quoted, Role

ROLE = "learning analytics"


@dataclass(frozen=True, slots=True)
class Given:
    """A completed run of the workspace (the latest by default)."""

    run_id: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """What a model is asked for."""

    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Facts by name, and a text on them; `advice` says how asking a model for the text went."""

    run_id: str
    facts: tuple[str, ...]
    text: str
    advice: str = ""


def decide(given: Given, means: Means) -> Decision:
    """Report on a run; raises InputError where it is not completed."""
    workspace = means.place()
    run = workspace.store.run(given.run_id or workspace.latest_run())
    if not run.summary:
        raise InputError(f"{run.run_id} is {run.state}: it has no figures yet")
    facts = tuple(facts_of(run.summary))
    text, advice = prose(run.run_id, facts, means)
    return Decision(run.run_id, facts, text or ". ".join(facts) + ".", advice)


def prose(run_id: str, facts: tuple[str, ...], means: Means) -> tuple[str, str]:
    """A model's words on the facts, empty where there are none that hold, and how asking went."""
    reply = means.ask(ROLE, run_id, Prose, Quoted("facts", facts))
    if reply is None:
        return "", ""
    if reply.value is None:
        return "", f"{reply.missing}: {reply.said}"
    text = " ".join(reply.value.text.split())
    if not text or len(text) > MOST_CHARS:
        return "", f"rejected: {len(text):,} characters, 1 to {MOST_CHARS:,} are taken"
    if strange := invented(text, facts):
        return "", f"rejected: {', '.join(strange[:5])} stand in no fact"
    return text, "advice"


def facts_of(summary: Mapping[str, object]) -> list[str]:
    """A run's figures as lines, counts with their shares."""
    brands, decisions = _count(summary, "brands"), summary.get("decisions", {})
    lines = [f"{_count(summary, 'brands'):,} brands"]
    for name in ("rules", "abstained", "failed", "to_confirm"):
        lines.append(_line(name, _count(summary, name), brands))
    if isinstance(decisions, Mapping):
        rows = sum(n for n in decisions.values() if isinstance(n, int))
        lines.append(f"{rows:,} rows")
        lines += [_line(f"rows {d}", n, rows) for d, n in decisions.items() if isinstance(n, int)]
    labels = summary.get("labels", {})
    if isinstance(labels, Mapping):
        lines += [f"labels {name}: {n:,}" for name, n in labels.items() if isinstance(n, int)]
    lines.append(f"ties settled: {_count(summary, 'ties_settled'):,}")
    lines.append(f"bad rows: {_count(summary, 'bad_rows'):,}")
    return lines


def _line(name: str, part: int, whole: int) -> str:
    share = f" ({part / whole:.1%})" if whole else ""
    return f"{name.replace('_', ' ')}: {part:,}{share}"


def _count(summary: Mapping[str, object], name: str) -> int:
    found = summary.get(name, 0)
    return found if isinstance(found, int) else 0


AGENT = Agent(
    ROLE,
    "Sums a run up: figures from what its steps left, and a text on them.",
    Given,
    Decision,
    decide,
    "workflow.facts.summary",
    "the text. A number, or a word that counts, that stands in no fact rejects all of it",
    ("2,000 characters of text", "needs a workspace with a completed run"),
    ("report",),
    asker=Role.REVIEWER,
)
