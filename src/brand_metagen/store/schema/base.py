"""What all tables share."""

from __future__ import annotations

from sqlalchemy import MetaData, Text

VERSION = 11
"""Schema version: the migrations that were done. A store written by a newer one is refused."""

metadata = MetaData()

ID = Text().with_variant(Text(collation="C"), "postgresql")
"""An id in the order of its code points, as SQLite and Python have it."""
