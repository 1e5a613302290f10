"""Lines that nobody can forge, and that hold no secrets."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brand_metagen import tracing
from brand_metagen.logs.lines import JsonLines, Words
from brand_metagen.logs.redact import harmless, redacted

HOSTILE = "A\n2026-03-29T01:00:00 ERROR forged\r\x1b[2J\u202e\u2066\u2028\x85\x00B"


def record(
    message: str = "x", level: int = logging.INFO, error: BaseException | None = None, **extra: Any
) -> logging.LogRecord:
    info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord("brand_metagen.x", level, "", 0, message, (), info)  # type: ignore[arg-type]
    made.__dict__.update(extra)
    return made


def said(made: logging.LogRecord, *, narratives: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(JsonLines(narratives=narratives).format(made))
    return found


def test_a_line_says_what_was_done_where() -> None:
    with tracing.within(trace="t" * 32, agent="evaluator", brand="7", operation="evaluate"):
        found = said(record(context={"rows": 3}, level=logging.ERROR, error=ValueError("no")))
    assert {name: found[name] for name in ("level", "agent", "brand", "operation", "error")} == {
        "level": "error", "agent": "evaluator", "brand": "7", "operation": "evaluate",
        "error": "ValueError",
    }  # fmt: skip
    assert (found["trace"], found["context"]) == ("t" * 32, {"rows": 3})
    assert found["at"].endswith("+00:00")
    assert "ValueError: no" in found["traceback"]
    assert said(record(agent="tiebreaker"))["agent"] == "tiebreaker"


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(), st.dictionaries(st.text(max_size=5), st.text(), max_size=3))
def test_no_text_leaves_its_line(message: str, brand: str, context: dict[str, str]) -> None:
    made = record(message.replace("%", ""), brand=brand, context=context)
    line = JsonLines().format(made)
    assert line.isascii()
    assert line.isprintable()
    json.loads(line)
    for times in (False, True):
        words = Words(times=times).format(made)
        assert words.isprintable() or words == ""


def test_a_forged_line_stays_a_part_of_its_own() -> None:
    made = record(HOSTILE, brand=HOSTILE, context={HOSTILE: HOSTILE}, operation=HOSTILE)
    assert JsonLines().format(made).isprintable()
    assert Words(times=True).format(made).isprintable()
    traceback = Words(times=True).format(record(error=ValueError(HOSTILE))).splitlines()
    assert not [line for line in traceback[1:] if not line.startswith("    ")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("api_key=abc and api-key: def", "[secret] and [secret]"),
        ("postgresql+psycopg://ana:hunter2@db/x", "postgresql+psycopg://ana:[secret]@db/x"),
        ("Authorization: Basic YW5hOnB3", "[secret]"),
        ("AKIAIOSFODNN7EXAMPLE is an id", "[secret] is an id"),
        ("client_secret='x'", "client_[secret]"),
        ("the basic rule of thumb", "the basic rule of thumb"),
        ("https://hooks.example/x", "https://hooks.example/x"),
    ],
)
def test_secrets_are_cut_out(text: str, left: str) -> None:
    assert redacted(text) == left


def test_fields_named_like_secrets_are_never_written() -> None:
    given = {"Password": "x", "smtp_password": "x", "token": "x", "API_KEY": "x", "cookie": "x",
             "webhook_url": "x", "deep": [{"authorization": "x"}], "tokens_in": 4}  # fmt: skip
    found = harmless(given, narratives=True)
    assert "x" not in json.dumps(found).replace("tokens", "")
    assert found["tokens_in"] == 4


def test_narratives_are_written_when_wanted_or_when_looking_closely() -> None:
    given = {"narrative": "STAR 12", "narratives": ["STAR 12"], "remark": "too broad"}
    shown = {"narrative": "STAR 12", "narratives": ["STAR 12"], "remark": "too broad"}
    hidden = {"narrative": "[text]", "narratives": ["[text]"], "remark": "[text]"}
    assert said(record(context=given))["context"] == hidden
    assert said(record(context=given), narratives=True)["context"] == shown
    assert said(record(context=given, level=logging.DEBUG))["context"] == shown


@pytest.mark.parametrize(
    ("parent", "request_id", "taken"),
    [
        (f"00-{'ab' * 16}-{'c' * 16}-01", "order-4711", "ab" * 16),
        ("", "order-4711", "order-4711"),
        (f"00-{'0' * 32}-{'c' * 16}-01", "", None),
        (f"00-{'AB' * 16}-{'c' * 16}-01", "", None),
        (f"00-{'ab' * 16}-{'c' * 16}-01\nx", "", None),
        ("", "short", None),
        ("", "x" * 65, None),
        ("", "order 4711", None),
        ("", "order-4711\x1b[2J", None),
        ("", "order-4711\n", None),
    ],
)
def test_only_well_formed_ids_are_taken(parent: str, request_id: str, taken: str | None) -> None:
    found = tracing.taken(parent, request_id)
    assert found == taken if taken else (len(found) == 32 and int(found, 16) > 0)
