"""The district server of the sync benchmarks, in a process of its own: the real program over a PostgreSQL of its own.

Prints one line of JSON when it is ready; then each line on standard input is an order and gets one line in answer.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from pathlib import Path

import msgspec

from bench.visits import SCHOOL_YEAR, Pen
from clinicdesk.core.clock import SystemClock
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.permissions import UserRole
from clinicdesk.security.key_pairs import PublicKeys
from clinicdesk.server import office
from clinicdesk.server.database import Database
from clinicdesk.server.house import House, build_house
from clinicdesk.server.own_writes import OwnWrites
from clinicdesk.server.running import serve

STUDENTS = 40
ROWS_A_WRITE = 5_000


class Place(msgspec.Struct):
    """A school with its students."""

    school: str
    students: list[str]


class Ready(msgspec.Struct):
    """Where the district listens, whom to trust, and who is there. The nurse serves every school."""

    host: str
    pem: str
    pin: str
    district: str
    nurse: str
    places: list[Place]


class Admit(msgspec.Struct, tag="admit"):
    """Devices that shall be known by these keys, each with its schools; answered with their ids."""

    devices: list[tuple[PublicKeys, list[str]]]


class Fill(msgspec.Struct, tag="fill"):
    """So many visits of a school, written by the district itself as its loaders write; answered with their number."""

    school: str
    count: int
    seed: int = 1
    days: int = SCHOOL_YEAR


Order = Admit | Fill


class Town:
    """The district's own hand on its rows."""

    def __init__(self, database: Database, district: str) -> None:
        self._database = database
        self._clock = SystemClock()
        self._district = district
        self.nurse = ""
        self.places: list[Place] = []

    def settle(self, schools: int) -> None:
        """Schools, their students, and one nurse of all of them."""
        places = {str(new_id()): [str(new_id()) for _ in range(STUDENTS)] for _ in range(schools)}
        with self._database.owning() as connection:
            writes = OwnWrites(connection, self._district, None, self._clock.now())
            writes.insert(
                "schools",
                {
                    school: {"name": f"School {at}", "code": f"S{at}", "district_id": self._district}
                    for at, school in enumerate(places)
                },
            )
            pupils = [(school, student) for school, students in places.items() for student in students]
            students = {student: self._student(at, school) for at, (school, student) in enumerate(pupils)}
            writes.insert("students", students)
            writes.insert(
                "student_enrollments",
                {
                    str(new_id()): {"student_id": student, "school_id": school, "starts_on": "2025-08-20"}
                    for school, student in pupils
                },
            )
            writes.close()
            self.nurse = office.add_account(
                connection, self._district, None, self._clock.now(), "ann@example.org", UserRole.NURSE, "Ann",
                "Example", list(places),
            )  # fmt: skip
        self.places = [Place(school, students) for school, students in places.items()]

    def _student(self, at: int, school: str) -> dict[str, object]:
        return {
            "student_number": str(at),
            "number_status": "CONFIRMED",
            "first_name": "Iris",
            "last_name": f"Sample-{at}",
            "date_of_birth": "2015-05-05",
            "grade": "5",
            "gender": "FEMALE",
            "enrollment_date": self._clock.now(),
            "school_id": school,
        }

    def admit(self, order: Admit) -> list[str]:
        keys = [str(new_id()) for _ in order.devices]
        with self._database.owning() as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO devices (id, name, status, signing_key, sealing_key, scope_all, school_ids, enrolled_at)"
                " VALUES (%s, 'bench', 'ACTIVE', %s, %s, false, %s::jsonb, %s)",
                [
                    (key, public.signing, public.sealing, msgspec.json.encode(schools).decode(), self._clock.now())
                    for key, (public, schools) in zip(keys, order.devices, strict=True)
                ],
            )
        return keys

    def fill(self, order: Fill) -> int:
        students = next(place.students for place in self.places if place.school == order.school)
        pen = Pen(order.seed, order.school, students, self.nurse)
        for start in range(0, order.count, ROWS_A_WRITE):
            with self._database.owning() as connection:
                writes = OwnWrites(connection, self._district, self.nurse, self._clock.now())
                rows = range(start, min(start + ROWS_A_WRITE, order.count))
                writes.insert("clinic_visits", {str(new_id()): pen.visit(order.days) for _ in rows})
                writes.close()
        return order.count


def _founded(folder: Path) -> House:
    clock = SystemClock()
    house = build_house(
        clock, embedded=folder, config=None, district="Bench", schema="bench", host="127.0.0.1", database=None
    )
    house.make_schema()
    return house


def _obey(town: Town) -> None:
    for line in sys.stdin:
        order = msgspec.json.decode(line, type=Order)
        answer: object = town.admit(order) if isinstance(order, Admit) else town.fill(order)
        _say(answer)


def _say(answer: object) -> None:
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    sys.stdout.flush()


def main() -> None:
    schools = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="cdbench") as folder:
        # The database has a user of its own, who must reach its files.
        Path(folder).chmod(0o755)
        house = _founded(Path(folder))
        with house.open() as database:
            clock = SystemClock()
            founded = office.found(house, database, clock, name="Bench", code="B", admin="dora@example.org")
            town = Town(database, founded.district)
            town.settle(schools)
            settings = house.settings
            ready = Ready(
                settings.host, house.authority_pem(), settings.pins[0], founded.district, town.nurse, town.places
            )

            def begin() -> None:
                _say(ready)
                threading.Thread(target=_obey, args=(town,), daemon=True).start()

            serve(house, clock, begin)


if __name__ == "__main__":
    main()
