"""A morning in the clinic of `demonstration.clinic`: students, visits, orders, contacts, tasks, stock, a conflict."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from decimal import Decimal

from clinicdesk.core.identifiers import new_id
from clinicdesk.demonstration.clinic import Clinic, furnished
from clinicdesk.models import (
    Allergy,
    ChronicCondition,
    ClinicalNote,
    ClinicalTask,
    ClinicVisit,
    ConsentForm,
    ConsentSignature,
    Contact,
    EmergencyContact,
    Immunization,
    InventoryItem,
    InventoryLot,
    Medication,
    MedicationLog,
    MentalHealthRecord,
    StockBalance,
    StudentMedication,
    SyncConflict,
    VitalSigns,
)
from clinicdesk.models.enums import (
    AllergySeverity,
    AllergyType,
    ClinicalTaskKind,
    ConflictKind,
    ConsentType,
    ContactType,
    DeaSchedule,
    DoseOutcome,
    DoseReason,
    EmergencyContactRelationship,
    MentalHealthRecordType,
    NoteType,
    OrderStatus,
    Priority,
    ReportedSource,
    Route,
    ScheduleKind,
    SignerCapacity,
    SigningMethod,
    SyncConflictStatus,
    SyncEntityType,
    TemperatureUnit,
    Unit,
    VisitDisposition,
    WeightUnit,
)

_OFFSET = -240
_MORNING = dt.datetime(2026, 8, 24, 15, tzinfo=dt.UTC)


@dataclass
class BusyDay:
    """Who stands in the clinic and what was written, by a name a test can use."""

    clinic: Clinic
    students: dict[str, uuid.UUID] = field(default_factory=dict)
    drugs: dict[str, uuid.UUID] = field(default_factory=dict)
    orders: dict[str, uuid.UUID] = field(default_factory=dict)
    visits: dict[str, uuid.UUID] = field(default_factory=dict)
    tasks: dict[str, uuid.UUID] = field(default_factory=dict)
    form: uuid.UUID = field(default_factory=new_id)

    @property
    def now(self) -> dt.datetime:
        return self.clinic.clock.now()

    def drug(self, name: str, *, controlled: bool = False) -> uuid.UUID:
        if name not in self.drugs:
            self.drugs[name] = self.clinic.add(
                Medication(
                    name=name,
                    dosage_form="tablet",
                    strength="10 mg",
                    is_controlled=controlled,
                    dea_schedule=DeaSchedule.II if controlled else None,
                    requires_witness=controlled,
                    strength_amount=Decimal(10),
                    strength_unit=Unit.MG,
                    form_unit=Unit.TABLET,
                )
            ).id
        return self.drugs[name]

    def consent(self, student: uuid.UUID) -> uuid.UUID:
        """A consent of this school year, signed by a parent."""
        return self.clinic.add(
            ConsentSignature(
                consent_form_id=self.form,
                student_id=student,
                signed_by="Ngozi Okonkwo",
                relationship="mother",
                signed_at=_MORNING,
                capacity=SignerCapacity.GUARDIAN,
                form_version="1.0",
                text_hash="0" * 64,
                method=SigningMethod.PAPER,
                recorded_by=self.clinic.nurse.id,
                recorded_at=_MORNING,
                zone_offset_minutes=_OFFSET,
                effective_from=_MORNING.date(),
                expires_on=dt.date(2027, 8, 24),
            )
        ).id

    def order(
        self,
        who: str,
        drug: str,
        *times: str,
        amount: int = 10,
        controlled: bool = False,
        consent: bool = True,
        emergency: bool = False,
        ends: dt.date | None = dt.date(2027, 6, 11),
        route: Route = Route.ORAL,
    ) -> uuid.UUID:
        student, key = self.students[who], new_id()
        prn = not times
        self.clinic.add(
            StudentMedication(
                id=key,
                root_id=key,
                student_id=student,
                medication_id=self.drug(drug, controlled=controlled),
                dosage=f"{amount} mg",
                frequency="as ordered",
                route=route,
                start_date=_MORNING,
                end_date=dt.datetime.combine(ends, dt.time(20), tzinfo=dt.UTC) if ends else None,
                status=OrderStatus.ACTIVE,
                activated_at=_MORNING,
                activated_by=self.clinic.nurse.id,
                prescribed_by_name="Dr. Ito",
                dose_amount=Decimal(amount),
                dose_unit=Unit.MG,
                form_count=Decimal(1),
                form_unit=Unit.TABLET,
                strength_amount=Decimal(amount),
                strength_unit=Unit.MG,
                schedule_kind=ScheduleKind.PRN if prn else ScheduleKind.SCHEDULED,
                times_of_day=list(times),
                days_of_week=[] if prn else [0, 1, 2, 3, 4],
                prn_min_interval_minutes=240 if prn else None,
                prn_max_per_day=3 if prn else None,
                is_controlled=controlled,
                requires_witness=controlled,
                emergency=emergency,
                consent_signature_id=self.consent(student) if consent else None,
            )
        )
        self.orders[f"{who} {drug}"] = key
        return key

    def given(self, who: str, drug: str, slot: str, at: dt.time, outcome: DoseOutcome = DoseOutcome.GIVEN) -> None:
        """The outcome of today's dose of an order."""
        zone, today = self.clinic.school.zone, self.now.astimezone(self.clinic.school.zone).date()
        order = self.orders[f"{who} {drug}"]
        happened = dt.datetime.combine(today, at, tzinfo=zone)
        hour, minute = map(int, slot.split(":"))
        self.clinic.add(
            MedicationLog(
                student_id=self.students[who],
                medication_id=self.drugs[drug],
                dosage=Decimal(10),
                dosage_unit=Unit.MG,
                route=Route.ORAL,
                administered_at=happened,
                administered_by=self.clinic.nurse.id,
                was_given=outcome is DoseOutcome.GIVEN,
                outcome=outcome,
                reason_not_given=None if outcome is DoseOutcome.GIVEN else "glucose 62",
                reason_code=None if outcome is DoseOutcome.GIVEN else DoseReason.HELD_BY_NURSE,
                student_medication_id=order,
                order_root_id=order,
                order_version=1,
                school_id=self.clinic.school.id,
                scheduled_for=dt.datetime.combine(today, dt.time(hour, minute), tzinfo=zone),
                slot_key=f"{today:%Y-%m-%d}T{slot}",
                recorded_at=happened,
                zone_offset_minutes=_OFFSET,
                device_id=self.clinic.device,
            )
        )

    def visit(
        self,
        who: str,
        reason: str,
        minutes: int,
        *,
        note: str | None = None,
        treatment: str | None = None,
        stayed: int | None = None,
        disposition: VisitDisposition | None = None,
    ) -> uuid.UUID:
        """A visit that began `minutes` ago; `stayed` closes it."""
        came = self.now - dt.timedelta(minutes=minutes)
        closed = disposition or (VisitDisposition.RETURN_TO_CLASS if stayed is not None else None)
        made = self.clinic.add(
            ClinicVisit(
                student_id=self.students[who],
                check_in_time=came,
                check_out_time=came + dt.timedelta(minutes=stayed) if stayed is not None else None,
                disposition=closed,
                reason_for_visit=[reason],
                notes=note,
                treatment=treatment,
                attended_by=self.clinic.nurse.id,
                school_id=self.clinic.school.id,
                zone_offset_minutes=_OFFSET,
                recorded_at=came,
            )
        ).id
        self.visits[who] = made
        return made

    def task(
        self,
        title: str,
        kind: ClinicalTaskKind,
        minutes: int,
        *,
        who: str | None = None,
        priority: Priority = Priority.MEDIUM,
    ) -> uuid.UUID:
        made = self.clinic.add(
            ClinicalTask(
                kind=kind,
                title=title,
                student_id=self.students[who] if who else None,
                school_id=self.clinic.school.id,
                due_at=self.now + dt.timedelta(minutes=minutes),
                priority=priority,
            )
        ).id
        self.tasks[title] = made
        return made

    def contact(
        self,
        who: str,
        first: str,
        last: str,
        phone: str,
        order: int,
        *,
        pick_up: bool = True,
        limits: str | None = None,
    ) -> uuid.UUID:
        person = self.clinic.add(
            Contact(
                first_name=first,
                last_name=last,
                phone=phone,
                type=ContactType.GUARDIAN,
                school_id=self.clinic.school.id,
            )
        )
        return self.clinic.add(
            EmergencyContact(
                student_id=self.students[who],
                contact_id=person.id,
                first_name=first,
                last_name=last,
                relationship=EmergencyContactRelationship.PARENT if pick_up else EmergencyContactRelationship.OTHER,
                phone_number=phone,
                call_order=order,
                can_pickup_student=pick_up,
                custody_limits=limits,
            )
        ).id

    def allergy(
        self, who: str, allergen: str, severity: AllergySeverity = AllergySeverity.SEVERE, *reactions: str
    ) -> uuid.UUID:
        return self.clinic.add(
            Allergy(
                student_id=self.students[who],
                allergen=allergen,
                allergy_type=AllergyType.FOOD,
                severity=severity,
                reactions=list(reactions) or None,
            )
        ).id

    def conflict(self, who: str, row: uuid.UUID, mine: dict[str, object], theirs: dict[str, object]) -> uuid.UUID:
        """An open conflict about an allergy."""
        return self.clinic.add(
            SyncConflict(
                queue_item_id=new_id(),
                entity_type=SyncEntityType.ALLERGY,
                entity_id=row,
                table_name="allergies",
                client_version=mine,
                server_version=theirs,
                kind=ConflictKind.FIELD,
                status=SyncConflictStatus.PENDING,
                student_id=self.students[who],
                fields=list(mine),
                is_safety=True,
            )
        ).id


