"""Guard of platform-facts 0: a Qt binding that drops references to None would abort the program."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_qt_calls_do_not_drop_references_to_none(qtbot: QtBot, qapp: QApplication) -> None:
    line, lonely = QLineEdit(), QObject()
    qtbot.addWidget(line)
    before = sys.getrefcount(None)
    for _ in range(50):
        line.setText("x")
        qapp.processEvents()
        lonely.parent()
    assert sys.getrefcount(None) >= before - 5
