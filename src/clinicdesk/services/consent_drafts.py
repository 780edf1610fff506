"""What a family typed on a form that is not signed yet: kept within a second, sealed, gone when it is answered (D2)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinicdesk.models.enums import DraftKind
from clinicdesk.services.desk import Desk
from clinicdesk.services.drafts import Drafts


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedConsent:
    """Words and ticks of an unsigned form. The drawn signature is not among them: it is given, or given anew."""

    contact_id: uuid.UUID | None
    signed_by: str
    relation: str
    language: str
    witness: str = ""
    signed_on: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


class ConsentDrafts:
    """Drafts of the person at the desk, one for each form and student."""

    def __init__(self, desk: Desk) -> None:
        self._drafts = Drafts(desk)

    def keep(self, form: uuid.UUID, student: uuid.UUID, typed: TypedConsent) -> None:
        self._drafts.save(
            DraftKind.CONSENT_SIGNATURE,
            _subject(form, student),
            {
                "contact": None if typed.contact_id is None else str(typed.contact_id),
                "signed_by": typed.signed_by,
                "relation": typed.relation,
                "language": typed.language,
                "witness": typed.witness,
                "signed_on": typed.signed_on,
                "answers": dict(typed.answers),
            },
        )

    def find(self, form: uuid.UUID, student: uuid.UUID) -> TypedConsent | None:
        """What was typed before the desk locked or the computer stopped."""
        kept = self._drafts.load(DraftKind.CONSENT_SIGNATURE, _subject(form, student))
        if kept is None:
            return None
        return TypedConsent(
            contact_id=None if kept["contact"] is None else uuid.UUID(kept["contact"]),
            signed_by=kept["signed_by"],
            relation=kept["relation"],
            language=kept["language"],
            witness=kept["witness"],
            signed_on=kept["signed_on"],
            answers=kept["answers"],
        )

    def discard(self, form: uuid.UUID, student: uuid.UUID) -> None:
        self._drafts.discard(DraftKind.CONSENT_SIGNATURE, _subject(form, student))


def _subject(form: uuid.UUID, student: uuid.UUID) -> str:
    return f"{form}:{student}"
