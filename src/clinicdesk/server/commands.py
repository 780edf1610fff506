"""`clinicdesk-district`: the administration of a district server at its own machine."""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from clinicdesk.core.clock import Clock
from clinicdesk.domain.permissions import UserRole
from clinicdesk.security.private_files import replace_private
from clinicdesk.security.sealed_fields import DataKeyRing
from clinicdesk.security.tls import client_context
from clinicdesk.server import device_scopes, office
from clinicdesk.server.database import Database
from clinicdesk.server.erasure_commands import make_erase
from clinicdesk.server.errors import DistrictSetupError
from clinicdesk.server.held_commands import Config, Embedded, make_held
from clinicdesk.server.house import House, build_house, open_house
from clinicdesk.server.running import serve as serve_until_stopped
from clinicdesk.server.saying import say
from clinicdesk.server.wiping import order_wipe

Loader = Callable[[House, Database, Clock, DataKeyRing, int], None]
"""Fills a new district with the demonstration's rows, for that many students, while the data keys are at hand (D64)."""

CodeFd = Annotated[int | None, Parameter(name="--code-fd", help="File descriptor that gets the code of the invite.")]


def make_commands(clock: Clock, load_demonstration: Loader | None = None) -> App:
    """The command line; `load_demonstration` comes from above, this package knows no demonstration."""
    app = App(name="clinicdesk-district", help="The ClinicDesk district server.", version_flags=[])

    @app.command
    def init(
        *,
        name: str,
        admin: str,
        invite: Path,
        embedded: Embedded = None,
        config: Config = None,
        database: str | None = None,
        host: str = "127.0.0.1",
        code: str = "DISTRICT",
        schema: str = "district",
        code_fd: CodeFd = None,
        demonstration: bool = False,
        students: int = 9_000,
    ) -> None:
        """Make a new district, and the invite of its first administrator's workstation.

        The invite goes to a file, its code to --code-fd or the terminal: never both to one place.
        """
        if (config is None) == (embedded is None) or (config is None) != (database is None):
            raise DistrictSetupError("config_or_embedded")
        if demonstration and load_demonstration is None:
            raise DistrictSetupError("no_demonstration")
        house = build_house(
            clock, embedded=embedded, config=config, district=name, schema=schema, host=host, database=database
        )
        house.make_schema()
        ring = DataKeyRing.generate()
        try:
            with house.open() as opened:
                founded = office.found(house, opened, clock, name=name, code=code, admin=admin)
                if demonstration and load_demonstration is not None:
                    load_demonstration(house, opened, clock, ring, students)
                made = office.first_invite(house, opened, clock, ring)
        finally:
            ring.destroy()
        replace_private(invite, made.invite.uri().encode() + b"\n")
        _hand_over(made.code, code_fd)
        say({"district": founded.district, "host": house.settings.host, "invite": str(invite)})

    @app.command
    def serve(*, config: Config = None, embedded: Embedded = None) -> None:
        """Serve the district until told to stop; prints one line when it accepts workstations."""
        house = open_house(config, embedded)
        address = f"https://{house.settings.host}"
        serve_until_stopped(house, clock, lambda: say({"url": address, "pid": os.getpid()}))

    @app.command
    def invite(
        *,
        file: Path,
        school: list[str] | None = None,
        all_schools: bool = False,
        first: bool = False,
        code_fd: CodeFd = None,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """Invite one workstation, for fifteen minutes. --first: the first one again, if its invite ran out."""
        house = open_house(config, embedded)
        with house.open() as opened:
            if first:
                made = office.first_invite(house, opened, clock, DataKeyRing.generate())
                _hand_over(made.code, code_fd)
            else:
                made = office.further_invite(house, opened, clock, school or [], all_schools)
        replace_private(file, made.invite.uri().encode() + b"\n")
        say({"invite": str(file), "expires_at": made.expires_at.isoformat()})

    @app.command
    def devices(
        *,
        revoke: str | None = None,
        device: str | None = None,
        school: list[str] | None = None,
        all_schools: bool = False,
        wipe: str | None = None,
        despite_waiting: bool = False,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """List the workstations, revoke one, or with --device say which schools it has from its next session on.

        --wipe orders a revoked one to destroy what it holds, once all of it is in; with --despite-waiting also where
        something has not come in, which is lost then. They are approved at an enrolled workstation.
        """
        house = open_house(config, embedded)
        with house.open() as opened:
            if revoke is not None:
                device_scopes.revoke(opened, clock, revoke)
            if device is not None:
                device_scopes.give_schools(opened, clock, device, school or [], everything=all_schools)
            if wipe is not None:
                order_wipe(opened, clock, house.signing_key(), wipe, despite_waiting=despite_waiting)
            say(office.devices(opened))

    @app.command
    def users(
        *,
        add: str | None = None,
        role: UserRole = UserRole.VIEWER,
        first_name: str = "",
        last_name: str = "",
        school: list[str] | None = None,
        config: Config = None,
        embedded: Embedded = None,
    ) -> None:
        """List the accounts, or add one by its e-mail address."""
        with open_house(config, embedded).open() as opened:
            if add is not None:
                office.add_user(opened, clock, add, role, first_name or add, last_name or "-", school or [])
            say(office.users(opened))

    @app.command
    def digest(*, scope: str | None = None, config: Config = None, embedded: Embedded = None) -> None:
        """Rows and digest of every table of every scope."""
        with open_house(config, embedded).open() as opened:
            say(office.digest(opened, scope))

    @app.command
    def health(*, config: Config = None, embedded: Embedded = None) -> None:
        """Ask the running server how it is; exit 1 where it does not answer, or an alarm stands (s49)."""
        house = open_house(config, embedded)
        context = client_context(house.authority_pem().encode(), house.settings.pins)
        try:
            with urllib.request.urlopen(
                f"https://{house.settings.host}/v1/health", timeout=10, context=context
            ) as answer:
                state = msgspec.json.decode(answer.read())
        except (urllib.error.URLError, OSError) as error:
            raise DistrictSetupError("not_serving") from error
        say(state)
        if state["alarms"]:
            raise DistrictSetupError("alarm", alarm=state["alarms"][0])

    @app.command
    def verify(*, repair: bool = False, config: Config = None, embedded: Embedded = None) -> None:
        """Compute every digest anew from the rows; exit 1 and the first bad place where one differs.

        With `--repair` the kept sums are set to those of the rows; no row is touched.
        """
        with open_house(config, embedded).open() as opened:
            problems = office.verify(opened, repair=repair)
        say({"ok": repair or not problems, "problems": problems, "repaired": len(problems) if repair else 0})
        if problems and not repair:
            raise DistrictSetupError("digest_differs", place=problems[0])

    @app.command
    def backup(file: Path, *, config: Config = None, embedded: Embedded = None) -> None:
        """Copy the district's database to a file, and check that it can be read."""
        house = open_house(config, embedded)
        with house.open() as opened:
            say({"file": str(file), "durable": office.back_up(house, opened, file)})

    @app.command
    def restore(file: Path, *, config: Config = None, embedded: Embedded = None) -> None:
        """Bring a backup into an empty database; the next `serve` begins a new epoch."""
        with open_house(config, embedded).open() as opened:
            office.restore(opened, file)
        say({"restored": str(file)})

    app.command(make_held(clock))
    app.command(make_erase(clock))
    return app


def _hand_over(code: str, fd: int | None) -> None:
    """The code by itself, to a descriptor or to the person at the terminal."""
    if fd is not None:
        os.write(fd, code.encode() + b"\n")
    elif sys.stderr.isatty():
        sys.stderr.write(f"Code of the invite (15 minutes, one use): {code}\n")
    else:
        raise DistrictSetupError("no_place_for_code")
