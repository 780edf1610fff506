"""What a visit says, as frozen values: what is written down, what is on record, and what stands against it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.findings import Finding
from clinicdesk.domain.people import PersonName
from clinicdesk.domain.visit_templates import VisitDisposition
from clinicdesk.domain.visits import Tick
from clinicdesk.domain.vitals import VitalSigns
from clinicdesk.services.student_values import ContactOnRecord, StudentBadge, StudentFacts
from clinicdesk.services.undo import LastAct


class VisitRefusedError(UserFacingError):
    """A rule stands against what was asked; nothing was written. `findings` say which, and what lifts them."""

    code = "visit_refused"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(count=len(findings))
        self.findings = findings


class VisitUnknownError(UserFacingError):
    """There is no such visit on this desk: taken back, or gone with a transfer."""

    code = "visit_unknown"


class VisitSignedError(UserFacingError):
    """The visit is signed: it is changed by an amendment with a reason (D2)."""

    code = "visit_signed"


class VisitOpenError(UserFacingError):
    """The visit is not signed yet: it is changed, not amended."""

    code = "visit_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """A student who came in. `came_at` lies in the past for a late entry (M17)."""

    student_id: uuid.UUID
    complaints: tuple[str, ...]
    template: str
    came_at: dt.datetime | None = None
    brought_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitEntry:
    """Everything that the screen holds of one visit; `reasons` are given per code of a soft stop."""

    complaints: tuple[str, ...]
    template: str
    came_at: dt.datetime
    brought_by: str = ""
    expected: Mapping[str, Tick] = field(default_factory=dict)
    danger: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    vitals: VitalSigns = field(default_factory=VitalSigns)
    interventions: frozenset[str] = frozenset()
    note: str = ""
    disposition: VisitDisposition | None = None
    disposition_reason: str = ""
    released_to: str = ""
    left_at: dt.datetime | None = None
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What is to come of a visit: an appointment in the clinic, or a task for whoever is there."""

    on: dt.date
    words: str
    appointment: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitStep:
    """One line of the event log. `code` names one-key entries ("neuro_check"), empty for the others."""

    id: uuid.UUID
    kind: str
    at: dt.datetime
    code: str = ""
    note: str = ""
    by: str = ""
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOnRecord:
    """An attempt to reach somebody, with what came of it."""

    id: uuid.UUID
    contact_id: uuid.UUID | None
    name: str
    outcome: str
    at: dt.datetime
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """An attempt to reach a contact on record, or somebody by name alone ("Front office")."""

    outcome: str
    contact_id: uuid.UUID | None = None
    name: str = ""
    at: dt.datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSheet:
    """One opened visit. `id` is the newest version, `root_id` the first one; null before check-in.

    `amends` is the version before, which stays readable; opened, that one is `superseded`.
    """

    student: StudentFacts
    badges: tuple[StudentBadge, ...]
    contacts: tuple[ContactOnRecord, ...]
    staff: tuple[str, ...] = ()
    id: uuid.UUID | None = None
    root_id: uuid.UUID | None = None
    entry: VisitEntry | None = None
    steps: tuple[VisitStep, ...] = ()
    calls: tuple[CallOnRecord, ...] = ()
    signed_at: dt.datetime | None = None
    signed_by: str = ""
    amended: bool = False
    amends: uuid.UUID | None = None
    amendment_reason: str = ""
    superseded: bool = False
    visit_of_week: int | None = None
    plan_on_file: bool = False
    may_write: bool = False
    may_amend: bool = False
    awaits_co_review: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTab:
    """An open visit as the tabs show it; minutes and their level are told from `came_at`."""

    id: uuid.UUID
    student_id: uuid.UUID
    name: PersonName
    photo: str | None
    came_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """A visit that has begun, and how that is taken back."""

    visit_id: uuid.UUID
    act: LastAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A visit that was closed and signed. `from_template` counts the findings nobody touched."""

    visit_id: uuid.UUID
    signature_id: uuid.UUID
    from_template: int
    co_review: bool
    act: LastAct
