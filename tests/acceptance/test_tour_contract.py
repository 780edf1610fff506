"""What `make tour` and `make demo` leave behind has the shape that the contract gives it."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path

import pytest
from tour.__main__ import PARTS
from tour.record import Record, Rows
from tour.roster import NEWCOMER, SCHOOL_ID, write_delta
from tour.size import LEAST, round_sizes, students_for_tour

from clinicdesk.bootstrap.demo import FIRST, PASSWORD, SECOND, SIGNIN, Demonstration
from clinicdesk.interchange.oneroster import read_package

SPECIFICATIONS = Path(__file__).resolve().parents[3] / "shared"
FIELDS = {"step", "screen", "keys", "seconds", "ok", "picture", "rows"}


class Desk:
    """Counts keys and takes pictures as the driver's hand does."""

    def __init__(self, folder: Path) -> None:
        self.keys = 0
        self.recovered = 0
        self.record = Record(folder, lambda: self.keys, lambda target: target.touch(), self._recover)

    def type(self, keys: int, rows: Rows) -> Rows:
        self.keys += keys
        return rows

    def fail(self) -> Rows:
        raise RuntimeError("no witness")

    def _recover(self) -> None:
        self.recovered += 1


def read(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads((folder / "tour.json").read_text())
    return found


def test_a_step_is_a_line_with_its_keys_its_picture_and_its_rows(tmp_path: Path) -> None:
    desk, row = Desk(tmp_path), uuid.uuid4()
    desk.record.run("Visit signed", "visits.visit", lambda: desk.type(7, {"ClinicVisit": [row]}))
    desk.record.run("Dark", "today", lambda: desk.type(1, {}), dark=True)
    first, second = read(tmp_path)
    assert set(first) == set(second) == FIELDS
    assert (first["step"], first["keys"], first["ok"]) == ("Visit signed", 7, True)
    assert first["rows"] == {"ClinicVisit": [str(row)]}
    assert (first["picture"], second["picture"]) == ("01-visits-visit.png", "02-today-dark.png")
    assert (tmp_path / "01-visits-visit.png").exists()
    assert desk.record.ok


def test_a_step_that_fails_is_told_and_the_tour_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk(tmp_path)
    desk.record.run("Dose", "medications", desk.fail)
    desk.record.run("Sync", "sync", lambda: desk.type(1, {}))
    assert [line["ok"] for line in read(tmp_path)] == [False, True]
    assert not desk.record.ok
    assert desk.recovered == 1
    assert "Dose: RuntimeError: no witness" in capsys.readouterr().err


def test_a_tour_without_steps_is_not_ok(tmp_path: Path) -> None:
    assert not Desk(tmp_path).record.ok


def test_the_parts_that_break_are_those_of_the_contract() -> None:
    contract = (SPECIFICATIONS / "contract.md").read_text(encoding="utf-8")
    assert all(f"`{part}`" in contract or f"BREAK={part}`" in contract for part in PARTS)


def test_the_delta_of_the_tour_is_one_student_of_the_first_school(tmp_path: Path) -> None:
    write_delta(tmp_path / "delta.zip")
    package = read_package(tmp_path / "delta.zip")
    (student,) = package.users
    (role,) = package.roles
    assert (student.given_name, student.family_name) == NEWCOMER
    assert role.org == SCHOOL_ID
    assert package.quarantined == ()


@pytest.mark.parametrize("day", [dt.date(2026, 11, 23), dt.date(2027, 5, 3)])
def test_the_district_of_the_tour_has_a_full_round_on_any_day(day: dt.date) -> None:
    students = students_for_tour(day)
    daily, needed = round_sizes(students, day)
    assert students >= LEAST
    assert daily >= 2
    assert needed >= 1


def test_the_sign_in_data_has_the_form_of_the_contract(tmp_path: Path) -> None:
    place = Demonstration(tmp_path / "demo")
    place.begin()
    place.write_signin({FIRST: ("ada", "olszewski"), SECOND: ("iturbide",)})
    found = json.loads((tmp_path / "demo" / SIGNIN).read_text())
    assert set(found) == {"managed_policy", "server", "profiles"}
    assert Path(found["managed_policy"]).exists()
    assert [profile["dir"] for profile in found["profiles"]] == [str(place.profile(FIRST)), str(place.profile(SECOND))]
    assert [user["role"] for user in found["profiles"][0]["users"]] == ["ADMIN", "NURSE"]
    assert {user["password"] for profile in found["profiles"] for user in profile["users"]} == {PASSWORD}
