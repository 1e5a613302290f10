"""What every page shares: templates, style, script, and the policy that admits only these."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from brand_metagen.config import ReportSettings
from brand_metagen.reports import charts
from brand_metagen.reports.texts import shown


def environment(package: str, settings: ReportSettings) -> Environment:
    """Templates of a package and those shared; everything is escaped unless marked safe.

    Filters: `number`, `percent`; `shown` cuts where told, `text` where the settings say.
    """
    rooms = dict.fromkeys((package, "brand_metagen.reports"))
    made = Environment(
        loader=ChoiceLoader([PackageLoader(room, "templates") for room in rooms]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        number=charts.number,
        percent=charts.percent,
        shown=shown,
        text=lambda value: shown(value, settings.text_chars),
    )
    made.globals.update(s=settings)
    return made


@lru_cache(maxsize=8)
def asset(name: str) -> str:
    """The text of a file beside the shared templates."""
    return (files("brand_metagen.reports") / "templates" / name).read_text(encoding="utf-8")


def style_sheet() -> str:
    """The style of every page: colours of both themes, charts, the rest."""
    return "".join(asset(f"{part}.css") for part in ("colours", "charts", "page"))


def colours() -> dict[str, str]:
    """The light theme's colours by name, as `#rrggbb`: what is printed has no other."""
    light = asset("colours.css").partition("@media")[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))


def policy(style: str, script: str) -> str:
    """A page's own content security policy: this style, this script, nothing else."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )


def _digest(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()
