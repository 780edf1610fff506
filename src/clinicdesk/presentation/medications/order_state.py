"""What the order form holds: as typed, as understood, and as the draft that keeps it through a lock (ux-spec 1.4)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.entry.numbers import parse_decimal
from clinicdesk.domain.medication.orders import PreCheck
from clinicdesk.i18n import formats, tr
from clinicdesk.presentation.medications.words import amount_words
from clinicdesk.services.orders import ConsentChoice, FormularyEntry, OrderOnFile
from clinicdesk.services.search import FoundStudent


class Part(StrEnum):
    """The fields of the form."""

    STUDENT = "student"
    MEDICINE = "medicine"
    COUNT = "count"
    ROUTE = "route"
    TIMES = "times"
    INTERVAL = "interval"
    PER_DAY = "per_day"
    INDICATIONS = "indications"
    PRESCRIBER = "prescriber"
    PHONE = "phone"
    START = "start"
    END = "end"
    CONSENT = "consent"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderState:
    """What the form shows. What was typed stays as typed; `errors` stand under their fields."""

    student: FoundStudent | None = None
    found: tuple[FoundStudent, ...] = ()
    formulary: tuple[FormularyEntry, ...] = ()
    consents: tuple[ConsentChoice, ...] = ()
    orders: tuple[OrderOnFile, ...] = ()
    prn: bool = False
    given_elsewhere: bool = False
    half_tablet: bool = False
    text: Mapping[Part, str] = field(default_factory=dict)
    errors: Mapping[Part, str] = field(default_factory=dict)
    prechecks: frozenset[PreCheck] = frozenset()
    """What must be known before each as-needed dose (M5)."""
    kept_at: dt.datetime | None = None
    """When the words were last kept as a draft."""
    loaded: bool = False
    busy: bool = False
    message: str = ""
    failure: str = ""

    @property
    def medicine(self) -> FormularyEntry | None:
        """The medicine that is meant: its whole label, or the one that begins so."""
        typed = self.text.get(Part.MEDICINE, "").strip().casefold()
        if not typed:
            return None
        whole = [one for one in self.formulary if medicine_label(one).casefold() == typed]
        begun = whole or [one for one in self.formulary if medicine_label(one).casefold().startswith(typed)]
        return begun[0] if len(begun) == 1 else None

    @property
    def dose_words(self) -> str:
        """The dose in units of the form and in units of the drug, while it is typed (M3)."""
        medicine = self.medicine
        if medicine is None or medicine.form_unit is None:
            return ""
        try:
            count = parse_decimal(self.text.get(Part.COUNT, ""), "form_count")
        except InvalidValueError:
            return ""
        words = amount_words(count, medicine.form_unit)
        if medicine.strength_amount is None or medicine.strength_unit is None:
            return words
        return f"{words} = {amount_words(count * medicine.strength_amount, medicine.strength_unit)}"

    @property
    def consent_hint(self) -> str:
        if self.student is None or any(one.state is ConsentState.SIGNED for one in self.consents):
            return ""
        return tr("No signed consent: no dose can be given before there is one.")


def medicine_label(entry: FormularyEntry) -> str:
    """ "amoxicillin 500 mg"; a strength that the name says already is not said twice."""
    return entry.name if not entry.strength or entry.strength in entry.name else f"{entry.name} {entry.strength}"


def student_label(student: FoundStudent) -> str:
    """Name, date of birth and grade: enough to tell two of one name apart (M1)."""
    return f"{student.name.shown} · {formats().date(student.birth_date)} · {tr('Grade {grade}', grade=student.grade)}"


def subject_of(student: uuid.UUID | None) -> str:
    """The name of a form's draft: one for each student, one for the form that asks whose order it is."""
    return f"order:{student or 'new'}"


def as_draft(state: OrderState, now: dt.datetime) -> dict[str, Any]:
    """The form as the draft keeps it."""
    return {
        "at": now.isoformat(),
        "student": None if state.student is None else str(state.student.id),
        "text": {part.value: words for part, words in state.text.items()},
        "prn": state.prn,
        "given_elsewhere": state.given_elsewhere,
        "half_tablet": state.half_tablet,
        "prechecks": sorted(state.prechecks),
    }


def with_draft(state: OrderState, draft: Mapping[str, Any]) -> OrderState:
    """The draft laid over a fresh form; fields of an older release that are no longer there are left out."""
    parts, checks = {part.value for part in Part}, {check.value for check in PreCheck}
    text = {Part(key): str(words) for key, words in draft["text"].items() if key in parts}
    return replace(
        state,
        text={**state.text, **text},
        prn=bool(draft["prn"]),
        given_elsewhere=bool(draft["given_elsewhere"]),
        half_tablet=bool(draft["half_tablet"]),
        prechecks=frozenset(PreCheck(check) for check in draft["prechecks"] if check in checks),
        kept_at=dt.datetime.fromisoformat(str(draft["at"])),
    )


def student_in(draft: Mapping[str, Any]) -> uuid.UUID | None:
    """The student that the form was about."""
    return uuid.UUID(str(draft["student"])) if draft["student"] else None
