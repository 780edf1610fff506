"""Unsaved form text: kept at once, sealed for its author alone, gone when the act is written (D2)."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import sqlalchemy as sa

from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.domain.permissions import Act, allowed
from clinicdesk.models import Draft
from clinicdesk.models.enums import DraftKind, WritePurpose
from clinicdesk.security.derivation import expand, wipe
from clinicdesk.security.errors import SealBrokenError
from clinicdesk.security.sealing import lock, unlock_bytes
from clinicdesk.services.desk import Desk
from clinicdesk.storage.store import Work

_PURPOSE = "draft/v1"
_DISCARD = sa.delete(Draft).where(
    Draft.owner_id == sa.bindparam("owner"),
    Draft.kind == sa.bindparam("kind"),
    Draft.subject_key == sa.bindparam("subject"),
)


class Drafts:
    """The drafts of the person at the desk. Nobody else's can be read, listed or thrown away."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(self, kind: DraftKind, subject: str, content: dict[str, Any]) -> None:
        """Keep what was typed; `subject` tells one form from another (a visit's id, `new:<student id>`)."""
        if not allowed(self._desk.person.actor, Act.SAVE_DRAFT, (self._desk.school.id,), at=self._desk.now()):
            raise PermissionDeniedError(act=Act.SAVE_DRAFT.value)
        sealed = self._seal(kind, subject, msgspec.json.encode(content))
        with self._desk.unaudited(WritePurpose.CARE) as work:
            row = work.session.scalar(self._mine(kind, subject))
            if row is None:
                row = Draft(owner_id=self._desk.person.user_id, kind=kind, subject_key=subject)
                work.session.add(row)
            row.content = sealed
            row.updated_at = work.at

    def load(self, kind: DraftKind, subject: str) -> dict[str, Any] | None:
        """What was typed, or None. A draft sealed under a key that is gone counts as none."""
        with self._desk.store.read() as session:
            row = session.scalar(self._mine(kind, subject))
            if row is None:
                return None
            try:
                content: dict[str, Any] = msgspec.json.decode(self._open(kind, subject, row.content))
            except SealBrokenError:
                return None
            return content

    def subjects(self, kind: DraftKind) -> list[str]:
        """The forms of this kind that wait for their author, newest first."""
        with self._desk.store.read() as session:
            found = session.scalars(
                sa.select(Draft.subject_key)
                .where(Draft.owner_id == self._desk.person.user_id, Draft.kind == kind)
                .order_by(Draft.updated_at.desc())
            )
            return list(found)

    def discard(self, kind: DraftKind, subject: str) -> None:
        """Throw a draft away: its act is written, or its author said so."""
        with self._desk.unaudited(WritePurpose.CARE) as work:
            row = work.session.scalar(self._mine(kind, subject))
            if row is not None:
                work.session.delete(row)

    def written(self, work: Work, kind: DraftKind, subject: str) -> None:
        """Throw a draft away in the transaction that writes its act: both stand, or neither."""
        work.session.connection().execute(_DISCARD, {"owner": self._owner(), "kind": kind, "subject": subject})

    def _mine(self, kind: DraftKind, subject: str) -> sa.Select[Draft]:
        return sa.select(Draft).where(
            Draft.owner_id == self._desk.person.user_id, Draft.kind == kind, Draft.subject_key == subject
        )

    def _associated(self, kind: DraftKind, subject: str) -> bytes:
        return b"|".join((_PURPOSE.encode(), self._owner().bytes, kind.value.encode(), subject.encode()))

    def _owner(self) -> uuid.UUID:
        return self._desk.person.user_id

    def _seal(self, kind: DraftKind, subject: str, plain: bytes) -> bytes:
        def sealed(private: bytearray) -> bytes:
            key = expand(private, _PURPOSE)
            try:
                return lock(key, plain, self._associated(kind, subject))
            finally:
                wipe(key)

        return self._desk.unlocked.user_keys.use_private(sealed)

    def _open(self, kind: DraftKind, subject: str, content: bytes) -> bytes:
        def opened(private: bytearray) -> bytes:
            key = expand(private, _PURPOSE)
            try:
                return bytes(unlock_bytes(key, content, self._associated(kind, subject)))
            finally:
                wipe(key)

        return self._desk.unlocked.user_keys.use_private(opened)
