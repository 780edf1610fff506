"""The search field and command palette: what a query asks for, and the list it leads to (ux-spec 3, 7.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from clinicdesk.i18n import plural, tr
from clinicdesk.presentation.commands import BoundCommand, Commands

MOST_HITS = 20
MOST_RECENTS = 8


class Asks(StrEnum):
    """What a query is after; the prefix of the typed text says it."""

    ANYTHING = ""
    COMMAND = ">"
    NUMBER = "#"
    STAFF = "@"


class HitKind(StrEnum):
    STUDENT = "student"
    INACTIVE = "inactive"
    STAFF = "staff"
    COMMAND = "command"
    RECENT = "recent"


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge on a hit: words, a tone and a shape by their names in the theme."""

    words: str
    tone: str
    shape: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the list. `match` is the part of the name to set bold; `same_name` shows the birth date bold.

    `photo` says that a picture of the person is on record; without one the line shows initials.
    """

    kind: HitKind
    id: str
    name: str
    birth_date: str = ""
    details: str = ""
    badges: tuple[Badge, ...] = ()
    match: tuple[tuple[int, int], ...] = ()
    same_name: bool = False
    icon: str = ""
    shortcut: str = ""
    reason: str = ""
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its hits."""

    heading: str
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one query."""

    query: str
    sections: tuple[Section, ...] = ()
    footer: str = ""

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(hit for section in self.sections for hit in section.hits)


class SearchProvider(Protocol):
    """Finds people; called off the window's thread, at most `limit` hits, ordered by name (D61)."""

    def students(self, query: str, limit: int) -> Sequence[Hit]: ...

    def by_number(self, query: str, limit: int) -> Sequence[Hit]: ...

    def staff(self, query: str, limit: int) -> Sequence[Hit]: ...

    def recents(self, limit: int) -> Sequence[Hit]: ...


def understood(text: str) -> tuple[Asks, str]:
    """The kind of a query and what remains of it."""
    typed = text.strip()
    for asks in (Asks.COMMAND, Asks.NUMBER, Asks.STAFF):
        if typed.startswith(asks.value):
            return asks, typed[1:].strip()
    return Asks.ANYTHING, typed


def find(provider: SearchProvider, text: str, elapsed_ms: Callable[[], float] | None = None) -> Found:
    """People for a query; commands are added by `with_commands` on the window's thread."""
    asks, query = understood(text)
    match asks:
        case Asks.COMMAND:
            return Found(text)
        case Asks.NUMBER:
            hits = provider.by_number(query, MOST_HITS) if query else ()
            heading = tr("Students by ID")
        case Asks.STAFF:
            hits = provider.staff(query, MOST_HITS) if query else ()
            heading = tr("Staff")
        case _:
            if not query:
                recents = tuple(provider.recents(MOST_RECENTS))
                return Found(text, (Section(tr("Recent"), recents),) if recents else ())
            hits = provider.students(query, MOST_HITS)
            heading = tr("Students, {count} of this school", count=sum(hit.kind is HitKind.STUDENT for hit in hits))
    active = tuple(hit for hit in hits if hit.kind is not HitKind.INACTIVE)
    inactive = tuple(hit for hit in hits if hit.kind is HitKind.INACTIVE)
    sections = [Section(heading, active)] if active else []
    if inactive:
        sections.append(Section(tr("No longer enrolled"), inactive))
    footer = plural("{count} match", "{count} matches", len(hits))
    if elapsed_ms is not None:
        footer = tr("{matches} in {ms} ms", matches=footer, ms=round(elapsed_ms()))
    return Found(text, tuple(sections), footer)


def with_commands(found: Found, commands: Commands, limit: int = 8) -> Found:
    """Add the commands that match; unavailable ones stay, greyed, with their reason."""
    asks, query = understood(found.query)
    if asks in {Asks.NUMBER, Asks.STAFF} or (asks is Asks.ANYTHING and not query):
        return found
    most = MOST_HITS if asks is Asks.COMMAND else limit
    hits = tuple(_command_hit(commands, bound) for bound in commands.matching(query)[:most])
    if not hits:
        return found
    return Found(found.query, (*found.sections, Section(tr("Commands"), hits)), found.footer)


def _command_hit(commands: Commands, bound: BoundCommand) -> Hit:
    return Hit(
        HitKind.COMMAND,
        bound.id,
        bound.command.words,
        icon=bound.command.icon,
        shortcut=commands.shortcut(bound.id),
        reason=bound.reason(),
    )
