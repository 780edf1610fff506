"""What the visit screen shows: the sheet, the form with its echoes, what stands against signing, the open visits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinicdesk.i18n import tr
from clinicdesk.presentation.visits.form import VisitForm
from clinicdesk.services.search import FoundStudent
from clinicdesk.services.visit_values import OpenTab, VisitSheet


@dataclass(frozen=True, slots=True)
class StepKey:
    """A one-key entry of the event log: what it writes and the key that does it."""

    code: str
    key: str
    kind: str
    title: str

    @property
    def words(self) -> str:
        return tr(self.title)


STEPS: tuple[StepKey, ...] = (
    StepKey("neuro_check", "K", "ASSESSED", "Neuro check"),
    StepKey("vomited", "V", "NOTE", "Vomited"),
    StepKey("reassessed", "A", "ASSESSED", "Looked again"),
    StepKey("rest_started", "R", "REST_STARTED", "Rest started"),
    StepKey("nurse_called", "N", "NURSE_CALLED", "Nurse called"),
    StepKey("ems_arrived", "E", "NOTE", "Ambulance here"),
    StepKey("breathing_checked", "B", "ASSESSED", "Breathing checked"),
    StepKey("cpr_started", "P", "INTERVENTION", "CPR started"),
    StepKey("aed_used", "D", "INTERVENTION", "AED used"),
    StepKey("family_told", "F", "NOTE", "Family told"),
)
STEP_OF: Mapping[str, StepKey] = {step.code: step for step in STEPS}
CALL_911 = StepKey("call_911", "F4", "INTERVENTION", "911 called")
_USUAL = ("reassessed", "rest_started")
_BY_TEMPLATE = {
    "head_injury": ("neuro_check", "vomited"),
    "seizure": ("neuro_check", "breathing_checked"),
    "stomach_ache": ("vomited", "rest_started"),
    "asthma": ("breathing_checked", "reassessed"),
    "anaphylaxis": ("breathing_checked", "reassessed"),
}


def steps_of(template: str, *, emergency: bool) -> tuple[StepKey, ...]:
    """The entries that a template puts at hand; after a 911 call those of the emergency come first."""
    codes: tuple[str, ...] = _BY_TEMPLATE.get(template, _USUAL)
    if emergency:
        codes = ("breathing_checked", "cpr_started", "aed_used", "family_told", "ems_arrived")
    return tuple(STEP_OF[code] for code in codes)


def step_words(kind: str, code: str) -> str:
    """A line of the event log in words."""
    if code in STEP_OF:
        return STEP_OF[code].words
    if code == CALL_911.code:
        return CALL_911.words
    return tr(_KIND_WORDS.get(code) or _KIND_WORDS.get(kind, "Noted"))


_KIND_WORDS = {
    "CHECKED_IN": "Checked in",
    "CHECKED_OUT": "Checked out",
    "REOPENED": "Opened again",
    "REST_ENDED": "Rest ended",
    "REST_STARTED": "Rest started",
    "MEDICATION": "Medication",
    "PARENT_CALLED": "Family called",
    "NURSE_CALLED": "Nurse called",
    "ASSESSED": "Looked again",
    "INTERVENTION": "Intervention",
    "call_reached": "Called: reached",
    "call_left_message": "Called: message left",
    "call_no_answer": "Called: no answer",
    "call_wrong_number": "Called: wrong number",
    "call_declined": "Called: declined",
}


@dataclass(frozen=True, slots=True)
class Echo:
    """What a measurement was understood as; `tone` is "", "warning" (out of range) or "danger" (cannot be kept)."""

    text: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """What stands against signing: its code, its sentence, and whether a reason lifts it."""

    code: str
    words: str
    by_reason: bool
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Nobody is chosen yet: who came in? `sure` is the student whose second identifier is being looked at (M1)."""

    query: str = ""
    found: tuple[FoundStudent, ...] = ()
    sure: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitState:
    """Everything the view draws."""

    now: dt.datetime
    sheet: VisitSheet | None = None
    form: VisitForm = field(default_factory=VisitForm)
    tabs: tuple[OpenTab, ...] = ()
    asking: Asking | None = None
    loading: bool = False
    busy: bool = False
    problem: str = ""
    denied: str = ""
    echoes: Mapping[str, Echo] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()
    questioned: frozenset[str] = frozenset()
    draft_at: dt.datetime | None = None
    emergency_since: dt.datetime | None = None
    amending: bool = False

    @property
    def visit_id(self) -> uuid.UUID | None:
        return self.sheet.id if self.sheet is not None else None

    @property
    def editable(self) -> bool:
        """Whether the person may write here now."""
        return self.sheet is not None and (self.sheet.may_write or self.amending)

    @property
    def signed(self) -> bool:
        return self.sheet is not None and self.sheet.signed_at is not None
