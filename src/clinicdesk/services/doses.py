"""Giving medication: the round, the dose sheet, and a dose charted with everything that belongs to it (M1-M18)."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from clinicdesk.core.errors import InvalidValueError, WorldError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.frequency_rules import exactly_once
from clinicdesk.domain.medication.log import DoseOutcome, RecordSource
from clinicdesk.domain.medication.orders import Order
from clinicdesk.domain.medication.outcomes import DoseReason, check_reason, takes_stock
from clinicdesk.domain.medication.safety import DoseDecision, Override, assess, decide
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import term, tr
from clinicdesk.models import MedicationLog
from clinicdesk.models.enums import AuditAction, CheckResult, DraftKind, EntryKind, WritePurpose
from clinicdesk.models.enums import DoseOutcome as OutcomeColumn
from clinicdesk.services import dose_corrections, dose_reading, dose_scans, medication_round
from clinicdesk.services.controlled_discrepancy import note_count_back
from clinicdesk.services.desk import Desk
from clinicdesk.services.dose_facts import Gathered, dose_actor, gather
from clinicdesk.services.dose_values import (
    AlreadyGivenError,
    DoseId,
    DoseRefusedError,
    DoseSheet,
    DueBoard,
    HomeDose,
    NewDose,
    OrderNotFoundError,
    OverrideWords,
    Proof,
    Recorded,
    Round,
    Scan,
    TaskDose,
)
from clinicdesk.services.dose_writing import (
    Supersedes,
    lifted_notes,
    log_values,
    proposed,
    take_from_stock,
    write_log,
    write_tasks,
)
from clinicdesk.services.drafts import Drafts
from clinicdesk.services.second_person import SecondPerson, proved
from clinicdesk.services.undo import LastAct
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.errors import WriteRuleError
from clinicdesk.storage.queries import orders as order_queries
from clinicdesk.storage.store import Work

_SECOND = ("dose.allergy", "dose.duplicate")


class Doses:
    """What a person at the desk does with doses. Every rule is asked again in the transaction that writes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = Drafts(desk)

    # Reading

    def round(self, day: dt.date | None = None) -> Round:
        """The medication round of the desk's school; today unless a day is named."""
        with self._desk.look(Act.VIEW_MEDICATION) as session:
            return medication_round.read_round(session, self._desk, day or self._desk.today())

    def due(self, now: dt.datetime | None = None) -> DueBoard:
        """The doses around now, late ones first: for Today and the locked screen's count."""
        with self._desk.look(Act.VIEW_MEDICATION) as session:
            return medication_round.read_due(session, self._desk, now or self._desk.now())

    def open_dose(self, order_id: uuid.UUID, student_id: uuid.UUID, slot_key: str | None = None) -> DoseSheet:
        """Everything to be seen before a dose is given; the opening is audited before it is shown (D34).

        Raises:
            OrderNotFoundError: no such order of this student.
        """
        entry = AuditEntry(AuditAction.READ, "StudentMedication", entity_id=order_id, student_id=student_id)
        with self._desk.open_record(Act.VIEW_MEDICATION, entry) as session:
            return dose_reading.read_sheet(session, self._desk, order_id, student_id, slot_key)

    def open_with_lot(
        self, order_id: uuid.UUID, student_id: uuid.UUID, slot_key: str | None, lot_id: uuid.UUID
    ) -> DoseSheet:
        """The sheet that stands open already, for the package that was scanned (M13)."""
        with self._desk.look(Act.VIEW_MEDICATION, student=student_id) as session:
            return dose_reading.read_sheet(session, self._desk, order_id, student_id, slot_key, lot_id)

    def scan(self, code: str) -> Scan:
        """A scan in the round: whose card it is, or whether it is a label."""
        return dose_scans.read_scan(self._desk, code)

    def scan_for(self, code: str, order_id: uuid.UUID, student_id: uuid.UUID) -> Scan:
        """A scan into the open sheet of a dose: the right student or drug, a stop, or nothing known (M1, M3)."""
        return dose_scans.judge_scan(self._desk, code, order_id, student_id)

    # Drafts

    def keep_draft(self, subject: str, content: dict[str, Any]) -> None:
        """Keep the words that were typed for a dose, for their author alone (D2)."""
        self._drafts.save(DraftKind.DOSE, subject, content)

    def draft(self, subject: str) -> dict[str, Any] | None:
        return self._drafts.load(DraftKind.DOSE, subject)

    def drop_draft(self, subject: str) -> None:
        """The dose is charted; a draft that outlives it by a full disk is offered again, never lost."""
        with contextlib.suppress(WorldError):
            self._drafts.discard(DraftKind.DOSE, subject)

    def assessed(self, dose: NewDose, *, witness: bool = False) -> tuple[Finding, ...]:
        """What the rules say of the dose as it is filled in: for the sheet, while it is open."""
        now = self._desk.now()
        with self._desk.look(Act.VIEW_MEDICATION, student=dose.student_id) as session:
            found = gather(session, self._desk, dose.order_id, dose.student_id, dose.event_at or now, dose.lot_id)
            witness_id = uuid.UUID(int=0) if witness else None
            return assess(proposed(dose, found, now, witness_id=witness_id), found.facts).findings

    # Charting

    def record(self, dose: NewDose, overrides: Sequence[OverrideWords] = (), witness: Proof | None = None) -> Recorded:
        """Chart a dose, given or not, in one transaction with its stock, signatures, tasks and audit.

        Raises:
            DoseRefusedError: a rule stands against it; `AlreadyGivenError` where the slot has its dose (M7).
            InvalidValueError: the reason of a dose not given is missing (M4, M14), or a field cannot be kept.
            WitnessRefusedError, WrongPasswordError: the second person (M9, D40).
            PermissionDeniedError, OrderNotFoundError.
        """
        order = self._order(dose)
        if dose.outcome not in {DoseOutcome.GIVEN, DoseOutcome.SELF_CARRIED, DoseOutcome.VOMITED}:
            check_reason(dose.outcome, dose.reason, dose.note)
        with contextlib.ExitStack() as present:
            people = _People(self._desk, present)
            stood_by = people.prove(witness, _witness_act(dose.outcome, order)) if witness is not None else None
            lifting = [
                (words, people.prove(words.by, _lifting_act(words)) if words.by else None) for words in overrides
            ]
            try:
                return self._write(dose, order, lifting, stood_by)
            except WriteRuleError as refused:
                if refused.rule != "dose_slot_taken":
                    raise
                raise self._already_given(dose) from refused

    def record_home_dose(self, home: HomeDose) -> Recorded:
        """A dose that the family gave at home: no stock, no slot; it counts for M5."""
        dose = NewDose(
            student_id=home.student_id,
            order_id=home.order_id,
            event_at=home.given_at,
            note=home.note,
            form_count=home.form_count,
            source=RecordSource.HOME_REPORTED,
        )
        key = new_id()
        with self._desk.act(Act.CHART_DOSE_NOT_GIVEN, self._entry(dose, key, "HOME_REPORTED")) as work:
            found = gather(work.session, self._desk, home.order_id, home.student_id, home.given_at)
            _require_past(home.given_at, work.at)
            order = found.row.order
            if home.form_count is not None:
                dose = replace(dose, dose=order.strength.dose_in(home.form_count))
            values = log_values(self._desk, work.at, dose, found) | {
                "administered_by": None,
                "administered_by_name": home.told_by,
                "student_medication_id": None,
                "order_root_id": None,
                "order_version": None,
                "standing_order_id": None,
                "effect_due_at": None,
            }
            write_log(work, self._desk, key, values)
            return self._recorded(work, key, dose, found, (), ())

    def undo(self, log_id: DoseId, reason: str | None = None) -> None:
        """Take an entry back: a superseding row "entered in error", stock restored, open tasks called off (D1).

        Raises:
            InvalidValueError: a minute has passed and no reason was given.
            DoseRefusedError: somebody has corrected or taken it back already.
        """
        dose_corrections.undo(self._desk, log_id, reason)

    def correct_dose(
        self,
        log_id: DoseId,
        reason: str,
        *,
        event_at: dt.datetime | None = None,
        outcome: DoseOutcome | None = None,
        note: str | None = None,
        reason_code: DoseReason | None = None,
    ) -> Recorded:
        """Replace an entry by a right one, with the reason; the old one stays readable (M17).

        Raises:
            InvalidValueError: no reason.
            DoseRefusedError: the entry was corrected meanwhile, or the rules forbid what it would become.
        """
        key, found, dose, at = dose_corrections.correct(
            self._desk, log_id, reason, event_at, outcome, note, reason_code
        )
        return self._result(key, dose, found, at, (), ())

    def vomited(self, log_id: DoseId, note: str = "") -> Recorded:
        """The student vomited after a dose: it still counts as taken; parent and prescriber decide (M14)."""
        key, found, dose, at, tasks = dose_corrections.vomited(self._desk, log_id, note)
        return self._result(key, dose, found, at, (), tasks)

    def dose_of_task(self, task_id: uuid.UUID) -> TaskDose:
        """The dose whose effect a task asks for; the dose itself is read by `open_dose`, which is audited.

        Raises:
            OrderNotFoundError: no such task, or it is about no dose.
        """
        with self._desk.look(Act.VIEW_MEDICATION) as session:
            return dose_corrections.dose_of_task(session, task_id)

    def check_effect(self, task_id: uuid.UUID, effect: str, note: str = "") -> None:
        """Chart what a PRN dose did, a code of `CheckResult`: closes its task (M5)."""
        dose_corrections.check_effect(self._desk, task_id, CheckResult(effect), note)

    def _write(
        self,
        dose: NewDose,
        known: Order,
        lifting: Sequence[tuple[OverrideWords, SecondPerson | None]],
        witness: SecondPerson | None,
    ) -> Recorded:
        desk, key = self._desk, new_id()
        purpose = WritePurpose.EMERGENCY if known.emergency else WritePurpose.CARE
        with desk.act(
            _act_for(dose.outcome, known), self._entry(dose, key, dose.outcome.value), purpose=purpose
        ) as work:
            found = gather(work.session, desk, dose.order_id, dose.student_id, dose.event_at or work.at, dose.lot_id)
            decision, advisories = self._decided(work, dose, found, lifting, witness)
            values = log_values(
                desk,
                work.at,
                dose,
                found,
                decision=decision,
                advisories=advisories,
                witness=witness,
                supersedes=_freed_by(dose, found, desk.device_id),
            )
            if decision is not None:
                values["advisories"] += lifted_notes(decision.lifted)
            if takes_stock(dose.outcome):
                values["stock_transaction_id"] = take_from_stock(work, desk, found, dose, witness)
                values["lot_id"] = None if found.lot is None else found.lot.lot_id
                values["expected_count"] = _expected(dose, found)
            write_log(work, desk, key, values, witness)
            tasks = write_tasks(work, desk, found, dose, key)
            discrepancy = note_count_back(work, desk, found, dose, values, witness)
            return self._recorded(work, key, dose, found, advisories, tasks, discrepancy=discrepancy)

    def _decided(
        self,
        work: Work,
        dose: NewDose,
        found: Gathered,
        lifting: Sequence[tuple[OverrideWords, SecondPerson | None]],
        witness: SecondPerson | None,
    ) -> tuple[DoseDecision | None, tuple[Finding, ...]]:
        """The rules, asked on what the database says now (never on what the screen said)."""
        asked = proposed(dose, found, work.at, witness_id=None if witness is None else witness.user_id)
        if dose.outcome is not DoseOutcome.GIVEN:
            _require_slot(dose, found)
            stops = tuple(exactly_once(asked, found.row.order, found.facts))
            if stops and dose.outcome is not DoseOutcome.WASTED:
                raise self._refusal(stops, found, dose)
            return None, ()
        assessment = assess(asked, found.facts)
        overrides = [self._override(work, words, person, found) for words, person in lifting]
        decision = decide(assessment, found.facts.actor, overrides)
        if not decision.allowed:
            raise self._refusal(decision.outstanding, found, dose)
        lifted = {finding.code for finding, _ in decision.lifted}
        return decision, tuple(one for one in assessment.findings if not one.stops and one.code not in lifted)

    def _override(self, work: Work, words: OverrideWords, person: SecondPerson | None, found: Gathered) -> Override:
        if person is None:
            actor = found.facts.actor
        else:
            actor = dose_actor(work.session, self._desk, found.row.order.drug.id, person.user_id)
        return Override(
            code=words.code,
            by=actor,
            reason=words.reason,
            prescriber_contact=words.prescriber_contact,
            password_verified=person is not None,
        )

    def _order(self, dose: NewDose) -> Order:
        """The order, read before the act is known: which right a dose needs depends on it."""
        with self._desk.look(Act.VIEW_MEDICATION, student=dose.student_id) as session:
            rows = order_queries.versions_of(session, dose.order_id, self._desk.school.zone)
            found = next((row for row in rows if row.order.id == dose.order_id), None)
            found = found or order_queries.standing_order(session, dose.order_id, dose.student_id)
        if found is None:
            raise OrderNotFoundError
        return found.order

    def _already_given(self, dose: NewDose) -> DoseRefusedError:
        now = self._desk.now()
        with self._desk.look(Act.VIEW_MEDICATION, student=dose.student_id) as session:
            found = gather(session, self._desk, dose.order_id, dose.student_id, dose.event_at or now)
        stops = tuple(exactly_once(proposed(dose, found, now), found.row.order, found.facts))
        return self._refusal(stops, found, dose)

    def _refusal(self, stops: tuple[Finding, ...], found: Gathered, dose: NewDose) -> DoseRefusedError:
        if not any(stop.code == "dose.already_given" for stop in stops):
            return DoseRefusedError(stops)
        given = next(
            row
            for row in found.current
            if row.taken and row.slot_key == dose.slot_key and row.order_root == found.row.order.root_id
        )
        log = next(log for log, row in found.logs if row.id == given.id)
        return AlreadyGivenError(stops, log.administered_by_name or "", given.event_at)

    def _entry(self, dose: NewDose, key: uuid.UUID, outcome: str) -> AuditEntry:
        return AuditEntry(
            AuditAction.CREATE,
            "MedicationLog",
            entity_id=key,
            student_id=dose.student_id,
            facts={"outcome": outcome, "order": str(dose.order_id)},
        )

    def _recorded(
        self,
        work: Work,
        key: uuid.UUID,
        dose: NewDose,
        found: Gathered,
        advisories: tuple[Finding, ...],
        tasks: tuple[str, ...],
        *,
        discrepancy: bool = False,
    ) -> Recorded:
        return self._result(key, dose, found, work.at, advisories, tasks, discrepancy=discrepancy)

    def _result(
        self,
        key: uuid.UUID,
        dose: NewDose,
        found: Gathered,
        at: dt.datetime,
        advisories: tuple[Finding, ...],
        tasks: tuple[str, ...],
        *,
        discrepancy: bool = False,
    ) -> Recorded:
        words = tr(
            "{outcome}: {drug}, {student}",
            outcome=term("dose_outcome", dose.outcome.value),
            drug=found.row.order.drug.name,
            student=medication_round.student_value(found.student).name.shown,
        )

        def undo(reason: str | None) -> None:
            self.undo(key, reason)

        return Recorded(
            id=key,
            outcome=dose.outcome,
            at=dose.event_at or at,
            advisories=advisories,
            tasks=tasks,
            last_act=LastAct(words, at, undo),
            discrepancy=discrepancy,
        )


