"""What the consent services take and give: signers, papers to sign, consents on record, withdrawals."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.core.errors import UserFacingError
from clinicdesk.domain.consent import ConsentState, DependentAct, SignerCapacity, SigningBar
from clinicdesk.domain.consent_text import FormText
from clinicdesk.services.student_values import StudentFacts
from clinicdesk.services.undo import LastAct

Point = tuple[float, float]


class SignerRefusedError(UserFacingError):
    """This person may not sign this consent (D42); `reason` says why. Nothing was written."""

    code = "signer_refused"


class ConsentOutdatedError(UserFacingError):
    """Somebody has withdrawn, renewed or corrected the consent meanwhile. Nothing was written."""

    code = "consent_outdated"


class How(StrEnum):
    """How a person signs or takes a consent back."""

    PEN = "PEN"
    TYPED = "TYPED"
    MARK = "MARK"
    PAPER = "PAPER"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOnRecord:
    """One published version of a form, or a draft of the person at the desk (`id` null)."""

    id: uuid.UUID | None
    family: uuid.UUID
    kind: str
    version: str
    title: str
    description: str
    text: FormText
    text_hash: str
    published_at: dt.datetime | None
    newest: bool
    withdrawable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleSigner:
    """An adult around the student, or the student: in which capacity she may sign, or why not (D42)."""

    contact_id: uuid.UUID | None
    name: str
    relation: str
    language: str
    capacity: SignerCapacity | None
    bar: SigningBar | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNamed:
    """The order that a consent for medicine is about, in the words of the order."""

    id: uuid.UUID
    medicine: str
    given: str
    """How much, and when in the day or how often."""
    begins: dt.date
    ends: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperToSign:
    """Everything the hand-over needs: the form, the student, who may sign, which order it is about."""

    form: FormOnRecord
    student: StudentFacts
    signers: tuple[PossibleSigner, ...]
    order: OrderNamed | None
    renews: uuid.UUID | None
    request: uuid.UUID | None
    school: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewConsent:
    """A form as the signer left it. `signed_by` is the name as typed; strokes are shares of the pad, 0 to 1."""

    form_id: uuid.UUID
    student_id: uuid.UUID
    signed_by: str
    relation: str
    contact_id: uuid.UUID | None
    identity: str
    language: str
    how: How
    answers: Mapping[str, str] = field(default_factory=dict)
    strokes: Sequence[Sequence[Point]] = ()
    pen: bytes | None = None
    """The pen's own samples (place, pressure, time), as the pad recorded them."""
    witness: str = ""
    order_id: uuid.UUID | None = None
    renews: uuid.UUID | None = None
    refused: bool = False
    reason: str = ""
    signed_on: dt.date | None = None
    """The day on a paper that is entered later; None: now (M17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankForm:
    """A form for the pen, in every language it speaks: what the family gets that does not sign on a screen."""

    text: FormText
    version: str
    site: str
    student: StudentFacts
    order: OrderNamed | None
    printed_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDocument:
    """What stands on the sealed document; `document` turns it into a PDF with the seal of this device.

    `entered_at` belongs to a paper: it was signed earlier than it was entered (M17).
    """

    text: FormText
    language: str
    version: str
    site: str
    student: StudentFacts
    answers: Mapping[str, str]
    order: OrderNamed | None
    signed_by: str
    relation: str
    identity: str
    how: How
    witness: str
    signed_at: dt.datetime
    refused: bool
    strokes: Sequence[Sequence[Point]]
    entered_at: dt.datetime | None = None


SealDocument = Callable[[ConsentDocument, Ed25519PrivateKey], bytes]
"""Sets and seals the document: `reports.signed_consent.sealed_document`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A signature on record with its sealed document."""

    id: uuid.UUID
    document: uuid.UUID
    state: ConsentState
    valid_until: dt.date | None
    last_act: LastAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A consent taken back: by whom, when (None: now), how and why."""

    by: str
    how: How
    at: dt.datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedAct:
    """What stops with a consent, in words."""

    act: DependentAct
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A withdrawal on record and everything that it stops at once."""

    id: uuid.UUID
    blocked: tuple[BlockedAct, ...]
    last_act: LastAct


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLine:
    """A consent or a request as a list shows it."""

    student: StudentFacts
    form_id: uuid.UUID
    form: str
    kind: str
    state: ConsentState
    signature_id: uuid.UUID | None = None
    request_id: uuid.UUID | None = None
    signed_by: str = ""
    relation: str = ""
    signed_on: dt.date | None = None
    valid_until: dt.date | None = None
    due_on: dt.date | None = None
    withdrawn_by: str = ""
    withdrawn_on: dt.date | None = None
    document: uuid.UUID | None = None
    days_left: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRecord:
    """One consent opened: its line, the text record, and what rests on it.

    `document_here`: the sealed document has reached this workstation; its bytes travel apart from the row.
    """

    line: ConsentLine
    record: str
    dependent: tuple[BlockedAct, ...]
    blocked: tuple[BlockedAct, ...]
    document_here: bool = True
