"""`clinicdesk` without the window: enrol, approve, sync, digest, verify, import a roster (contract)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

from cyclopts import App, Parameter

from clinicdesk.cli.credentials import Access, SignIn, read_secret
from clinicdesk.i18n.roster_words import roster_words
from clinicdesk.interchange.oneroster import RosterRefusedError
from clinicdesk.presentation.roster.presenter import failure_words
from clinicdesk.services.roster import ImportRefusedError


class Programs(Protocol):
    """What the commands do, joined by `bootstrap`; each answer is JSON-able."""

    def enroll(self, access: Access, invite: str, code: str | None) -> dict[str, Any]: ...

    def devices(self, access: Access) -> dict[str, Any]: ...

    def approve(self, access: Access, device: str, schools: list[str], everything: bool) -> dict[str, Any]: ...

    def admit(self, access: Access, person: str, new_password: str) -> dict[str, Any]: ...

    def rejoin(self, access: Access, invite: str, code: str | None) -> dict[str, Any]: ...

    def salvage(self, access: Access) -> dict[str, Any]: ...

    def sync(self, access: Access, recover: bool) -> dict[str, Any]: ...

    def digest(self, access: Access) -> dict[str, Any]: ...

    def verify(self, access: Access, repair: bool) -> dict[str, Any]: ...

    def import_roster(self, access: Access, file: Path, dry_run: bool, accepted: list[str]) -> dict[str, Any]: ...

    def self_check(self) -> dict[str, Any]: ...


def make_app(programs: Programs, run_window: Callable[[Path | None, Path | None], int]) -> App:
    """The command line; without a command it opens the window."""
    app = App(name="clinicdesk", help="School-clinic software.", version_flags=[])
    roster = App(name="roster", help="Rosters of the student information system.")
    app.command(roster)

    @app.default
    def window(
        *,
        profile: Annotated[Path | None, Parameter(help="Folder of the profile; else this account's.")] = None,
        managed_policy: Annotated[Path | None, Parameter(help="Stands in for the machine's policy.")] = None,
    ) -> int:
        """Open the desktop application."""
        return run_window(profile, managed_policy)

    @app.command
    def enroll(
        *,
        invite: Path,
        sign_in: SignIn,
        code_fd: Annotated[
            int | None, Parameter(help="File descriptor of the code, where the invite lacks it.")
        ] = None,
    ) -> int:
        """Join this workstation to a district, and make the first sign-in."""
        text, code = _invited(invite, code_fd)
        return _say(programs.enroll(sign_in.access("New password: "), text, code))

    @app.command
    def rejoin(
        *,
        invite: Path,
        sign_in: SignIn,
        code_fd: Annotated[
            int | None, Parameter(help="File descriptor of the code, where the invite lacks it.")
        ] = None,
    ) -> int:
        """Join a copied workstation anew under an identity of its own; people, database and queue stay."""
        text, code = _invited(invite, code_fd)
        return _say(programs.rejoin(sign_in.access(), text, code))

    @app.command
    def devices(
        action: Annotated[str | None, Parameter(help="approve")] = None,
        device: Annotated[str | None, Parameter(help="The device to approve.")] = None,
        *,
        sign_in: SignIn,
        school: Annotated[list[str] | None, Parameter(help="Schools of the device, by id.")] = None,
        all_schools: bool = False,
    ) -> int:
        """List the district's workstations, or approve one that waits: `devices approve ID`."""
        if (action is None) != (device is None) or action not in {None, "approve"}:
            sys.stderr.write("clinicdesk: devices takes no words, or: approve ID\n")
            return 2
        access = sign_in.access()
        if device is None:
            return _say(programs.devices(access))
        return _say(programs.approve(access, device, school or [], everything=all_schools))

    @app.command
    def admit(
        person: Annotated[str, Parameter(help="Sign-in name of an account of the district.")],
        *,
        sign_in: SignIn,
        new_password_fd: Annotated[int | None, Parameter(help="File descriptor of the person's own password.")] = None,
        new_password_file: Annotated[Path | None, Parameter(help="File with the person's own password.")] = None,
    ) -> int:
        """Let a person of the district sign in at this workstation, as an administrator."""
        access = sign_in.access()
        own = read_secret(fd=new_password_fd, file=new_password_file, prompt=f"Password of {person}: ")
        return _say(programs.admit(access, person, own))

    @app.command
    def sync(
        *,
        sign_in: SignIn,
        recover: Annotated[
            bool,
            Parameter(negative="", help="An administrator: go on with this older database as the right one."),
        ] = False,
    ) -> int:
        """One sync session without the window; prints its `SyncSession`."""
        return _say(programs.sync(sign_in.access(), recover))

    @app.command
    def salvage(*, sign_in: SignIn) -> int:
        """Carry what a damaged workstation has not sent into a fresh database; the next sync fills it anew."""
        return _say(programs.salvage(sign_in.access()))

    @app.command
    def digest(*, sign_in: SignIn) -> int:
        """The digest of every table of every scope this workstation holds, and how much waits to be sent."""
        return _say(programs.digest(sign_in.access()))

    @app.command
    def verify(
        *,
        sign_in: SignIn,
        repair: Annotated[
            bool, Parameter(negative="", help="Mend rows that differ from what the district acknowledged.")
        ] = False,
    ) -> int:
        """Check pages, foreign keys, the audit chain and every row; exit 1 and the first bad place."""
        found = programs.verify(sign_in.access(), repair)
        _say(found)
        if found["sound"]:
            return 0
        sys.stderr.write(f"clinicdesk: {found['place']}: {found['finding']}\n")
        return 1

    @roster.command(name="import")
    def import_roster(
        file: Path,
        *,
        sign_in: SignIn,
        dry_run: Annotated[bool, Parameter(name="--dry-run", negative="", help="Write nothing.")] = False,
        accept: Annotated[
            list[Literal["many_leaving", "many_set_aside"]] | None,
            Parameter(help="A reason that stopped the import before and is meant all the same."),
        ] = None,
    ) -> int:
        """Import a OneRoster 1.2 CSV package; prints the difference and the quarantined rows (docs/roster-import.md).

        The exit status is 1 when nothing was imported: the package was refused, or its difference stopped it.
        """
        access = sign_in.access()
        try:
            report = programs.import_roster(access, file, dry_run, list(accept or ()))
        except (RosterRefusedError, ImportRefusedError) as refusal:
            sys.stderr.write(f"clinicdesk: {failure_words(refusal)} [{refusal.code}: {refusal.reason.value}]\n")
            return 1
        _say(report)
        if dry_run or report["applied"]:
            return 0
        for stop in report["stops"]:
            words = roster_words("stop", stop["reason"], count=stop["count"], total=stop["total"])
            sys.stderr.write(f"clinicdesk: {words} [{stop['reason']}]\n")
        return 1

    @app.command(name="self-check")
    def self_check(*, as_json: Annotated[bool, Parameter(name="--json", negative="")] = True) -> int:
        """Show the window once and open an encrypted database in a temporary folder: is this machine fit?"""
        return _say(programs.self_check())

    return app


def _invited(invite: Path, code_fd: int | None) -> tuple[str, str | None]:
    """The invite, and its code where it stands apart."""
    text = invite.read_text(encoding="utf-8")
    if "code=" in text:
        return text, None
    return text, read_secret(fd=code_fd, file=None, prompt="Code of the invite: ")


def _say(answer: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
    return 0
