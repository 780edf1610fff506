"""`clinicdesk` without the window: enrol, approve, sync, digest, verify, import a roster (contract)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Protocol

from cyclopts import App, Parameter

from clinicdesk.cli.credentials import read_secret

Profile = Annotated[Path | None, Parameter(name="--profile", help="Folder of the profile; else this account's.")]
User = Annotated[str, Parameter(name="--user", help="Sign-in name.")]
PasswordFd = Annotated[int | None, Parameter(name="--password-fd", help="File descriptor to read the password from.")]
PasswordFile = Annotated[Path | None, Parameter(name="--password-file", help="File whose first line is the password.")]
Policy = Annotated[
    Path | None, Parameter(name="--managed-policy", help="Stands in for the machine's policy: demonstrations, tests.")
]
AsJson = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]


class Programs(Protocol):
    """What the commands do, joined by `bootstrap`; each answer is JSON-able."""

    def enroll(
        self, profile: Path | None, policy: Path | None, invite: str, code: str | None, user: str, password: str
    ) -> dict[str, Any]: ...

    def devices(self, profile: Path | None, policy: Path | None, user: str, password: str) -> dict[str, Any]: ...

    def approve(
        self,
        profile: Path | None,
        policy: Path | None,
        user: str,
        password: str,
        device: str,
        schools: list[str],
        everything: bool,
    ) -> dict[str, Any]: ...

    def admit(
        self, profile: Path | None, policy: Path | None, user: str, password: str, person: str, new_password: str
    ) -> dict[str, Any]: ...

    def sync(self, profile: Path | None, policy: Path | None, user: str, password: str) -> dict[str, Any]: ...

    def digest(self, profile: Path | None, policy: Path | None, user: str, password: str) -> dict[str, Any]: ...

    def verify(self, profile: Path | None, policy: Path | None, user: str, password: str) -> dict[str, Any]: ...

    def import_roster(
        self, profile: Path | None, policy: Path | None, user: str, password: str, file: Path, dry_run: bool
    ) -> dict[str, Any]: ...

    def self_check(self) -> dict[str, Any]: ...


def make_app(programs: Programs, run_window: Callable[[Path | None, Path | None], int]) -> App:
    """The command line; without a command it opens the window."""
    app = App(name="clinicdesk", help="School-clinic software.", version_flags=[])
    roster = App(name="roster", help="Rosters of the student information system.")
    app.command(roster)

    @app.default
    def window(*, profile: Profile = None, managed_policy: Policy = None) -> int:
        """Open the desktop application."""
        return run_window(profile, managed_policy)

    @app.command
    def enroll(
        *,
        invite: Path,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        code_fd: Annotated[
            int | None, Parameter(help="File descriptor of the code, where the invite lacks it.")
        ] = None,
        managed_policy: Policy = None,
    ) -> int:
        """Join this workstation to a district, and make the first sign-in."""
        text = invite.read_text(encoding="utf-8")
        code = None
        if "code=" not in text:
            code = read_secret(fd=code_fd, file=None, prompt="Code of the invite: ")
        password = read_secret(fd=password_fd, file=password_file, prompt="New password: ")
        return _say(programs.enroll(profile, managed_policy, text, code, user, password))

    @app.command
    def devices(
        action: Annotated[str | None, Parameter(help="approve")] = None,
        device: Annotated[str | None, Parameter(help="The device to approve.")] = None,
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        school: Annotated[list[str] | None, Parameter(help="Schools of the device, by id.")] = None,
        all_schools: bool = False,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """List the district's workstations, or approve one that waits: `devices approve ID`."""
        if (action is None) != (device is None) or action not in {None, "approve"}:
            sys.stderr.write("clinicdesk: devices takes no words, or: approve ID\n")
            return 2
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        if device is None:
            return _say(programs.devices(profile, managed_policy, user, password))
        return _say(
            programs.approve(profile, managed_policy, user, password, device, school or [], everything=all_schools)
        )

    @app.command
    def admit(
        person: Annotated[str, Parameter(help="Sign-in name of an account of the district.")],
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        new_password_fd: Annotated[int | None, Parameter(help="File descriptor of the person's own password.")] = None,
        new_password_file: Annotated[Path | None, Parameter(help="File with the person's own password.")] = None,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """Let a person of the district sign in at this workstation, as an administrator."""
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        own = read_secret(fd=new_password_fd, file=new_password_file, prompt=f"Password of {person}: ")
        return _say(programs.admit(profile, managed_policy, user, password, person, own))

    @app.command
    def sync(
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """One sync session without the window; prints its `SyncSession`."""
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        return _say(programs.sync(profile, managed_policy, user, password))

    @app.command
    def digest(
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """The digest of every table of every scope this workstation holds, and how much waits to be sent."""
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        return _say(programs.digest(profile, managed_policy, user, password))

    @app.command
    def verify(
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """Check pages, foreign keys and the audit chain; exit 1 and the first bad place."""
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        found = programs.verify(profile, managed_policy, user, password)
        _say(found)
        if found["sound"]:
            return 0
        sys.stderr.write(f"clinicdesk: {found['place']}: {found['finding']}\n")
        return 1

    @roster.command(name="import")
    def import_roster(
        file: Path,
        *,
        user: User,
        profile: Profile = None,
        password_fd: PasswordFd = None,
        password_file: PasswordFile = None,
        dry_run: Annotated[bool, Parameter(name="--dry-run", negative="")] = False,
        managed_policy: Policy = None,
        as_json: AsJson = True,
    ) -> int:
        """Import a OneRoster 1.2 CSV package; prints the difference and the quarantined rows."""
        password = read_secret(fd=password_fd, file=password_file, prompt="Password: ")
        return _say(programs.import_roster(profile, managed_policy, user, password, file, dry_run))

    @app.command(name="self-check")
    def self_check(*, as_json: AsJson = True) -> int:
        """Show the window once and open an encrypted database in a temporary folder: is this machine fit?"""
        return _say(programs.self_check())

    return app


def _say(answer: dict[str, Any]) -> int:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, default=str) + "\n")
    return 0
