"""The sync centre by real keys: a conflict is opened, decided field by field, applied, taken back (ux-spec 7.12)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.gui.sync.conftest import Centre

from clinicdesk.gui.widgets.three_way import Side
from clinicdesk.models import Allergy, SyncConflict
from clinicdesk.models.enums import SyncConflictStatus

K = Qt.Key


def test_scenario_34_a_nurse_decides_a_conflict_with_the_keyboard_alone(centre: Centre) -> None:
    centre.press(K.Key_Return)
    resolver = centre.screen.view.resolver
    assert list(resolver.rows) == ["severity", "reactions", "treatment"]
    # The focus is where only a person can decide.
    assert QApplication.focusWidget() is resolver.rows["treatment"].cells[Side.MINE]
    centre.press(K.Key_2, K.Key_Return)
    centre.press(K.Key_Return, modifiers=Qt.KeyboardModifier.ControlModifier)
    (row,) = centre.clinic.rows(Allergy)
    assert row.severity == "SEVERE"
    assert row.reactions == ["Hives", "Wheeze", "Lip swelling"]
    assert row.treatment == "Give albuterol 2 puffs and cetirizine 5 mg, call mother."
    (conflict,) = centre.clinic.rows(SyncConflict, SyncConflict.id == centre.allergy_conflict)
    assert conflict.status is SyncConflictStatus.RESOLVED
    assert centre.keys == 4
