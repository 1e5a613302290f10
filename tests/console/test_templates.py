"""What no template, script or style may do, and colours that can be read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from brand_metagen import console

ROOM = Path(console.__file__).parent
TEMPLATES = sorted((ROOM / "templates").glob("*.j2"))
CSS = (ROOM / "static" / "console.css").read_text(encoding="utf-8")
STYLES = "".join(
    path.read_text(encoding="utf-8") for path in sorted((ROOM / "static").glob("*.css"))
)
SCRIPT = "".join(path.read_text("utf-8") for path in sorted((ROOM / "static").glob("*.js")))
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3 (AA) for text of usual size."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_a_template_escapes_everything_and_asks_nobody(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe|autoescape|\bon[a-z]+\s*=", text)
    for address in re.findall(r"""(?:src|href|action)="([^"]*)""", text):
        assert address.startswith(("{{ root }}", "{{ onward }}", "/console", "#", "data:,")), (
            address
        )
    assert "<script>" not in text


def test_only_one_function_shows_markup() -> None:
    calls = []
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in (
                "html",
                "markdown",
                "add_body_html",
            ):
                calls.append((path.name, ast.unparse(node)))
    shown = [call for call in calls if call[1].startswith("ui.")]
    assert {name for name, _ in shown} <= {"screens.py"}
    assert len(shown) == 2  # the annotation and the call


def test_script_and_style_load_nothing() -> None:
    assert not re.search(r"https?:|\bfetch\(|import\(|@import|url\(", STYLES + SCRIPT)


def colours(theme: str) -> dict[str, str]:
    """The tokens of a theme."""
    start = CSS.index(":root {" if theme == "light" else '[data-theme="dark"] {')
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", CSS[start : CSS.index("}", start)]))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out(theme: str) -> None:
    found = colours(theme)
    texts, grounds = ("ink", "muted", "accent", "good", "warn", "bad"), ("bg", "panel")
    marked = [("ink", ground) for ground in ("p0", "p1", "p2", "loss", "gain", "match")]
    for text, ground in [*product(texts, grounds), ("bg", "accent"), *marked]:
        light, dark = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= LEAST_CONTRAST, (theme, text, ground)


def test_no_command_but_serve_pays_for_the_widgets() -> None:
    code = "import sys, brand_metagen.cli.main; print('nicegui' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
