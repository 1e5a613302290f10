"""Reports read from the console: the commands that figures name lead to the rows behind them."""

from __future__ import annotations

import html
import re

from markupsafe import escape

from brand_metagen.console.places import ROOT
from brand_metagen.console.pointing import page_of
from brand_metagen.ports import Role

SOURCE = re.compile(r'<code class="from"[^>]*>([^\n]{1,4000}?)</code>')
"""Where a report names the command that shows what is behind a figure. Texts of others are escaped
there, so that none of them can look like it."""
TAG = re.compile(r"<[^<>]*>")


def linked(report: str, role: Role) -> str:
    """A report as a page, its commands with links to the pages that a role may open.

    >>> linked('<code class="from">export</code>', Role.VIEWER)
    '<code class="from">export</code>'
    >>> told = '<code class="from"><span>brand-metagen</span> <span>health</span></code>'
    >>> linked(told, Role.VIEWER) == f'<a href="/console/health">{told}</a>'
    True
    """
    return SOURCE.sub(lambda found: _led(found, role), report)


def _led(found: re.Match[str], role: Role) -> str:
    path = page_of(html.unescape(TAG.sub("", found.group(1))), role)
    return f'<a href="{escape(ROOT + path)}">{found.group()}</a>' if path else found.group()
