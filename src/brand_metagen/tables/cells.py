"""Cells that a spreadsheet must not take for formulas, and back."""

from __future__ import annotations

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "'")
"""What a spreadsheet may run, and the mark itself, so that taking it off gives the cell back."""


def neutralise(cell: str) -> str:
    """The cell with a mark before it where a spreadsheet would run it.

    >>> neutralise("=HYPERLINK(1)"), neutralise("0742")
    ("'=HYPERLINK(1)", '0742')
    """
    return "'" + cell if cell.startswith(DANGEROUS) else cell


def restore(cell: str) -> str:
    """What `neutralise` was given.

    >>> restore(neutralise("'=1"))
    "'=1"
    """
    return cell[1:] if cell.startswith("'") else cell
