"""The school calendar: who changes which days, and what a day may be."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from tests.support.desk import Clinic

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.models import AuditLog, CalendarDay, SyncQueueItem
from clinicdesk.services.calendar import CalendarDayKind, Calendars, DayEntry, SessionEntry, SessionKind
from clinicdesk.storage.queries.doses import calendar_of

CLOSED, EARLY, EXTRA = CalendarDayKind.CLOSED, CalendarDayKind.EARLY_DISMISSAL, CalendarDayKind.EXTRA_SCHOOL_DAY
FRIDAY = dt.date(2026, 11, 27)


def _day(kind: CalendarDayKind, first: dt.date, last: dt.date | None = None, **more: object) -> DayEntry:
    return DayEntry(kind, first, last or first, **more)  # type: ignore[arg-type]  # the fields of an entry, by name


@pytest.fixture
def office(clinic: Clinic) -> Calendars:
    return Calendars(clinic.desk(clinic.administrator))


def _is_school_day(clinic: Clinic, day: dt.date, school: uuid.UUID | None = None) -> bool:
    with clinic.store.read() as session:
        calendar = calendar_of(session, school or clinic.school.id, "America/New_York")
    return calendar.is_school_day(day)


def test_d41_a_closure_takes_the_school_day_away_at_that_school_only(clinic: Clinic, office: Calendars) -> None:
    assert _is_school_day(clinic, FRIDAY)
    office.save_days(_day(CLOSED, FRIDAY, title="Snow", school_id=clinic.school.id))
    assert not _is_school_day(clinic, FRIDAY)
    assert _is_school_day(clinic, FRIDAY, clinic.other_school.id)


def test_d41_a_closure_of_all_schools_closes_each(clinic: Clinic, office: Calendars) -> None:
    office.save_days(_day(CLOSED, FRIDAY, title="Thanksgiving break"))
    assert not _is_school_day(clinic, FRIDAY)
    assert not _is_school_day(clinic, FRIDAY, clinic.other_school.id)


def test_d41_a_late_start_takes_the_first_hours_of_the_day_away(clinic: Clinic, office: Calendars) -> None:
    office.save_days(_day(CalendarDayKind.LATE_START, FRIDAY, at_time=dt.time(10), school_id=clinic.school.id))
    with clinic.store.read() as session:
        day = calendar_of(session, clinic.school.id, "America/New_York").day(FRIDAY)
    assert day.is_open
    assert (day.holds(dt.time(9, 59)), day.holds(dt.time(10))) == (False, True)


def test_d41_a_make_up_day_opens_a_saturday(clinic: Clinic, office: Calendars) -> None:
    saturday = FRIDAY + dt.timedelta(days=1)
    assert not _is_school_day(clinic, saturday)
    office.save_days(_day(EXTRA, saturday, school_id=clinic.school.id))
    assert _is_school_day(clinic, saturday)


def test_a_break_is_entered_once_and_leaves_the_weekends_out(clinic: Clinic, office: Calendars) -> None:
    ids = office.save_days(_day(CLOSED, dt.date(2026, 12, 21), dt.date(2027, 1, 1), title="Winter break"))
    days = [entry.first_day for entry in office.read(clinic.school.id).days if entry.id in ids]
    assert len(days) == 10
    assert all(day.weekday() < 5 for day in days)


def test_an_early_dismissal_needs_its_hour(clinic: Clinic, office: Calendars) -> None:
    with pytest.raises(InvalidValueError) as refused:
        office.save_days(_day(EARLY, FRIDAY, school_id=clinic.school.id))
    assert (refused.value.field, refused.value.problem) == ("at_time", "missing")
    office.save_days(_day(EARLY, FRIDAY, school_id=clinic.school.id, at_time=dt.time(11, 30)))
    assert office.read(clinic.school.id).days[0].at_time == dt.time(11, 30)


def test_a_day_has_one_entry(clinic: Clinic, office: Calendars) -> None:
    office.save_days(_day(CLOSED, FRIDAY, school_id=clinic.school.id))
    with pytest.raises(InvalidValueError) as refused:
        office.save_days(_day(EARLY, FRIDAY, school_id=clinic.school.id, at_time=dt.time(12)))
    assert (refused.value.field, refused.value.problem) == ("day", "taken")
    assert len(office.read(clinic.school.id).days) == 1


@pytest.mark.parametrize(
    ("last", "problem"),
    [(FRIDAY - dt.timedelta(days=1), "wrong_order"), (FRIDAY + dt.timedelta(days=200), "too_long")],
)
def test_days_in_the_wrong_order_or_without_end_are_refused(office: Calendars, last: dt.date, problem: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        office.save_days(_day(CLOSED, FRIDAY, last))
    assert refused.value.problem == problem


def test_a_day_can_be_changed_removed_and_put_back(clinic: Clinic, office: Calendars) -> None:
    (row_id,) = office.save_days(_day(CLOSED, FRIDAY, title="Snwo", school_id=clinic.school.id))
    office.save_days(_day(CLOSED, FRIDAY, title="Snow", school_id=clinic.school.id, id=row_id))
    assert office.read(clinic.school.id).days[0].title == "Snow"
    office.remove_days(row_id)
    assert office.read(clinic.school.id).days == ()
    office.restore_days(row_id)
    assert office.read(clinic.school.id).days[0].title == "Snow"


def test_a_removed_day_does_not_come_back_over_a_new_one(clinic: Clinic, office: Calendars) -> None:
    (row_id,) = office.save_days(_day(CLOSED, FRIDAY, school_id=clinic.school.id))
    office.remove_days(row_id)
    office.save_days(_day(EXTRA, FRIDAY, school_id=clinic.school.id))
    with pytest.raises(InvalidValueError):
        office.restore_days(row_id)


def test_a_session_can_be_added_changed_removed_and_put_back(clinic: Clinic, office: Calendars) -> None:
    entry = SessionEntry("Summer school", SessionKind.TERM, dt.date(2027, 7, 1), dt.date(2027, 7, 30), clinic.school.id)
    row_id = office.save_session(entry)
    changed = SessionEntry("Summer", SessionKind.TERM, entry.first_day, entry.last_day, clinic.school.id, row_id)
    office.save_session(changed)
    assert changed in office.read(clinic.school.id).sessions
    office.remove_session(row_id)
    assert changed not in office.read(clinic.school.id).sessions
    office.restore_session(row_id)
    assert changed in office.read(clinic.school.id).sessions


def test_a_session_that_ends_before_it_begins_is_refused(office: Calendars) -> None:
    with pytest.raises(InvalidValueError) as refused:
        office.save_session(SessionEntry("Back", SessionKind.TERM, FRIDAY, FRIDAY - dt.timedelta(days=3)))
    assert refused.value.problem == "wrong_order"


def test_d05_a_principal_changes_the_days_of_her_school_and_of_no_other(clinic: Clinic) -> None:
    own = Calendars(clinic.desk(clinic.principal))
    own.save_days(_day(CLOSED, FRIDAY, school_id=clinic.school.id))
    for school in (clinic.other_school.id, None):
        with pytest.raises(PermissionDeniedError):
            own.save_days(_day(CLOSED, FRIDAY, school_id=school))
    assert (own.may_edit(clinic.school.id), own.may_edit(clinic.other_school.id), own.may_edit(None)) == (
        True,
        False,
        False,
    )


def test_d05_a_nurse_reads_the_calendar_and_changes_nothing(clinic: Clinic) -> None:
    nurse = Calendars(clinic.desk(clinic.nurse))
    assert nurse.read(clinic.school.id).sessions
    with pytest.raises(PermissionDeniedError):
        nurse.save_days(_day(CLOSED, FRIDAY, school_id=clinic.school.id))
    assert clinic.count(CalendarDay) == 0


def test_d06_a_changed_day_is_audited_and_waits_to_be_sent(clinic: Clinic, office: Calendars) -> None:
    (row_id,) = office.save_days(_day(CLOSED, FRIDAY, school_id=clinic.school.id))
    assert clinic.count(SyncQueueItem, SyncQueueItem.entity_id == row_id) == 1
    assert clinic.count(AuditLog, AuditLog.entity_id == row_id) == 1
