"""Checks what a workstation holds: pages, foreign keys and the audit chain (T10, T11)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from clinicdesk.domain.permissions import Act
from clinicdesk.models.enums import AuditAction
from clinicdesk.services.desk import Desk
from clinicdesk.storage.audit import AuditEntry, chain_head, verify_chain
from clinicdesk.storage.integrity import integrity


class BadPlace(enum.StrEnum):
    """What kind of place was found bad first."""

    PAGE = "page"
    STRUCTURE = "structure"
    FOREIGN_KEY = "foreign_key"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome: sound, or the first bad place by name. `audit_rows` is the length of this device's chain."""

    place: BadPlace | None
    finding: str | None
    audit_rows: int
    audit_head: str

    @property
    def sound(self) -> bool:
        return self.place is None


class Verifier:
    """Verifies the profile of the person at the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def verify(self) -> Verification:
        """Check everything, and record that it was checked."""
        with self._desk.store.read() as session:
            found = integrity(session.connection().engine)
            broken = verify_chain(session, self._desk.device_id)
            head = chain_head(session, self._desk.device_id)
        place: BadPlace | None = None
        finding: str | None = None
        if found.pages:
            place, finding = BadPlace.PAGE, found.first_finding
        elif found.structure:
            place, finding = BadPlace.STRUCTURE, found.first_finding
        elif found.orphans:
            place, finding = BadPlace.FOREIGN_KEY, found.first_finding
        elif broken is not None:
            place, finding = BadPlace.AUDIT, f"audit record {broken}"
        self._desk.note(
            Act.VIEW_SYNC,
            AuditEntry(
                AuditAction.READ,
                "AuditLog",
                facts={"verified": place.value if place else "sound", "rows": head.seq},
                is_phi=False,
            ),
        )
        return Verification(place=place, finding=finding, audit_rows=head.seq, audit_head=head.hash.hex()[:12])
