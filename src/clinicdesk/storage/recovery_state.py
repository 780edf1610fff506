"""What a workstation knows of its own recovery: found older or copied, and whether a person has confirmed (D26)."""

from __future__ import annotations

import enum
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import DeviceFact
from clinicdesk.storage.device_facts import text_fact, write_fact

_FOUND: Final = "recovery.found"
UNDER_WAY: Final = "recovery.under_way"
_ANEW: Final = "recovery.anew"


class Finding(enum.StrEnum):
    """Why nothing goes over the line before a person has decided."""

    REWOUND = "rewound"  # this database knows less than the workstation once acknowledged (scenario 13)
    CLONED = "cloned"  # another machine speaks under this identity (scenario 15)
    UNKNOWN = "unknown"  # the district was set back to before this workstation joined (scenario 17)


class Found(msgspec.Struct, frozen=True):
    """What the district said: `incarnation` is the one it knows, the next must be above it."""

    finding: Finding
    incarnation: int


def write_found(session: Session, found: Found) -> None:
    write_fact(session, _FOUND, text=msgspec.json.encode(found).decode())


def read_found(session: Session) -> Found | None:
    """What somebody has to decide; None where nothing is found, or where it was confirmed already."""
    text = text_fact(session, _FOUND)
    return None if text is None else msgspec.json.decode(text, type=Found)


def known_again(session: Session) -> None:
    """The district answers this workstation: that it did not know it is over."""
    found = read_found(session)
    if found is not None and found.finding is Finding.UNKNOWN:
        _forget(session, _FOUND)


def begin_recovery(session: Session) -> None:
    """A person confirmed: the sessions from now on dedupe the queue by its receipts and pull back what was lost."""
    _forget(session, _FOUND)
    write_fact(session, UNDER_WAY, text="yes")


def recovers(session: Session) -> bool:
    return text_fact(session, UNDER_WAY) is not None


def end_recovery(session: Session) -> None:
    """A session came to its end: this database is what the district knows again."""
    _forget(session, _FOUND, UNDER_WAY)


def write_anew(session: Session, device: str) -> None:
    """The workstation asked in under another identity and waits for the approval (scenario 15)."""
    write_fact(session, _ANEW, text=device)


def waits_anew(session: Session) -> str | None:
    """The identity that waits for its approval."""
    return text_fact(session, _ANEW)


def came_anew(session: Session) -> None:
    _forget(session, _ANEW)


def _forget(session: Session, *names: str) -> None:
    session.execute(sa.delete(DeviceFact).where(DeviceFact.name.in_(names)))
