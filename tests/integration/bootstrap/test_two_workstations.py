"""The programs themselves, end to end: a district, two enrolled workstations, sync, equal digests, sound audit."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.damage import damage_root
from tests.support.warm_programs import WarmPrograms, warm_programs

from clinicdesk.bootstrap.workstation import workstation
from clinicdesk.core.clock import SystemClock
from clinicdesk.security import slots

PASSWORD = "a very long password for tests only"
DISTRICT = "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"
STUDENTS = 60


@dataclass
class Place:
    """A folder with a served demonstration district, and the commands as a person types them."""

    folder: Path
    programs: WarmPrograms

    def district(self, *words: str, fds: tuple[int, ...] = ()) -> dict[str, Any]:
        return self._run("clinicdesk-district", list(words), fds)

    def desk(self, command: str, *words: str, profile: str, user: str, fds: tuple[int, ...] = ()) -> dict[str, Any]:
        return self._run(
            "clinicdesk",
            [
                *command.split(), *words, "--user", user,
                "--profile", str(self.folder / profile), "--password-file", str(self.folder / "password"),
                "--managed-policy", str(self.folder / "policy.json"),
            ],
            fds,
        )  # fmt: skip

    def refused(self, command: str, *words: str, profile: str, user: str) -> str:
        """The one line on standard error of a command that fails with 1."""
        with pytest.raises(subprocess.CalledProcessError) as failed:
            self.desk(command, *words, profile=profile, user=user)
        assert failed.value.returncode == 1
        lines: list[str] = failed.value.stderr.strip().splitlines()
        assert len(lines) == 1, failed.value.stderr
        return lines[0]

    def _run(self, program: str, words: list[str], fds: tuple[int, ...]) -> dict[str, Any]:
        done = self.programs.run(program, words, fds)
        try:
            done.check_returncode()
        except subprocess.CalledProcessError as failed:
            failed.add_note(failed.stderr)
            raise
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


@pytest.fixture(scope="module")
def programs() -> Iterator[WarmPrograms]:
    """What people type runs in them; `serve` and two of the commands below are started from nothing."""
    with warm_programs() as standing:
        yield standing


@pytest.fixture(scope="module")
def place(programs: WarmPrograms, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("district")
    policy = {
        "version": 1,
        "allow_file_secret": True,
        "file_secret_folder": str(folder / "secrets"),
        "kdf_memory_kib": 65536,
    }
    (folder / "policy.json").write_text(json.dumps(policy))
    (folder / "password").write_text(PASSWORD)
    here = Place(folder, programs)
    reader, writer = os.pipe()
    here.district(
        "init", "--name", "Test district", "--admin", "ada@example.org", "--invite", str(folder / "first.txt"),
        "--embedded", str(folder / "server"), "--demonstration", "--students", str(STUDENTS),
        "--code-fd", str(writer), fds=(writer,),
    )  # fmt: skip
    os.close(writer)
    with os.fdopen(reader) as code:
        (folder / "code").write_text(code.read())
    serving = subprocess.Popen(
        [sys.executable, "-c", DISTRICT, "serve", "--embedded", str(folder / "server")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout is not None
    assert "url" in serving.stdout.readline()
    try:
        yield here
    finally:
        serving.terminate()
        serving.wait(30)
        serving.stdout.close()


@pytest.fixture(scope="module")
def first(place: Place) -> Place:
    """The first workstation is in, has pulled everything, and the nurse may sign in there."""
    with (place.folder / "code").open() as code:
        joined = place.desk(
            "enroll", "--invite", str(place.folder / "first.txt"), "--code-fd", str(code.fileno()),
            profile="one", user="ada", fds=(code.fileno(),),
        )  # fmt: skip
    assert joined["state"] == "approved"
    assert place.desk("sync", profile="one", user="ada")["equal"] is True
    own = ("--new-password-file", str(place.folder / "password"))
    assert place.desk("admit", "olszewski", *own, profile="one", user="ada")["role"] == "NURSE"
    assert place.desk("sync", profile="one", user="ada")["pushed"] == 2
    return place


def test_d24_the_first_workstation_holds_what_the_district_holds(first: Place) -> None:
    here = first.desk("digest", profile="one", user="olszewski")
    assert here["pending"] == 0
    assert here["scopes"] == first.district("digest", "--embedded", str(first.folder / "server"))["scopes"]
    assert len(here["scopes"]) == 13


def test_the_demonstration_is_a_sound_district(first: Place) -> None:
    assert first.district("verify", "--embedded", str(first.folder / "server"))["ok"] is True
    verified = first.desk("verify", profile="one", user="ada")
    assert (verified["sound"], verified["rows"]["differing"], verified["rows"]["kept"]) == (True, 0, 0)
    assert verified["rows"]["checked"] > STUDENTS


def test_d24_a_second_workstation_waits_for_an_administrator_and_gets_its_school(first: Place) -> None:
    invite = first.folder / "second.txt"
    first.district("invite", "--file", str(invite), "--school", "TV02", "--embedded", str(first.folder / "server"))
    joined = first.desk("enroll", "--invite", str(invite), profile="two", user="iturbide")
    assert joined["state"] == "pending"
    assert "not_joined" in first.refused("sync", profile="two", user="iturbide")
    (waiting,) = first.desk("devices", profile="one", user="ada")["pending"]
    assert (waiting["device"], waiting["number"]) == (joined["device"], joined["number"])
    assert first.desk("devices approve", joined["device"], profile="one", user="ada")["state"] == "approved"
    assert first.desk("sync", profile="two", user="iturbide")["equal"] is True
    whole = first.desk("digest", profile="one", user="ada")["scopes"]
    part = first.desk("digest", profile="two", user="iturbide")["scopes"]
    assert len(part) == 2
    # Approving wrote the new person's keys, which the first workstation pulls with its next session.
    district = min(part, key=lambda scope: "students" in part[scope])
    school = next(scope for scope in part if scope != district)
    assert part[school] == whole[school]


def test_the_district_role_of_a_nurse_approves_nobody(first: Place) -> None:
    assert "permission_denied" in first.refused("devices", profile="one", user="olszewski")


def test_scenario_13_a_restored_database_goes_on_when_an_administrator_says_so(first: Place, tmp_path: Path) -> None:
    database = first.folder / "one" / "clinic.db"
    backup = database.read_bytes()
    for _ in range(2):
        assert first.desk("sync", profile="one", user="ada")["equal"] is True
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    database.write_bytes(backup)
    said = first.refused("sync", profile="one", user="olszewski")
    assert "older than the district remembers" in said
    assert "sync_recovery_needed" in said
    assert "permission_denied" in first.refused("sync", "--recover", profile="one", user="olszewski")
    row = first.desk("sync", "--recover", profile="one", user="ada")
    assert (row["status"], row["equal"]) == ("COMPLETED", True)
    assert first.desk("sync", profile="one", user="olszewski")["equal"] is True
    assert first.desk("verify", profile="one", user="ada")["sound"] is True


def test_scenario_15_a_copied_workstation_joins_anew_and_keeps_what_it_had(first: Place) -> None:
    folder = first.folder
    before = json.loads((folder / "one" / "device.json").read_text())["header"]
    shutil.copytree(folder / "one", folder / "copy")
    own = ("--new-password-file", str(folder / "password"))
    assert first.desk("admit", "iturbide", *own, profile="copy", user="ada")["role"] == "NURSE"
    for _ in range(2):
        assert first.desk("sync", profile="one", user="ada")["equal"] is True
    assert "Another computer speaks" in first.refused("sync", profile="copy", user="ada")
    assert first.desk("digest", profile="copy", user="ada")["pending"] == 2
    invite = folder / "anew.txt"
    first.district("invite", "--file", str(invite), "--school", "TV02", "--embedded", str(folder / "server"))
    joined = first.desk("rejoin", "--invite", str(invite), profile="copy", user="ada")
    assert joined["state"] == "pending"
    assert "not_joined" in first.refused("sync", profile="copy", user="ada")
    approved = first.desk("devices approve", joined["device"], "--all-schools", profile="one", user="ada")
    assert (approved["state"], approved["number"]) == ("approved", joined["number"])
    row = first.desk("sync", profile="copy", user="ada")
    others = 4  # the keys of both who were admitted here, under the new identity
    assert (row["status"], row["equal"], row["pushed"]) == ("COMPLETED", True, 2 + others)
    assert first.desk("sync", profile="one", user="ada")["equal"] is True
    assert first.desk("verify", profile="copy", user="iturbide")["sound"] is True
    after = json.loads((folder / "copy" / "device.json").read_text())["header"]
    assert (before["device"], after["device"]) == (after["profile"], joined["device"])
    assert len({before["device"], after["device"]}) == 2
    whole, copied = (first.desk("digest", profile=name, user="ada") for name in ("one", "copy"))
    assert (copied["pending"], copied["scopes"]) == (0, whole["scopes"])


def test_scenario_53_a_damaged_workstation_is_salvaged_by_a_command_and_filled_anew(first: Place) -> None:
    assert "salvage_not_needed" in first.refused("salvage", profile="one", user="ada")
    folder = first.folder / "one"
    here = workstation(folder, first.folder / "policy.json")
    unlocked = slots.unlock(here.paths, "ada", PASSWORD, here.secret_store(), SystemClock())
    key = bytes(unlocked.db_key)
    unlocked.destroy()
    damage_root(folder / "clinic.db", key, "sync_queue_items")
    found = first.desk("salvage", profile="one", user="olszewski")
    assert found["unread"]["sync_queue_items"] > 0
    assert first.desk("sync", profile="one", user="ada")["equal"] is True
    here_now = first.desk("digest", profile="one", user="ada")
    assert here_now["pending"] == 0
    assert here_now["scopes"] == first.district("digest", "--embedded", str(first.folder / "server"))["scopes"]
    assert first.desk("verify", profile="one", user="ada")["sound"] is True


def test_a_wrong_password_is_one_line(first: Place, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("this is not the password at all")
    done = subprocess.run(
        [
            sys.executable, "-m", "clinicdesk", "verify", "--user", "ada", "--profile", str(first.folder / "one"),
            "--password-file", str(wrong), "--managed-policy", str(first.folder / "policy.json"),
        ],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "wrong_password" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_use_is_two() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clinicdesk", "verify", "--nonsense"], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 2
