"""What befalls the database of a district: an older copy of it is served, as after a restore or a rollback."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.support.databases import DISTRICT_SCHEMA, own_database
from tests.support.district import Town

from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.sessions import read_district

Restore = Callable[[], None]


@dataclass
class Backups:
    """Copies of one town's database, whole and physical, within the shared server."""

    town: Town
    uri: str
    _held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def keep(self) -> Restore:
        """Copy the district as it is now; what this gives serves the copy in its place."""
        with self.town.database.owning() as connection:
            (name,) = connection.execute("SELECT current_database()").fetchone() or ("",)
        # A database is copied while nobody is connected to it; the pool opens new connections as they are needed.
        self.town.database.close()
        copy = self._held.enter_context(own_database(self.uri, str(name)))
        self.serve(self.town.database.conninfo)
        return lambda: self.serve(copy)

    def serve(self, conninfo: str) -> None:
        """The town's server from now on works on this database."""
        self.town.database.close()
        self.town.database = Database(conninfo, DISTRICT_SCHEMA, connections=6)
        self._held.callback(self.town.database.close)
        with self.town.database.owning() as connection:
            self.town.exchange = Exchange(self.town.database, self.town.clock, read_district(connection))

    def close(self) -> None:
        self._held.close()


@contextlib.contextmanager
def backups_of(town: Town, uri: str) -> Iterator[Backups]:
    backups = Backups(town, uri)
    with contextlib.closing(backups):
        yield backups