class _People:
    """Those who prove themselves for one act; nobody types the password twice."""

    def __init__(self, desk: Desk, present: contextlib.ExitStack) -> None:
        self._desk = desk
        self._present = present
        self._known: dict[tuple[Proof, Act], SecondPerson] = {}

    def prove(self, proof: Proof, act: Act) -> SecondPerson:
        if (proof, act) not in self._known:
            self._known[proof, act] = self._present.enter_context(proved(self._desk, proof, act))
        return self._known[proof, act]


def _act_for(outcome: DoseOutcome, order: Order) -> Act:
    if outcome is DoseOutcome.WASTED and order.controlled:
        return Act.WASTE_CONTROLLED
    if outcome is not DoseOutcome.GIVEN:
        return Act.CHART_DOSE_NOT_GIVEN
    if order.emergency:
        return Act.GIVE_EMERGENCY_DOSE
    if order.controlled:
        return Act.GIVE_CONTROLLED_DOSE
    return Act.GIVE_PRN_DOSE if order.is_prn else Act.GIVE_SCHEDULED_DOSE


def _witness_act(outcome: DoseOutcome, order: Order) -> Act:
    return Act.WITNESS_CONTROLLED if outcome is DoseOutcome.WASTED and order.controlled else Act.WITNESS_DOSE


