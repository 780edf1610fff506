"""`clinicdesk-district` as an operator runs it, on its embedded PostgreSQL."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.district import Town, allergy, fresh, insert, student, update

from clinicdesk.bootstrap.district import main
from clinicdesk.core.clock import SystemClock
from clinicdesk.security.enrolment import CODE_CHARACTERS, parse_code, parse_invite
from clinicdesk.server.database import Database
from clinicdesk.server.exchange import Exchange
from clinicdesk.server.house import open_house
from clinicdesk.server.sessions import read_district

PROGRAM = [sys.executable, "-c", "import sys; from clinicdesk.bootstrap.district import main; sys.exit(main())"]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said."""

    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Operator:
    """Runs commands in a folder."""

    folder: Path

    @property
    def district(self) -> Path:
        return self.folder / "district"

    def run(self, *words: str, expect: int = 0) -> Done:
        """One command, in this process: starting Python anew for each would take longer than all of them."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main(words)
        assert status == expect, (status, err.getvalue())
        return Done(out.getvalue(), err.getvalue())

    def ask(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--embedded", str(self.district)).stdout)

    def init(self) -> str:
        """The code of the first invite."""
        reading, writing = os.pipe()
        self.run(
            "init",
            "--embedded",
            str(self.district),
            "--name",
            "Example District",
            "--admin",
            "ada@example.org",
            "--invite",
            str(self.folder / "first.invite"),
            "--code-fd",
            str(writing),
        )
        os.close(writing)
        with os.fdopen(reading) as code:
            return code.read().strip()


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("operator")
    # The embedded server runs as its own user, who has to reach its folder.
    for part in (folder, *list(folder.parents)[:2]):
        part.chmod(0o755)
    return Operator(folder)


@pytest.fixture(scope="module")
def code(operator: Operator) -> Iterator[str]:
    """The code of a new district's first invite; its database stays up until the last test."""
    made = operator.init()
    with open_house(None, operator.district).open():
        yield made


@pytest.fixture
def serving(operator: Operator, code: str) -> Iterator[Operator]:
    """The server in its own process."""
    assert code
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--embedded", str(operator.district)], stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["url"].startswith("https://127.0.0.1:")
        yield operator
        process.terminate()
    assert process.returncode in {0, -15}


def test_d24_init_writes_the_invite_and_hands_the_code_over_apart(operator: Operator, code: str) -> None:
    text = (operator.folder / "first.invite").read_text()
    invite = parse_invite(text)
    assert (len(parse_code(code)), invite.code, code in text) == (CODE_CHARACTERS, None, False)
    assert invite.sealed_data_keys is not None
    assert len(invite.pins) == 2


def test_d32_the_server_keeps_neither_code_nor_data_key(operator: Operator, code: str) -> None:
    kept = b"".join(file.read_bytes() for file in (operator.district / "keys").iterdir())
    assert code.encode() not in kept
    assert all((file.stat().st_mode & 0o077) == 0 for file in (operator.district / "keys").iterdir())


def test_init_does_not_touch_a_district_that_is_there(operator: Operator, code: str) -> None:
    before = (operator.district / "district.json").read_bytes()
    words = ["init", "--embedded", str(operator.district), "--name", "X", "--admin", "a@b.c", "--invite", "x"]
    done = operator.run(*words, expect=1)
    assert (done.stderr.count("\n"), "district_exists" in done.stderr) == (1, True)
    assert (operator.district / "district.json").read_bytes() == before
    assert code


def test_a_served_district_answers_and_is_administered_beside_it(serving: Operator) -> None:
    assert serving.ask("health")["status"] == "ok"
    added = serving.ask("users", "--add", "nora@example.org", "--role", "NURSE")
    assert [user["name"] for user in added] == ["ada@example.org", "nora@example.org", "system@district.invalid"]
    invited = serving.ask("invite", "--file", str(serving.folder / "second.invite"), "--all-schools")
    assert parse_invite(Path(invited["invite"]).read_text()).code is not None
    assert serving.ask("devices") == []


def test_d21_the_digest_of_every_table_is_told_and_verified(operator: Operator, code: str) -> None:
    told = operator.ask("digest")
    (tables,) = told["scopes"].values()
    assert code
    assert (told["pending"], tables["districts"]["rows"], len(tables["users"]["digest"])) == (0, 1, 16)
    assert operator.ask("verify") == {"ok": True, "problems": [], "repaired": 0}


def test_a_backup_is_made_and_counts_as_durable(operator: Operator, code: str) -> None:
    made = operator.ask("backup", str(operator.folder / "district.dump"))
    assert code
    assert made["durable"] > 0
    assert (operator.folder / "district.dump").stat().st_size > 10_000


def a_town(operator: Operator, database: Database) -> Town:
    """The operator's district as workstations would speak to it."""
    with database.owning() as connection:
        known = read_district(connection)
        (ada,) = connection.execute("SELECT id::text FROM users WHERE email = 'ada@example.org'").fetchone() or ("",)
    clock = SystemClock()
    exchange = Exchange(database, clock, known)
    return Town(database, clock, exchange, known.id, "", "", "", "", ada, {})  # type: ignore[arg-type]  # any clock does


