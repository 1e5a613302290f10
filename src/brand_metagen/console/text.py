"""Texts as a browser may have them: escaped, with what cannot be seen shown as its code."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from brand_metagen.console.places import ROOT
from brand_metagen.console.pointing import page_of
from brand_metagen.ports import Role

MOST_SHOWN = 1_200
"""Characters of one text: a narrative has 1,024 at most, and what is longer is cut."""


def shown(text: object) -> str:
    """A text without control and direction marks, which would reorder what stands beside them.

    >>> shown("STAR\\u202eSKCUB")
    'STAR⟨202E⟩SKCUB'
    """
    whole = str(text)
    cut = whole if len(whole) <= MOST_SHOWN else whole[:MOST_SHOWN] + " …"
    return "".join(c if c.isprintable() or c == "\n" else f"⟨{ord(c):04X}⟩" for c in cut)


def render(template: str, **values: Any) -> str:
    """A template of this room with every value escaped."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("brand_metagen.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"words": words, "count": count, "share": share, "level": level, "span": span}
    made.filters |= {
        "when": when,
        "leads": leads,
        "figure": figure,
        "money": money,
        "told": told,
        "coded": coded,
        "command": command,
        "moments": moments,
        "sentence": sentence,
    }
    return made


def _final(value: object) -> object:
    return value if isinstance(value, Markup) else shown(value)


def words(value: object) -> str:
    """A state or kind as people write it.

    >>> words("awaiting_review")
    'awaiting review'
    """
    return str(value).replace("_", " ").lower()


def count(value: float) -> str:
    """A number with its thousands apart."""
    return f"{value:,.0f}"


def share(value: float | None) -> str:
    """A probability or share in two digits, a dash for none."""
    return "–" if value is None else f"{value:.2f}"


def level(confidence: float, sure: float, high: float) -> str:
    """Confidence as a word: shape and colour follow from it.

    >>> level(0.9, 0.75, 0.8), level(0.76, 0.75, 0.8), level(0.2, 0.75, 0.8)
    ('high', 'medium', 'low')
    """
    return "high" if confidence >= high else "medium" if confidence >= sure else "low"


def span(seconds: float) -> str:
    """A stretch of time in the two units that tell.

    >>> span(59), span(3_700), span(-90_000), span(86_400)
    ('59 s', '1 h 1 m', '1 d 1 h', '1 d')
    """
    whole = abs(int(seconds))
    if whole < 60:
        return f"{whole} s"
    days, hours, minutes = whole // 86_400, whole // 3_600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{hours} h {minutes} m" if hours else f"{minutes} m"


def figure(value: float | None, unit: str = "share") -> str:
    """A metric's value as its unit is read; a dash for none.

    >>> figure(0.912), figure(3.04, "looks"), figure(None), figure(1250, "rows")
    ('91 %', '3.0', '–', '1,250')
    """
    if value is None:
        return "–"
    if unit == "share":
        return f"{value:.0%}".replace("%", " %")
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"


def money(value: float) -> str:
    """Dollars, as finely as they tell something."""
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:.4f}"


def coded(text: str, role: Role = Role.VIEWER) -> Markup:
    """A text of the program: what stands between backticks are commands, settings or files, and a
    command leads to the page that does it where the role may go there. Moments become the reader's.

    >>> coded("see `status`, <b>")
    Markup('see <code>status</code>, &lt;b&gt;')
    >>> coded("`brand-metagen health`")
    Markup('<a href="/console/health"><code>brand-metagen health</code></a>')
    """
    parts = text.split("`")
    whole = len(parts) % 2 == 1
    return Markup("").join(
        command(part, role) if whole and i % 2 else moments(part)
        for i, part in enumerate(parts if whole else [text])
    )


def sentence(text: object) -> str:
    """A text with a capital at its beginning, the rest as it is.

    >>> sentence("nobody knows of RUN-0001"), sentence("")
    ('Nobody knows of RUN-0001', '')
    """
    whole = str(text)
    return whole[:1].upper() + whole[1:]


