"""The tour itself: a district, two workstations, and every step a person takes, in order."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import time
from pathlib import Path

from clinicdesk.bootstrap.demo import ADMINISTRATOR, FIRST, SECOND, Demonstration
from clinicdesk.gui.app import build
from clinicdesk.gui.theme import Look, Mode
from tour.care import Care
from tour.hand import K, settle
from tour.joining import Arriving
from tour.paper import Paper
from tour.pictures import EveryScreen
from tour.place import Station
from tour.record import Record
from tour.sharing import Sharing
from tour.size import students_for_tour

NURSE = "olszewski"
SCHOOL = "TV01"


def run(folder: Path, part: str) -> bool:
    """Drive the whole tour; whether every step was ok. `part` is left out, so its step must fail."""
    began = time.monotonic()
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    place = Demonstration(folder / "state")
    place.begin()
    students = students_for_tour(dt.datetime.now(dt.UTC).date())
    sys.stdout.write(f"Making a district with {students} invented students ...\n")
    sys.stdout.flush()
    code = place.found(students)
    with place.serving():
        ok = _drive(folder, place, code, part)
    place.write_signin({FIRST: (ADMINISTRATOR, NURSE), SECOND: (NURSE,)})
    sys.stdout.write(f"{'all steps ok' if ok else 'NOT ok'}, {time.monotonic() - began:.0f} s\n")
    return ok


def _drive(folder: Path, place: Demonstration, code: str, part: str) -> bool:
    application = build(["clinicdesk"], _report, Look(mode=Mode.LIGHT))
    first = Station(application, place.profile(FIRST), place.policy)
    second = Station(application, place.profile(SECOND), place.policy)
    try:
        stations = (first, second)

        def shown(target: Path) -> None:
            """The picture of the workstation that is in use."""
            next((one for one in stations if one.desktop.window.isVisible()), first).hand.picture(target)

        def recover() -> None:
            """After a failed step nothing may stand open over the window."""
            for one in stations:
                if one.desktop.window.isVisible() and one.desktop.person is not None:
                    one.hand.press(K.Key_Escape, K.Key_Escape)

        record = Record(folder, lambda: sum(one.hand.keys for one in stations), shown, recover)
        Arriving(place, code, first, second, record, nurse=NURSE, school=SCHOOL).run()
        Care(first, record, part, witness=ADMINISTRATOR, nurse=NURSE).run()
        Paper(first, record, part).run()
        Sharing(place, first, second, record, part, administrator=ADMINISTRATOR, nurse=NURSE).run()
        EveryScreen(first, record, administrator=ADMINISTRATOR, nurse=NURSE).run()
        return record.ok
    finally:
        for station in (first, second):
            station.close()
        application.runner.close()
        settle()


def _report(error: BaseException, support_code: str) -> None:
    sys.stderr.write(f"tour: nobody took {type(error).__name__} [{support_code}]: {error}\n")
