"""Orders with their consents, the supply that parents brought, and what became of every slot of a year."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from clinicdesk.demonstration import medicines, names
from clinicdesk.demonstration.calendar_facts import SchoolYears
from clinicdesk.demonstration.medicines import Medicine
from clinicdesk.demonstration.people import StudentPlan
from clinicdesk.demonstration.reference import CONSENT_HASH, Formulary
from clinicdesk.demonstration.rows import Batch, Keys
from clinicdesk.domain.medication.slots import slot_key

if TYPE_CHECKING:
    from clinicdesk.demonstration.history import Clinic

OUTCOMES = ("GIVEN", "ABSENT", "REFUSED", "MISSED", "NOT_AVAILABLE", "HELD")
WEIGHTS = (93.0, 2.5, 1.5, 1.0, 1.0, 1.0)
REASONS = {
    "ABSENT": ("ABSENT", "absent from school"),
    "REFUSED": ("REFUSED", "did not want it today"),
    "MISSED": ("NO_SHOW", "did not come and was not found in time"),
    "NOT_AVAILABLE": ("NO_SUPPLY", "no supply at school"),
    "HELD": ("HELD_BY_NURSE", "held, parent called"),
}
EXPIRES_AFTER_DAYS = 900
DONE_AFTER = dt.timedelta(minutes=20)
SHARE_DONE = 0.75


class _Order(NamedTuple):
    """An order of one school year, as the log refers to it."""

    id: uuid.UUID
    first: dt.date
    last: dt.date


@dataclass(slots=True)
class _Supply:
    """One student's own container: its lot, what is in it, and when it was counted last."""

    medicine: Medicine
    lot: uuid.UUID
    item: uuid.UUID
    held: Decimal
    movements: list[tuple[dt.datetime, Decimal]]


