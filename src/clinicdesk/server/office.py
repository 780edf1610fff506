"""What an operator does to a district at its own machine: found it, invite, list, revoke, digest, verify, back up."""

from __future__ import annotations

import datetime as dt
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from clinicdesk.core.clock import Clock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.canonical import Kind, canonical_value
from clinicdesk.domain.permissions import UserRole
from clinicdesk.security.enrolment import Invite, seal_data_keys_for_invite
from clinicdesk.security.private_files import replace_private
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.server import verifying
from clinicdesk.server.database import Connection, Database
from clinicdesk.server.digests import tables_of
from clinicdesk.server.enrolment import open_invite
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.founding import Founded, found_district
from clinicdesk.server.house import House, postgres_programs
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.sessions import read_district
from clinicdesk.server.wiping import wipes
from clinicdesk.storage import schema


@dataclass(frozen=True, slots=True)
class NewInvite:
    """An invite as text, and the code that opens it."""

    invite: Invite
    code: str
    expires_at: dt.datetime


def found(house: House, database: Database, clock: Clock, *, name: str, code: str, admin: str) -> Founded:
    """The schema, the district's first rows, its first administrator, and the epoch file beside them."""
    engine = database.engine()
    try:
        schema.create_all(engine)
    finally:
        engine.dispose()
    with database.owning() as connection:
        founded = found_district(connection, name, code, clock.now())
        first_name = admin.partition("@")[0].replace(".", " ").title()
        add_account(
            connection, founded.district, founded.system_user, clock.now(), admin, UserRole.ADMIN, first_name, "Admin"
        )
    replace_private(house.epoch_file, founded.epoch.encode())
    return founded


def add_account(
    connection: Connection,
    district: str,
    author: str | None,
    now: dt.datetime,
    email: str,
    role: UserRole,
    first_name: str,
    last_name: str,
    schools: Sequence[str] = (),
) -> str:
    """A person with an account and a grant: at the schools named, or in the whole district."""
    user = str(new_id())
    writes = OwnWrites(connection, district, author, now)
    account = {
        "email": email.lower(),
        "first_name": first_name.partition("@")[0] or email,
        "last_name": last_name,
        "role": role.value,
        "district_id": district,
        "school_id": schools[0] if len(schools) == 1 else None,
    }
    writes.insert("users", {user: account})
    grant = {"user_id": user, "role": role.value, "valid_from": now, "granted_by": author}
    places: Sequence[str | None] = schools or [None]
    writes.insert("role_grants", {str(new_id()): {**grant, "school_id": school} for school in places})
    writes.close()
    return user


def first_invite(house: House, database: Database, clock: Clock, ring: DataKeyRing) -> NewInvite:
    """The invite of the first administrator: it carries the data keys, sealed under its code (D32).

    Raises:
        DistrictSetupError: a device is in already, and its data keys are the district's.
    """
    now = clock.now()
    with database.owning() as connection:
        if connection.execute("SELECT 1 FROM devices WHERE status = 'ACTIVE'").fetchone() is not None:
            raise DistrictSetupError("not_the_first")
        connection.execute("UPDATE device_invites SET expires_at = %s WHERE used_at IS NULL AND is_first", (now,))
        district = read_district(connection).id
        code, keys = open_invite(connection, house.address, now, everything=True, first=True)
    sealed = seal_data_keys_for_invite(ring, keys, uuid.UUID(district))
    return NewInvite(Invite(house.address.host, house.address.pins, None, sealed), code, _end(now))


def further_invite(
    house: House, database: Database, clock: Clock, schools: Sequence[str], everything: bool
) -> NewInvite:
    """An invite for one more workstation; an administrator approves it."""
    now = clock.now()
    with database.owning() as connection:
        named = [school_named(connection, school) for school in schools]
        code, _keys = open_invite(connection, house.address, now, schools=named, everything=everything)
    return NewInvite(Invite(house.address.host, house.address.pins, code), code, _end(now))


def _end(now: dt.datetime) -> dt.datetime:
    return now + dt.timedelta(minutes=15)


def school_named(connection: Connection, named: str) -> str:
    """A school by its code or key."""
    found_school = connection.execute(
        "SELECT id::text FROM schools WHERE deleted_at IS NULL AND (code = %s OR id::text = %s)", (named, named)
    ).fetchone()
    if found_school is None:
        raise DistrictSetupError("no_such_school", school=named)
    return str(found_school[0])


