"""The dose sheet: six rights, guard, overrides, witness and outcome of one dose (ux-spec 7.5, M1-M9, D40)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from clinicdesk.core.errors import PermissionDeniedError, WorldError
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.outcomes import DoseReason, reasons_for, timing_reasons
from clinicdesk.i18n import formats, sentence, tr
from clinicdesk.presentation.medications.dose_draft import as_draft, subject_of, with_draft
from clinicdesk.presentation.medications.dose_entry import dose_of, overrides_of, person_named, precheck_problems
from clinicdesk.presentation.medications.dose_state import (
    WRONG_STUDENT,
    Lifting,
    SheetState,
    blocked_by,
    rights_of,
)
from clinicdesk.presentation.medications.words import Local
from clinicdesk.presentation.runner import Runner
from clinicdesk.services.dose_values import (
    AlreadyGivenError,
    DoseRefusedError,
    DoseSheet,
    NewDose,
    Proof,
    Recorded,
    Scan,
)
from clinicdesk.services.doses import Doses


class DosePresenter:
    """One dose at a time. Nothing is charted before the person says which outcome."""

    def __init__(
        self,
        doses: Doses,
        runner: Runner,
        local: Local,
        now: Callable[[], dt.datetime],
        staff: Callable[[], tuple[str, ...]] = tuple,
    ) -> None:
        self._doses = doses
        self._runner = runner
        self._now = now
        self.local = local
        self.staff = staff
        self.state = SheetState()
        self.on_change: Callable[[SheetState], None] = lambda _state: None
        self.on_recorded: Callable[[Recorded], None] = lambda _recorded: None
        self._order: uuid.UUID | None = None
        self._student: uuid.UUID | None = None
        self._slot: str | None = None
        self._card: uuid.UUID | None = None
        self._scans: list[str] = []
        self._typed = False
        self._kept = False

    def open(
        self,
        order_id: uuid.UUID,
        student_id: uuid.UUID,
        slot_key: str | None,
        *,
        card: bool = False,
        scans: tuple[str, ...] = (),
    ) -> None:
        """Read the sheet; what was ticked for another dose is gone, what was typed is kept as its draft.

        `card`: the student's own card was scanned to come here. `scans` are heard once the sheet is there.
        """
        self.keep_draft()
        self._order, self._student, self._slot = order_id, student_id, slot_key
        self._card = student_id if card else None
        self._scans = list(scans)
        self._typed = self._kept = False
        self._set(SheetState())
        subject = subject_of(order_id, student_id, slot_key)
        self._runner.run(
            lambda: (self._doses.open_dose(order_id, student_id, slot_key), self._doses.draft(subject)),
            done=self._opened,
            failed=self._failed,
            key="dose",
        )

    # Rights

    def tick_next(self) -> None:
        """Space: the photo and date of birth match, then the label was read."""
        if not self.state.identity:
            self.tick_identity()
        elif not self.state.label:
            self.tick_label()

    def tick_identity(self) -> None:
        """A look does not undo a scan that said otherwise: the right card does, or a fresh start (M1)."""
        if not any(one.code == WRONG_STUDENT for one in self.state.wrong):
            self._change(identity=not self.state.identity, card=None)

    def tick_label(self) -> None:
        if not any(one.stops and one.code != WRONG_STUDENT for one in self.state.wrong):
            self._change(label=not self.state.label, scanned_drug=None)

    def scanned(self, code: str) -> None:
        """A card or a label was scanned: ticks right 1 or right 2, or stops the dose (M1, M3)."""
        order, student, slot, sheet = self._order, self._student, self._slot, self.state.sheet
        if order is None or student is None:
            return
        if sheet is None:
            self._scans.append(code)
            return
        stock = None if sheet.stock is None else sheet.stock.lot_id

        def judge() -> tuple[Scan, DoseSheet | None]:
            scan = self._doses.scan_for(code, order, student)
            if scan.lot_id is None or scan.lot_id == stock:
                return scan, None
            return scan, self._doses.open_with_lot(order, student, slot, scan.lot_id)

        def done(answer: tuple[Scan, DoseSheet | None]) -> None:
            if (self._order, self._slot) == (order, slot):
                self._on_scan(*answer)

        self._runner.run(judge, done=done, failed=self._failed)

    # Guard, witness, overrides

    def indications(self) -> tuple[str, ...]:
        prn = self.state.sheet.order.prn if self.state.sheet is not None else None
        return () if prn is None else prn.indications

    def choose_at(self, at: int) -> bool:
        """A digit: the reason of the outcome being charted, the indication, or why the dose is early or late."""
        state = self.state
        if state.outcome is not None:
            reasons = self.reasons(state.outcome)
            if at < len(reasons):
                self.choose_reason(reasons[at])
            return at < len(reasons)
        indications, timing = self.indications(), state.timing_choices
        if at < len(indications):
            self.choose_indication(indications[at])
        elif not indications and at < len(timing):
            self.choose_timing(timing[at])
        return at < len(indications) or (not indications and at < len(timing))

    def choose_indication(self, words: str) -> None:
        self._change(indication=words)

    def choose_timing(self, reason: DoseReason) -> None:
        """Why it is early or late, of the list of M4."""
        self._change(timing=reason)

    def set_precheck(self, check: PreCheck, said: str) -> None:
        self._typed = True
        self._change(
            prechecks={**self.state.prechecks, check: said},
            precheck_problems={one: words for one, words in self.state.precheck_problems.items() if one is not check},
        )

    def check_precheck(self, check: PreCheck) -> None:
        """The field was left: what cannot be read is said under it, never while it is typed."""
        problems = precheck_problems(self.state, (check,))
        rest = {one: words for one, words in self.state.precheck_problems.items() if one is not check}
        if {**rest, **problems} != self.state.precheck_problems:
            self._change(precheck_problems={**rest, **problems})

    def set_witness(self, user_name: str) -> None:
        self._change(witness=user_name)

    def set_counted(self, text: str) -> None:
        self._change(counted=text)

    def set_second(self, user_name: str) -> None:
        self._change(second=user_name)

    def set_reason_for(self, code: str, words: str) -> None:
        self._lift(code, reason=words)

    def set_contact_for(self, code: str, words: str) -> None:
        self._lift(code, contact=words)

    # Outcomes

    def give(self, witness_password: str = "", second_password: str = "") -> None:
        """G: chart the dose as given."""
        state = self.state
        if state.blocked or state.sheet is None or state.busy:
            return
        reason = state.timing if state.timing in state.timing_choices else None
        self._record(replace(self._dose(DoseOutcome.GIVEN), reason=reason), witness_password, second_password)

    def choose_outcome(self, outcome: DoseOutcome) -> None:
        """R, A, H, N, S, W, M: asks the reason where it has one that is not proposed, else charts at once."""
        sheet = self.state.sheet
        if sheet is None or self.state.busy:
            return
        if outcome is DoseOutcome.MISSED and (sheet.slot is None or self._now() <= sheet.slot.closes_at):
            self._change(message=tr("A dose is missed only after its time has passed."))
            return
        if outcome is DoseOutcome.ABSENT and sheet.away is not None and self.state.outcome is None:
            # Proposed with its reason (D41): the one key charts it.
            self._record(replace(self._dose(outcome), reason=DoseReason.ABSENT), "", "")
            return
        reasons = self.reasons(outcome)
        if not reasons:
            self._record(self._dose(outcome), "", "")
            return
        # A missed dose is an error to learn from: its reason is chosen, never proposed.
        self._change(outcome=outcome, reason=None if outcome is DoseOutcome.MISSED else reasons[0], message="")

    def reasons(self, outcome: DoseOutcome) -> tuple[DoseReason, ...]:
        """The reasons that fit, the commonest first."""
        fitting = reasons_for(outcome)
        first = timing_reasons("dose.late") if outcome is DoseOutcome.MISSED else ()
        return (*first, *(reason for reason in DoseReason if reason in fitting and reason not in first))

    def choose_reason(self, reason: DoseReason) -> None:
        self._change(reason=reason, message="")

    def set_note(self, words: str) -> None:
        self._typed = True
        self._change(note=words)

    def leave_outcome(self) -> None:
        self._change(outcome=None, reason=None, note="", message="")

    def chart_outcome(self, witness_password: str = "") -> None:
        """Chart the outcome that was chosen, with its reason."""
        state = self.state
        if state.outcome is None or state.busy:
            return
        if state.reason is None:
            self._change(message=tr("Choose the reason."))
            return
        dose = replace(self._dose(state.outcome), reason=state.reason, note=state.note)
        self._record(dose, witness_password, "")

    # Keeping

    @property
    def unsaved(self) -> bool:
        """Whether words were typed that no draft holds yet."""
        return self._typed

    def keep_draft(self) -> None:
        """Keep what was typed (within a second of the last key); a dose that is being written needs no draft."""
        found = None if self.state.busy else self._to_keep()
        if found is None:
            return
        subject, content = found
        self._typed, self._kept = False, True
        self._runner.run(lambda: self._doses.keep_draft(subject, content), failed=self._draft_failed)

    def leave(self) -> None:
        """The desk locks or the person goes elsewhere: written before the runner's work is dropped."""
        found = self._to_keep()
        if found is None:
            return
        try:
            self._doses.keep_draft(*found)
        except (WorldError, PermissionDeniedError) as error:
            self._draft_failed(error)
            return
        self._typed, self._kept = False, True

    def _to_keep(self) -> tuple[str, dict[str, Any]] | None:
        if not self._typed or self._order is None or self._student is None or self.state.sheet is None:
            return None
        return subject_of(self._order, self._student, self._slot), as_draft(self.state, self._now())

    def _draft_failed(self, error: Exception) -> None:
        self._change(message=sentence(error))

    # Parts

    def _dose(self, outcome: DoseOutcome) -> NewDose:
        if self._order is None:
            raise RuntimeError("no dose is open")
        return dose_of(self.state, self._order, self._slot, outcome)

    def _record(self, dose: NewDose, witness_password: str, second_password: str) -> None:
        state = self.state
        name = person_named(state.witness, self.staff())
        witness = Proof(user_name=name, password=witness_password) if name else None
        second = Proof(user_name=person_named(state.second, self.staff()), password=second_password)
        overrides = overrides_of(state, second) if dose.outcome is DoseOutcome.GIVEN else []
        drop = self._kept or state.draft_at is not None
        order, student, slot = dose.order_id, dose.student_id, dose.slot_key
        self._change(busy=True, message="")

        def work() -> Recorded:
            recorded = self._doses.record(dose, overrides, witness)
            if drop:
                self._doses.drop_draft(subject_of(order, student, slot))
            return recorded

        self._runner.run(work, done=self._recorded, failed=self._failed)

    def _recorded(self, recorded: Recorded) -> None:
        self._typed = False
        self._change(busy=False, outcome=None)
        self.on_recorded(recorded)

    def _opened(self, answer: tuple[DoseSheet, Mapping[str, Any] | None]) -> None:
        sheet, draft = answer
        only = sheet.order.prn.indications if sheet.order.prn is not None else ()
        state = replace(
            self.state,
            sheet=sheet,
            findings=sheet.findings,
            failure="",
            indication=only[0] if len(only) == 1 else "",
            identity=self._card is not None,
            card=self._card,
        )
        if draft is not None:
            state = with_draft(state, draft, self._now())
        self._show(state)
        waiting, self._scans = self._scans, []
        for code in waiting:
            self.scanned(code)

    def _on_scan(self, scan: Scan, sheet: DoseSheet | None) -> None:
        if not scan.known:
            self._change(scanned=tr("Scanned: {code}. Nothing here has this code.", code=scan.code))
            return
        card = scan.student_id is not None
        others = tuple(one for one in self.state.wrong if (one.code == WRONG_STUDENT) != card)
        if scan.finding is not None:
            changes: dict[str, object] = {"wrong": (*others, scan.finding), "scanned": ""}
            if scan.finding.stops:
                changes |= {"identity": False, "card": None} if card else {"label": False, "scanned_drug": None}
            self._change(**changes)
            return
        if card:
            # A merged record's card answers for the student on the sheet.
            self._change(wrong=others, scanned="", identity=True, card=scan.student_id)
            return
        again = {} if sheet is None else {"sheet": sheet, "findings": sheet.findings}
        self._change(wrong=others, scanned="", label=True, scanned_drug=scan.drug_id, **again)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, AlreadyGivenError):
            at = formats().time(self.local(error.at))
            words = tr("This dose was already given at {time} by {name}.", time=at, name=error.by)
            self._change(busy=False, message=words, findings=error.findings)
        elif isinstance(error, DoseRefusedError):
            advice = tuple(finding for finding in self.state.findings if not finding.stops)
            self._change(busy=False, findings=(*error.findings, *advice), message=tr("Not charted. See what stops it."))
        elif self.state.sheet is None:
            self._change(busy=False, failure=sentence(error))
        else:
            self._change(busy=False, message=sentence(error))

    def _lift(self, code: str, **changes: str) -> None:
        self._typed = True
        known = self.state.lifting.get(code, Lifting())
        self._change(lifting={**self.state.lifting, code: replace(known, **changes)})

    def _change(self, **changes: object) -> None:
        self._show(replace(self.state, **changes))  # type: ignore[arg-type]  # named by the callers above

    def _show(self, state: SheetState) -> None:
        state = replace(state, rights=rights_of(state, self.local))
        self._set(replace(state, blocked=blocked_by(state)))

    def _set(self, state: SheetState) -> None:
        self.state = state
        self.on_change(state)