class DoseHistory:
    """Doses of one school, written into its batch."""

    def __init__(
        self,
        batch: Batch,
        clinic: Clinic,
        formulary: Formulary,
        years: SchoolYears,
        keys: Keys,
        chance: random.Random,
        device: uuid.UUID,
        now: dt.datetime,
    ) -> None:
        self._batch = batch
        self._clinic = clinic
        self._formulary = formulary
        self._years = years
        self._keys = keys
        self._chance = chance
        self._device = device
        self._now = now
        self._controlled: list[_Supply] = []
        self._turns = {True: 0, False: 0}

    def year_of(self, student: uuid.UUID, plan: StudentPlan, contact: tuple[uuid.UUID, str], count: int) -> None:
        """A student's medicine: daily where there is a dose on every day of the year, else as needed."""
        daily = count >= len(self._years.past)
        kinds = medicines.DAILY if daily else medicines.AS_NEEDED
        # In turn, so that the first students of every school make a round with a controlled drug in it.
        one = kinds[self._turns[daily] % len(kinds)]
        self._turns[daily] += 1
        orders = [self._order(student, one, contact, first, last) for first, last in self._years.years]
        if one.condition:
            self._condition(student, one.condition)
        if daily:
            self._each_day(student, one, orders)
        else:
            self._as_needed(student, one, orders, count)

    def weekly_counts(self) -> None:
        """Controlled containers are counted each week with a second person (M9)."""
        fridays = [day for day in self._years.past if day.weekday() == 4]
        for supply in self._controlled:
            held, rest = Decimal(0), sorted(supply.movements)
            for day in fridays:
                at = self._at(day, "15:10")
                while rest and rest[0][0] <= at:
                    held += rest.pop(0)[1]
                if supply.movements[0][0] > at:
                    continue
                self._batch.put(
                    "controlled_counts", self._keys.at(at), at, self._clinic.nurse,
                    lot_id=supply.lot, school_id=self._clinic.school, kind="WEEKLY", counted=held, expected=held,
                    unit=supply.medicine.form_unit, counted_by=self._clinic.nurse,
                    witness_name="second person, on paper", counted_at=at, zone_offset_minutes=self._offset(at),
                    location="Medicine cabinet",
                )  # fmt: skip

    def _order(
        self, student: uuid.UUID, one: Medicine, contact: tuple[uuid.UUID, str], first: dt.date, last: dt.date
    ) -> _Order:
        """A consent signed three days before school, and the order that rests on it; last year's is completed."""
        at = self._at(first - dt.timedelta(days=3), "09:00")
        ended = last < self._years.years[-1][0]
        consent = self._batch.put(
            "consent_signatures", self._keys.at(at), at, self._clinic.nurse,
            consent_form_id=self._formulary.consent_form, student_id=student, signed_by=contact[1],
            relationship="parent", signed_at=at, capacity="GUARDIAN", signer_contact_id=contact[0],
            form_version="1.0", text_hash=CONSENT_HASH, method="PAPER", recorded_by=self._clinic.nurse, recorded_at=at,
            zone_offset_minutes=self._offset(at), effective_from=at.date(), expires_on=last,
        )  # fmt: skip
        key = self._keys.at(at)
        closed = self._at(last, "15:00")
        daily = bool(one.times)
        self._batch.put(
            "student_medications", key, at, self._clinic.nurse,
            student_id=student, medication_id=self._formulary.medications[one.key],
            dosage=f"{one.dose} {one.unit.replace('ug', 'mcg')}",
            frequency=f"daily at {', '.join(one.times)}" if daily else "as needed", route=one.route, root_id=key,
            start_date=self._at(first, "00:00"), end_date=self._at(last, "23:59"),
            is_active=not ended, status="COMPLETED" if ended else "ACTIVE",
            status_changed_at=closed if ended else at, status_changed_by=self._clinic.nurse,
            activated_at=at, activated_by=self._clinic.nurse, signed_at=at, signed_by=self._clinic.nurse,
            prescribed_by_name=names.PRESCRIBERS[student.int % len(names.PRESCRIBERS)],
            prescriber_phone=f"555-01{student.int % 100:02d}", consent_signature_id=consent,
            dose_amount=one.dose, dose_unit=one.unit, form_count=one.count, form_unit=one.form_unit,
            strength_amount=one.strength, strength_unit=one.unit,
            schedule_kind="SCHEDULED" if daily else "PRN", times_of_day=list(one.times),
            days_of_week=[0, 1, 2, 3, 4] if daily else [],
            prn_min_interval_minutes=one.interval_minutes, prn_max_per_day=one.most_a_day,
            prn_indications=list(one.indications), effect_check_minutes=None if daily else 45,
            is_controlled=one.controlled, requires_witness=one.controlled, first_dose_given_elsewhere=True,
        )  # fmt: skip
        return _Order(key, first, last)

    def _each_day(self, student: uuid.UUID, one: Medicine, orders: list[_Order]) -> None:
        supply: _Supply | None = None
        for day in self._years.past:
            order = next(found for found in orders if found.first <= day <= found.last)
            if supply is None or supply.held < one.count:
                supply = self._receive(student, one, day, supply)
            time = one.times[0]
            due = self._at(day, time)
            outcome = self._chance.choices(OUTCOMES, WEIGHTS)[0]
            minutes = self._chance.randint(-12, 18) if outcome == "GIVEN" else self._chance.randint(20, 60)
            self._log(
                student, one, order, due + dt.timedelta(minutes=minutes), outcome, supply,
                scheduled_for=due, slot_key=slot_key(day, due.timetz().replace(tzinfo=None)),
            )  # fmt: skip

        if supply is not None:
            self._this_morning(student, one, orders[-1], supply)

    def _this_morning(self, student: uuid.UUID, one: Medicine, order: _Order, supply: _Supply) -> None:
        """Most of today's doses whose time is past are given; the others wait for whoever looks at the round."""
        today = self._now.astimezone(self._clinic.zone).date()
        due = self._at(today, one.times[0])
        if due > self._now - DONE_AFTER or supply.held < one.count or self._chance.random() > SHARE_DONE:
            return
        at = due + dt.timedelta(minutes=self._chance.randint(-8, 12))
        key = slot_key(today, due.timetz().replace(tzinfo=None))
        self._log(student, one, order, at, "GIVEN", supply, scheduled_for=due, slot_key=key)

    def _as_needed(self, student: uuid.UUID, one: Medicine, orders: list[_Order], count: int) -> None:
        days = sorted(self._chance.sample(self._years.past, min(count, len(self._years.past))))
        supply: _Supply | None = None
        for day in days:
            order = next(found for found in orders if found.first <= day <= found.last)
            if supply is None or supply.held < one.count:
                supply = self._receive(student, one, day, supply)
            at = self._at(day, "09:00") + dt.timedelta(minutes=self._chance.randint(0, 300))
            self._log(
                student, one, order, at, "GIVEN", supply, indication=self._chance.choice(one.indications),
            )  # fmt: skip

    def _receive(self, student: uuid.UUID, one: Medicine, day: dt.date, before: _Supply | None) -> _Supply:
        """A parent brings a container, counted with a second person; a new lot each time."""
        at = self._at(day, "08:05")
        item = self._formulary.items[one.key, self._clinic.at]
        lot = self._batch.put(
            "inventory_lots", self._keys.at(at), at, self._clinic.nurse,
            inventory_item_id=item, school_id=self._clinic.school, medication_id=self._formulary.medications[one.key],
            student_id=student, lot_number=f"DEMO{self._chance.randrange(10**6):06d}",
            expires_on=day + dt.timedelta(days=EXPIRES_AFTER_DAYS), unit=one.form_unit, is_controlled=one.controlled,
            received_on=day,
        )  # fmt: skip
        supply = _Supply(one, lot, item, Decimal(0), [])
        self._move(supply, at, "RECEIPT", one.container, witness=True)
        if before is not None and before.held:
            # What was left of the old container goes home with the parent.
            self._move(before, at, "RETURN", -before.held, witness=True)
        if one.controlled:
            self._controlled.append(supply)
        return supply

    def _move(
        self, supply: _Supply, at: dt.datetime, kind: str, amount: Decimal, *, witness: bool = False
    ) -> uuid.UUID:
        before = supply.held
        supply.held += amount
        supply.movements.append((at, amount))
        controlled = supply.medicine.controlled
        return self._batch.put(
            "inventory_transactions", self._keys.at(at), at, self._clinic.nurse,
            inventory_item_id=supply.item, type=kind, quantity=amount, performed_by_id=self._clinic.nurse,
            school_id=self._clinic.school, lot_id=supply.lot, location="Medicine cabinet",
            unit=supply.medicine.form_unit, occurred_at=at, zone_offset_minutes=self._offset(at),
            is_controlled=controlled, witness_id=self._clinic.second if witness and controlled else None,
            witness_name=None, reason="brought by the parent" if kind == "RECEIPT" else None,
            count_before=before if controlled else None, count_after=supply.held if controlled else None,
            device_id=self._device,
        )  # fmt: skip

    def _log(
        self,
        student: uuid.UUID,
        one: Medicine,
        order: _Order,
        at: dt.datetime,
        outcome: str,
        supply: _Supply,
        **more: object,
    ) -> None:
        given = outcome == "GIVEN"
        moved = self._move(supply, at, "USAGE", Decimal(-one.count)) if given else None
        code, words = REASONS.get(outcome, (None, None))
        self._batch.put(
            "medication_logs", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, medication_id=self._formulary.medications[one.key],
            dosage=one.dose, dosage_unit=one.unit, route=one.route, administered_at=at,
            administered_by=self._clinic.nurse, was_given=given, reason_not_given=words, reason_code=code,
            student_medication_id=order.id, order_root_id=order.id, order_version=1, school_id=self._clinic.school,
            outcome=outcome, form_count=one.count, form_unit=one.form_unit, recorded_at=at,
            zone_offset_minutes=self._offset(at), source="IMPORTED", device_id=self._device,
            witnessed_by=self._clinic.second if given and one.controlled else None,
            lot_id=supply.lot if given else None, stock_transaction_id=moved,
            expected_count=supply.held if given and one.controlled else None,
            counted=supply.held if given and one.controlled else None,
            identity_checked=["photo", "date_of_birth"] if given else [], **more,
        )  # fmt: skip

    def _condition(self, student: uuid.UUID, condition: tuple[str, str]) -> None:
        at = self._at(self._years.years[0][0] - dt.timedelta(days=4), "10:00")
        self._batch.put(
            "chronic_conditions", self._keys.at(at), at, self._clinic.nurse,
            student_id=student, condition=condition[0], icd_code=condition[1],
            diagnosed_date=at.date() - dt.timedelta(days=400),
            diagnosed_by_name=names.PRESCRIBERS[student.int % len(names.PRESCRIBERS)], status="MANAGED",
            care_plan=f"{condition[0]} plan of the demonstration: follow the order, call the parent.",
        )  # fmt: skip

    def _at(self, day: dt.date, time: str) -> dt.datetime:
        return dt.datetime.combine(day, dt.time.fromisoformat(time), tzinfo=self._clinic.zone)

    def _offset(self, at: dt.datetime) -> int:
        offset = at.astimezone(self._clinic.zone).utcoffset() or dt.timedelta()
        return int(offset.total_seconds() // 60)
