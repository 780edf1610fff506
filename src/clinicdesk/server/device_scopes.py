"""The schools of a workstation, and its revocation: decided at the district, told in its audit chain (s43, s46)."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from clinicdesk.core.clock import Clock
from clinicdesk.models.enums import AuditAction
from clinicdesk.server.database import Database
from clinicdesk.server.enrolment import revoke_device
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.office import school_named
from clinicdesk.server.sessions import read_device, read_district
from clinicdesk.server.trail import DistrictTrail


def give_schools(database: Database, clock: Clock, device: str, schools: Sequence[str], *, everything: bool) -> None:
    """From its next session on a workstation has these schools: what it has already it keeps, the rest comes or goes.

    Raises:
        DistrictSetupError: no such device or school, or nothing that it would have.
    """
    if not schools and not everything:
        raise DistrictSetupError("name_the_schools", device=device)
    with database.owning() as connection:
        known = read_device(connection, device)
        if known is None:
            raise DistrictSetupError("no_such_device", device=device)
        named = sorted({school_named(connection, school) for school in schools})
        connection.execute(
            "UPDATE devices SET scope_all = %s, school_ids = %s WHERE id = %s", (everything, Jsonb(named), device)
        )
        facts = {
            "device": device,
            "had": ["ALL"] if known.everything else list(known.schools),
            "has": ["ALL"] if everything else named,
        }
        trail = DistrictTrail(read_district(connection).id)
        trail.append(connection, clock.now(), AuditAction.DEVICE_CHANGE, "schools_given", facts)


def revoke(database: Database, clock: Clock, device: str) -> None:
    """Shut a workstation out; what it still hands in goes to quarantine.

    Raises:
        DistrictSetupError: no such device.
    """
    with database.owning() as connection:
        if not revoke_device(connection, device, clock.now()):
            raise DistrictSetupError("no_such_device", device=device)
        trail = DistrictTrail(read_district(connection).id)
        trail.append(connection, clock.now(), AuditAction.DEVICE_CHANGE, "revoked", {"device": device})
