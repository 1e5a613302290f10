"""axe-core in the page of a tab: what it finds that keeps people from reading or using it."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from chrome import Tab

GRAVE = ("serious", "critical")


@cache
def script() -> str:
    """axe-core itself; the package that carries it is not imported."""
    carrier = distribution("axe-playwright-python")
    path = Path(str(carrier.locate_file("axe_playwright_python/axe.min.js")))
    return path.read_text(encoding="utf-8")


def look(tab: Tab, *rules: str) -> list[str]:
    """What axe finds to be grave on the page as it is, by these rules or by all."""
    if not tab.js("!!window.axe"):
        tab.js(f"{script()}; 0")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = json.loads(
        tab.js(
            f"axe.run(document, {json.dumps(options)}).then(r => JSON.stringify(r.violations.map("
            "v => [v.id, v.impact, v.nodes.map(n => [n.target.join(' '), "
            "n.any.concat(n.all, n.none).map(c => c.message).join('; ')])])))"
        )
    )
    return [
        f"{rule} ({impact}) {target}: {why}"
        for rule, impact, nodes in found
        if impact in GRAVE
        for target, why in nodes
    ]
