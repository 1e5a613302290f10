"""Slides from Markdown: docs/training/*.md become PDFs of the same name, set by Typst.

`# ` is the deck, `## ` a slide. Paragraphs, lists, tables, commands (indented), pictures and
quotations (what to keep in mind) are set; a block fenced as `flow` holds the boxes of a diagram, a
line each as `name | words`, one fenced as `bars` the bars of a chart, as `name | number | words`.
`{name}` is a figure of the sample market, which is made and run for it. All texts reach Typst as
data. `make training` runs this; the same sources give the same bytes.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst
from markdown_it import MarkdownIt
from markdown_it.token import Token

from brand_metagen.reports import frame

HERE = Path(__file__).parent
SOURCES = HERE / "training"
TEMPLATE = "slides.typ"
MARKS = {"strong_open": "strong", "em_open": "emph", "link_open": "link"}

Block = dict[str, Any]
READ_ALOUD = "1014"
"""The brand of the sample whose rule is read aloud."""
HELD_OUT = re.compile(
    r"held out: recall (\S+) \((\S+)-(\S+), (\d+) rows\), expected precision (\S+)"
)


def program(*args: object) -> str:
    """What a command of the program prints."""
    command = [sys.executable, "-m", "brand_metagen", *map(str, args)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def figures(workspace: Path) -> dict[str, str]:
    """What the first run over the sample came to, by the names that slides use."""
    summary = json.loads(program("runs", "show", "RUN-0001", "--json", "-w", workspace))["summary"]
    shown = HELD_OUT.search(program("metadata", "show", READ_ALOUD, "-w", workspace))
    assert shown is not None
    recall, low, high, rows, precision = shown.groups()
    return {
        **{name: str(count) for name, count in summary["decisions"].items()},
        **{f"labels_{name}": str(count) for name, count in summary["labels"].items()},
        "brands": str(summary["rules"]),
        "to_confirm": str(summary["to_confirm"]),
        "recall": recall,
        "recall_low": low,
        "recall_high": high,
        "recall_rows": rows,
        "recall_percent": f"{float(recall):.0%}",
        "precision": precision,
        "right_of_100": f"{100 * float(precision):.0f}",
    }


def filled(text: str, figures: Mapping[str, str]) -> str:
    """A source with its figures; raises KeyError for one that is not known."""
    return re.sub(r"\{([a-z_0-9]*[a-z][a-z_0-9]*)\}", lambda found: figures[found[1]], text)


@dataclass
class Reader:
    """Walks through the tokens of a source."""

    tokens: list[Token]
    at: int = 0

    def blocks(self, end: str = "") -> Iterator[Block]:
        """Blocks up to a closing token."""
        while self.at < len(self.tokens) and self.tokens[self.at].type != end:
            token = self.tokens[self.at]
            self.at += 1
            yield from self._block(token)
        self.at += 1

    def _block(self, token: Token) -> Iterator[Block]:
        if token.type == "heading_open":
            yield {"kind": token.tag, "text": self._inline("heading_close")}
        elif token.type == "paragraph_open":
            yield from self._paragraph()
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            ordered = token.type.startswith("ordered")
            yield {"kind": "list", "ordered": ordered, "items": self._items(token)}
        elif token.type == "blockquote_open":
            yield {"kind": "quote", "blocks": list(self.blocks("blockquote_close"))}
        elif token.type == "code_block":
            yield {"kind": "code", "text": token.content.rstrip()}
        elif token.type == "fence":
            yield {"kind": token.info, "rows": _rows(token.content)}
        elif token.type == "table_open":
            yield self._table()
        else:
            raise ValueError(f"no slide can show {token.type} (line {token.map})")

    def _paragraph(self) -> Iterator[Block]:
        children = self.tokens[self.at].children or []
        if len(children) == 1 and children[0].type == "image":
            self.at += 2
            picture = children[0]
            yield {"kind": "image", "src": str(picture.attrs["src"]), "alt": picture.content}
        else:
            yield {"kind": "text", "text": self._inline("paragraph_close")}

    def _inline(self, end: str) -> list[Block]:
        runs = list(_runs(self.tokens[self.at].children or []))
        self.at += 1
        assert self.tokens[self.at].type == end
        self.at += 1
        return runs

    def _items(self, token: Token) -> list[list[Block]]:
        end, items = token.type.replace("open", "close"), []
        while self.tokens[self.at].type != end:
            self.at += 1
            items.append(list(self.blocks("list_item_close")))
        self.at += 1
        return items

    def _table(self) -> Block:
        rows: list[list[Any]] = []
        while (token := self.tokens[self.at]).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "inline":
                rows[-1].append(list(_runs(token.children or [])))
            self.at += 1
        self.at += 1
        return {"kind": "table", "rows": rows}


def _runs(children: list[Token]) -> Iterator[Block]:
    """Texts of a line, each with its marks."""
    marks: list[str] = []
    for token in children:
        if token.type in MARKS:
            marks.append(MARKS[token.type])
        elif token.type.endswith("_close"):
            marks.pop()
        elif token.type == "code_inline":
            yield {"text": token.content, "marks": [*marks, "code"]}
        elif token.type == "softbreak":
            yield {"text": " ", "marks": []}
        elif token.content:
            yield {"text": token.content, "marks": list(marks)}


def _rows(content: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in content.splitlines() if line]


def deck(source: Path, figures: Mapping[str, str]) -> dict[str, Any]:
    """A source as plain values: title, what stands under it, slides."""
    text = filled(source.read_text(encoding="utf-8"), figures)
    tokens = (
        MarkdownIt("commonmark", {"typographer": True}).enable(["table", "smartquotes"]).parse(text)
    )
    title, *blocks = Reader(tokens).blocks()
    lead: list[Block] = []
    slides: list[dict[str, Any]] = []
    for block in blocks:
        if block["kind"] == "h2":
            slides.append({"title": block["text"], "blocks": []})
        else:
            (slides[-1]["blocks"] if slides else lead).append(block)
    return {"title": title["text"], "lead": lead, "slides": slides}


def build(source: Path, figures: Mapping[str, str]) -> bytes:
    """The PDF of a source; its only date is the one in the source."""
    given = deck(source, figures)
    (version,) = given["lead"][0]["text"]
    day = datetime.fromisoformat(version["text"].rsplit(" ", 1)[1]).replace(tzinfo=UTC)
    given["day"] = {"year": day.year, "month": day.month, "day": day.day}
    compiler = typst.Compiler(
        source.with_name(TEMPLATE),
        root=HERE,
        font_paths=typst.Fonts(include_system_fonts=False),
        sys_inputs={"deck": json.dumps(given), "colours": json.dumps(frame.colours())},
    )
    file = compiler.compile(format="pdf", timestamp=int(day.timestamp()))
    assert isinstance(file, bytes)
    return file


def main() -> None:
    """Build every deck."""
    with tempfile.TemporaryDirectory() as folder:
        data, workspace = Path(folder, "data"), Path(folder, "W")
        program("sample", "--out", data, "--brands", 20, "--rows", 400)
        program("run", "--data", data, "--workspace", workspace)
        found = figures(workspace)
    for source in sorted(SOURCES.glob("*.md")):
        source.with_suffix(".pdf").write_bytes(build(source, found))


if __name__ == "__main__":
    main()