PEOPLE = (
    ("max", "Maximilian", "Featherstonehaugh-Bartholomew", dt.date(2013, 2, 3), "8", "31"),
    ("zoe", "Zoë", "Papadimitriou", dt.date(2021, 4, 9), "KG", "2"),
    ("jose", "José Ángel", "Ñúñez-Villaseñor", dt.date(2016, 5, 6), "5", "18"),
    ("harriet", "Harriet", "Quill", dt.date(2017, 7, 8), "4", "12"),
    ("amara", "Amara", "Okonkwo-Lindqvist", dt.date(2018, 2, 14), "3", "14"),
    ("dmitri", "Dmitri", "Volkov-Reyes", dt.date(2015, 9, 1), "6", "21"),
    ("fatoumata", "Fatoumata", "Diabaté", dt.date(2014, 1, 30), "7", "25"),
    ("tobias", "Tobias", "Grønlund", dt.date(2016, 12, 24), "4", "12"),
    ("kwabena", "Kwabena", "Asante", dt.date(2015, 10, 11), "5", "18"),
    ("chen", "Chen", "Li-Wei", dt.date(2017, 3, 3), "3", "14"),
    ("siobhan", "Siobhán", "O'Brien", dt.date(2014, 4, 22), "7", "25"),
    ("siobhan2", "Siobhan", "O’Brien", dt.date(2018, 12, 30), "2", "9"),
    ("nkechi", "Nkechi", "Obri-Tetteh", dt.date(2017, 9, 9), "4", "15"),
    ("noor", "Noor", "al-Khatib", dt.date(2016, 6, 1), "5", "19"),
    ("isla", "Isla", "MacGillivray", dt.date(2017, 8, 8), "4", "12"),
)


