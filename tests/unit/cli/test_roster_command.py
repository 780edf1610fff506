"""`clinicdesk roster import`: what it prints, what it says when nothing was imported, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from clinicdesk.cli.commands import Programs, make_app
from clinicdesk.cli.credentials import Access
from clinicdesk.interchange.oneroster import Refusal, RosterRefusedError
from clinicdesk.services.roster import ImportRefusal, ImportRefusedError


class Importing:
    """A workstation that answers an import with a report, or refuses it."""

    def __init__(self, answer: dict[str, Any] | Exception) -> None:
        self._answer = answer
        self.asked: list[tuple[str, bool, list[str]]] = []

    def import_roster(self, access: Access, file: Path, dry_run: bool, accepted: list[str]) -> dict[str, Any]:
        self.asked.append((file.name, dry_run, accepted))
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def _run(programs: Importing, tmp_path: Path, *words: str) -> int:
    password = tmp_path / "password"
    password.write_text("tamarack valley demonstration\n", encoding="utf-8")
    app = make_app(cast("Programs", programs), lambda _profile, _policy: 0)
    line = ["roster", "import", "district.zip", "--user", "ada", "--password-file", str(password), *words]
    return int(app(line, result_action="return_value"))


_STOP = {"reason": "many_leaving", "count": 30, "total": 100, "percent": 10}


def test_d05_a_workstation_without_all_schools_is_told_where_to_import(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(Importing(ImportRefusedError(ImportRefusal.NOT_ALL_SCHOOLS)), tmp_path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "holds every school" in said.err
    assert "[roster_import_refused: not_all_schools]" in said.err


def test_a_refused_package_is_answered_with_its_own_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refusal = RosterRefusedError(Refusal.WRONG_HEADER, file="users.csv", line=1, detail="familyName")
    assert _run(Importing(refusal), tmp_path) == 1
    said = capsys.readouterr().err
    assert "users.csv" in said
    assert "familyName" in said


def test_a_stopped_import_prints_its_report_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(Importing({"applied": False, "stops": [_STOP]}), tmp_path) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["stops"] == [_STOP]
    assert "30 of 100 students would leave" in said.err


def test_a_dry_run_never_fails_for_what_it_found(tmp_path: Path) -> None:
    programs = Importing({"applied": False, "stops": [_STOP]})
    assert _run(programs, tmp_path, "--dry-run") == 0
    assert programs.asked == [("district.zip", True, [])]


def test_a_stop_is_accepted_by_its_code(tmp_path: Path) -> None:
    programs = Importing({"applied": True, "stops": [_STOP]})
    assert _run(programs, tmp_path, "--accept", "many_leaving") == 0
    assert programs.asked == [("district.zip", False, ["many_leaving"])]
