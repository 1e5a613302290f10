"""A page as a browser reads it: its tags, and which fields nobody named."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = frozenset({"input", "br", "meta", "link", "img", "hr"})
FIELDS = frozenset({"input", "select", "textarea"})


class Reading(HTMLParser):
    """Tags with their attributes, texts, and fields without a label of their own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[str] = []
        self.labelled: set[str] = set()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One tag; whether it is a field within a label."""
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "label" and found.get("for"):
            self.labelled.add(str(found["for"]))
        named = "label" in self.open or "aria-label" in found or found.get("type") == "hidden"
        if tag in FIELDS and not named:
            self.unlabelled.append(str(found.get("id") or found.get("name")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """The end of the tag that was opened last."""
        if tag in ("circle", "rect", "path", "polyline"):
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that holds nothing."""
        self.tags.append((tag, dict(attrs)))

    def nameless(self) -> list[str]:
        """Fields that a screen reader cannot name."""
        return [name for name in self.unlabelled if name not in self.labelled]

    def count(self, tag: str) -> int:
        """How many of a tag there are."""
        return sum(found == tag for found, _ in self.tags)
