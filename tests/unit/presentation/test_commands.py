"""The command registry: keys without clashes, roles, reasons, the palette and the sheet."""

from __future__ import annotations

import itertools

import pytest

from clinicdesk.domain.permissions import Act
from clinicdesk.presentation.commands import (
    BoundCommand,
    Command,
    Commands,
    DuplicateShortcutError,
    Group,
    Scope,
    overlap,
)
from clinicdesk.presentation.shell import COMMANDS, RAIL, Keys


def _nothing() -> None:
    return


def _registry(*commands: Command) -> Commands:
    registry = Commands()
    for command in commands:
        registry.add(command, _nothing)
    return registry


def test_no_two_commands_of_the_program_share_a_key() -> None:
    registry = Commands()
    for command in COMMANDS.values():
        registry.add(command, _nothing)
    for one, other in itertools.combinations(COMMANDS.values(), 2):
        if overlap(one, other):
            assert not set(registry.keys(one)) & set(registry.keys(other)), (one.id, other.id)


def test_a_duplicate_shortcut_is_refused() -> None:
    registry = _registry(Command("a", "A", "Ctrl+A"))
    with pytest.raises(DuplicateShortcutError):
        registry.add(Command("b", "B", "Ctrl+A"), _nothing)


def test_screens_may_use_one_letter_each_for_their_own() -> None:
    first = Command("today.d", "Disposition", "D", Group.SCREEN, Scope.SCREEN, screen="today")
    second = Command("rounds.d", "Details", "D", Group.SCREEN, Scope.SCREEN, screen="rounds")
    assert _registry(first, second).shortcut("rounds.d") == "D"
    with pytest.raises(DuplicateShortcutError):
        _registry(first, Command("x", "X", "D"))


def test_commands_a_role_never_has_are_absent() -> None:
    registry = Commands(allowed=lambda act: act != Act.CHECK_IN)
    registry.add(COMMANDS[Keys.NEW_VISIT], _nothing)
    assert registry.find(Keys.NEW_VISIT) is None
    assert registry.run(Keys.NEW_VISIT) == "Your role does not include this."


def test_a_command_that_is_off_gives_its_reason_and_does_not_run() -> None:
    ran: list[bool] = []
    registry = Commands()
    registry.add(Command("give", "Give"), lambda: ran.append(True), lambda: "Choose a student first")
    assert registry.run("give") == "Choose a student first"
    assert ran == []


def test_own_keys_replace_the_declared_ones() -> None:
    registry = Commands(rebound={"a": "Ctrl+Shift+Q"})
    registry.add(Command("a", "A", "Ctrl+A"), _nothing)
    assert registry.shortcut("a") == "Ctrl+Shift+Q"


def test_matching_puts_what_can_be_done_first() -> None:
    registry = Commands()
    registry.add(Command("1", "Give a dose"), _nothing, lambda: "not now")
    registry.add(Command("2", "Never given doses"), _nothing)
    registry.add(Command("3", "Give back stock"), _nothing)
    registry.add(Command("4", "Give up", unlisted=True), _nothing)
    assert [bound.id for bound in registry.matching("GIVE")] == ["3", "2", "1"]


def test_leaving_a_screen_takes_its_commands_away() -> None:
    registry = _registry(Command("a", "A", "Ctrl+A"))
    registry.remove(["a", "never there"])
    registry.add_bound(BoundCommand(Command("b", "B", "Ctrl+A"), _nothing))
    assert [bound.id for bound in registry.all()] == ["b"]


def test_the_sheet_lists_each_key_by_group() -> None:
    registry = _registry(Command("a", "Lock", "Ctrl+L", Group.DESK), Command("b", "Back", "Alt+Left", Group.GO))
    assert [(hint.group, hint.words, hint.keys) for hint in registry.sheet()] == [
        ("Go to", "Back", ("Alt+Left",)),
        ("Desk", "Lock", ("Ctrl+L",)),
    ]


@pytest.mark.parametrize(
    ("key", "plain"), [("D", True), ("/", True), ("Ctrl+D", False), ("F9", False), ("Shift+F6", False), ("[", True)]
)
def test_single_letters_are_known_as_such(key: str, plain: bool) -> None:
    assert Command("x", "X", key).plain_key is plain


def test_the_keyboard_map_of_the_specification_is_declared() -> None:
    wanted = {
        Keys.SEARCH: "Ctrl+K",
        Keys.LOCK: "Ctrl+L",
        Keys.SWITCH_USER: "Ctrl+Shift+U",
        Keys.NEW_VISIT: "Ctrl+N",
        Keys.GIVE_MEDICATION: "Ctrl+M",
        Keys.RECORD_IMMUNIZATION: "Ctrl+I",
        Keys.NEW_INCIDENT: "Ctrl+Shift+I",
        Keys.PRIMARY: "Ctrl+Return",
        Keys.SAVE_DRAFT: "Ctrl+S",
        Keys.UNDO: "Ctrl+Z",
        Keys.REDO: "Ctrl+Shift+Z",
        Keys.PRINT: "Ctrl+P",
        Keys.BACK: "Alt+Left",
        Keys.FORWARD: "Alt+Right",
        Keys.NEXT_REGION: "F6",
        Keys.PREVIOUS_REGION: "Shift+F6",
        Keys.EMERGENCY_CARD: "Ctrl+E",
        Keys.PRIVACY: "F9",
        Keys.NOTIFICATIONS: "F8",
        Keys.SHORTCUTS: "F1",
        Keys.START_911: "F4",
        Keys.SYNC_NOW: "F5",
        Keys.CONFIRM_TEMPLATE: "Ctrl+Shift+A",
        Keys.PASTE_HISTORY: "Ctrl+Shift+V",
    }
    assert {key: COMMANDS[key].shortcut for key in wanted} == wanted
    assert [place.shortcut for place in RAIL][:10] == [f"Ctrl+{n % 10}" for n in range(1, 11)]
