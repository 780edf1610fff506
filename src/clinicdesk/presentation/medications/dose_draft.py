"""The words typed for a dose, as an encrypted draft keeps them through a lock (ux-spec 1.4)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.presentation.medications.dose_state import Lifting, SheetState

READINGS_GOOD_FOR = dt.timedelta(minutes=15)
"""A glucose or peak flow of an earlier attempt is not the one before this dose."""
WORDS_GOOD_FOR = dt.timedelta(minutes=30)
"""A reason typed for an as-needed dose that was not given does not open the next one."""


def subject_of(order: uuid.UUID, student: uuid.UUID, slot: str | None) -> str:
    """The name of a dose's draft: one for each slot, one for an as-needed order."""
    return f"{order}:{student}:{slot or 'needed'}"


def as_draft(state: SheetState, now: dt.datetime) -> dict[str, Any]:
    """Words only: what was looked at, counted or sworn to is done again, never remembered."""
    return {
        "at": now.isoformat(),
        "lifting": {code: [one.reason, one.contact] for code, one in state.lifting.items()},
        "prechecks": {check.value: said for check, said in state.prechecks.items()},
        "note": state.note,
    }


def with_draft(state: SheetState, draft: Mapping[str, Any], now: dt.datetime) -> SheetState:
    """The state with the words that still hold."""
    at = dt.datetime.fromisoformat(str(draft["at"]))
    age = now - at
    if state.sheet is None or (state.sheet.slot is None and age > WORDS_GOOD_FOR):
        return state
    lifting = {str(code): Lifting(reason=one[0], contact=one[1]) for code, one in draft["lifting"].items()}
    known = {check.value: check for check in PreCheck}
    readings = {known[code]: str(said) for code, said in draft["prechecks"].items() if code in known}
    note = str(draft["note"])
    kept = readings if age <= READINGS_GOOD_FOR else {}
    if not note and not kept and not any(one.reason or one.contact for one in lifting.values()):
        return state
    return replace(state, lifting=lifting, prechecks=kept, note=note, draft_at=at)
