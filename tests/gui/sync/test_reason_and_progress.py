"""What is wrong with a reason stands at its field; a row of progress breaks no word."""

from __future__ import annotations

from PySide6.QtCore import Qt
from tests.gui.sync.conftest import Centre
from tests.support.conflict_kinds import signed_visit

from clinicdesk.gui.screens.sync.listing import ListPainter, ListRow
from clinicdesk.gui.theme import Theme

K = Qt.Key


def test_an_empty_reason_is_told_at_its_field_and_goes_when_one_is_typed(centre: Centre) -> None:
    _visit, key = signed_visit(centre.clinic, centre.student)
    centre.open(key)
    centre.press(K.Key_1)
    field = centre.screen.view.resolver.ways.reason.field
    assert field.error.text() == ""
    centre.press(K.Key_Return)
    assert field.error.text() == "A reason goes on record with it."
    assert not centre.screen.view.resolver.message.isVisible()
    centre.press(K.Key_Escape)
    centre.press(K.Key_1)
    assert field.error.text() == ""


def test_with_large_letters_the_bar_of_progress_stands_below_its_words(theme: Theme) -> None:
    line = ListRow("progress.decisions", "Decisions", count="0 / 2", share=0.0)
    painter = ListPainter()
    assert painter.height(line, 300) == theme.height(36)
    theme.change(text_scale=2.0)
    narrow, wide = painter.height(line, 320), painter.height(line, 900)
    assert narrow > wide
    assert narrow < 2 * wide