def devices(database: Database) -> list[dict[str, Any]]:
    with database.owning() as connection:
        told = wipes(connection)
        return [
            {
                "device": device,
                "name": name,
                "state": status,
                "all_scopes": everything,
                "schools": schools,
                "last_seen_at": None if seen is None else canonical_value(Kind.INSTANT, seen),
                **({"wipe": told[device]} if device in told else {}),
            }
            for device, name, status, everything, schools, seen in connection.execute(
                "SELECT id::text, name, status, scope_all, school_ids, last_seen_at FROM devices ORDER BY enrolled_at"
            )
        ]


def users(database: Database) -> list[dict[str, Any]]:
    with database.owning() as connection:
        return [
            {"user": user, "name": email, "role": role, "active": active}
            for user, email, role, active in connection.execute(
                "SELECT id::text, email, role, is_active FROM users WHERE deleted_at IS NULL ORDER BY email"
            )
        ]


def add_user(
    database: Database, clock: Clock, email: str, role: UserRole, first: str, last: str, schools: Sequence[str]
) -> str:
    """One more person."""
    with database.owning() as connection:
        district = read_district(connection)
        named = [school_named(connection, school) for school in schools]
        return add_account(connection, district.id, district.system_user, clock.now(), email, role, first, last, named)


def digest(database: Database, scope: str | None = None) -> dict[str, Any]:
    """Rows and digest of each table of each scope: the same form as a workstation's."""
    with database.owning() as connection:
        scopes = [
            found_scope
            for (found_scope,) in connection.execute("SELECT DISTINCT scope_id::text FROM scope_members ORDER BY 1")
            if scope in {None, found_scope}
        ]
        return {
            "pending": 0,
            "scopes": {
                name: {
                    table: {"rows": rows, "digest": total}
                    for table, (rows, total) in tables_of(connection, name).items()
                }
                for name in scopes
            },
        }


def verify(database: Database, *, repair: bool = False) -> list[str]:
    """The sums that are not those of their rows, in words; with `repair` they are when this returns."""
    return [str(difference) for difference in verifying.verify(database, repair=repair)]


def back_up(house: House, database: Database, target: Path) -> int:
    """The whole schema by `pg_dump`, checked by listing it; the sequence it covers counts as durable.

    Raises:
        DistrictSetupError: it could not be made, or what was made cannot be read.
    """
    with database.owning() as connection:
        (seq,) = connection.execute("SELECT last_seq FROM server_state").fetchone() or (0,)
    arguments = ["--format=custom", f"--schema={house.settings.schema}", f"--file={target}"]
    _run("pg_dump", [*arguments, f"--dbname={database.conninfo}"])
    _run("pg_restore", ["--list", str(target)])
    with database.owning() as connection:
        connection.execute("UPDATE server_state SET durable_seq = greatest(durable_seq, %s)", (seq,))
    return int(seq)


def restore(database: Database, source: Path) -> None:
    """Into a database without this schema, in one transaction; without its epoch file `serve` begins a new epoch.

    Raises:
        DistrictSetupError: it could not be restored; nothing was changed.
    """
    with psycopg.connect(database.conninfo, autocommit=True) as connection:
        roles = database.roles
        for role, rights in ((roles.read, ""), (roles.merge, ""), (roles.owner, "BYPASSRLS")):
            # Roles belong to the server, not to the dump, which grants them their rights.
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN {}").format(sql.Identifier(role), sql.SQL(rights)))
    _run(
        "pg_restore",
        ["--single-transaction", "--exit-on-error", f"--dbname={database.conninfo}", str(source)],
    )


def _run(program: str, arguments: Sequence[str]) -> None:
    try:
        done = subprocess.run([_program(program), *arguments], capture_output=True, check=False)  # noqa: S603 - PostgreSQL's own programs, arguments from settings
    except OSError as error:
        raise DistrictSetupError("no_program", program=program) from error
    if done.returncode != 0:
        raise DistrictSetupError("program_failed", program=program, status=done.returncode)


def _program(name: str) -> str:
    """From the embedded PostgreSQL: of its newest version, which reads older servers too."""
    return str(postgres_programs() / name)
