"""The lines of the roster screen: changes, rows set aside, remarks, undecided students and past imports, in words."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from clinicdesk.domain.matching import Candidate, PersonFacts
from clinicdesk.domain.roster.difference import Action, Change, Undecided
from clinicdesk.domain.roster.held import (
    ContactFacts,
    EnrollmentFacts,
    Facts,
    GuardianFacts,
    HeldRoster,
    Kind,
    SchoolFacts,
    SessionFacts,
    StudentFacts,
)
from clinicdesk.domain.roster.records import Notice, RowFinding
from clinicdesk.i18n import formats, tr
from clinicdesk.i18n.roster_words import roster_words
from clinicdesk.services.roster_report import ImportReport

_KEYS = frozenset({"sourced_id", "school_id", "student_id", "contact_id", "parent_id", "number_state"})


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One row that would be written: what it is, whom it concerns, and what differs."""

    kind: Kind
    action: Action
    kind_words: str
    action_words: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One row set aside, or kept with a remark, and what to do about it."""

    place: str
    source_id: str
    field: str
    value: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One fact of the package beside the same fact of a known student."""

    label: str
    theirs: str
    ours: str

    @property
    def differs(self) -> bool:
        return self.theirs.casefold() != self.ours.casefold()


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A known student who may be meant, side by side with the incoming one, and the reasons."""

    row_id: uuid.UUID
    name: str
    score: int
    reasons: tuple[str, ...]
    facts: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class UndecidedLine:
    """A student of the package who waits for a person's word."""

    source_id: str
    name: str
    born: str
    reasons: tuple[str, ...]
    candidates: tuple[CandidateLine, ...]


@dataclass(frozen=True, slots=True)
class PastLine:
    """One past import."""

    id: uuid.UUID
    title: str
    detail: str
    undoable: bool


def change_lines(report: ImportReport) -> tuple[ChangeLine, ...]:
    names = _Names(report)
    return tuple(
        ChangeLine(
            change.kind,
            change.action,
            roster_words("kind", change.kind.value),
            roster_words("action", change.action.value),
            names.subject(change.after),
            _detail(change, names),
        )
        for change in report.plan.changes
    )


def finding_lines(found: tuple[RowFinding, ...]) -> tuple[FindingLine, ...]:
    return tuple(
        FindingLine(
            tr("{file}, line {line}", file=f"{one.place.file.value}.csv", line=one.place.line),
            one.place.source_id,
            one.field,
            one.value,
            roster_words("problem", one.problem.value),
        )
        for one in found
    )


def notice_lines(notices: tuple[Notice, ...]) -> tuple[FindingLine, ...]:
    return tuple(
        FindingLine(
            notice.name, "", "", "", roster_words("notice", notice.kind.value, name=notice.name, detail=notice.detail)
        )
        for notice in notices
    )


def undecided_lines(report: ImportReport) -> tuple[UndecidedLine, ...]:
    return tuple(_undecided(one, report) for one in report.plan.undecided)


def _undecided(one: Undecided, report: ImportReport) -> UndecidedLine:
    incoming = one.incoming
    known = ((candidate, report.known_student(candidate)) for candidate in one.verdict.candidates)
    return UndecidedLine(
        one.place.source_id,
        f"{incoming.given} {incoming.family}",
        _day(incoming.birth_date),
        _grounds(one.verdict.grounds),
        tuple(_candidate(incoming, candidate, facts, report) for candidate, facts in known if facts is not None),
    )


def _candidate(incoming: PersonFacts, candidate: Candidate, facts: StudentFacts, report: ImportReport) -> CandidateLine:
    names = _Names(report)
    schools = ", ".join(sorted(names.school(uuid.UUID(school)) for school in incoming.schools))
    compared = (
        Compared(tr("First name"), incoming.given, facts.first_name),
        Compared(tr("Middle name"), incoming.middle, facts.middle_name),
        Compared(tr("Last name"), incoming.family, facts.last_name),
        Compared(tr("Birth date"), _day(incoming.birth_date), _day(facts.birth_date)),
        Compared(tr("Student number"), incoming.number, facts.number or ""),
        Compared(tr("Grade"), incoming.grade, facts.grade),
        Compared(tr("School"), schools, names.school(facts.school_id)),
    )
    return CandidateLine(
        uuid.UUID(candidate.key),
        f"{facts.first_name} {facts.last_name}",
        candidate.score,
        _grounds(candidate.grounds),
        compared,
    )


