"""What was filled in on the dose sheet, as the services take it: the dose and the decisions to go on (D40)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.findings import OverrideBy
from clinicdesk.domain.medication.facts import IdentityStep, LabelStep
from clinicdesk.domain.medication.log import DoseOutcome
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.domain.medication.outcomes import timing_reasons
from clinicdesk.domain.medication.prechecks import read_precheck
from clinicdesk.i18n import Language, catalogue, sentence
from clinicdesk.presentation.medications.dose_state import (
    PRECHECK_MISSING,
    Lifting,
    SheetState,
    counted_value,
    missing_prechecks,
    precheck_skipped,
)
from clinicdesk.services.dose_values import NewDose, OverrideWords, Proof


def dose_of(state: SheetState, order_id: uuid.UUID, slot_key: str | None, outcome: DoseOutcome) -> NewDose:
    """The dose as it is filled in."""
    if state.sheet is None:
        raise RuntimeError("no dose is open")
    looked = state.identity and state.card is None
    return NewDose(
        student_id=state.sheet.student.id,
        order_id=order_id,
        outcome=outcome,
        slot_key=slot_key,
        identity=IdentityStep(scanned_student_id=state.card, photo_matched=looked, second_identifier_matched=looked),
        label=LabelStep(scanned_drug_id=state.scanned_drug, label_read=state.label and state.scanned_drug is None),
        indication=state.indication or None,
        prechecks=_readings(state),
        lot_id=None if state.sheet.stock is None else state.sheet.stock.lot_id,
        counted=counted_value(state.counted) if outcome is DoseOutcome.GIVEN else None,
    )


def overrides_of(state: SheetState, second: Proof) -> list[OverrideWords]:
    """The decisions to go on: by the person at the desk, or by the second one with the own password."""
    found = []
    for finding in state.stops:
        lifting = state.lifting.get(finding.code, Lifting())
        reason = _reason_words(state, finding.code, lifting.reason)
        if reason.strip():
            found.append(
                OverrideWords(
                    code=finding.code,
                    reason=reason,
                    prescriber_contact=lifting.contact or None,
                    by=second if finding.override is OverrideBy.SECOND_PERSON else None,
                )
            )
    if missing_prechecks(state) and precheck_skipped(state):
        found.append(OverrideWords(code=PRECHECK_MISSING, reason=state.lifting[PRECHECK_MISSING].reason))
    return found


def precheck_problems(state: SheetState, checks: Iterable[PreCheck]) -> dict[PreCheck, str]:
    """What cannot be read of the checks that were answered, in words."""
    problems = {}
    for check in checks:
        said = state.prechecks.get(check, "")
        if not said.strip():
            continue
        try:
            read_precheck(check, said)
        except InvalidValueError as problem:
            problems[check] = sentence(problem)
    return problems


def person_named(typed: str, staff: tuple[str, ...]) -> str:
    """The sign-in name that was meant: the beginning of one name alone is enough."""
    wanted = typed.strip()
    found = [one for one in staff if wanted and one.casefold().startswith(wanted.casefold())]
    return found[0] if len(found) == 1 else wanted


def _readings(state: SheetState) -> dict[PreCheck, str]:
    """The checks that can be read; an emergency dose waits for none of them."""
    answered = {check: said for check, said in state.prechecks.items() if said.strip()}
    wrong = precheck_problems(state, answered)
    return {check: read_precheck(check, said) for check, said in answered.items() if check not in wrong}


def _reason_words(state: SheetState, code: str, own: str) -> str:
    """The own words; the chosen reason of M4 before them, in the language of the record."""
    timing = state.timing
    if timing is None or timing not in timing_reasons(code):
        return own
    words = catalogue(Language.ENGLISH).term("dose_reason", timing.value)
    return f"{words}: {own}" if own.strip() else words
