"""The keys that seal a student's sealed fields and the value columns of the audit trail (D32)."""

from __future__ import annotations

import threading
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.models import AuditLog, SealedKey
from clinicdesk.security.sealed_fields import DataKeyRing, FieldKey
from clinicdesk.storage.store import Store

SUITE = "AES-256-SIV under AES-256-GCM"


class FieldKeys:
    """Field keys by student, opened when first needed and wiped with `destroy`.

    A student without a key of its own (the district destroyed it, or it has not arrived yet) has none here: nothing
    of that student can be sealed, and the audit values fall back to the district's key.
    """

    def __init__(self, ring: DataKeyRing) -> None:
        self._ring = ring
        self._known: dict[uuid.UUID, FieldKey] = {}
        self._lock = threading.Lock()
        self._store: Store | None = None

    def read_from(self, store: Store) -> None:
        """Where wrapped keys are looked up from now on."""
        self._store = store

    def create(self, session: Session, student: uuid.UUID) -> None:
        """Make a student's key in the transaction that inserts the student."""
        key = self._ring.new_student_key(student)
        session.add(
            SealedKey(
                student_id=student,
                suite=SUITE,
                data_key_epoch=self._ring.epoch,
                wrapped_key=self._ring.wrap_student_key(student, key),
            )
        )
        with self._lock:
            self._known[student] = key

    def of(self, student: uuid.UUID) -> FieldKey | None:
        with self._lock:
            known = self._known.get(student)
        if known is not None or self._store is None:
            return known
        with self._store.read() as session:
            wrapped = session.scalar(
                sa.select(SealedKey.wrapped_key)
                .where(SealedKey.student_id == student, SealedKey.deleted_at.is_(None))
                .order_by(SealedKey.data_key_epoch.desc())
                .limit(1)
            )
        if wrapped is None:
            return None
        key = self._ring.open_student_key(student, wrapped)
        with self._lock:
            return self._known.setdefault(student, key)

    def seal_audit(self, student: uuid.UUID | None, column: str, row: uuid.UUID, value: bytes) -> bytes:
        """Seal a value column of an audit row: the `Sealer` of the audit trail."""
        key = (self.of(student) if student else None) or self._ring.district_key()
        return key.seal(AuditLog.__tablename__, column, row, value)

    def destroy(self) -> None:
        with self._lock:
            for key in self._known.values():
                key.destroy()
            self._known.clear()
        self._ring.destroy()