class _Names:
    """Names for the keys of rows, from the plan and from what stood before it."""

    def __init__(self, report: ImportReport) -> None:
        held: HeldRoster = report.held
        self._students: dict[uuid.UUID, StudentFacts] = dict(held.students)
        self._schools: dict[uuid.UUID, SchoolFacts] = dict(held.schools)
        for change in report.plan.changes:
            if isinstance(change.after, StudentFacts):
                self._students[change.row_id] = change.after
            elif isinstance(change.after, SchoolFacts):
                self._schools[change.row_id] = change.after

    def student(self, row_id: uuid.UUID) -> str:
        facts = self._students.get(row_id)
        return f"{facts.first_name} {facts.last_name}" if facts else ""

    def school(self, row_id: uuid.UUID | None) -> str:
        facts = self._schools.get(row_id) if row_id else None
        return facts.name if facts else ""

    def subject(self, facts: Facts) -> str:
        match facts:
            case SchoolFacts():
                return facts.name
            case SessionFacts():
                return facts.title
            case StudentFacts() | ContactFacts():
                return f"{facts.first_name} {facts.last_name}"
            case EnrollmentFacts():
                return self.student(facts.student_id)
            case GuardianFacts():
                return f"{facts.first_name} {facts.last_name}"

    def about(self, facts: Facts) -> str:
        """Whom or what a row joins its subject to."""
        match facts:
            case EnrollmentFacts():
                return self.school(facts.school_id)
            case GuardianFacts():
                return tr("for {name}", name=self.student(facts.student_id))
            case _:
                return ""


def _detail(change: Change, names: _Names) -> str:
    after = change.after
    if change.before is None:
        match after:
            case StudentFacts():
                return ", ".join(part for part in (_day(after.birth_date), after.grade, after.number or "") if part)
            case EnrollmentFacts():
                return f"{names.about(after)}, {tr('from {day}', day=_day(after.starts_on))}"
            case GuardianFacts():
                return f"{names.about(after)}, {after.phone}"
            case ContactFacts():
                return after.phone or after.email
            case _:
                return ""
    parts = [
        tr(
            "{field}: {before} → {after}",
            field=_field(name),
            before=_value(getattr(change.before, name), names) or "–",
            after=_value(getattr(after, name), names) or "–",
        )
        for name in change.fields
        if name not in _KEYS or name == "school_id"
    ]
    return "; ".join(part for part in (names.about(after), *parts) if part)


def _field(name: str) -> str:
    words = {
        "first_name": tr("first name"),
        "middle_name": tr("middle name"),
        "last_name": tr("last name"),
        "preferred_name": tr("preferred name"),
        "birth_date": tr("birth date"),
        "gender": tr("gender"),
        "grade": tr("grade"),
        "number": tr("number"),
        "homeroom": tr("homeroom"),
        "is_active": tr("active"),
        "school_id": tr("school"),
        "left_on": tr("left on"),
        "is_primary": tr("primary"),
        "starts_on": tr("from"),
        "ends_on": tr("until"),
        "state": tr("state"),
        "name": tr("name"),
        "title": tr("title"),
        "kind": tr("kind"),
        "code": tr("code"),
        "first_day": tr("first day"),
        "last_day": tr("last day"),
        "email": tr("e-mail"),
        "phone": tr("telephone"),
        "relationship": tr("relationship"),
        "call_order": tr("call order"),
    }
    return words[name]


def _value(value: object, names: _Names) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, dt.date):
        return _day(value)
    if isinstance(value, uuid.UUID):
        return names.school(value)
    return str(value) if value is not None else ""


def _day(day: dt.date | None) -> str:
    return formats().date(day) if day is not None else ""


def _grounds(grounds: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(roster_words("ground", str(ground)) for ground in grounds)
