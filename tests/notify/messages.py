"""Messages for tests."""

from __future__ import annotations

from collections.abc import Mapping

from brand_metagen.ports import Notice, NoticeState

BODY: Mapping[str, object] = {
    "case": {
        "case_id": "ESC-2026-001", "brandid": "7", "brandname": "Star", "cause": "round_limit",
        "level": 1, "state": "OPEN", "reason": "10 rounds", "round": 10, "version": 12,
        "confidence": 0.4, "assigned_to": "", "method": None,
    },
    "event": {"kind": "opened", "actor": "system", "note": "10 rounds"},
    "detail": {"rows": 12},
    "at": "2026-11-26T08:00:00.000+00:00",
}  # fmt: skip
AT = "2026-11-26T08:00:00.000+00:00"


def notice(
    subject: str = "ESC-2026-001 opened: Star (7), round limit", channel: str = "log",
    body: Mapping[str, object] = BODY, sequence: int = 5,
) -> Notice:  # fmt: skip
    state = NoticeState.WAITING
    return Notice(sequence, "ESC-2026-001", channel, subject, body, state, 0, AT, AT)


def with_reason(reason: str) -> Notice:
    case = {**BODY["case"], "reason": reason, "brandname": reason}  # type: ignore[dict-item]
    return notice(body={**BODY, "case": case}, subject=f"ESC-2026-001 opened: {reason} (7)")
