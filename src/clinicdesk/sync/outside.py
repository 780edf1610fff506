"""Rows that the district took, of an anchor that lies in none of this device's scopes (D10): they go as if they left.

A new student without a live enrolment may stand elsewhere than her author thought. Where she stands is known once
every scope has been pulled beyond the answer; until then, and as long as anything of hers waits, her rows stay.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.storage.device_facts import write_fact
from clinicdesk.storage.engine import read_plainly
from clinicdesk.sync.base_copies import BaseCopies
from clinicdesk.sync.leaving import LEAVING

_ANSWERED = "sync.answered:"
_NOTE = (
    "INSERT INTO device_facts (name, text_value) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET text_value = excluded.text_value"
)
_READ = (
    "SELECT name, CAST(text_value AS INTEGER) FROM device_facts"
    " WHERE name >= 'sync.answered:' AND name < 'sync.answered;'"
)
_FORGET = "DELETE FROM device_facts WHERE name = ?"
_PULLED_UP_TO = "SELECT min(CASE WHEN cursor IS NULL THEN 0 ELSE seq END) FROM sync_cursors"
_SET_BACK = "UPDATE device_facts SET text_value = '1' WHERE name >= 'sync.answered:' AND name < 'sync.answered;'"


def note(connection: sa.Connection, copies: BaseCopies, answered: Mapping[str, int]) -> None:
    """Anchors of rows that were just taken, each with the number that its row got: which of them are not known here?"""
    copies.expect(answered)
    unknown = [
        (_ANSWERED + anchor, str(max(seq, 1))) for anchor, seq in answered.items() if not copies.scopes_of(anchor)
    ]
    if unknown:
        connection.exec_driver_sql(_NOTE, unknown)


def decide(connection: sa.Connection, session: Session, copies: BaseCopies) -> None:
    """After a pull: what the scopes by now would hold, and do not, is not this workstation's."""
    noted = {name.removeprefix(_ANSWERED): seq for name, seq in read_plainly(connection, _READ)}
    if not noted:
        return
    (pulled_up_to,) = connection.exec_driver_sql(_PULLED_UP_TO).one()
    copies.expect(noted)
    for anchor, seq in noted.items():
        known = bool(copies.scopes_of(anchor))
        if known or seq <= (pulled_up_to or 0):
            connection.exec_driver_sql(_FORGET, (_ANSWERED + anchor,))
            if not known:
                write_fact(session, LEAVING + anchor, text="elsewhere")


def undecided(connection: sa.Connection) -> bool:
    """Whether a session that was cut left anchors of which it is not known where they stand."""
    return bool(read_plainly(connection, f"{_READ} LIMIT 1"))


def set_back(connection: sa.Connection) -> None:
    """The district counts anew: whatever it has numbered is known once every scope has been pulled from nothing."""
    connection.exec_driver_sql(_SET_BACK)
