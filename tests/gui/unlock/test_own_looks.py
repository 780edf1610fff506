"""Looks and language are each person's own on a workstation; the locked card wears the program's (ux-spec 6)."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.support.desk import Clinic
from tests.support.doorway import Doorway
from tests.support.qt import settle

from clinicdesk.gui.shell.appearance import AppearanceSheet
from clinicdesk.gui.theme import Look, Mode, theme
from clinicdesk.i18n import Language, language

PLAIN = Look(mode=Mode.LIGHT)


def sheet(door: Doorway) -> AppearanceSheet:
    door.workspace.show_appearance()
    door.rest()
    found = door.workspace.findChild(AppearanceSheet)
    assert isinstance(found, AppearanceSheet)
    return found


def choose_dark_and_large(door: Doorway) -> None:
    found = sheet(door)
    for chip in (found.mode.chip("dark"), found.scale.chip("1.5"), found.keys):
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
        door.rest()


def pick_language(door: Doorway, chosen: str) -> None:
    door.card.languages.picked.emit(chosen)
    door.rest()


def test_a_choice_of_looks_is_there_again_at_the_next_sign_in(door: Doorway) -> None:
    door.sign_in("olszewski")
    choose_dark_and_large(door)
    mine = Look(mode=Mode.DARK, text_scale=1.5, key_caps=False)
    assert theme().look == mine
    door.lock()
    assert theme().look == PLAIN
    door.sign_in("olszewski")
    assert theme().look == mine


def test_the_looks_of_one_person_are_not_those_of_the_next(door: Doorway) -> None:
    door.sign_in("olszewski")
    choose_dark_and_large(door)
    door.lock()
    door.sign_in("whitfield")
    assert theme().look == PLAIN
    assert sheet(door).keys.isChecked()


def test_the_file_of_choices_names_nobody_and_holds_looks_alone(door: Doorway, clinic: Clinic) -> None:
    door.sign_in("olszewski")
    choose_dark_and_large(door)
    (file,) = (door.desktop.paths.root / "choices").iterdir()
    assert file.name == f"{clinic.nurse.id}.json"
    assert json.loads(file.read_text()) == {
        "appearance.key_caps": False,
        "appearance.text_scale": 1.5,
        "appearance.theme": "dark",
    }


def test_a_damaged_file_of_choices_keeps_nobody_out(door: Doorway, clinic: Clinic) -> None:
    path = door.desktop.paths.choices_of(clinic.nurse.id)
    path.parent.mkdir()
    path.write_text("{ torn")
    door.sign_in("olszewski")
    assert door.desktop.person is not None
    assert theme().look == PLAIN


def test_a_choice_the_disk_does_not_take_holds_until_the_lock_and_says_so(door: Doorway) -> None:
    # A file where the folder should be: nothing can be written below it, not even by root.
    (door.desktop.paths.root / "choices").write_text("")
    door.sign_in("olszewski")
    choose_dark_and_large(door)
    assert theme().look.mode is Mode.DARK
    found = door.workspace.findChild(AppearanceSheet)
    assert isinstance(found, AppearanceSheet)
    assert found.trouble.isVisible()
    assert "until you lock" in found.trouble.text()
    door.lock()
    door.sign_in("olszewski")
    assert theme().look == PLAIN


def test_a_language_picked_on_the_card_is_kept_for_who_signs_in_with_it(door: Doorway) -> None:
    pick_language(door, "es")
    door.sign_in("olszewski")
    door.lock()
    door.sign_in("whitfield")
    assert language() is Language.ENGLISH
    door.lock()
    door.sign_in("olszewski")
    assert language() is Language.SPANISH


def test_another_language_is_picked_in_the_looks_by_keys_and_the_frame_speaks_it_at_once(door: Doorway) -> None:
    door.sign_in("olszewski")
    door.workspace.show_appearance()
    for _ in range(40):
        if door.focus().startswith("appearance.language"):
            break
        door.press(Qt.Key.Key_Tab)
    door.press(Qt.Key.Key_Right)
    door.press(Qt.Key.Key_Space)
    settle(6)
    assert language() is Language.SPANISH
    assert door.workspace.top_bar.lock.text() == "Bloquear"
    door.lock()
    door.sign_in("olszewski")
    assert language() is Language.SPANISH