def command(text: str, role: Role = Role.VIEWER) -> Markup:
    """A command, with the page that does it where there is one for the role."""
    shown_as = Markup("<code>{}</code>").format(shown(text))
    path = page_of(text, role)
    return Markup('<a href="{}{}">{}</a>').format(ROOT, path, shown_as) if path else shown_as


MOMENT = re.compile(
    r"\b\d{4}-\d\d-\d\d"
    r"(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|\+00:00)?| \d\d:\d\d UTC)(?!\d|:\d)"
)
"""A moment in UTC as the program writes it into a text."""


def moments(text: str) -> Markup:
    """A text whose moments the browser writes in the reader's zone.

    >>> moments("from 2026-11-26T23:45: no value")
    Markup('from <time datetime="2026-11-26T23:45+00:00">26 Nov 23:45 UTC</time>: no value')
    """
    found, at = Markup(""), 0
    for hit in MOMENT.finditer(text):
        found += escape(shown(text[at : hit.start()]))
        found += when(hit.group().removesuffix(" UTC").replace(" ", "T"))
        at = hit.end()
    return found + escape(shown(text[at:]))


def told(value: object) -> str:
    """Plain data as people read it.

    >>> told({"rows": {"tie": 2, "review": 1}, "bad_rows": 0, "brands": ["1", "2"]})
    'rows: tie 2, review 1; bad rows 0; brands 1, 2'
    >>> told("0123456789abcdef" * 4)
    '0123456789ab…'
    """
    if isinstance(value, Mapping):
        parts = (
            f"{words(k)}{':' if isinstance(v, Mapping) else ''} {_told(v)}"
            for k, v in value.items()
        )
        return "; ".join(parts)
    return _told(value)


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{words(k)} {_told(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_told, value))
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, str) and DIGEST.fullmatch(value):
        return f"{value[:SHORT]}…"
    return f"{value:,}" if isinstance(value, int) else str(value)


DIGEST, SHORT = re.compile(r"[0-9a-f]{32,}"), 12
"""What nobody reads to its end, and how much of it is shown."""


LEADS = (
    (re.compile(r"ESC-[0-9]{4}-[0-9]+"), "/case/{}"),
    (re.compile(r"RUN-[0-9]+"), "/runs?run={}"),
    (re.compile(r"INC-[0-9]+"), "/incidents"),
    (re.compile(r"PLAN-[0-9]+"), "/plans"),
    (re.compile(r"routine:([a-z-]+)"), "/routines?name={}"),
    (re.compile(r"mcp:([a-z]+)"), "/server/{}"),
    (re.compile(r"alarm:([a-z-]+)"), "/alarm/{}"),
    (re.compile(r"schedule"), "/reports"),
)
"""Pages of what acts are about that is no brand, by how it is written."""


def leads(subject: str, brands: Collection[str]) -> str:
    """The page of what an act was about, empty where it has none.

    >>> leads("ESC-2026-001", ()), leads("RUN-0002", ()), leads("17", {"17"}), leads("cache", ())
    ('/case/ESC-2026-001', '/runs?run=RUN-0002', '/brand/17', '')
    >>> leads("routine:morning", ())
    '/routines?name=morning'
    """
    for written, page in LEADS:
        if found := written.fullmatch(subject):
            return page.format(found.group(found.lastindex or 0))
    return f"/brand/{quote(subject, safe='')}" if subject in brands else ""


def when(moment: str | None) -> Markup:
    """A moment for the browser to write in the reader's zone; UTC until it does, and where the
    text says no zone.

    >>> when("2026-11-26T23:45"), when("")
    (Markup('<time datetime="2026-11-26T23:45+00:00">26 Nov 23:45 UTC</time>'), Markup('–'))
    """
    if not moment:
        return Markup("–")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return Markup('<time datetime="{}">{}</time>').format(shown(moment), shown(moment))
    exact = moment if found.tzinfo or ":" not in moment else f"{moment}+00:00"
    utc = found.astimezone(UTC) if found.tzinfo else found
    return Markup('<time datetime="{}">{} UTC</time>').format(exact, f"{utc:%d %b %H:%M}")
