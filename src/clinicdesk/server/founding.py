"""The first rows of a district: itself, the server's own account, its state, and the first administrator."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from clinicdesk.core.identifiers import new_id, random_id
from clinicdesk.server import epochs
from clinicdesk.server.database import Connection
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.own_writes import OwnWrites


@dataclass(frozen=True, slots=True)
class Founded:
    """The keys of the rows that a new district has."""

    district: str
    system_user: str
    epoch: str


def found_district(connection: Connection, name: str, code: str, now: dt.datetime) -> Founded:
    """Write the rows that everything else stands on; once.

    Raises:
        DistrictSetupError: there is a district already.
    """
    if connection.execute("SELECT 1 FROM server_state").fetchone() is not None:
        raise DistrictSetupError("district_exists")
    founded = Founded(str(new_id()), str(new_id()), str(random_id()))
    connection.execute(
        "INSERT INTO server_state (id, district_id, epoch, updated_at, proof_key) VALUES (1, %s, %s, %s, %s)",
        (founded.district, founded.epoch, now, secrets.token_bytes(32)),
    )
    epochs.note_epoch(connection, "founded", now)
    writes = OwnWrites(connection, founded.district, None, now)
    writes.insert("districts", {founded.district: {"name": name, "code": code}})
    system = {"email": "system@district.invalid", "first_name": "District", "last_name": "Server", "role": "SYSTEM"}
    writes.insert("users", {founded.system_user: {**system, "district_id": founded.district}})
    writes.close()
    return founded
