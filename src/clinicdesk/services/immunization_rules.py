"""What stands against a vaccine dose: the rules asked on the form, the stock, the consent and the record (I14, M6)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clinicdesk.domain.findings import Finding
from clinicdesk.domain.vaccination_entry import AdministeredDose, assess_vaccination, lot_findings
from clinicdesk.domain.vaccines import BY_CVX, SCREENING, Vaccine, find_vaccine
from clinicdesk.domain.vaccines_allergens import allergy_findings
from clinicdesk.domain.vaccines_on_record import DoseMark, record_findings
from clinicdesk.i18n import tr
from clinicdesk.models import Medication, School
from clinicdesk.services import immunization_reading as reading
from clinicdesk.services.chart_reading import student_facts
from clinicdesk.services.desk import Desk
from clinicdesk.services.immunization_values import NewVaccination, VaccineConsent
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.students import StudentUnknownError
from clinicdesk.storage.queries import doses as dose_queries
from clinicdesk.storage.queries import stock as stock_queries
from clinicdesk.storage.queries.stock import LotOnHand
from clinicdesk.storage.queries.students import same_person, student_with_school

_QUESTIONS = tuple(key for key, _ in SCREENING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """A dose as the rules see it, what they find, and the consent it rests on."""

    dose: AdministeredDose
    findings: tuple[Finding, ...]
    consent: VaccineConsent


class VaccineRules:
    """Asks the rules; reads only."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def student(self, session: Session, student: uuid.UUID) -> StudentFacts:
        found = student_with_school(session, same_person(session, student)[0])
        if found is None:
            raise StudentUnknownError
        return student_facts(*found)

    def consent(self, session: Session, student: uuid.UUID, at: dt.datetime) -> VaccineConsent:
        calendar = dose_queries.calendar_of(session, self._desk.school.id, self._desk.school.zone.key)
        return reading.consent(session, same_person(session, student), calendar, at)

    def assess(
        self, session: Session, new: NewVaccination, now: dt.datetime, instead_of: uuid.UUID | None = None
    ) -> Assessed:
        """Everything that stands against the dose; `instead_of` is the entry that it corrects."""
        student = self.student(session, new.student_id)
        consent = self.consent(session, new.student_id, now)
        lot = stock_queries.lot(session, new.lot_id) if new.lot_id is not None else None
        dose = self._dose(session, new, student, consent, lot, now)
        findings = (
            *assess_vaccination(dose, self._desk.today()),
            *(() if lot is None else lot_findings(dose.cvx_code, _inside(session, lot), shut=lot.shut)),
            *self._record_findings(session, new, dose, instead_of),
        )
        return Assessed(dose=dose, findings=findings, consent=consent)

    def _dose(
        self,
        session: Session,
        new: NewVaccination,
        student: StudentFacts,
        consent: VaccineConsent,
        lot: LotOnHand | None,
        now: dt.datetime,
    ) -> AdministeredDose:
        paper = bool(new.consent_by.strip()) and not consent.shut
        person = self._desk.person
        return AdministeredDose(
            student_id=new.student_id,
            birth_date=student.birth_date,
            cvx_code=new.cvx if new.cvx in BY_CVX else None,
            given_on=self._desk.local(new.given_at or now).date(),
            lot_number=lot.lot_number if lot is not None else new.lot_number,
            manufacturer=new.manufacturer,
            expires_on=lot.expires_on if lot is not None and lot.expires_on is not None else new.expires_on,
            site=new.site,
            route=new.route,
            amount=new.amount,
            unit=new.unit,
            information_edition=new.information_edition,
            information_given_on=new.information_given_on,
            administrator_name=person.name,
            administrator_title=person.credentials or tr("Nurse"),
            administrator_address=self._address(session),
            vfc=new.vfc,
            screening_answered=all(key in new.screening for key in _QUESTIONS),
            screening_positive=any(new.screening.values()),
            consent_holds=consent.signature_id is not None or paper,
        )

    def _record_findings(
        self, session: Session, new: NewVaccination, dose: AdministeredDose, instead_of: uuid.UUID | None
    ) -> Iterator[Finding]:
        """Allergies, exemptions and doses on record, of every record that is this student's (D26)."""
        vaccine = BY_CVX.get(dose.cvx_code or "")
        if vaccine is None or dose.given_on is None:
            return
        ids = same_person(session, new.student_id)
        yield from allergy_findings(vaccine.cvx, dose_queries.allergies_of(session, ids))
        entries = reading.entries(session, ids, self._desk.local)
        this = DoseMark(cvx=vaccine.cvx, name=vaccine.short, on=dose.given_on)
        others = [line.mark for line in entries.doses if line.id != instead_of]
        exempt = [one.cvx for one in entries.exemptions if one.holds_on(dose.given_on)]
        yield from record_findings(this, others, exempt)

    def _address(self, session: Session) -> str:
        """The clinic's address; its name alone where the district gave none."""
        school = session.get_one(School, self._desk.school.id)
        place = " ".join(part for part in (school.state, school.zip_code) if part)
        return ", ".join(part for part in (school.name, school.address, school.city, place) if part)


def _inside(session: Session, lot: LotOnHand) -> Vaccine | None:
    """The vaccine that a lot of the stock holds."""
    drug = session.get_one(Medication, lot.medication_id)
    return find_vaccine(drug.generic_name or drug.name) or find_vaccine(drug.name)