@furnished
def students_of(clinic: Clinic) -> BusyDay:
    """The students alone, each with a photograph on record."""
    day = BusyDay(clinic)
    for key, first, last, born, grade, room in PEOPLE:
        day.students[key] = clinic.student(first, last, born, grade=grade, homeroom=room, photo=f"portrait:{key}")
    clinic.add(
        ConsentForm(
            id=day.form,
            type=ConsentType.MEDICATION_ADMINISTRATION,
            title="Medication at school",
            description="Medication at school",
            content="I agree that the clinic gives the medicine ordered.",
            family_id=new_id(),
            text_hash="0" * 64,
        )
    )
    return day


@furnished
def busy_day(clinic: Clinic) -> BusyDay:
    """Half past eleven on a Tuesday, as the mockup has it."""
    day = students_of(clinic)
    day.visit("max", "HEAD_INJURY", 43, note="fell from climbing wall in PE")
    day.visit("zoe", "STOMACH_ACHE", 24, note="vomited once, 38.1 °C")
    day.visit("jose", "BREATHING", 9, note="albuterol 2 puffs")
    day.visit("harriet", "SPLINTER", 1)
    for key, minutes in (("isla", 9), ("nkechi", 6), ("chen", 12)):
        day.visit(key, "HEADACHE", 120, stayed=minutes, treatment="rest and water")
    day.visit("noor", "FEVER", 150, stayed=44, disposition=VisitDisposition.SENT_HOME)
    day.order("dmitri", "amoxicillin", "10:50")
    day.order("fatoumata", "metFORMIN", "11:00")
    day.order("tobias", "methylphenidate", "11:00", controlled=True)
    day.order("kwabena", "insulin lispro", "11:30")
    for key, drug in (("amara", "methylphenidate"), ("chen", "cetirizine"), ("siobhan", "levETIRAcetam")):
        day.order(key, drug, "12:00", controlled=drug == "methylphenidate")
    day.order("noor", "carBAMazepine", "13:00", ends=dt.date(2026, 10, 9))
    day.order("isla", "acetaminophen", consent=False)
    day.order("amara", "EPINEPHrine auto-injector", emergency=True, route=Route.INTRAMUSCULAR)
    day.given("fatoumata", "metFORMIN", "11:00", dt.time(10, 58))
    day.given("tobias", "methylphenidate", "11:00", dt.time(11, 2))
    day.given("kwabena", "insulin lispro", "11:30", dt.time(11, 28), DoseOutcome.HELD)
    day.task("Witness needed: waste of 5 mg", ClinicalTaskKind.RECOUNT, -38, who="tobias", priority=Priority.URGENT)
    day.task("Neuro check 3", ClinicalTaskKind.OBSERVATION, 13, who="max")
    day.task("Check effect: albuterol", ClinicalTaskKind.EFFECT_CHECK, 46, who="jose")
    day.task("Call the pharmacy", ClinicalTaskKind.PRESCRIBER_CONTACT, 60 * 24 * 2, who="noor")
    peanut = day.allergy("amara", "Peanut", AllergySeverity.LIFE_THREATENING, "Throat swelling", "hives")
    day.allergy("amara", "Amoxicillin", AllergySeverity.MODERATE, "Hives, trunk")
    day.conflict("amara", peanut, {"severity": "SEVERE"}, {"severity": "LIFE_THREATENING"})
    _chart_of_amara(day)
    _stock(day)
    return day


