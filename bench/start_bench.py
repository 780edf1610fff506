"""From process start to the painted sign-in, and to a typed password being derived, against a bare `QWidget`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench.measure import Goal, Result, compare

STARTS = 5
PASSWORD = "a very long password of the benchmark"
BARE = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv)
window = QWidget()
window.resize(1440, 900)
window.show()
app.processEvents()
window.grab()
print("painted", flush=True)
"""
LOCKED = """
import sys
from pathlib import Path
from clinicdesk.bootstrap.desktop import Desktop
from clinicdesk.gui.app import arguments, build
def report(error, code):
    raise error
application = build(arguments(), report)
desktop = Desktop(application, Path(sys.argv[1]), Path(sys.argv[2]))
desktop.show()
application.app.processEvents()
desktop.window.grab()
print("painted", flush=True)
if len(sys.argv) > 3:
    import clinicdesk.security.slots as slots
    import clinicdesk.security.slots as slots
    derive = slots.key_encryption_key
    def told(*words):
        print("deriving", flush=True)
        return derive(*words)
    slots.key_encryption_key = told
    desktop.window.locked_view.presenter.submit("bench", sys.argv[3])
    while True:
        application.app.processEvents()
"""


def _profile(folder: Path) -> tuple[Path, Path]:
    """A profile with one slot under a file secret, and the policy that allows it."""
    from clinicdesk.bootstrap.workstation import workstation
    from clinicdesk.core.clock import SystemClock
    from clinicdesk.core.identifiers import new_id
    from clinicdesk.security.slots import create_profile
    from clinicdesk.security.unlocked import Person

    policy, root = folder / "policy.json", folder / "profile"
    secrets = str(folder / "secrets")
    policy.write_text(json.dumps({"version": 1, "allow_file_secret": True, "file_secret_folder": secrets}))
    here = workstation(root, policy)
    create_profile(here.paths, Person(new_id(), "bench"), PASSWORD, here.secret_store(), SystemClock()).destroy()
    return root, policy


def _starts(program: str, wanted: str, arguments: Sequence[str]) -> list[float]:
    """Milliseconds from the start of the process to the word it prints."""
    samples = []
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    for _ in range(STARTS):
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert process.stdout is not None
        for word in process.stdout:
            if word.strip() == wanted:
                samples.append((time.perf_counter() - began) * 1000)
                break
        process.kill()
        process.wait()
        process.stdout.close()
    assert len(samples) == STARTS, f"the program never said {wanted}"
    return samples


def _bench(name: str, wanted: str, goal: Goal, more: Sequence[str]) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        root, policy = _profile(Path(folder))
        return [
            compare(
                name,
                unit="ms",
                goal=goal,
                value=partial(_starts, LOCKED, wanted, [str(root), str(policy), *more]),
                floor=partial(_starts, BARE, "painted", []),
                floor_is="a bare QWidget painted",
            )
        ]


def start_to_login() -> list[Result]:
    return _bench("start_to_login", "painted", Goal(ratio=2.5), [])


def start_to_ready() -> list[Result]:
    return _bench("start_to_ready", "deriving", Goal(ratio=6.0, limit=1_500), [PASSWORD])


def benches() -> dict[str, Callable[[], list[Result]]]:
    return {"start_to_login": start_to_login, "start_to_ready": start_to_ready}
