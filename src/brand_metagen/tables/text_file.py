"""Bytes to text: encodings that say what they are, gzip, and where decoding failed."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

from brand_metagen.errors import InputError

READ_ERRORS = (UnicodeDecodeError, OSError, EOFError, zlib.error)
"""What reading text may raise; `Text.failure` says it in the caller's words."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PROBE = 4_096
_MOSTLY = 0.8
"""Share of zero bytes in every other place from which text is taken for UTF-16 without a mark."""
_LINE_END = re.compile(rb"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text with its line ends kept; `name` is what messages call it."""

    name: str
    encoding: str
    stream: TextIO
    binary: io.BufferedReader

    def failure(self, error: Exception, lines: int) -> InputError:
        """The error to raise when reading failed after so many whole lines."""
        if not isinstance(error, UnicodeDecodeError):
            return InputError(f"{self.name}: cannot be read: {error}")
        # Zero bytes are dropped so that a line end in UTF-16 counts once.
        before = bytes(error.object[: error.start]).replace(b"\x00", b"")
        line = lines + 1 + len(_LINE_END.findall(before))
        return InputError(
            f"{self.name}, line {line}{self._byte(error)}: not {self.encoding} ({error.reason}). "
            "Say what it is, for example with --set tables.encoding=latin-1 (or cp1252)"
        )

    def _byte(self, error: UnicodeDecodeError) -> str:
        """The place from the start of the (unzipped) file; a pipe does not know it."""
        try:
            at = self.binary.tell() - len(error.object) + error.start
        except OSError:
            return ""
        return f", byte {at}"


@contextmanager
def open_text(path: Path, declared: str) -> Iterator[Text]:
    """The file as text. `declared` is a codec or `auto`, see `decoded`.

    Raises InputError when the file cannot be opened. What fails in the caller's own block is not
    this file's fault and passes through.
    """
    with ExitStack() as stack:
        try:
            binary = stack.enter_context(_binary(path))
            text = decoded(binary, str(path), declared)
        except READ_ERRORS as error:
            raise InputError(f"{path}: cannot be read: {error}") from error
        yield text


def decoded(binary: io.BufferedReader, name: str, declared: str) -> Text:
    """Bytes as text, nothing ever replaced.

    A byte-order mark decides, else `declared`; `auto` is UTF-16 by its zeros, else UTF-8. Raises
    InputError when `declared` is not a text encoding.
    """
    encoding = _encoding(binary, declared)
    stream = io.TextIOWrapper(binary, encoding, errors="strict", newline="")
    return Text(name, encoding, stream, binary)


@contextmanager
def _binary(path: Path) -> Iterator[io.BufferedReader]:
    with path.open("rb") as raw:
        if path.name.endswith(".gz"):
            with gzip.open(raw) as unzipped:
                yield io.BufferedReader(cast(io.RawIOBase, unzipped))
        else:
            yield raw


def _encoding(binary: io.BufferedReader, declared: str) -> str:
    if declared != "auto":
        _check_codec(declared)
    start = binary.peek(_PROBE)[:_PROBE]
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if declared != "auto":
        return codecs.lookup(declared).name
    if len(start) >= 4:
        for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if zeros.count(0) > _MOSTLY * len(zeros):
                return name
    return "utf-8"


def _check_codec(declared: str) -> None:
    """Python also calls "hex" and "zip" codecs; they do not make text."""
    try:
        "".encode(declared)
    except LookupError as error:
        raise InputError(f"tables.encoding: there is no text encoding {declared!r}") from error
