"""Releases made public: the latest publication is the pointer, an older one again a rollback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from brand_metagen.errors import ConflictError, InputError
from brand_metagen.ports import BrandState, Mode, Publication, Submitted
from brand_metagen.records import Status
from brand_metagen.store import schema
from brand_metagen.store.audit import append
from brand_metagen.store.base import SqlBase
from brand_metagen.store.keys import remember
from brand_metagen.store.versions import CHUNK, DECIDED, decide

NAMED = 5
"""Versions that an error names."""

Chosen = set[tuple[str, int]]


class PublicationPart(SqlBase):
    """What is public, and was."""

    def publish(
        self,
        release_id: str,
        versions: Mapping[str, int],
        actor: str,
        note: str,
        said: Submitted | None = None,
    ) -> Publication:
        """Make a release the public one: the pointer, its versions and their brands at once.

        `versions` are the release's (brandid → version); each must be approved, or have been
        published before. What was public and is not in it is approved again. Raises ConflictError
        when one is not approved (any more).
        """
        if not versions:
            raise InputError("a release without any approved version cannot be published")
        wanted = set(versions.items())
        with self._writing() as connection:
            self._check_mode(connection, Mode.PAUSED)
            brands = _locked(connection)
            decided = _decided(connection)
            _check(wanted - decided[Status.APPROVED] - decided[Status.PUBLISHED])
            was = decided[Status.PUBLISHED]
            decide(connection, wanted - was, Status.PUBLISHED)
            decide(connection, was - wanted, Status.APPROVED)
            _move_brands(connection, brands, versions)
            done = self._recorded(connection, release_id, actor, note, was, wanted)
            if said is not None and said.key:
                reply = {**said.reply, "sequence": done.sequence}
                said = replace(said, reply=reply)
                remember(connection, self._since(), done.published_at, actor, said)
            return done

    def publications(self) -> tuple[Publication, ...]:
        """All publications, oldest first; the last one is what is public."""
        table = schema.publications
        with self._reading() as connection:
            rows = connection.execute(select(table).order_by(table.c.sequence)).mappings()
            return tuple(Publication(**row) for row in rows)

    def _recorded(
        self,
        connection: Connection,
        release_id: str,
        actor: str,
        note: str,
        was: Chosen,
        wanted: Chosen,
    ) -> Publication:
        now = self._now()
        values = {"release_id": release_id, "published_at": now, "actor": actor, "note": note}
        result = connection.execute(schema.publications.insert().values(values))
        (sequence,) = result.inserted_primary_key or (0,)
        detail = {
            "publication": sequence,
            "versions": len(wanted),
            "fresh": sorted(wanted - was),
            "withdrawn": sorted(was - wanted),
            "note": note,
        }
        append(connection, now, actor, "publish", release_id, detail, revised=True)
        return Publication(sequence, release_id, now, actor, note)


def _locked(connection: Connection) -> Sequence[Mapping[Any, Any]]:
    brands = schema.brands
    query = select(brands.c.brandid, brands.c.version, brands.c.state)
    query = query.order_by(brands.c.brandid).with_for_update()
    return connection.execute(query).mappings().all()


def _decided(connection: Connection) -> Mapping[Status, Chosen]:
    table = schema.versions
    query = select(table.c.brandid, table.c.version, table.c.status)
    query = query.where(table.c.status.in_([status.value for status in DECIDED]))
    found: dict[Status, Chosen] = {status: set() for status in DECIDED}
    for brandid, version, status in connection.execute(query):
        found[Status(status)].add((brandid, version))
    return found


def _check(not_approved: Iterable[tuple[str, int]]) -> None:
    missing = sorted(not_approved)
    if missing:
        names = ", ".join(f"{brandid} version {version}" for brandid, version in missing[:NAMED])
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise ConflictError(
            f"not approved, or not any more: brand {names}{more}. Publish again to leave them out",
            now={"not_approved": [list(one) for one in missing]},
        )


def _move_brands(
    connection: Connection, brands: Sequence[Mapping[Any, Any]], versions: Mapping[str, int]
) -> None:
    table = schema.brands
    moved: dict[BrandState, list[str]] = {BrandState.PUBLISHED: [], BrandState.APPROVED: []}
    for row in brands:
        state = BrandState(row["state"])
        if state in moved:
            public = versions.get(row["brandid"]) == row["version"]
            target = BrandState.PUBLISHED if public else BrandState.APPROVED
            if target is not state:
                moved[target].append(row["brandid"])
    for state, brandids in moved.items():
        for first in range(0, len(brandids), CHUNK):
            here = table.c.brandid.in_(brandids[first : first + CHUNK])
            connection.execute(table.update().where(here).values(state=state))
