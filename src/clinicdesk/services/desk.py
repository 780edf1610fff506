"""One person signed in at one workstation: every act is checked, written in one transaction and audited."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from clinicdesk.core.clock import Clock
from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.domain.permissions import POLICY, Act, Actor, UserRole, allowed
from clinicdesk.models import Student, StudentEnrollment
from clinicdesk.models.enums import AuditAction, EnrollmentStatus, WritePurpose
from clinicdesk.security.slots import Reauthenticated
from clinicdesk.security.unlocked import Unlocked
from clinicdesk.services.field_keys import FieldKeys
from clinicdesk.services.full_check import FullCheck, PasswordNeededError
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.context import WorkContext
from clinicdesk.storage.queries.students import same_person
from clinicdesk.storage.store import Store, Work


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    """A school this person works at."""

    id: uuid.UUID
    name: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, as screens show it and rows record it."""

    user_id: uuid.UUID
    name: str
    credentials: str | None
    role: UserRole
    actor: Actor
    grant_id: uuid.UUID | None
    schools: tuple[SchoolPlace, ...]
    district_name: str

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split() if word)[:2].upper()


Reauthenticate = Callable[[str, str], Reauthenticated]
"""Proves a person by sign-in name and password and hands out their keys; takes as long as signing in."""


class Desk:
    """The services' ground: who acts, the open store, the clock and the keys. One desk lives from unlock to lock."""

    def __init__(
        self,
        *,
        store: Store,
        person: Person,
        unlocked: Unlocked,
        field_keys: FieldKeys,
        clock: Clock,
        session_id: uuid.UUID,
        reauthenticate: Reauthenticate,
        school: SchoolPlace,
        full_check: FullCheck | None = None,
        ends_at: dt.datetime | None = None,
    ) -> None:
        self.store = store
        self.person = person
        self.unlocked = unlocked
        self.field_keys = field_keys
        self.clock = clock
        self.session_id = session_id
        self.school = school
        self.reauthenticate = reauthenticate
        self.full_check = full_check or FullCheck(clock)
        self.ends_at = ends_at
        """The absolute end of the session, counted from the password (security-spec 2.2); the window locks then."""

    @property
    def device_id(self) -> uuid.UUID:
        return self.unlocked.workstation

    def now(self) -> dt.datetime:
        return self.clock.now()

    def today(self) -> dt.date:
        """The date at the school this desk works for."""
        return self.local(self.now()).date()

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.school.zone)

    def zone_offset_minutes(self, moment: dt.datetime) -> int:
        offset = self.local(moment).utcoffset() or dt.timedelta()
        return int(offset.total_seconds() // 60)

    def work_at(self, school: SchoolPlace) -> None:
        """From now on the desk serves this school of the person's."""
        self.school = school

    def may(self, act: Act, schools: Collection[uuid.UUID] | None = None) -> bool:
        """Whether the act is allowed at these schools (none named: at the desk's school): for menus and buttons."""
        return bool(allowed(self.person.actor, act, self._or_own(schools), at=self.now()))

    @contextlib.contextmanager
    def act(
        self,
        act: Act,
        entry: AuditEntry,
        *,
        schools: Collection[uuid.UUID] | None = None,
        purpose: WritePurpose = WritePurpose.CARE,
    ) -> Iterator[Work]:
        """One act of the person: checked, in one transaction, with `entry` as its audit row.

        The schools are those of `entry.student_id` unless they are named.

        Raises:
            PermissionDeniedError: nothing was written but the audit of the attempt.
        """
        self.require(act, entry, schools=schools)
        with self.store.write(self._context(purpose), attempt=entry) as work:
            yield work

    @contextlib.contextmanager
    def unaudited(self, purpose: WritePurpose) -> Iterator[Work]:
        """A write to this device's own tables (drafts, sessions); the store refuses synced rows here."""
        with self.store.write(self._context(purpose)) as work:
            yield work

    @contextlib.contextmanager
    def look(
        self, act: Act, *, student: uuid.UUID | None = None, schools: Collection[uuid.UUID] | None = None
    ) -> Iterator[Session]:
        """Read lists and counts: checked, not audited by row. One person's record is opened by `open_record`."""
        self._require_role(act, AuditEntry(AuditAction.READ, "Student", student_id=student), schools)
        with self.store.read() as session:
            yield session

    @contextlib.contextmanager
    def open_record(
        self, act: Act, entry: AuditEntry, *, schools: Collection[uuid.UUID] | None = None
    ) -> Iterator[Session]:
        """Read one record: audited before its content is handed out (D34)."""
        self.note(act, entry, schools=schools)
        with self.store.read() as session:
            yield session

    def note(self, act: Act, entry: AuditEntry, *, schools: Collection[uuid.UUID] | None = None) -> None:
        """Write the audit row of an act that changes no record: reading, searching, printing, exporting."""
        with self.act(act, entry, schools=schools):
            pass

    def require(self, act: Act, entry: AuditEntry, *, schools: Collection[uuid.UUID] | None = None) -> None:
        """Raise `PermissionDeniedError`, and audit the attempt, unless the act is allowed.

        Raises:
            PasswordNeededError: the person came in by PIN, which does not do this act (2.2).
        """
        self._require_role(act, entry, schools)
        if self.full_check.wanted_for(act):
            self._audit_denied(act, entry, "password_needed", PasswordNeededError.code)
            self.full_check.ask()
            raise PasswordNeededError(act=act.value)

    def confirm_password(self, password: str) -> None:
        """The person at the desk gives the own password; takes as long as signing in and raises like it."""
        self.reauthenticate(self.unlocked.user_name, password).keys.destroy()
        self.full_check.given()

    def _require_role(self, act: Act, entry: AuditEntry, schools: Collection[uuid.UUID] | None) -> None:
        named = self.schools_of(entry.student_id) if schools is None and entry.student_id else schools
        decision = allowed(self.person.actor, act, self._or_own(named), at=self.now())
        if decision:
            return
        reason = decision.reason.value if decision.reason else "unknown"
        self._audit_denied(act, entry, reason, PermissionDeniedError.code)
        roles = ", ".join(sorted(POLICY.get(act, frozenset())))
        raise PermissionDeniedError(act=act.value, reason=reason, roles=roles)

    def _audit_denied(self, act: Act, entry: AuditEntry, reason: str, code: str) -> None:
        denied = AuditEntry(
            AuditAction.DENIED,
            entry.entity_type,
            entity_id=entry.entity_id,
            student_id=entry.student_id,
            facts={"act": act.value, "reason": reason},
            result=code,
        )
        with self.store.write(self._context(WritePurpose.CARE)) as work:
            work.audit(denied)

    def schools_of(self, student: uuid.UUID) -> frozenset[uuid.UUID]:
        """The schools of a student's live enrolments; the last school where there is none."""
        with self.store.read() as session:
            return schools_of(session, student)

    def _context(self, purpose: WritePurpose) -> WorkContext:
        return WorkContext(
            author=self.person.user_id,
            purpose=purpose,
            grant=self.person.grant_id,
            role=self.person.role,
            author_name=self.person.name,
            session_id=str(self.session_id),
        )

    def _or_own(self, schools: Collection[uuid.UUID] | None) -> Collection[uuid.UUID]:
        return (self.school.id,) if schools is None else schools


def schools_of(session: Session, student: uuid.UUID) -> frozenset[uuid.UUID]:
    """The schools whose staff may see a student (D10), through the alias of a merged record (D26)."""
    rows = session.scalars(
        sa.select(StudentEnrollment.school_id).where(
            StudentEnrollment.student_id.in_(same_person(session, student)),
            StudentEnrollment.deleted_at.is_(None),
            StudentEnrollment.status != EnrollmentStatus.ENDED,
        )
    ).all()
    if rows:
        return frozenset(rows)
    last = session.scalar(sa.select(Student.school_id).where(Student.id == student))
    return frozenset([last]) if last else frozenset()
