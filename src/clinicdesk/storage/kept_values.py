"""Values that stood in a row where it differed from the district's copy, kept in the facts of this device (s55)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy.orm import Session

from clinicdesk.storage.device_facts import bytes_fact, write_fact

NAME: Final = "sync.differed:"
_ALL = "SELECT name, bytes_value FROM device_facts WHERE name >= 'sync.differed:' AND name < 'sync.differed;'"


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """The differing columns of a row as they were stored, bytes in hexadecimal.

    `at` is when the row was mended. `settled` are the columns a person has decided about; their values stay too.
    """

    table: str
    at: str
    values: dict[str, Any]
    settled: tuple[str, ...] = ()


def kept_of(session: Session, key: str) -> list[Kept]:
    """The oldest first."""
    content = bytes_fact(session, NAME + key)
    return [] if content is None else msgspec.json.decode(content, type=list[Kept])


def write_kept(session: Session, key: str, kept: Sequence[Kept]) -> None:
    write_fact(session, NAME + key, content=msgspec.json.encode(kept))


def undecided(session: Session) -> list[tuple[uuid.UUID, Kept]]:
    """Everything kept about which nobody has decided yet, the newest first."""
    found = [
        (uuid.UUID(name.removeprefix(NAME)), kept)
        for name, content in session.connection().exec_driver_sql(_ALL)
        for kept in msgspec.json.decode(content, type=list[Kept])
        if kept.values.keys() - set(kept.settled)
    ]
    return sorted(found, key=lambda one: (one[1].at, str(one[0])), reverse=True)


def settle(session: Session, key: uuid.UUID, at: str, columns: Collection[str], *, settled: bool = True) -> None:
    """A person decided about these columns of what was kept at that moment, or takes the decision back."""
    write_kept(
        session,
        str(key),
        [_told(kept, columns, settled=settled) if kept.at == at else kept for kept in kept_of(session, str(key))],
    )


def _told(kept: Kept, columns: Collection[str], *, settled: bool) -> Kept:
    before = set(kept.settled)
    after = before | set(columns) if settled else before - set(columns)
    return msgspec.structs.replace(kept, settled=tuple(sorted(after)))