def _chart_of_amara(day: BusyDay) -> None:
    clinic, amara = day.clinic, day.students["amara"]
    clinic.add(
        ChronicCondition(
            student_id=amara,
            condition="Anaphylaxis",
            diagnosed_date=dt.date(2022, 3, 1),
            diagnosed_by_name="Dr. Ito",
            emergency_protocol="Give epinephrine, call 911, lie flat with legs raised.",
            next_review_date=dt.date(2027, 8, 24),
        ),
        ChronicCondition(
            student_id=amara,
            condition="ADHD 504 plan",
            diagnosed_date=dt.date(2024, 3, 1),
            diagnosed_by_name="Dr. Ito",
            care_plan="Extra time in tests, a quiet seat.",
            requires_504=True,
            next_review_date=dt.date(2027, 1, 10),
        ),
    )
    day.contact("amara", "Ngozi", "Okonkwo", "555-0142", 1)
    day.contact("amara", "Erik", "Lindqvist", "555-0177", 2)
    day.contact("amara", "Folasade", "Adeyemi-Brandt", "555-0119", 3)
    limits = "No contact by court order, on file since Mar 4, 2025. Call the office and the principal."
    day.contact("amara", "Gregor", "Halloran", "555-0190", 4, pick_up=False, limits=limits)
    for days, reason, minutes, treatment in (
        (4, "HEADACHE", 12, "rest and water"),
        (11, "RASH", 31, "cetirizine 5 mg"),
        (19, "SCRAPE_OR_CUT", 6, "cleaned"),
        (27, "STOMACH_ACHE", 44, "37.2 °C"),
        (33, "OTHER", 5, "brought 30 tablets, counted in"),
        (40, "HEADACHE", 9, "water"),
    ):
        day.visit("amara", reason, days * 24 * 60 + 70, stayed=minutes, treatment=treatment)
    clinic.add(
        VitalSigns(
            student_id=amara,
            measurement_date=day.now - dt.timedelta(days=28),
            weight=Decimal("26.4"),
            weight_unit=WeightUnit.KG,
            temperature=Decimal("37.2"),
            temperature_unit=TemperatureUnit.C,
            measured_by=clinic.nurse.id,
            zone_offset_minutes=_OFFSET,
        ),
        Immunization(
            student_id=amara,
            vaccine_name="MMR",
            cvx_code="03",
            administered_date=dt.datetime(2019, 3, 4, 12, tzinfo=dt.UTC),
            source=next(iter(ReportedSource)),
            recorded_by=clinic.nurse.id,
        ),
        ClinicalNote(
            student_id=amara,
            type=NoteType.GENERAL,
            title="Care note",
            content="Takes tablets with yoghurt. Prefers to come before the lunch bell, so class does not wait.",
            created_by=clinic.nurse.id,
        ),
        MentalHealthRecord(
            student_id=amara,
            record_type=next(iter(MentalHealthRecordType)),
            record_date=day.now - dt.timedelta(days=20),
            title=b"sealed",
            session_notes=b"sealed",
            zone_offset_minutes=_OFFSET,
        ),
    )


def _stock(day: BusyDay) -> None:
    school = day.clinic.school.id
    item = day.clinic.add(
        InventoryItem(
            name="Albuterol HFA", category="MEDICATION", reorder_level=3, reorder_quantity=6, school_id=school
        )
    )
    lot = day.clinic.add(
        InventoryLot(
            inventory_item_id=item.id,
            school_id=school,
            lot_number="A-17",
            expires_on=dt.date(2026, 10, 20),
            unit=Unit.EACH,
            received_on=dt.date(2026, 8, 24),
        )
    )
    day.clinic.add(
        StockBalance(
            inventory_item_id=item.id,
            lot_id=lot.id,
            location="CLINIC",
            school_id=school,
            quantity=Decimal(1),
            unit=Unit.EACH,
            updated_at=day.now,
        )
    )
