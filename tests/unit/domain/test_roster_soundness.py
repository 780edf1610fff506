"""Whatever packages come one after another, the roster they leave is sound."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Mapping

import pytest
from tests.support import oneroster
from tests.support.roster import carried_out, counted_ids

from clinicdesk.domain.roster.held import EnrollmentStatus, HeldRoster
from clinicdesk.domain.roster.plan import plan_import
from clinicdesk.interchange.oneroster import RosterRefusedError, read_package

TODAY = dt.date(2026, 11, 3)
_ODD = ["", "tobedeleted", "2026-11-03", "2026-11-02", "A" * 120, "é" * 60, "x@y", "+1 555 0100"]


def _spoilt(files: Mapping[str, bytes], chance: random.Random) -> dict[str, bytes]:
    """The files with cells swapped, rows dropped and rows doubled."""
    tables = {
        name: list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))) for name, content in files.items()
    }
    cells = [cell for table in tables.values() for row in table[1:] for cell in row] + _ODD
    for _ in range(chance.randint(1, 8)):
        table = tables[chance.choice([name for name in tables if name != "manifest.csv"])]
        at = chance.randrange(1, len(table)) if len(table) > 1 else 0
        match chance.choice(["cell", "cell", "cell", "drop", "double"]) if at else "nothing":
            case "cell":
                table[at][chance.randrange(len(table[at]))] = chance.choice(cells)
            case "drop":
                del table[at]
            case "double":
                table.append([chance.choice([cell, cell, cell, "new"]) for cell in table[at]])
    return {name: _written(table) for name, table in tables.items()}


def _written(table: list[list[str]]) -> bytes:
    target = io.StringIO()
    csv.writer(target, lineterminator="\r\n").writerows(table)
    return target.getvalue().encode()


def _assert_sound(held: HeldRoster) -> None:
    numbers = [facts.number for facts in held.students.values() if facts.number]
    keys = [facts.sourced_id for facts in held.students.values() if facts.sourced_id]
    assert len(numbers) == len(set(numbers))
    assert len(keys) == len(set(keys))
    primary = [
        facts.student_id
        for facts in held.enrollments.values()
        if facts.is_primary and facts.state is EnrollmentStatus.CONFIRMED and (facts.ends_on or TODAY) >= TODAY
    ]
    assert len(primary) == len(set(primary))
    for facts in held.enrollments.values():
        assert facts.student_id in held.students
        assert facts.school_id in held.schools
        assert facts.ends_on is None or facts.starts_on <= facts.ends_on
    for guardian in held.guardians.values():
        assert guardian.student_id in held.students
        assert guardian.contact_id in held.contacts


@pytest.mark.parametrize("seed", range(40))
def test_any_packages_one_after_another_leave_a_sound_roster(seed: int) -> None:
    chance = random.Random(seed)
    held, new_id = HeldRoster(), counted_ids()
    for folder in ("pinewood", "pinewood", "pinewood-delta", "pinewood"):
        files = _spoilt(oneroster.files_of(folder), chance)
        try:
            package = read_package(oneroster.zipped(files))
        except RosterRefusedError:
            continue
        plan = plan_import(package, held, today=TODAY, new_id=new_id)
        rows = [change.row_id for change in plan.changes]
        assert len(rows) == len(set(rows))
        held = carried_out(plan, held)
        _assert_sound(held)
