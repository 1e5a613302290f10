"""A message as text: every fact, on lines that nobody else can write."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from messages import notice, with_reason

from brand_metagen.notify.letter import SUBJECT_CHARS, TEXT_CHARS, letter, subject

HEADS = {
    "What happened", "Note", "Brand", "Cause", "Reason", "Level", "State", "Who has it",
    "Rounds of feedback", "Version", "Confidence", "rows", "When",
}  # fmt: skip


def test_a_letter_says_brand_reason_history_and_what_happened() -> None:
    lines = letter(notice()).splitlines()
    assert lines[0] == "ESC-2026-001 opened: Star (7), round limit"
    facts = {
        "What happened: opened by system", "Brand: 7 Star", "Reason: 10 rounds",
        "Rounds of feedback: 10", "Version: 12", "Confidence: 0.4", "rows: 12",
    }  # fmt: skip
    assert facts <= set(lines)
    assert lines[-1] == "Case ESC-2026-001 has the rest."


@given(st.text(max_size=80))
def test_no_text_passes_for_another_fact(text: str) -> None:
    heads = {
        line.partition(": ")[0] for line in letter(with_reason(text)).splitlines()[1:]
        if ": " in line and not line.startswith(" ")
    }  # fmt: skip
    assert heads <= HEADS


@given(st.text(max_size=400))
def test_a_subject_is_one_printable_line(text: str) -> None:
    found = subject(notice(text))
    assert found.isprintable()
    assert len(found) <= SUBJECT_CHARS


def test_long_texts_are_cut() -> None:
    assert len(letter(with_reason("x" * 100_000))) < 3 * TEXT_CHARS


def test_a_body_of_another_shape_still_makes_a_letter() -> None:
    assert "no single brand" in letter(notice(body={"case": 3}))


def test_a_letter_of_an_alarm_says_why_and_what_to_do() -> None:
    body = {
        "alarm": {"name": "run-failed", "state": "ALARM", "before": "OK", "reason": "1 above 0",
                  "rule": "more than none", "means": "a run ended\nBcc: x", "steps": ["a", "b"]},
        "at": "2026-01-02T03:04:05.000+00:00",
    }  # fmt: skip
    made = replace(notice(), case_id="alarm-run-failed", subject="It went off", body=body)
    found = letter(made)
    assert found.splitlines()[0] == "It went off"
    assert "State: ALARM, was OK" in found
    assert "\nStep 2: b\n" in found
    assert "\nBcc" not in found
    assert found.endswith("`brand-metagen alarms show run-failed` has the rest.\n")
