"""What is loaded when the locked card is first painted, and what the card does with a damaged slot file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.secret_stores import Workstation

from clinicdesk.core.paths import ProfilePaths
from clinicdesk.security.sign_in_names import sign_in_names

# Runs the program as it is started, says what is loaded after the first paint, and ends.
PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject
from clinicdesk.bootstrap import desktop

class Painted(QObject):
    parts = set()
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            self.parts.add(watched.objectName())
        return False

class Watched(desktop.Desktop):
    def show(self):
        self.painted = Painted()
        card = self.window.locked_view
        for part in (card, card.enter, card.password.line):
            part.installEventFilter(self.painted)
        self.window.first_painted.connect(self.say)
        super().show()
    def say(self):
        names = [tile.tile.user_name for tile in self.window.locked_view._tiles]
        print(json.dumps([sorted(sys.modules), sorted(self.painted.parts), names]), flush=True)
        sys.stdout.flush()
        import os
        os._exit(0)

desktop.Desktop = Watched
sys.exit(desktop.main(Path(sys.argv[1])))
"""
HEAVY = {
    *("alembic", "argon2", "cryptography", "keyring", "msgspec", "psycopg", "pydantic", "pyhanko", "rapidfuzz"),
    *("sqlalchemy", "sqlcipher3", "typer", "typst", "urllib3", "zstandard", "phonenumbers", "structlog"),
}
"""Packages that no part of the locked card needs; they load while the person types."""
OURS = {
    *("clinicdesk.cli", "clinicdesk.demonstration", "clinicdesk.interchange", "clinicdesk.models"),
    *("clinicdesk.reports", "clinicdesk.server", "clinicdesk.services", "clinicdesk.sync", "clinicdesk.settings"),
    *("clinicdesk.bootstrap.person", "clinicdesk.gui.shell.workspace", "clinicdesk.gui.shell.palette"),
    *("clinicdesk.storage.engine", "clinicdesk.storage.store", "clinicdesk.security.slots"),
    *("clinicdesk.security.derivation", "clinicdesk.security.keystore"),
    *(f"clinicdesk.gui.screens.{area}" for area in ("admin", "forms", "medications", "students", "today", "visits")),
}


def first_paint(profile: Path) -> tuple[set[str], set[str], list[str]]:
    """Modules loaded, parts painted, and names on the card, at the first paint."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    program = [sys.executable, "-c", PROGRAM, str(profile)]
    done = subprocess.run(program, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.stdout, done.stderr
    modules, parts, names = json.loads(done.stdout)
    return set(modules), set(parts), names


def test_the_locked_card_is_painted_before_anything_heavy_is_loaded(desk: Workstation) -> None:
    modules, parts, names = first_paint(desk.paths.root)
    assert {"unlock.enter", "unlock.password"} <= parts
    assert names == ["rivera"]
    assert {"json", "clinicdesk.gui.screens.unlock.card"} <= modules
    assert not {name for name in modules if name.split(".")[0] in HEAVY}
    assert not {name for name in modules if any(name == ours or name.startswith(f"{ours}.") for ours in OURS)}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"slots": [{}]}', b'{"slots": 3}', b"\xff\xfe"])
def test_a_damaged_slot_file_leaves_the_card_without_names_and_whole(desk: Workstation, content: bytes) -> None:
    assert sign_in_names(desk.paths) == ("rivera",)
    desk.paths.slots.write_bytes(content)
    assert sign_in_names(desk.paths) == ()


def test_where_there_is_no_slot_file_nobody_is_named(tmp_path: Path) -> None:
    assert sign_in_names(ProfilePaths(tmp_path)) == ()


def test_the_window_opens_over_a_damaged_slot_file(desk: Workstation) -> None:
    desk.paths.slots.write_bytes(b"not what it was")
    _modules, parts, names = first_paint(desk.paths.root)
    assert "unlock.enter" in parts
    assert names == []
