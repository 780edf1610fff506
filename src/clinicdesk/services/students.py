"""The students of the desk: opening a chart, the emergency card, registering, the name a student goes by."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clinicdesk.core.errors import InvalidValueError, UserFacingError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.people import NamedStudent, PersonName, SimilarName, similar_names
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import ClinicVisit, Student, StudentEnrollment
from clinicdesk.models.enums import AuditAction, EnrollmentStatus, Gender, NumberStatus
from clinicdesk.models.rules import validate
from clinicdesk.services import chart_reading as reading
from clinicdesk.services.desk import Desk, schools_of
from clinicdesk.services.student_values import (
    CareNote,
    Chart,
    EmergencyCard,
    StudentFacts,
    Summary,
    VaccinationFacts,
)
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import chart as rows
from clinicdesk.storage.queries import students as queries
from clinicdesk.storage.queries.roster import district_of

_LAST_VISITS = 5


class StudentUnknownError(UserFacingError):
    """There is no such student on this desk: gone with a transfer, or never here."""

    code = "student_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStudent:
    """What the clinic knows of a student whom the roster has not brought yet (D10)."""

    first_name: str
    last_name: str
    birth_date: dt.date
    grade: str
    gender: str = Gender.PREFER_NOT_TO_SAY.value
    preferred_name: str | None = None
    homeroom: str | None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A student whom the new one could be: to be looked at before a second record is made."""

    student: StudentFacts
    same_name: bool
    same_birth_date: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """Who is about to be opened, and the students of this desk who share the name (M1)."""

    student: StudentFacts
    same_name: tuple[StudentFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The new student, or those who are too much alike; then nothing was written."""

    student_id: uuid.UUID | None = None
    alike: tuple[Alike, ...] = ()


class Students:
    """What a person does with the record of a student as a whole."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def open(self, student: uuid.UUID) -> Chart:
        """Open a chart: audited once, before anything of it is handed out (D34).

        Raises:
            StudentUnknownError: no such student here.
        """
        entry = AuditEntry(AuditAction.READ, "Student", entity_id=student, student_id=student)
        with self._desk.open_record(Act.OPEN_STUDENT, entry) as session:
            return self._chart(session, student)

    def refresh(self, student: uuid.UUID) -> Chart:
        """The open chart once more, after an act or a sync: the same reading, no further audit row."""
        with self._desk.look(Act.OPEN_STUDENT, student=student) as session:
            return self._chart(session, student)

    def glance(self, student: uuid.UUID) -> Glance:
        """Photo and birth date alone, to tell two of one name apart before opening (ux-spec 7.3)."""
        with self._desk.look(Act.SEARCH_STUDENTS, student=student) as session:
            facts = self._facts(session, student)[0]
            return Glance(student=facts, same_name=self._same_name(session, facts))

    def emergency_card(self, student: uuid.UUID, *, printed: bool = False) -> EmergencyCard:
        """What counts in seconds; every role may see it, and each showing or print is on record (D34)."""
        facts = {"part": "emergency_card"}
        action = AuditAction.PRINT if printed else AuditAction.READ
        entry = AuditEntry(action, "Student", entity_id=student, student_id=student, facts=facts)
        with self._desk.open_record(Act.PRINT_RECORD if printed else Act.VIEW_EMERGENCY_CARD, entry) as session:
            found, ids = self._facts(session, student)
            conditions = reading.read_conditions(session, ids)
            orders = reading.read_orders(session, ids, self._desk.today(), self._desk.local, active_only=True)
            return EmergencyCard(
                student=found,
                allergies=reading.read_allergies(session, ids),
                plans=tuple(plan for plan in reading.read_plans(session, ids, conditions) if plan.emergency),
                emergency_orders=tuple(order for order in orders if order.emergency),
                contacts=tuple(one for one in reading.read_contacts(session, ids) if one.to_show),
            )

    def alike(self, new: NewStudent) -> tuple[Alike, ...]:
        """Students who could be the one about to be registered."""
        with self._desk.look(Act.REGISTER_STUDENT) as session:
            return self._alike(session, new)

    def register(self, new: NewStudent, *, although_alike: bool = False) -> Registered:
        """Put a student on record provisionally, with her field key, at this desk's school (D10, D32).

        The roster's own entry is matched to it later by the district. Students alike stop it until somebody says
        that she is another person.

        Raises:
            InvalidValueError: a field cannot be kept.
        """
        values = self._student_values(new)
        if not although_alike:
            alike = self.alike(new)
            if alike:
                return Registered(alike=alike)
        student = new_id()
        school = self._desk.school.id
        entry = AuditEntry(
            AuditAction.CREATE,
            "Student",
            entity_id=student,
            student_id=student,
            new=_plain(values),
            facts={"although_alike": although_alike},
        )
        with self._desk.act(Act.REGISTER_STUDENT, entry, schools=(school,)) as work:
            district = district_of(work.session)
            work.session.add(Student(id=student, district_id=district, enrollment_date=work.at, **values))
            work.session.flush()
            # D32: the audit row of this very act is sealed under the key, so it is made first.
            self._desk.field_keys.create(work.session, student)
            work.session.add(
                StudentEnrollment(
                    student_id=student,
                    school_id=school,
                    starts_on=self._desk.today(),
                    status=EnrollmentStatus.PROVISIONAL,
                    grade=new.grade,
                )
            )
        return Registered(student_id=student)

    def call_by(self, student: uuid.UUID, preferred_name: str | None) -> LastAct:
        """Write down the name a student goes by; the legal name is the roster's.

        Raises:
            InvalidValueError: too long.
        """
        with self._desk.look(Act.EDIT_STUDENT, student=student) as session:
            facts = self._facts(session, student)[0]
        name = preferred_name.strip() if preferred_name and preferred_name.strip() else None
        problems = [found for found in validate("Student", {"preferred_name": name}) if found.field == "preferred_name"]
        if problems:
            raise problems[0]
        before = facts.name.preferred
        at = self._write_name(facts.id, before, name)

        def undo(reason: str | None) -> None:
            self._write_name(facts.id, name, before, reason_for(at, self._desk.now(), reason))

        return LastAct(tr("Preferred name changed"), at, undo)

    def _write_name(
        self, student: uuid.UUID, before: str | None, after: str | None, reason: str | None = None
    ) -> dt.datetime:
        entry = AuditEntry(
            AuditAction.UPDATE,
            "Student",
            entity_id=student,
            student_id=student,
            previous={"preferred_name": before},
            new={"preferred_name": after},
            changes={"reason": reason} if reason else None,
        )
        with self._desk.act(Act.EDIT_STUDENT, entry) as work:
            row = work.session.get_one(Student, student)
            row.preferred_name = after
            return work.at

    # --- reading ------------------------------------------------------------------------------------------------

    def _facts(self, session: Session, student: uuid.UUID) -> tuple[StudentFacts, tuple[uuid.UUID, ...]]:
        ids = queries.same_person(session, student)
        found = queries.student_with_school(session, ids[0])
        if found is None:
            raise StudentUnknownError
        weight = reading.newest_weight(session, ids)
        return reading.student_facts(*found, weight=weight, merged_from=len(ids) - 1), ids

    def _chart(self, session: Session, student: uuid.UUID) -> Chart:
        facts, ids = self._facts(session, student)
        now, today = self._desk.now(), self._desk.today()
        found = queries.badge_facts(session, ids, now, today)
        allergies = reading.read_allergies(session, ids)
        # D22: an allergy that one side of a conflict ended is still a badge.
        badges = [("ALLERGY", one.allergen, one.severity) for one in allergies.listed]
        badges += {one: None for key in ids for one in found.get(key, []) if one[0] != "ALLERGY"}
        return Chart(
            student=facts,
            badges=reading.badges_of(badges),
            summary=self._summary(session, facts, ids),
            same_name=self._same_name(session, facts),
            today=today,
        )

    def _summary(self, session: Session, facts: StudentFacts, ids: tuple[uuid.UUID, ...]) -> Summary:
        schools = schools_of(session, facts.id)

        def seen(act: Act, read: Callable[[], Any]) -> Any:  # Any: each part has its own type
            return read() if self._desk.may(act, schools) else None

        desk = self._desk
        # That there are restricted notes is told to those alone who may open them, by role or by break-glass.
        reads, breaks = desk.may(Act.VIEW_MENTAL_HEALTH, schools), desk.may(Act.BREAK_GLASS, schools)
        visits = seen(Act.VIEW_VISITS, lambda: self._last_visits(session, ids)) or {}
        note = seen(Act.VIEW_HEALTH_RECORD, lambda: self._care_note(session, ids))
        return Summary(
            allergies=seen(Act.VIEW_HEALTH_RECORD, lambda: reading.read_allergies(session, ids)),
            plans=seen(
                Act.VIEW_HEALTH_RECORD,
                lambda: reading.read_plans(session, ids, reading.read_conditions(session, ids)),
            ),
            orders=seen(
                Act.VIEW_MEDICATION,
                lambda: reading.read_orders(session, ids, desk.today(), desk.local, active_only=True),
            ),
            vaccinations=seen(Act.VIEW_IMMUNIZATIONS, lambda: _vaccination_facts(session, ids)),
            contacts=tuple(one for one in reading.read_contacts(session, ids) if one.to_show),
            restricted_notes=rows.restricted_notes(session, ids) if reads or breaks else None,
            may_read_restricted=reads,
            care_note=note,
            **visits,
        )

    def _last_visits(self, session: Session, ids: tuple[uuid.UUID, ...]) -> dict[str, Any]:
        today = self._desk.today()
        year = today.year if today.month >= 7 else today.year - 1
        # A school year never begins before July, whatever the district's calendar says.
        times = rows.visit_times(session, ids, self._midnight(dt.date(year, 7, 1)))
        monday = today - dt.timedelta(days=today.weekday())
        days = [self._desk.local(moment).date() for moment in times]
        found = rows.visits(session, ids, _LAST_VISITS)
        still_here = next((visit.id for visit in found if _is_open(visit)), None)
        return {
            "visits": reading.read_visits(session, found),
            "visits_this_year": len(days),
            "visits_this_month": sum((day.year, day.month) == (today.year, today.month) for day in days),
            "visits_this_week": sum(day >= monday for day in days),
            "open_visit": still_here,
        }

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), tzinfo=self._desk.school.zone)

    def _care_note(self, session: Session, ids: tuple[uuid.UUID, ...]) -> CareNote | None:
        note = rows.care_note(session, ids)
        if note is None:
            return None
        names = rows.staff_names(session, [note.created_by])
        by = names.get(note.created_by, "") if note.created_by else ""
        return CareNote(words=note.content, by=by, at=note.occurred_at or note.created_at)

    def _same_name(self, session: Session, facts: StudentFacts) -> tuple[StudentFacts, ...]:
        """Students of this desk's schools who share the name: the chart says so (M1)."""
        me = NamedStudent(id=facts.id, name=facts.name, birth_date=facts.birth_date)
        others = {
            row.id: row for row in queries.could_be(session, facts.name.called, facts.name.last, facts.birth_date)
        }
        named = [_named(row) for row in others.values()]
        return tuple(
            reading.student_facts(others[one.student_id], None)
            for one in similar_names(me, named)
            if one.same_name and others[one.student_id].is_active
        )

    def _alike(self, session: Session, new: NewStudent) -> tuple[Alike, ...]:
        name = PersonName(first=new.first_name, last=new.last_name, preferred=new.preferred_name)
        me = NamedStudent(id=new_id(), name=name, birth_date=new.birth_date)
        others = {row.id: row for row in queries.could_be(session, name.called, new.last_name, new.birth_date)}
        return tuple(
            Alike(
                student=reading.student_facts(others[one.student_id], None),
                same_name=one.same_name,
                same_birth_date=one.same_birth_date,
            )
            for one in similar_names(me, [_named(row) for row in others.values()])
            if _worth_a_look(one)
        )

    def _student_values(self, new: NewStudent) -> dict[str, Any]:
        if new.birth_date > self._desk.today():
            raise InvalidValueError("birth_date", "in_future")
        if new.gender not in set(Gender):
            raise InvalidValueError("gender", "unknown_choice")
        values: dict[str, Any] = {
            "first_name": new.first_name.strip(),
            "last_name": new.last_name.strip(),
            "preferred_name": (new.preferred_name or "").strip() or None,
            "date_of_birth": new.birth_date,
            "grade": new.grade.strip(),
            "gender": Gender(new.gender),
            "homeroom": (new.homeroom or "").strip() or None,
            "language": new.language,
            "school_id": self._desk.school.id,
            "number_status": NumberStatus.PROVISIONAL,
        }
        for field in ("first_name", "last_name", "grade"):
            if not values[field]:
                raise InvalidValueError(field, "missing")
        problems = validate("Student", {**values, "enrollment_date": self._desk.now()})
        if problems:
            raise problems[0]
        return values


def _worth_a_look(one: SimilarName) -> bool:
    return one.same_name or one.same_birth_date


def _named(row: Student) -> NamedStudent:
    name = PersonName(first=row.first_name, last=row.last_name, middle=row.middle_name, preferred=row.preferred_name)
    return NamedStudent(id=row.id, name=name, birth_date=row.date_of_birth)


def _is_open(visit: ClinicVisit) -> bool:
    return visit.check_out_time is None and visit.disposition is None


def _vaccination_facts(session: Session, ids: tuple[uuid.UUID, ...]) -> VaccinationFacts:
    here = rows.vaccinations(session, ids)
    given = [row for row in here if not row.exemption_status]
    reported = rows.immunizations(session, ids)
    dates = [row.administration_date.date() for row in given] + [row.administered_date.date() for row in reported]
    return VaccinationFacts(
        doses=len(dates),
        given_here=len(given),
        newest=max(dates, default=None),
        exemptions=tuple(row.vaccine_name for row in here if row.exemption_status),
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as the audit trail keeps them."""
    return {name: value if value is None else str(value) for name, value in values.items()}