def _lifting_act(words: OverrideWords) -> Act:
    return Act.SECOND_ALLERGY_OVERRIDE if words.code.startswith(_SECOND) else Act.OVERRIDE_DOSE_LIMIT


def _freed_by(dose: NewDose, found: Gathered, device: uuid.UUID) -> Supersedes | None:
    """What comes back after a withdrawal follows on the withdrawing row (D1).

    So does a dose that is given where this desk's first one became another outcome: a slot has one first dose a desk.
    """
    if dose.slot_key is None:
        return None
    root = found.row.order.root_id
    of_slot = [log for log, row in found.logs if row.order_root == root and row.slot_key == dose.slot_key]
    after = {log.supersedes_id: log for log, _row in found.logs}
    end = next((log for log in of_slot if log.entry_kind is EntryKind.WITHDRAWN and log.id not in after), None)
    if end is None and dose.outcome is DoseOutcome.GIVEN:
        end = next((log for log in of_slot if log.device_id == device and _is_first_given(log)), None)
        while end is not None and end.id in after:
            end = after[end.id]
    if end is None:
        return None
    return Supersedes(id=end.id, revision=end.revision, kind=EntryKind.CORRECTION, reason=end.correction_reason or "")


def _is_first_given(log: MedicationLog) -> bool:
    return log.entry_kind is EntryKind.ORIGINAL and log.outcome is OutcomeColumn.GIVEN


def _require_slot(dose: NewDose, found: Gathered) -> None:
    """A dose not given belongs to a slot of the order, on a day with school (M4, M4a)."""
    if found.row.order.is_prn or dose.slot_key is None:
        return
    checked = replace(
        dose,
        identity=IdentityStep(photo_matched=True, second_identifier_matched=True),
        label=LabelStep(label_read=True),
    )
    findings = assess(proposed(checked, found, found.facts.now), found.facts).findings
    missing = tuple(
        one for one in findings if one.code in {"dose.no_such_slot", "dose.order_unknown", "dose.in_future"}
    )
    if missing:
        raise DoseRefusedError(missing)


def _require_past(given_at: dt.datetime, now: dt.datetime) -> None:
    if given_at > now + dt.timedelta(minutes=2):
        raise InvalidValueError("administered_at", "in_future")


def _expected(dose: NewDose, found: Gathered) -> Any:
    if found.lot is None or found.lot.balance is None or not found.lot.controlled:
        return None
    return max(found.lot.balance - (dose.form_count or found.row.order.form_count), 0)
