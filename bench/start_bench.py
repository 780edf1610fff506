"""From process start to the painted sign-in, and to a typed password being derived, against a bare `QWidget`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench.measure import Goal, Result, compare

STARTS = 5
PASSWORD = "a very long password of the benchmark"

# Both programs say "painted" one turn of the event loop after the part in question got its first paint event.
BARE = """
import sys
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
def say():
    print("painted", flush=True)
class Painted(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, say)
        return False
app = QApplication(sys.argv[:1])
painted = Painted()
window = QWidget()
window.installEventFilter(painted)
window.resize(1440, 900)
window.show()
app.exec()
"""
LOCKED = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from clinicdesk.bootstrap import desktop
class Painted(QObject):
    card = False
    def eventFilter(self, watched, event):
        self.card = self.card or event.type() == QEvent.Type.Paint
        return False
class Watched(desktop.Desktop):
    def show(self):
        self.painted = Painted()
        self.window.locked_view.enter.installEventFilter(self.painted)
        self.window.first_painted.connect(self.say)
        super().show()
    def say(self):
        if not self.painted.card:
            raise SystemExit("the window was painted without its card")
        print("painted", flush=True)
        if len(sys.argv) > 2:
            self.window.locked_view.presenter.submit("bench", sys.argv[2])
    def _unlocked(self, *words):
        from clinicdesk.security import slots
        derive = slots.key_encryption_key
        def told(*words):
            print("deriving", flush=True)
            return derive(*words)
        slots.key_encryption_key = told
        return super()._unlocked(*words)
desktop.Desktop = Watched
sys.exit(desktop.main(None, Path(sys.argv[1])))
"""


def _profile(folder: Path) -> Path:
    """The account's own profile with one slot under a file secret; returns the policy that allows it."""
    from clinicdesk.bootstrap.workstation import workstation
    from clinicdesk.core.clock import SystemClock
    from clinicdesk.core.identifiers import new_id
    from clinicdesk.security.slots import create_profile
    from clinicdesk.security.unlocked import Person

    policy, account = folder / "policy.json", folder / "account"
    secrets = str(account / "secrets")
    policy.write_text(json.dumps({"version": 1, "allow_file_secret": True, "file_secret_folder": secrets}))
    here = workstation(account / "ClinicDesk" / "profile", policy)
    create_profile(here.paths, Person(new_id(), "bench"), PASSWORD, here.secret_store(), SystemClock()).destroy()
    shutil.copytree(account, folder / "made")
    return policy


def _environment(folder: Path) -> dict[str, str]:
    """Of both programs: offscreen, the account below `folder`, and bytecode kept, as an installed program has it."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    own = {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_DATA_HOME": str(folder / "account"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    return inherited | own


def _starts(program: str, wanted: str, arguments: Sequence[str], folder: Path, count: int = STARTS) -> list[float]:
    """Milliseconds from the start of the process to the word it prints."""
    samples = []
    for _ in range(count):
        # Each start finds the files as they were made: a process that is ended while it derives leaves a failed try.
        shutil.rmtree(folder / "account", ignore_errors=True)
        shutil.copytree(folder / "made", folder / "account")
        samples.append(_start(program, wanted, arguments, _environment(folder)))
    return samples


def _start(program: str, wanted: str, arguments: Sequence[str], environment: Mapping[str, str]) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, env=dict(environment)
    )
    assert process.stdout is not None
    try:
        for word in process.stdout:
            if word.strip() == wanted:
                return (time.perf_counter() - began) * 1000
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    raise RuntimeError(f"the program never said {wanted}")


def _bench(name: str, wanted: str, goal: Goal, more: Sequence[str]) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        policy = _profile(Path(folder))
        value = partial(_starts, LOCKED, wanted, [str(policy), *more], Path(folder))
        floor = partial(_starts, BARE, "painted", [], Path(folder))
        for leg in (value, floor):
            leg(count=1)
        return [compare(name, unit="ms", goal=goal, value=value, floor=floor, floor_is="a bare QWidget painted")]


def start_to_login() -> list[Result]:
    return _bench("start_to_login", "painted", Goal(ratio=2.5), [])


def start_to_ready() -> list[Result]:
    return _bench("start_to_ready", "deriving", Goal(ratio=6.0, limit=1_500), [PASSWORD])


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"start_to_login": start_to_login, "start_to_ready": start_to_ready}
