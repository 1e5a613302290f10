"""Write docs/commands.md, docs/settings.md and the tables of docs/monitoring.md from the code; a
test holds them to it.

Run it after a change: `.venv/bin/python docs/make_reference.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer.main

from brand_metagen.cli.main import app
from brand_metagen.config import LIMITS, AlarmSettings, Settings, sections
from brand_metagen.monitoring.alarms import alarms
from brand_metagen.monitoring.catalogue import METRICS

HERE = Path(__file__).parent
MADE = "<!-- From here on made from the code by docs/make_reference.py. -->"


def commands() -> str:
    """Every command with its arguments and options."""
    lines = [
        "# Commands",
        "",
        "Made from the code by `docs/make_reference.py`. `--json` prints JSON; data go to standard",
        "output, progress and messages to standard error. Exit codes: 0 done, 1 failed, 2 bad",
        "usage or input, 3 conflict, 4 not allowed.",
    ]
    for path, command in _walk(typer.main.get_command(app), ()):
        lines += ["", f"## {' '.join(path)}", "", *_said(command.help)]
        for parameter in command.params:
            if parameter.name in ("help", "version", "install_completion", "show_completion"):
                continue
            lines.append(_parameter(parameter))
    return "\n".join(lines) + "\n"


def _walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    children = getattr(command, "commands", None)
    if children is None:
        yield path, command
        return
    for name in sorted(children):
        yield from _walk(children[name], (*path, name))


def _said(text: str | None) -> list[str]:
    return [" ".join(part.split()) for part in (text or "").split("\n\n") if part.strip()] + [""]


def _parameter(parameter: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if not names.startswith("`-"):
        names = f"`{(parameter.metavar or parameter.name).upper()}`"
    said = " ".join((getattr(parameter, "help", None) or "").split())
    default = parameter.default
    plain = default if isinstance(default, str | int | float | Path) else None
    shown = f" Default: `{plain}`." if plain not in (None, "", False, True) else ""
    return f"- {names}{': ' if said else ''}{said}{shown}"


def settings() -> str:
    """Every setting with its default, limits and what it is."""
    told = _docstrings()
    lines = [
        "# Settings",
        "",
        "Made from the code by `docs/make_reference.py`. Defaults ← `config.toml` of the workspace",
        "← environment `BRAND_METAGEN_SECTION_NAME` ← `--set section.name=value`.",
    ]
    for section in fields(Settings):
        kind = section.default_factory
        lines += ["", f"## [{section.name}]", "", *_said(kind.__doc__)]  # type: ignore[union-attr]
        for one in fields(kind):  # type: ignore[arg-type]
            key = f"{section.name}.{one.name}"
            low, high = LIMITS.get(key, (None, None))
            limits = f", {low:g} to {high:g}" if low is not None and high is not None else ""
            said = told.get((kind.__name__, one.name), "")  # type: ignore[union-attr]
            lines.append(f"- `{one.name}` = `{one.default!r}`{limits}{'. ' if said else ''}{said}")
    return "\n".join(lines) + "\n"


def _docstrings() -> dict[tuple[str, str], str]:
    """The texts under the fields of the sections; one text may stand under several."""
    found: dict[tuple[str, str], str] = {}
    files = sorted(Path(str(sections.__file__)).parent.glob("*.py"))
    nodes = [n for file in files for n in ast.parse(file.read_text(encoding="utf-8")).body]
    for node in nodes:
        if not isinstance(node, ast.ClassDef):
            continue
        waiting: list[str] = []
        for item in node.body:
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
                waiting.append(item.target.id)
            elif isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and waiting:
                text = " ".join(str(item.value.value).split())
                found |= {(node.name, name): text for name in waiting}
                waiting = []
    return found


def monitoring() -> str:
    """The guide's own words, then every metric and every alarm with what to do."""
    own, marker, _ = (HERE / "monitoring.md").read_text(encoding="utf-8").partition(MADE)
    lines = [own + marker, "", "## Every metric", ""]
    lines += ["| metric | unit | by | what it is | counted from |", "|---|---|---|---|---|"]
    for one in METRICS.values():
        by = ", ".join(one.dimensions)
        lines.append(f"| `{one.name}` | {one.unit} | {by} | {one.meaning} | {one.source} |")
    lines += ["", "## Every alarm, and what to do"]
    for alarm in alarms(AlarmSettings()).values():
        lines += ["", f"### {alarm.name}: {alarm.title}", ""]
        missing = {"ok": "OK", "unknown": "INSUFFICIENT_DATA"}[alarm.missing]
        lines += [f"{alarm.rule} (`{alarm.setting}`). Without values: {missing}.", "", alarm.means]
        lines += ["", *(f"{number}. {step}" for number, step in enumerate(alarm.steps, 1))]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the files."""
    (HERE / "commands.md").write_text(commands(), encoding="utf-8")
    (HERE / "settings.md").write_text(settings(), encoding="utf-8")
    (HERE / "monitoring.md").write_text(monitoring(), encoding="utf-8")


if __name__ == "__main__":
    main()
