"""Writing consent forms: a draft is its author's alone, publishing freezes a version for the district (D2, D5)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from clinicdesk.core.errors import InvalidValueError
from clinicdesk.core.identifiers import new_id
from clinicdesk.domain.consent_text import FormText, check_form, from_json, text_hash, to_json
from clinicdesk.domain.consent_writing import in_all_languages
from clinicdesk.domain.permissions import Act
from clinicdesk.i18n import tr
from clinicdesk.models import ConsentForm
from clinicdesk.models.enums import AuditAction, ConsentType, DraftKind
from clinicdesk.services import consent_reading as reading
from clinicdesk.services.consent_values import FormOnRecord
from clinicdesk.services.desk import Desk
from clinicdesk.services.drafts import Drafts
from clinicdesk.services.stock import require_valid
from clinicdesk.services.undo import LastAct, reason_for
from clinicdesk.storage.audit import AuditEntry
from clinicdesk.storage.queries import consents as queries


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDraft:
    """A form being written. `family` is that of the form it will follow, or a new one."""

    family: uuid.UUID
    kind: str
    description: str
    text: FormText
    withdrawable: bool = True


class ConsentForms:
    """Forms by family and version. A published version has no way back into an editor; a change is a new version."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drafts = Drafts(desk)

    def published(self) -> tuple[FormOnRecord, ...]:
        """Every version that was ever published, the newest of each family marked."""
        with self._desk.look(Act.VIEW_CONSENTS) as session:
            rows = queries.forms(session)
            newest = {row.id for row in reading.newest_versions(rows).values()}
            return tuple(reading.form_value(row, newest) for row in rows)

    def drafts(self) -> tuple[FormDraft, ...]:
        """The own drafts, the newest first."""
        found = (self.draft(uuid.UUID(subject)) for subject in self._drafts.subjects(DraftKind.CONSENT_FORM))
        return tuple(one for one in found if one is not None)

    def draft(self, family: uuid.UUID) -> FormDraft | None:
        content = self._drafts.load(DraftKind.CONSENT_FORM, str(family))
        if content is None:
            return None
        return FormDraft(
            family=family,
            kind=content["kind"],
            description=content["description"],
            text=from_json(content["languages"]),
            withdrawable=content["withdrawable"],
        )

    def new_version(self, form: uuid.UUID) -> FormDraft:
        """A draft that begins as a copy of a published version; nothing is kept until it is changed."""
        with self._desk.look(Act.AUTHOR_CONSENT_FORM) as session:
            row = session.get_one(ConsentForm, form)
            return FormDraft(
                family=row.family_id,
                kind=row.type.value,
                description=row.description,
                text=in_all_languages(reading.text_of(row)),
                withdrawable=row.withdrawable,
            )

    def keep(self, draft: FormDraft) -> None:
        """Keep what is written so far, sealed for its author."""
        self._drafts.save(
            DraftKind.CONSENT_FORM,
            str(draft.family),
            {
                "kind": draft.kind,
                "description": draft.description,
                "languages": to_json(draft.text),
                "withdrawable": draft.withdrawable,
            },
        )

    def discard(self, family: uuid.UUID) -> None:
        self._drafts.discard(DraftKind.CONSENT_FORM, str(family))

    def throw_away(self, draft: FormDraft) -> LastAct:
        """Discard a draft; the act holds it until it cannot be taken back any more."""
        self.discard(draft.family)
        at = self._desk.now()
        return LastAct(tr("Draft thrown away"), at, lambda _reason: self.keep(draft))

    def publish(self, draft: FormDraft) -> tuple[uuid.UUID, LastAct]:
        """Freeze a version: from now on signatures are given on it, and nobody changes a word of it.

        Raises:
            InvalidValueError: a language says less than the other, or the form cannot be signed.
            PermissionDeniedError: publishing is the district's.
        """
        check_form(draft.text)
        languages = to_json(draft.text)
        key = new_id()
        entry = AuditEntry(AuditAction.CREATE, "ConsentForm", entity_id=key, is_phi=False)
        with self._desk.act(Act.PUBLISH_CONSENT_FORM, entry, schools=()) as work:
            family = [row for row in queries.forms(work.session) if row.family_id == draft.family]
            before = max(family, key=lambda row: row.id, default=None)
            if before is not None and before.is_active and before.text_hash == text_hash(languages):
                raise InvalidValueError("languages", "nothing_changed")
            english = draft.text.spoken("en")
            values: dict[str, Any] = {
                "type": _kind(draft.kind),
                "title": english.title,
                "description": draft.description or english.title,
                "content": "\n\n".join(block.text for block in english.blocks),
                "version": _next_version([row.version for row in family]),
                "family_id": draft.family,
                "languages": languages,
                "text_hash": text_hash(languages),
                "published_at": work.at,
                "published_by": self._desk.person.user_id,
                "previous_version_id": None if before is None else before.id,
                "withdrawable": draft.withdrawable,
                "is_active": True,
                "disclosure_version": "1",
            }
            require_valid("ConsentForm", values)
            work.session.add(ConsentForm(id=key, **values))
            at = work.at
        self.discard(draft.family)

        def undo(reason: str | None) -> None:
            self.retire(key, reason_for(at, self._desk.now(), reason))
            self.keep(draft)

        return key, LastAct(tr("Form published"), at, undo)

    def retire(self, form: uuid.UUID, reason: str) -> None:
        """No new signature on this version; those on record keep it."""
        entry = AuditEntry(AuditAction.UPDATE, "ConsentForm", entity_id=form, changes={"reason": reason}, is_phi=False)
        with self._desk.act(Act.PUBLISH_CONSENT_FORM, entry, schools=()) as work:
            work.session.get_one(ConsentForm, form).is_active = False


def _kind(word: str) -> ConsentType:
    try:
        return ConsentType(word)
    except ValueError:
        raise InvalidValueError("type", "not_a_choice") from None


def _next_version(known: list[str]) -> str:
    majors = [int(version.partition(".")[0]) for version in known if version.partition(".")[0].isdigit()]
    return f"{max(majors, default=0) + 1}.0"
