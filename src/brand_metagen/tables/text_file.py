"""Bytes to text: encodings that say what they are, gzip, and where decoding failed."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, cast

from brand_metagen.errors import InputError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PROBE = 4_096
_MOSTLY = 0.8
"""Share of zero bytes in every other place from which text is taken for UTF-16 without a mark."""


@contextmanager
def open_text(path: Path, declared: str) -> Iterator[tuple[TextIO, str]]:
    """The file as text with line ends kept, and the name of its encoding.

    `declared` is a codec or `auto` (byte-order mark, else UTF-16 by its zeros, else UTF-8). Raises
    InputError when the file cannot be read or is not what it was taken for.
    """
    encoding = declared
    try:
        with _binary(path) as binary:
            encoding = _encoding(binary, declared)
            yield io.TextIOWrapper(binary, encoding, errors="strict", newline=""), encoding
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, {_where(path, encoding)}: not {encoding} ({error.reason}). Say what it is "
            'with the setting tables.encoding, for example "latin-1" or "cp1252"'
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


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
        try:
            return codecs.lookup(declared).name
        except LookupError as error:
            raise InputError(f"tables.encoding: there is no encoding {declared!r}") from error
    start = binary.peek(_PROBE)[:_PROBE]
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    if len(start) >= 4:
        for name, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if zeros.count(0) > _MOSTLY * len(zeros):
                return name
    return "utf-8"


def _where(path: Path, encoding: str) -> str:
    """The line and byte at which decoding fails; read again, because text is decoded in blocks."""
    decoder = codecs.getincrementaldecoder(encoding)()
    seen, lines = 0, 1
    with _binary(path) as binary:
        for block in iter(lambda: binary.read(1 << 16), b""):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                lines += block[: error.start].count(b"\n")
                return f"line {lines}, byte {seen + error.start}"
            seen += len(block)
            lines += block.count(b"\n")
    return "at its end"
