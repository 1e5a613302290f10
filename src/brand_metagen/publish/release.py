"""A release: rules and model in one immutable folder that names its own hashes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from brand_metagen.confirm.model import ConfirmModel, model_from_json, model_to_json
from brand_metagen.errors import InputError, IntegrityError
from brand_metagen.files import sha256
from brand_metagen.publish.metadata import dump_lines, load_lines
from brand_metagen.records import Metadata

METADATA, MODEL, MANIFEST = "metadata.jsonl", "model.json", "manifest.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Release:
    """Rules with the model they were confirmed by; `id` is derived from their content."""

    id: str
    metadata: tuple[Metadata, ...]
    model: ConfirmModel


def pack(metadata: Sequence[Metadata], model: ConfirmModel) -> tuple[str, dict[str, bytes]]:
    """The release's id and its files by name."""
    files = {
        METADATA: dump_lines(metadata).encode(),
        MODEL: (json.dumps(model_to_json(model), sort_keys=True) + "\n").encode(),
    }
    hashes = {name: sha256(data) for name, data in sorted(files.items())}
    release_id = "REL-" + sha256(json.dumps(hashes).encode())[:12]
    manifest = {
        "format": FORMAT,
        "release": release_id,
        "market": model.market,
        "brands": len(metadata),
        "sha256": hashes,
    }
    files[MANIFEST] = (json.dumps(manifest, indent=2) + "\n").encode()
    return release_id, files


def load(metadata_file: Path) -> Release:
    """Read the release a `metadata.jsonl` belongs to, from the files laid beside it.

    Raises InputError when a part is missing or is not what it should be, IntegrityError when the
    parts disagree with the manifest.
    """
    folder = metadata_file.parent
    parts = {METADATA: metadata_file, MODEL: folder / MODEL, MANIFEST: folder / MANIFEST}
    data = {name: _read(path) for name, path in parts.items()}
    try:
        manifest = json.loads(data[MANIFEST])
        expected = manifest["sha256"]
        release_id, version = str(manifest["release"]), manifest["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{parts[MANIFEST]}: not a manifest: {error!r}") from error
    if version != FORMAT:
        raise InputError(f"{parts[MANIFEST]}: format {version}; this version reads {FORMAT}")
    for name in (METADATA, MODEL):
        if sha256(data[name]) != expected.get(name):
            raise IntegrityError(
                f"{parts[name]} is not the file its manifest names; export the release again"
            )
    try:
        model = model_from_json(json.loads(data[MODEL]))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{parts[MODEL]}: not a model: {error!r}") from error
    metadata = tuple(load_lines(data[METADATA].decode(), str(metadata_file)))
    return Release(release_id, metadata, model)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}. A release is metadata.jsonl, model.json and "
            "manifest.json in one folder, as `brand-metagen export` lays them"
        ) from error
