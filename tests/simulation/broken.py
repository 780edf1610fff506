"""Districts that are wrong on purpose: the simulation must find each of them out."""

from __future__ import annotations

import msgspec
from tests.simulation.districts import Reply, SimulatedDistrict

from clinicdesk.domain.canonical import WireValue
from clinicdesk.server.rows import load
from clinicdesk.server.synced_tables import synced_tables
from clinicdesk.sync.body import content_digest, decode, encode
from clinicdesk.sync.protocol import PullPage, PushBatch, PushItem


class TakesAlways(SimulatedDistrict):
    """A merge that believes everybody: each change is made to look as if its author had seen the present row."""

    def answer(self, device: str, path: str, body: bytes, encoding: str, digest: str, *, dies: bool = False) -> Reply:
        if path == "/v1/push":
            batch = decode(body, encoding, PushBatch)
            body, encoding = encode(
                msgspec.structs.replace(batch, items=[self._believed(batch, i) for i in batch.items])
            )
            digest = content_digest(body)
        return super().answer(device, path, body, encoding, digest, dies=dies)

    def _believed(self, batch: PushBatch, item: PushItem) -> PushItem:
        table = synced_tables()[batch.tables[item.table].table]
        with self.database.owning() as connection:
            row = load(connection, table, [item.key]).get(item.key)
        if row is None or item.changes is None:
            return item
        changes: dict[str, tuple[WireValue, WireValue, int]] = {
            name: (row.values.get(name), new, row.version) for name, (_old, new, _base) in item.changes.items()
        }
        return msgspec.structs.replace(item, base=row.version, changes=changes)


class SkipsRows(SimulatedDistrict):
    """A cursor that runs past a row nobody has committed yet: the last row of each window never comes, nor any digest.

    With the digest the next session would find the row; without it nothing does (s48).
    """

    def answer(self, device: str, path: str, body: bytes, encoding: str, digest: str, *, dies: bool = False) -> Reply:
        reply = super().answer(device, path, body, encoding, digest, dies=dies)
        if path != "/v1/pull":
            return reply
        page = decode(*reply, PullPage)
        tables = [part for part in page.tables if part.table != "allergies" or part.companion]
        return encode(msgspec.structs.replace(page, tables=tables, roots={}))


class ForgetsRejections(SimulatedDistrict):
    """An inbox that keeps nothing: what was held or refused is gone."""

    def answer(self, device: str, path: str, body: bytes, encoding: str, digest: str, *, dies: bool = False) -> Reply:
        reply = super().answer(device, path, body, encoding, digest, dies=dies)
        with self.database.owning() as connection:
            connection.execute("DELETE FROM sync_inbox")
            connection.execute("UPDATE sync_conflicts SET client_version = '{}'::jsonb")
        return reply
