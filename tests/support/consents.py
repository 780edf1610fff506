"""A family and a published form for tests of consents; the sealed documents are the real ones."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from tests.support.desk import Clinic, Member

from clinicdesk.core.identifiers import new_id
from clinicdesk.demonstration.reference import CONSENT_TEXT
from clinicdesk.domain.consent import Validity
from clinicdesk.domain.consent_text import from_json
from clinicdesk.models import Contact, EmergencyContact
from clinicdesk.models.enums import ContactType, EmergencyContactRelationship
from clinicdesk.reports.signed_consent import sealed_document
from clinicdesk.services.attachments import Attachments
from clinicdesk.services.consent_forms import ConsentForms, FormDraft
from clinicdesk.services.consent_values import How, NewConsent
from clinicdesk.services.consents import Consents

ANSWERS = {"talk": "NO", "trip": "call"}


def consents_of(clinic: Clinic, who: Member | None = None) -> Consents:
    desk = clinic.desk(who)
    return Consents(desk, Attachments(desk, clinic.folder / "attachments"), sealed_document)


def publish_form(
    clinic: Clinic, kind: str = "MEDICATION_ADMINISTRATION", validity: Validity | None = None
) -> uuid.UUID:
    """The demonstration's form, published by the district."""
    text = from_json(CONSENT_TEXT)
    if validity is not None:
        text = replace(text, validity=validity)
    draft = FormDraft(family=new_id(), kind=kind, description="Once a year.", text=text)
    return ConsentForms(clinic.desk(clinic.administrator)).publish(draft)[0]


def add_parent(clinic: Clinic, student: uuid.UUID, first: str = "Ngozi", **changes: Any) -> uuid.UUID:
    """A parent who may consent unless `changes` say otherwise; returns the contact's key."""
    key = new_id()
    clinic.add(
        Contact(
            id=key, first_name=first, last_name="Okonkwo", type=ContactType.GUARDIAN, relation_to=student,
            school_id=clinic.school.id, phone="555-0100",
        ),
    )  # fmt: skip
    values: dict[str, Any] = {
        "student_id": student,
        "first_name": first,
        "last_name": "Okonkwo",
        "relationship": EmergencyContactRelationship.PARENT,
        "phone_number": "555-0100",
        "contact_id": key,
        "may_consent": True,
        "scope_id": student,
    }
    clinic.add(EmergencyContact(**{**values, **changes}))
    return key


def typed(form: uuid.UUID, student: uuid.UUID, contact: uuid.UUID | None, **changes: Any) -> NewConsent:
    """The mother signs by her typed name."""
    values: dict[str, Any] = {
        "form_id": form,
        "student_id": student,
        "signed_by": "Ngozi Okonkwo",
        "relation": "PARENT",
        "contact_id": contact,
        "identity": "Driver's license",
        "language": "en",
        "how": How.TYPED,
        "answers": ANSWERS,
    }
    return NewConsent(**{**values, **changes})