def test_what_is_held_is_listed_released_and_dismissed_by_a_named_person(operator: Operator, code: str) -> None:
    assert code
    with open_house(None, operator.district).open() as database:
        town = a_town(operator, database)
        desk = town.desk(town.dora, everything=True)
        orphan, other = insert("allergies", allergy(fresh())), insert("allergies", allergy(fresh()))
        assert [result.outcome.value for result in desk.push(orphan, other).results] == ["held", "held"]

        def held(*words: str) -> list[dict[str, Any]]:
            """What is held of these two; other tests hold items in the same district."""
            return [item for item in operator.ask("held", "list", *words) if item["row"] in {orphan.key, other.key}]

        items = held()
        assert [(item["reason"], item["row"], item["needs_a_person"]) for item in items] == [
            ("parent_missing", draft.key, False) for draft in (orphan, other)
        ]
        by = ("--by", "ada@example.org")
        shown = operator.ask("held", "show", items[0]["id"], *by)
        assert shown["changes"]["allergen"][1] == "Peanut"
        (still,) = operator.ask("held", "release", items[0]["id"], *by)
        assert still["reason"] == "parent_missing"
        operator.ask("held", "dismiss", items[1]["id"], *by, "--note", "entered for a test")
        assert [item["id"] for item in held()] == [items[0]["id"]]
        kept = held("--settled")
        assert {item["id"] for item in kept} == {item["id"] for item in items}
        nobody = operator.run(
            *("held", "release", items[0]["id"], "--by", "nobody@example.org"),
            *("--embedded", str(operator.district)),
            expect=1,
        )
        assert nobody.stderr.count("\n") == 1


def test_scenario_60_an_erasure_is_counted_first_and_done_with_yes(operator: Operator, code: str) -> None:
    assert code
    with open_house(None, operator.district).open() as database:
        town = a_town(operator, database)
        desk = town.desk(town.dora, everything=True)
        school = insert("schools", {"name": "Oak", "code": "OAK", "district_id": town.district}, purpose="CARE")
        child = insert("students", student("Iris", "1", school.key))
        assert {result.outcome.value for result in desk.push(school, child).results} <= {"applied", "merged"}
        words = ("erase", "students", child.key, "--by", "ada@example.org", "--reference", "case 1")
        counted = operator.ask(*words)
        assert (counted["erased"], town.rows("students", child.key) is None) == (False, False)
        done = operator.ask(*words, "--yes")
        assert (done["erased"], done["rows"]) == (True, counted["rows"])
        assert town.rows("students", child.key) is None
        again = desk.push_one(update("students", child.key, 1, preferred_name=(None, "Iri")))
        assert again.outcome.value == "held"


def test_scenario_43_a_wipe_is_ordered_of_a_revoked_workstation_alone(operator: Operator, code: str) -> None:
    device = fresh()
    with open_house(None, operator.district).open() as database, database.owning() as connection:
        connection.execute(
            "INSERT INTO devices (id, name, status, signing_key, sealing_key, enrolled_at)"
            " VALUES (%s, 'lost', 'ACTIVE', '', '', now())",
            (device,),
        )
    refused = operator.run("devices", "--wipe", device, "--embedded", str(operator.district), expect=1)
    assert "not_revoked" in refused.stderr
    operator.ask("devices", "--revoke", device)
    told = operator.ask("devices", "--wipe", device, "--despite-waiting")
    (row,) = [one for one in told if one["device"] == device]
    assert (row["state"], row["wipe"]) == ("REVOKED", "ordered")
    with open_house(None, operator.district).open() as database, database.owning() as connection:
        found = connection.execute(
            "SELECT result FROM audit_logs WHERE action = 'DEVICE_CHANGE' ORDER BY seq DESC LIMIT 2"
        ).fetchall()
    assert [result for (result,) in found] == ["wipe_ordered", "revoked"]


def test_health_of_a_district_that_is_not_served_is_a_failure(operator: Operator, code: str) -> None:
    assert code
    assert "not_serving" in operator.run("health", "--embedded", str(operator.district), expect=1).stderr


@pytest.mark.parametrize("words", [["digest"], ["digest", "--embedded", "/nowhere/at/all"]])
def test_a_district_that_is_not_named_or_not_there_is_one_clear_line(operator: Operator, words: list[str]) -> None:
    assert operator.run(*words, expect=1).stderr.count("\n") == 1


def test_wrong_use_is_two(operator: Operator) -> None:
    operator.run("digest", "--no-such-option", expect=2)


@pytest.mark.parametrize(
    "command",
    ["init", "serve", "invite", "devices", "users", "digest", "health", "verify", "backup", "restore", "held", "erase"],
)
def test_every_command_answers_help(operator: Operator, command: str) -> None:
    assert command in operator.run(command, "--help").stdout
