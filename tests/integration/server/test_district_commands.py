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

from clinicdesk.bootstrap.district import main
from clinicdesk.security.enrolment import CODE_CHARACTERS, parse_code, parse_invite
from clinicdesk.server.house import open_house

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
    assert operator.ask("verify") == {"ok": True, "problems": []}


def test_a_backup_is_made_and_counts_as_durable(operator: Operator, code: str) -> None:
    made = operator.ask("backup", str(operator.folder / "district.dump"))
    assert code
    assert made["durable"] > 0
    assert (operator.folder / "district.dump").stat().st_size > 10_000


def test_health_of_a_district_that_is_not_served_is_a_failure(operator: Operator, code: str) -> None:
    assert code
    assert "not_serving" in operator.run("health", "--embedded", str(operator.district), expect=1).stderr


@pytest.mark.parametrize("words", [["digest"], ["digest", "--embedded", "/nowhere/at/all"]])
def test_a_district_that_is_not_named_or_not_there_is_one_clear_line(operator: Operator, words: list[str]) -> None:
    assert operator.run(*words, expect=1).stderr.count("\n") == 1


def test_wrong_use_is_two(operator: Operator) -> None:
    operator.run("digest", "--no-such-option", expect=2)


@pytest.mark.parametrize(
    "command", ["init", "serve", "invite", "devices", "users", "digest", "health", "verify", "backup", "restore"]
)
def test_every_command_answers_help(operator: Operator, command: str) -> None:
    assert command in operator.run(command, "--help").stdout
