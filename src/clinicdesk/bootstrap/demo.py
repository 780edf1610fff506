"""`make demo`: a synthetic district with its server and two workstations, ready to be opened (contract)."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from clinicdesk.demonstration.people import STUDENTS
from clinicdesk.security.kdf_limits import MEMORY_FLOOR_KIB
from clinicdesk.security.private_files import replace_private

FOLDER = Path("build", "demo")
SIGNIN = "signin.json"
PASSWORD = "tamarack valley demonstration"  # noqa: S105 - opens invented data on this machine only, and is printed
ADMINISTRATOR = "ada"
FIRST, SECOND = "first", "second"
ROLES = {ADMINISTRATOR: "ADMIN"}
SHARED_SCHOOL = "TV02"
"""Two nurses serve this school: one can witness for the other, and each has a workstation."""

SHARED_NURSES = ("iturbide", "dovetail")
FIRST_NURSES = ("olszewski", *SHARED_NURSES)
STOP_S = 60


class DemonstrationError(Exception):
    """A command of the demonstration failed; its own line says why."""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A folder with a district, its server and workstations; every step is a command a person could type."""

    folder: Path

    @property
    def server(self) -> Path:
        return self.folder / "server"

    @property
    def policy(self) -> Path:
        return self.folder / "policy.json"

    @property
    def password_file(self) -> Path:
        return self.folder / "password"

    @property
    def first_invite(self) -> Path:
        return self.folder / "first.invite"

    def profile(self, workstation: str) -> Path:
        return self.folder / workstation

    def begin(self) -> None:
        """An empty folder with the policy of a machine without a keystore, and the password."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.folder.mkdir(parents=True)
        policy = {
            "version": 1,
            "allow_file_secret": True,
            "file_secret_folder": str(self.folder / "secrets"),
            "kdf_memory_kib": MEMORY_FLOOR_KIB,
        }
        self.policy.write_text(json.dumps(policy, indent=1) + "\n", encoding="utf-8")
        replace_private(self.password_file, PASSWORD.encode())

    def found(self, students: int) -> str:
        """Make the district with its demonstration data; the code of the first invite."""
        with _pipe() as (reader, writer):
            self.district(
                "init", "--name", "Tamarack Valley USD (demonstration)", "--admin", f"{ADMINISTRATOR}@example.org",
                "--invite", str(self.first_invite), "--embedded", str(self.server),
                "--demonstration", "--students", str(students), "--code-fd", str(writer),
                hand_over=(writer,),
            )  # fmt: skip
            return os.read(reader, 200).decode().strip()

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """The server as a process of our own, for the length of a block; its address."""
        # In a session of its own, so that Ctrl+C at the terminal reaches us first and we end it in order.
        server = subprocess.Popen(
            [sys.executable, "-c", _DISTRICT, "serve", "--embedded", str(self.server)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert server.stdout is not None
        try:
            first = server.stdout.readline()
            if not first:
                raise DemonstrationError("the district server did not start")
            yield str(json.loads(first)["url"])
        finally:
            server.terminate()
            try:
                server.wait(STOP_S)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
            server.stdout.close()

    def invite(self, workstation: str, *schools: str) -> Path:
        """A new invite that carries its code, for the workstation of these schools."""
        target = self.folder / f"{workstation}.invite"
        words = [word for school in schools for word in ("--school", school)]
        self.district("invite", "--file", str(target), *words, "--embedded", str(self.server))
        return target

    def enrol(self, workstation: str, user: str, invite: Path, code: str | None = None) -> dict[str, Any]:
        if code is None:
            return self.desk(workstation, user, "enroll", "--invite", str(invite))
        with _pipe() as (reader, writer):
            os.write(writer, code.encode() + b"\n")
            return self.desk(
                workstation, user, "enroll", "--invite", str(invite), "--code-fd", str(reader), hand_over=(reader,)
            )

    def approve(self, device: str) -> None:
        self.desk(FIRST, ADMINISTRATOR, "devices", "approve", device)

    def admit(self, workstation: str, user: str) -> None:
        """Let a person of the district sign in at this workstation too."""
        self.desk(workstation, ADMINISTRATOR, "admit", user, "--new-password-file", str(self.password_file))

    def sync(self, workstation: str, user: str) -> dict[str, Any]:
        return self.desk(workstation, user, "sync")

    def district(self, *words: str, hand_over: tuple[int, ...] = ()) -> dict[str, Any]:
        return _run([sys.executable, "-c", _DISTRICT, *words], hand_over)

    def desk(self, workstation: str, user: str, *words: str, hand_over: tuple[int, ...] = ()) -> dict[str, Any]:
        return _run(
            [
                sys.executable, "-m", "clinicdesk", *words, "--user", user,
                "--profile", str(self.profile(workstation)), "--password-file", str(self.password_file),
                "--managed-policy", str(self.policy),
            ],
            hand_over,
        )  # fmt: skip

    def write_signin(self, people: dict[str, Sequence[str]]) -> dict[str, Any]:
        """`signin.json` of the contract: who signs in where, and what the commands need besides."""
        found = {
            "managed_policy": str(self.policy),
            "server": str(self.server),
            "profiles": [
                {
                    "dir": str(self.profile(workstation)),
                    "users": [{"name": user, "role": ROLES.get(user, "NURSE"), "password": PASSWORD} for user in users],
                }
                for workstation, users in people.items()
            ],
        }
        replace_private(self.folder / SIGNIN, json.dumps(found, indent=1).encode() + b"\n")
        return found


def build(place: Demonstration, code: str) -> dict[str, Any]:
    """Both workstations in, filled and equal with the district, which is being served; the sign-in data."""
    place.enrol(FIRST, ADMINISTRATOR, place.first_invite, code)
    place.sync(FIRST, ADMINISTRATOR)
    for nurse in FIRST_NURSES:
        place.admit(FIRST, nurse)
    place.sync(FIRST, ADMINISTRATOR)
    other = SHARED_NURSES[0]
    joined = place.enrol(SECOND, other, place.invite(SECOND, SHARED_SCHOOL))
    place.approve(joined["device"])
    place.sync(SECOND, other)
    place.sync(FIRST, ADMINISTRATOR)
    return place.write_signin({FIRST: (ADMINISTRATOR, *FIRST_NURSES), SECOND: (other,)})


def has_display() -> bool:
    """Whether a window would be seen."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the demonstration, serve it and open the application; without a display, run the tour."""
    parser = argparse.ArgumentParser(prog="make demo", description="A synthetic district with two workstations.")
    parser.add_argument("--students", type=int, default=STUDENTS, help="size of the district")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it is built")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    place = Demonstration(chosen.folder.absolute())
    try:
        place.begin()
        _tell(f"Making a district with {chosen.students:,} invented students …")
        code = place.found(chosen.students)
        with place.serving() as url:
            _tell(f"The district server answers at {url}. Enrolling two workstations …")
            _show(build(place, code))
            if has_display():
                return _open_application(place)
        _tell("There is no display here: the tour shows the application headless.")
        return subprocess.run([sys.executable, "-m", "tour"], check=False).returncode
    except DemonstrationError as failure:
        sys.stderr.write(f"make demo: {failure}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _open_application(place: Demonstration) -> int:
    return subprocess.run(
        [
            sys.executable, "-m", "clinicdesk",
            "--profile", str(place.profile(FIRST)), "--managed-policy", str(place.policy),
        ],
        check=False,
    ).returncode  # fmt: skip


def _show(signin: dict[str, Any]) -> None:
    _tell("Sign in with:")
    for profile in signin["profiles"]:
        _tell(f"  clinicdesk --profile {profile['dir']} --managed-policy {signin['managed_policy']}")
        for user in profile["users"]:
            _tell(f"    {user['name']:<12} {user['role']:<8} {user['password']}")


def _tell(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _run(command: list[str], hand_over: tuple[int, ...]) -> dict[str, Any]:
    """One command with its JSON answer; its own last line of complaint becomes ours."""
    with tempfile.TemporaryFile("w+") as complaints:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=complaints, text=True, check=False, pass_fds=hand_over
        )
        if done.returncode:
            complaints.seek(0)
            raise DemonstrationError((complaints.read().strip().splitlines() or [f"exit {done.returncode}"])[-1])
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@contextlib.contextmanager
def _pipe() -> Iterator[tuple[int, int]]:
    reader, writer = os.pipe()
    try:
        yield reader, writer
    finally:
        os.close(reader)
        os.close(writer)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


_DISTRICT = "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"

if __name__ == "__main__":
    sys.exit(main())
