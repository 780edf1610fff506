"""Today's round on paper: every dose with both identifiers and the allergies, audited before it is handed out."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.support.busy_day import BusyDay, busy_day
from tests.support.desk import Clinic

from clinicdesk.core.errors import PermissionDeniedError
from clinicdesk.core.identifiers import new_id
from clinicdesk.i18n import Language, use
from clinicdesk.models import AuditLog, HealthRecord, SyncConflict
from clinicdesk.models.enums import AuditAction, ConflictKind, HealthRecordType, SyncConflictStatus, SyncEntityType
from clinicdesk.presentation.paper_day import day_pdf
from clinicdesk.services.paper_day import PaperDay, PaperRound
from clinicdesk.storage.queries.students import NO_KNOWN_ALLERGIES


@pytest.fixture
def day(clinic: Clinic) -> BusyDay:
    return busy_day(clinic)


def printed(day: BusyDay) -> PaperRound:
    return PaperDay(day.clinic.desk(day.clinic.nurse)).round()


def text_of(pdf: bytes) -> str:
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    return " ".join("\n".join(pages).split())


def test_every_dose_of_the_day_is_there_in_the_order_of_the_walk(day: BusyDay) -> None:
    found = printed(day)
    timed = [line.time for line in found.lines if line.time]
    assert timed == sorted(timed)
    assert len(timed) >= 8
    assert all(not line.time for line in found.lines[len(timed) :])


def test_m01_each_line_carries_name_and_birth_date(day: BusyDay) -> None:
    found = printed(day)
    text = text_of(day_pdf(found, day.clinic.desk().local))
    for line in found.lines:
        assert " ".join(line.student.name.shown.split()) in text
    assert text.count("born ") >= len(found.lines)


def test_m06_d22_allergies_stand_beside_the_dose_and_silence_is_not_none(day: BusyDay) -> None:
    found = printed(day)
    by_student = {line.student.id: line.allergies for line in found.lines}
    stated = [allergies for allergies in by_student.values() if allergies.severe or allergies.other]
    silent = next(student for student, allergies in by_student.items() if not (allergies.severe or allergies.other))
    assert not by_student[silent].none_stated
    text = text_of(day_pdf(found, day.clinic.desk().local))
    assert "not asked" in text
    for allergies in stated:
        for allergen in allergies.severe:
            assert allergen.upper() in text
    day.clinic.add(
        HealthRecord(
            student_id=silent,
            record_type=HealthRecordType.ALLERGY_DOCUMENTATION,
            record_date=day.now,
            title="No known allergies",
            description="the mother",
            metadata_={"statement": NO_KNOWN_ALLERGIES},
        )
    )
    again = {line.student.id: line.allergies for line in printed(day).lines}
    assert again[silent].none_stated
    assert "none known" in text_of(day_pdf(printed(day), day.clinic.desk().local))


def test_d22_an_order_in_conflict_is_marked_as_a_stop(day: BusyDay) -> None:
    line = next(line for line in printed(day).lines if line.time)
    day.clinic.add(
        SyncConflict(
            queue_item_id=new_id(),
            table_name="student_medications",
            entity_type=SyncEntityType.MEDICATION,
            entity_id=line.order.id,
            kind=ConflictKind.FIELD,
            status=SyncConflictStatus.PENDING,
            fields=["dosage"],
            client_version={"dosage": "20 mg"},
            server_version={"dosage": "10 mg"},
            base_values={"dosage": "5 mg"},
        )
    )
    found = printed(day)
    assert next(one for one in found.lines if one.order.id == line.order.id).in_conflict
    assert "Stop: the order is in conflict." in text_of(day_pdf(found, day.clinic.desk().local))


def test_d34_the_print_is_audited(day: BusyDay) -> None:
    printed(day)
    rows = day.clinic.rows(AuditLog, AuditLog.action == AuditAction.PRINT)
    assert [row.metadata_ for row in rows] == [{"document": "medication round"}]


def test_whoever_may_only_look_prints_nothing(day: BusyDay) -> None:
    with pytest.raises(PermissionDeniedError):
        PaperDay(day.clinic.desk(day.clinic.viewer)).round()


def test_a_day_without_doses_still_gives_a_blank_log(clinic: Clinic) -> None:
    clinic.clock.advance(dt.timedelta(days=5))
    text = text_of(day_pdf(PaperDay(clinic.desk()).round(), clinic.desk().local))
    assert "No dose is ordered for today." in text
    assert "Blank log" in text


def test_the_sheets_speak_spanish(day: BusyDay) -> None:
    use(Language.SPANISH)
    try:
        text = text_of(day_pdf(printed(day), day.clinic.desk().local))
    finally:
        use(Language.ENGLISH)
    assert "Ronda de medicamentos" in text
    assert "Registro en blanco" in text
