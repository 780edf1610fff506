"""Whatever a source states: imported twice it is imported once, and undoing restores every value exactly."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support import roster_worlds as worlds
from tests.support.roster_office import Office

from clinicdesk.domain.roster.difference import StopReason
from clinicdesk.models import AcademicSession, Contact, EmergencyContact, School, SourceLink, Student, StudentEnrollment
from clinicdesk.models.registry import table_of

BULK = dict.fromkeys(worlds.FILES, "bulk")
_TABLES = tuple(
    table_of(model.__tablename__)
    for model in (School, AcademicSession, Student, StudentEnrollment, Contact, EmergencyContact, SourceLink)
)
_STAMPS = {"created_at", "created_by", "updated_at", "updated_by", "row_version", "field_versions", "scope_id"}


def _standing(office: Office) -> dict[str, set[tuple[Any, ...]]]:
    """Every value of every live row an import may write."""
    with office.desk.store.read() as session:
        return {
            table.name: {
                tuple(str(value) for value in row)
                for row in session.execute(
                    sa.select(*(column for column in table.c if column.name not in _STAMPS)).where(
                        table.c.deleted_at.is_(None)
                    )
                )
            }
            for table in _TABLES
        }


def _file(office: Office, before: worlds.World, after: worlds.World, modes: dict[str, str]) -> Path:
    path = office.folder / f"{len(list(office.folder.iterdir()))}.zip"
    path.write_bytes(worlds.package(before, after, modes).getvalue())
    return path


@pytest.mark.parametrize("seed", [*range(12), 89])
def test_d05_importing_twice_is_importing_once_and_undoing_restores_exactly(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    before, after = worlds.nothing(), worlds.some_world(chance)
    stood, imports = [_standing(office)], []
    for step in range(3):
        file = _file(office, before, after, worlds.some_modes(chance) if step else BULK)
        report = office.roster.import_package(file, accepted=tuple(StopReason))
        assert report.import_id is not None
        now = _standing(office)
        again = office.roster.import_package(file, accepted=tuple(StopReason))
        assert again.plan.changes == ()
        assert _standing(office) == now
        stood.append(now)
        imports.append(report.import_id)
        before, after = after, worlds.changed(after, chance)
    for import_id in reversed(imports):
        stood.pop()
        assert office.roster.undo(import_id).kept == ()
        assert _standing(office) == stood[-1]


def _numbered(first: str, second: str) -> worlds.World:
    world = worlds.nothing()
    world["orgs"]["o1"] = {"name": "Elm", "type": "school"}
    for key, name, number, born in (("u1", "Ann", first, "2015-02-03"), ("u2", "Bea", second, "2016-02-03")):
        world["users"][key] = {"givenName": name, "familyName": f"{name}son", "identifier": number}
        world["demographics"][key] = {"birthDate": born, "sex": "female"}
        world["roles"][f"r-{key}"] = {
            "userSourcedId": key,
            "roleType": "primary",
            "role": "student",
            "orgSourcedId": "o1",
        }
    return world


def _numbers(office: Office) -> dict[str, str | None]:
    with office.desk.store.read() as session:
        rows = session.execute(sa.select(Student.first_name, Student.student_number)).all()
        return {name: number for name, number in rows}  # noqa: C416 - rows, not pairs


def test_d26_two_students_swap_their_numbers_and_the_import_can_be_undone(office: Office) -> None:
    first, second = _numbered("1", "2"), _numbered("2", "1")
    office.roster.import_package(_file(office, worlds.nothing(), first, BULK))
    report = office.roster.import_package(_file(office, first, second, BULK))
    assert _numbers(office) == {"Ann": "2", "Bea": "1"}
    assert report.import_id is not None
    assert office.roster.undo(report.import_id).kept == ()
    assert _numbers(office) == {"Ann": "1", "Bea": "2"}


def test_d26_a_number_passes_from_a_known_student_to_a_new_one(office: Office) -> None:
    first, second = _numbered("1", "2"), _numbered("3", "2")
    del first["users"]["u2"], first["demographics"]["u2"], first["roles"]["r-u2"]
    second["users"]["u2"]["identifier"] = "1"
    office.roster.import_package(_file(office, worlds.nothing(), first, BULK))
    report = office.roster.import_package(_file(office, first, second, BULK))
    assert _numbers(office) == {"Ann": "3", "Bea": "1"}
    assert report.import_id is not None
    office.roster.undo(report.import_id)
    assert _numbers(office)["Ann"] == "1"


def test_undoing_an_older_import_leaves_what_a_later_one_taught(office: Office) -> None:
    world = _numbered("1", "2")
    without = _numbered("1", "2")
    del without["users"]["u2"], without["demographics"]["u2"], without["roles"]["r-u2"]
    office.roster.import_package(_file(office, worlds.nothing(), world, BULK))
    gone = office.roster.import_package(_file(office, world, without, BULK))
    office.roster.import_package(_file(office, without, world, BULK))
    assert gone.import_id is not None
    office.roster.undo(gone.import_id)
    assert office.roster.preview(_file(office, without, world, BULK)).plan.changes == ()
