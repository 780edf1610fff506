"""The command registry: every action once, with its words, key and rules, for menus, palette, tooltips and F1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from clinicdesk.i18n import tr


class Scope(StrEnum):
    """Where a command acts. LIST and FIELD-free keys act only when no text field has the focus."""

    EVERYWHERE = "everywhere"
    STUDENT = "student"
    LIST = "list"
    SCREEN = "screen"


class Group(StrEnum):
    """Heading in the palette and in the shortcut sheet; the value is the English heading."""

    GO = "Go to"
    WORK = "Work"
    STUDENT = "This student"
    EDIT = "Edit"
    LIST = "In lists"
    SCREEN = "This screen"
    DESK = "Desk"


@dataclass(frozen=True, slots=True)
class Command:
    """What a person can do: a stable id, English words, and a key in the form "Ctrl+Shift+N".

    `act` is the name of the permission needed; commands of acts a role never has are absent (ux-spec 3).
    `screen` narrows Scope.SCREEN to one screen. `unlisted` keeps movement keys out of the palette.
    """

    id: str
    title: str
    shortcut: str = ""
    group: Group = Group.WORK
    scope: Scope = Scope.EVERYWHERE
    icon: str = ""
    act: str | None = None
    screen: str = ""
    also: tuple[str, ...] = ()
    unlisted: bool = False

    @property
    def words(self) -> str:
        return tr(self.title)

    @property
    def plain_key(self) -> bool:
        """A key without Ctrl, Alt or F-number: it must not act while text is typed."""
        return any(not _modified(key) for key in (self.shortcut, *self.also) if key)


class DuplicateShortcutError(Exception):
    """Two commands that can be live together want one key: a mistake of ours, found by a test."""


Run = Callable[[], None]
Reason = Callable[[], str]


def always() -> str:
    """The reason of a command that is never off."""
    return ""


@dataclass(frozen=True, slots=True)
class BoundCommand:
    """A command with what it runs and why it may be off; an empty reason means it is on."""

    command: Command
    run: Run
    reason: Reason = always

    @property
    def id(self) -> str:
        return self.command.id

    @property
    def available(self) -> bool:
        return not self.reason()


@dataclass(frozen=True, slots=True)
class Hint:
    """One line of the shortcut sheet."""

    group: str
    words: str
    keys: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class Commands:
    """Holds the commands that are live now. Rebinding replaces keys by command id.

    A screen may bind a shared command (New visit, Undo ...) to what it means there: its binding stands over the
    shared one until it is removed.

    Raises:
        DuplicateShortcutError: when a key is taken by another command of an overlapping scope.
    """

    allowed: Callable[[str], bool] = field(default=lambda _act: True)
    rebound: dict[str, str] = field(default_factory=dict)
    _bound: dict[str, BoundCommand] = field(default_factory=dict)
    _under: dict[str, BoundCommand] = field(default_factory=dict)

    def add(self, command: Command, run: Run, reason: Reason = always) -> None:
        self.add_bound(BoundCommand(command, run, reason))

    def add_bound(self, bound: BoundCommand) -> None:
        command = bound.command
        if command.act is not None and not self.allowed(command.act):
            return
        under = self._bound.get(command.id)
        if under is not None and command.id in self._under:
            raise DuplicateShortcutError(f"command {command.id} is registered twice over the shared one")
        for key in self.keys(command):
            for other in self._bound.values():
                if other is not under and key in self.keys(other.command) and overlap(command, other.command):
                    raise DuplicateShortcutError(f"{key}: {command.id} and {other.id}")
        if under is not None:
            self._under[command.id] = under
        self._bound[command.id] = bound

    def remove(self, ids: Iterable[str]) -> None:
        """Take bindings away; a shared one that a screen's stood over is in force again."""
        for command_id in ids:
            self._bound.pop(command_id, None)
            under = self._under.pop(command_id, None)
            if under is not None:
                self._bound[command_id] = under

    def keys(self, command: Command) -> tuple[str, ...]:
        """The keys in force, the first one shown."""
        main = self.rebound.get(command.id, command.shortcut)
        return tuple(key for key in (main, *command.also) if key)

    def shortcut(self, command_id: str) -> str:
        bound = self._bound.get(command_id)
        keys = self.keys(bound.command) if bound else ()
        return keys[0] if keys else ""

    def find(self, command_id: str) -> BoundCommand | None:
        return self._bound.get(command_id)

    def all(self) -> tuple[BoundCommand, ...]:
        return tuple(self._bound.values())

    def run(self, command_id: str) -> str:
        """Run a command if it is on; gives the reason when it is not."""
        bound = self._bound.get(command_id)
        if bound is None:
            return tr("Your role does not include this.")
        reason = bound.reason()
        if not reason:
            bound.run()
        return reason

    def matching(self, query: str) -> tuple[BoundCommand, ...]:
        """Commands whose words begin with, or hold, every word typed; those that are on come first."""
        wanted = query.casefold().split()
        found = []
        for bound in self._bound.values():
            words = bound.command.words.casefold()
            if bound.command.unlisted or not all(word in words for word in wanted):
                continue
            starts = bool(wanted) and words.startswith(wanted[0])
            found.append((not bound.available, not starts, words, bound))
        return tuple(item[3] for item in sorted(found, key=lambda item: item[:3]))

    def sheet(self) -> tuple[Hint, ...]:
        """All keys by group, in the order of the groups."""
        hints = [
            Hint(tr(bound.command.group.value), bound.command.words, self.keys(bound.command), bound.reason())
            for group in Group
            for bound in self._bound.values()
            if bound.command.group is group and self.keys(bound.command)
        ]
        return tuple(hints)


def overlap(one: Command, other: Command) -> bool:
    """True if both commands can be live at once."""
    if one.scope is Scope.SCREEN and other.scope is Scope.SCREEN:
        return one.screen == other.screen
    return True


def _modified(key: str) -> bool:
    parts = key.split("+")
    return bool({"Ctrl", "Alt", "Meta"} & set(parts[:-1])) or (
        len(parts[-1]) > 1 and parts[-1].startswith("F") and parts[-1][1:].isdigit()
    )
