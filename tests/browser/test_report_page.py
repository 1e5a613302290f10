"""The report as a browser shows it: whole, quiet, and asking nobody for anything."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path

import pytest
from tests.publish.report_facts import hostile, realistic

from brand_metagen.publish.report import render_report

pytestmark = pytest.mark.browser

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
)


def shown(page: str, folder: Path) -> tuple[str, str]:
    """The document after its script ran, and the browser's console."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={folder / 'profile'}", "--dump-dom", path.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout, "\n".join(x for x in done.stderr.splitlines() if "CONSOLE" in x)


def test_the_report_renders_without_a_complaint(tmp_path: Path) -> None:
    facts = realistic()
    document, console = shown(render_report(facts), tmp_path)
    assert console == ""
    assert document.count("<svg") >= 3
    assert facts.run_id in document
    assert not re.search(r"""(?:src|href)=["']https?:""", document)


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    document, console = shown(render_report(hostile(NASTY)), tmp_path)
    assert console == ""
    assert "alert(" in html.unescape(document)
    assert not re.search(r"<script>\s*alert|<img[^>]+onerror", document)
