"""Consents on a real encrypted file: who may sign, the sealed document, withdrawing, and what stops with it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from pypdf import PdfReader
from tests.support.consents import add_parent, consents_of, publish_form, typed
from tests.support.desk import Clinic
from tests.support.medication import Cupboard, stock_cupboard, strength_of, write_order

from clinicdesk.core.errors import InvalidValueError, PermissionDeniedError
from clinicdesk.domain.consent import ConsentState
from clinicdesk.domain.consent_text import FormLanguage, FormText, from_json, text_hash, to_json
from clinicdesk.models import (
    Attachment,
    AuditLog,
    ClinicalTask,
    ConsentForm,
    ConsentRequest,
    ConsentSignature,
    MedicationLog,
    Signature,
    StudentMedication,
    SystemConfig,
)
from clinicdesk.models.enums import (
    AuditAction,
    ConfigScope,
    ConsentDecision,
    ConsentRequestStatus,
    ConsentType,
    EmergencyContactRelationship,
    OrderStatus,
    SignatureMeaning,
    SignerCapacity,
    SigningMethod,
    TaskStatus,
    Unit,
)
from clinicdesk.reports.blank_consent import blank_consent_pdf
from clinicdesk.reports.sealing import seal_holds
from clinicdesk.security.errors import AttachmentDamagedError
from clinicdesk.services.consent_forms import ConsentForms
from clinicdesk.services.consent_values import ConsentOutdatedError, How, NewConsent, SignerRefusedError, Withdrawal
from clinicdesk.services.consents import Consents
from clinicdesk.services.dose_values import DoseRefusedError
from clinicdesk.services.doses import Doses


@dataclass(frozen=True)
class Family:
    """A student, her mother and a published form."""

    student: uuid.UUID
    mother: uuid.UUID
    form: uuid.UUID


@pytest.fixture
def family(clinic: Clinic) -> Family:
    student = clinic.student()
    return Family(student, add_parent(clinic, student), publish_form(clinic))


@pytest.fixture
def consents(clinic: Clinic) -> Consents:
    return consents_of(clinic)


def test_a_consent_is_written_with_its_sealed_document_signature_and_audit(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother))

    (row,) = clinic.rows(ConsentSignature)
    assert (row.id, row.decision, row.capacity) == (signed.id, ConsentDecision.GRANTED, SignerCapacity.GUARDIAN)
    assert row.expires_on == dt.date(2027, 6, 18)
    assert row.text_hash == clinic.rows(ConsentForm)[0].text_hash
    (signature,) = clinic.rows(Signature)
    assert (signature.row_id, signature.meaning) == (row.id, SignatureMeaning.CONSENTED)
    (attachment,) = clinic.rows(Attachment)
    on_disk = (clinic.folder / "attachments" / attachment.content_hash).read_bytes()
    assert b"%PDF" not in on_disk
    assert b"Okonkwo" not in on_disk
    (audit,) = clinic.rows(AuditLog, AuditLog.entity_id == row.id)
    assert audit.action is AuditAction.CREATE


def test_the_document_opens_with_the_students_key_and_its_seal_is_the_devices(clinic: Clinic, family: Family) -> None:
    desk = clinic.desk()
    consents = consents_of(clinic)
    signed = consents.collect(typed(family.form, family.student, family.mother))
    device = consents._desk.unlocked.device_keys.pairs.signing_key().public_key()

    pdf = consents.document(signed.id)

    assert pdf.startswith(b"%PDF")
    assert seal_holds(pdf, device_key=device)
    other = desk.unlocked.device_keys.pairs.signing_key().public_key()
    assert not seal_holds(pdf, device_key=other)
    printed = clinic.rows(AuditLog, AuditLog.action == AuditAction.PRINT)
    assert len(printed) == 1


def test_a_changed_byte_on_disk_is_noticed(clinic: Clinic, family: Family, consents: Consents) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother))
    (attachment,) = clinic.rows(Attachment)
    path = clinic.folder / "attachments" / attachment.content_hash
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(AttachmentDamagedError):
        consents.document(signed.id)


def test_a_write_that_fails_leaves_no_file_behind(clinic: Clinic, family: Family, consents: Consents) -> None:
    first = consents.collect(typed(family.form, family.student, family.mother))
    consents.withdraw(first.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    kept = set((clinic.folder / "attachments").iterdir())
    clash = typed(family.form, family.student, family.mother, renews=first.id, signed_by="N" * 300)
    with pytest.raises(InvalidValueError):
        consents.collect(clash)
    assert set((clinic.folder / "attachments").iterdir()) == kept


def test_d42_a_parent_with_a_custody_limit_cannot_sign(clinic: Clinic, family: Family, consents: Consents) -> None:
    father = add_parent(clinic, family.student, "Emeka", may_consent=False, custody_limits="No contact, order 12")
    with pytest.raises(SignerRefusedError) as refused:
        consents.collect(typed(family.form, family.student, father, signed_by="Emeka Okonkwo"))
    assert refused.value.params["reason"] == "CUSTODY_LIMITED"
    assert clinic.count(ConsentSignature) == 0


def test_d42_a_student_of_18_signs_alone_and_the_signature_keeps_it(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    grown = clinic.student("Tomasz", "Wieczorek", dt.date(2008, 1, 9))
    mother = add_parent(clinic, grown)
    consents.collect(typed(family.form, grown, None, signed_by="Tomasz Wieczorek", relation="SELF"))
    (row,) = clinic.rows(ConsentSignature)
    assert row.capacity is SignerCapacity.STUDENT_18
    with pytest.raises(SignerRefusedError) as refused:
        consents.collect(typed(family.form, grown, mother))
    assert refused.value.params["reason"] == "STUDENT_IS_ADULT"


def test_d42_a_minor_signs_where_the_state_lets_her(clinic: Clinic, consents: Consents) -> None:
    form = publish_form(clinic, "MENTAL_HEALTH")
    student = clinic.student(born=dt.date(2013, 4, 1))
    own = typed(form, student, None, signed_by="Amara Okonkwo-Lindqvist", relation="SELF")
    with pytest.raises(SignerRefusedError):
        consents.collect(own)
    clinic.add(
        SystemConfig(
            key="consent.minor_rules",
            value='[{"from_age": 13, "kinds": ["MENTAL_HEALTH"]}]',
            scope=ConfigScope.SYSTEM,
        )
    )
    consents.collect(own)
    assert clinic.rows(ConsentSignature)[0].capacity is SignerCapacity.MINOR_BY_RULE


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_by": "  "}, "signed_by"),
        ({"identity": ""}, "signer_identity_evidence"),
        ({"answers": {"talk": "NO"}}, "answers"),
        ({"answers": {"talk": "NO", "trip": "never"}}, "answers"),
        ({"how": How.PEN}, "signature"),
        ({"how": How.MARK}, "witness"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_written(
    clinic: Clinic, family: Family, consents: Consents, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidValueError) as missing:
        consents.collect(typed(family.form, family.student, family.mother, **changes))
    assert missing.value.field == field
    assert clinic.count(ConsentSignature) == 0


def test_a_drawn_signature_keeps_its_strokes_sealed(clinic: Clinic, family: Family, consents: Consents) -> None:
    drawn = typed(
        family.form, family.student, family.mother, how=How.PEN, strokes=(((0.1, 0.5), (0.4, 0.3)),), pen=b"[[1,2]]"
    )
    consents.collect(drawn)
    (row,) = clinic.rows(ConsentSignature)
    assert row.strokes_attachment_id is not None
    assert clinic.count(Attachment) == 2


def test_only_who_may_collect_collects(clinic: Clinic, family: Family) -> None:
    with pytest.raises(PermissionDeniedError):
        consents_of(clinic, clinic.staff["moreau"]).collect(typed(family.form, family.student, family.mother))


def test_a_request_waits_until_it_is_signed(clinic: Clinic, family: Family, consents: Consents) -> None:
    consents.ask(family.form, family.student, due_on=dt.date(2026, 10, 20))
    (line,) = consents.board()
    assert (line.state, line.due_on) == (ConsentState.SENT, dt.date(2026, 10, 20))
    with pytest.raises(InvalidValueError):
        consents.ask(family.form, family.student)

    consents.collect(typed(family.form, family.student, family.mother))

    (line,) = consents.board()
    assert (line.state, line.signed_by) == (ConsentState.SIGNED, "Ngozi Okonkwo")
    assert clinic.rows(ConsentRequest)[0].status is ConsentRequestStatus.SIGNED


def test_a_refusal_is_on_record_and_permits_nothing(clinic: Clinic, family: Family, consents: Consents) -> None:
    consents.ask(family.form, family.student)
    consents.collect(typed(family.form, family.student, family.mother, refused=True, answers={}, reason="Not now"))
    assert [line.state for line in consents.board()] == [ConsentState.DECLINED]
    (request,) = clinic.rows(ConsentRequest)
    assert (request.status, request.decline_reason) == (ConsentRequestStatus.DECLINED, "Not now")


def test_undo_takes_a_signature_back_and_the_request_waits_again(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    consents.ask(family.form, family.student)
    signed = consents.collect(typed(family.form, family.student, family.mother))
    signed.last_act.undo(None)
    assert [line.state for line in consents.board()] == [ConsentState.SENT]
    assert clinic.count(ConsentSignature) == 2


def test_undo_after_a_minute_asks_for_a_reason(clinic: Clinic, family: Family, consents: Consents) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother))
    clinic.clock.advance(dt.timedelta(minutes=2))
    with pytest.raises(InvalidValueError):
        signed.last_act.undo(None)
    signed.last_act.undo("Wrong child")
    assert consents.board() == ()


@pytest.fixture
def cupboard(clinic: Clinic) -> Cupboard:
    return stock_cupboard(clinic)


def test_m02_a_revoked_consent_blocks_the_dose_at_once_and_lists_it(clinic: Clinic, cupboard: Cupboard) -> None:
    consents, doses = consents_of(clinic), Doses(clinic.desk())
    clinic.clock.advance(dt.timedelta(seconds=5))

    withdrawn = consents.withdraw(
        cupboard.consent, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE, reason="Changed mind")
    )

    blocked = {one.act.id for one in withdrawn.blocked}
    assert blocked == {cupboard.amoxicillin, cupboard.methylphenidate, cupboard.albuterol}
    clinic.clock.advance(dt.timedelta(seconds=5))
    with pytest.raises(DoseRefusedError) as refused:
        doses.record(cupboard.dose(cupboard.amoxicillin))
    assert "M2" in {finding.rule for finding in refused.value.findings}
    assert clinic.count(MedicationLog) == 0
    row = clinic.rows(ConsentSignature)[-1]
    assert (row.decision, row.withdrawn_by, row.supersedes_id) == (
        ConsentDecision.WITHDRAWN,
        "Ngozi Okonkwo",
        cupboard.consent,
    )


def test_m16_a_revoked_consent_never_withholds_the_emergency_dose(clinic: Clinic, cupboard: Cupboard) -> None:
    consents_of(clinic).withdraw(cupboard.consent, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    clinic.clock.advance(dt.timedelta(seconds=5))
    Doses(clinic.desk()).record(cupboard.dose(cupboard.epinephrine))
    assert clinic.count(MedicationLog) == 1


def test_m02_an_expired_consent_blocks_the_dose(clinic: Clinic, cupboard: Cupboard) -> None:
    clinic.clock.advance(dt.datetime(2027, 6, 21, 11, 32, tzinfo=clinic.school.zone) - clinic.clock.now())
    (line,) = consents_of(clinic).board()
    assert line.state is ConsentState.EXPIRED
    with pytest.raises(DoseRefusedError) as refused:
        Doses(clinic.desk()).record(replace(cupboard.dose(cupboard.albuterol)))
    assert "M2" in {finding.rule for finding in refused.value.findings}


def test_undoing_a_withdrawal_lets_the_dose_be_given_again(clinic: Clinic, cupboard: Cupboard) -> None:
    withdrawn = consents_of(clinic).withdraw(cupboard.consent, Withdrawal(by="Ngozi Okonkwo", how=How.PAPER))
    withdrawn.last_act.undo(None)
    Doses(clinic.desk()).record(cupboard.dose(cupboard.amoxicillin))
    assert clinic.count(MedicationLog) == 1


def test_a_renewal_continues_the_consent_that_orders_name(clinic: Clinic, cupboard: Cupboard) -> None:
    consents = consents_of(clinic)
    mother = add_parent(clinic, cupboard.student)
    form = publish_form(clinic)
    first = consents.collect(typed(form, cupboard.student, mother))
    withdrawn = consents.withdraw(first.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    again = consents.collect(typed(form, cupboard.student, mother, renews=withdrawn.id))
    rows = {row.id: row for row in clinic.rows(ConsentSignature)}
    assert rows[again.id].supersedes_id == withdrawn.id
    assert [line.state for line in consents.of_student(cupboard.student) if line.form_id == form] == [
        ConsentState.SIGNED
    ]


def test_a_draft_order_names_its_consent_once_it_is_signed(clinic: Clinic, cupboard: Cupboard) -> None:
    mother, form = add_parent(clinic, cupboard.student), publish_form(clinic)
    order = write_order(
        clinic, cupboard.student, cupboard.drugs.ibuprofen, None, **strength_of("200", Unit.MG, Unit.TABLET),
        status=OrderStatus.DRAFT, is_active=False, activated_at=None, activated_by=None, signed_at=None, signed_by=None,
    )  # fmt: skip
    signed = consents_of(clinic).collect(typed(form, cupboard.student, mother, order_id=order))
    (row,) = clinic.rows(StudentMedication, StudentMedication.id == order)
    assert row.consent_signature_id == signed.id


def test_nobody_withdraws_twice(clinic: Clinic, family: Family, consents: Consents) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother))
    consents.withdraw(signed.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    with pytest.raises(ConsentOutdatedError):
        consents.withdraw(signed.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))


def test_reminders_come_30_and_7_days_before_the_end_once_each(clinic: Clinic, family: Family) -> None:
    consents = consents_of(clinic)
    signed = consents.collect(typed(family.form, family.student, family.mother))
    assert consents.remind() == 0
    clinic.clock.advance(dt.datetime(2027, 5, 20, 9, tzinfo=clinic.school.zone) - clinic.clock.now())
    assert (consents.remind(), consents.remind()) == (1, 0)
    clinic.clock.advance(dt.datetime(2027, 6, 12, 9, tzinfo=clinic.school.zone) - clinic.clock.now())
    assert consents.remind() == 1
    assert {task.details["days"] for task in clinic.rows(ClinicalTask)} == {30, 7}
    consents.withdraw(signed.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    assert {task.status for task in clinic.rows(ClinicalTask)} == {TaskStatus.CANCELLED}


def test_opening_a_consent_shows_its_text_and_is_on_record(clinic: Clinic, family: Family, consents: Consents) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother, language="es"))
    found = consents.open(signed.id)
    assert "Permiso para medicamentos en la escuela" in found.record
    assert "No, llámenme antes" in found.record
    reads = clinic.rows(AuditLog, AuditLog.entity_id == signed.id, AuditLog.action == AuditAction.READ)
    assert len(reads) == 1


def test_publishing_freezes_a_version_and_a_change_is_the_next_one(clinic: Clinic, family: Family) -> None:
    forms = ConsentForms(clinic.desk(clinic.administrator))
    draft = forms.new_version(family.form)
    with pytest.raises(InvalidValueError):
        forms.publish(draft)
    spanish = draft.text.languages[1]
    changed = replace(
        draft, text=replace(draft.text, languages=(draft.text.languages[0], replace(spanish, title="Permiso")))
    )
    forms.keep(changed)
    assert forms.drafts() == (changed,)
    second, _ = forms.publish(changed)
    first_row, second_row = sorted(clinic.rows(ConsentForm), key=lambda row: row.version)
    assert (first_row.version, second_row.version, second_row.previous_version_id) == ("1.0", "2.0", family.form)
    assert second_row.text_hash == text_hash(to_json(changed.text)) != first_row.text_hash
    assert [one.id for one in forms.published() if one.newest] == [second]
    assert forms.drafts() == ()
    with pytest.raises(InvalidValueError):
        consents_of(clinic).paper(family.form, family.student)


def test_a_nurse_writes_a_form_and_the_district_publishes_it(clinic: Clinic, family: Family) -> None:
    forms = ConsentForms(clinic.desk())
    draft = forms.new_version(family.form)
    forms.keep(draft)
    with pytest.raises(PermissionDeniedError):
        forms.publish(draft)
    assert forms.drafts() == (draft,)
    assert ConsentForms(clinic.desk(clinic.administrator)).drafts() == ()


def test_a_form_in_one_language_is_not_published(clinic: Clinic, family: Family) -> None:
    forms = ConsentForms(clinic.desk(clinic.administrator))
    draft = forms.new_version(family.form)
    alone = replace(draft, text=replace(draft.text, languages=draft.text.languages[:1]))
    with pytest.raises(InvalidValueError) as missing:
        forms.publish(alone)
    assert missing.value.problem == "language_missing"
    assert clinic.count(ConsentForm, ConsentForm.type == ConsentType.MEDICATION_ADMINISTRATION) == 1
    assert from_json(to_json(draft.text)) == draft.text


def on_paper(family: Family, **changes: object) -> NewConsent:
    """The mother's answers as she wrote them on the printed form five days ago."""
    values: dict[str, object] = {"how": How.PAPER, "signed_on": dt.date(2026, 10, 1)}
    return typed(family.form, family.student, family.mother, **{**values, **changes})


@pytest.fixture
def older_form(clinic: Clinic, family: Family) -> Family:
    """The form was there a month before anybody signed it."""
    clinic.clock.advance(dt.timedelta(days=-30))
    form = publish_form(clinic)
    clinic.clock.advance(dt.timedelta(days=30))
    return replace(family, form=form)


def test_m17_a_paper_that_is_entered_later_keeps_its_own_day_and_says_when_it_was_entered(
    clinic: Clinic, older_form: Family, consents: Consents
) -> None:
    signed = consents.collect(on_paper(older_form))
    (row,) = clinic.rows(ConsentSignature)
    assert row.method is SigningMethod.PAPER
    assert clinic.school.zone is not None
    assert row.signed_at.astimezone(clinic.school.zone).date() == dt.date(2026, 10, 1)
    assert (row.effective_from, row.recorded_at) == (dt.date(2026, 10, 1), clinic.clock.now())
    record = consents.open(signed.id).record
    assert "Signed on: Thursday, October 1, 2026\n" in record
    assert "How: Signed on paper" in record
    assert "Entered by staff: Tuesday, October 6, 2026, 11:32 (-0400)" in record
    assert "Entered from a signed paper" in record
    assert consents.document(signed.id).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("day", "problem"),
    [(None, "missing"), (dt.date(2026, 10, 7), "in_future"), (dt.date(2026, 8, 1), "before_form")],
)
def test_a_paper_has_a_day_on_which_it_can_have_been_signed(
    clinic: Clinic, older_form: Family, consents: Consents, day: dt.date | None, problem: str
) -> None:
    with pytest.raises(InvalidValueError) as wrong:
        consents.collect(on_paper(older_form, signed_on=day))
    assert (wrong.value.field, wrong.value.problem) == ("signed_on", problem)
    assert clinic.count(ConsentSignature) == 0


def test_d42_on_paper_too_only_a_guardian_signs(clinic: Clinic, older_form: Family, consents: Consents) -> None:
    aunt = add_parent(
        clinic,
        older_form.student,
        "Ada",
        may_consent=False,
        relationship=EmergencyContactRelationship.AUNT_UNCLE,
    )
    with pytest.raises(SignerRefusedError):
        consents.collect(on_paper(older_form, contact_id=aunt, signed_by="Ada Okonkwo"))


def test_d34_printing_saving_and_the_text_record_are_each_on_record(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    signed = consents.collect(typed(family.form, family.student, family.mother))
    withdrawn = consents.withdraw(signed.id, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))

    printed = consents.document(withdrawn.id)
    saved = consents.document(signed.id, export=True)
    text = consents.text(withdrawn.id)

    assert printed == saved
    assert "Permission for medicine at school (1.0)" in text
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.PRINT) == 1
    assert clinic.count(AuditLog, AuditLog.action == AuditAction.EXPORT) == 2


def test_d34_the_blank_form_is_on_record_and_names_the_student(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    pdf = blank_consent_pdf(consents.blank(family.form, family.student))
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    for words in ("Permission for medicine at school", "Permiso para medicamentos en la escuela", "☐ Sí", "Okonkwo"):
        assert words in text
    (printed,) = clinic.rows(AuditLog, AuditLog.action == AuditAction.PRINT)
    assert printed.entity_id == family.form


def second_version(clinic: Clinic, form: uuid.UUID) -> uuid.UUID:
    forms = ConsentForms(clinic.desk(clinic.administrator))
    draft = forms.new_version(form)
    english = replace(draft.text.languages[0], title="Permission, second version")
    text = replace(draft.text, languages=(english, draft.text.languages[1]))
    return forms.publish(replace(draft, text=text))[0]


def test_a_request_for_an_earlier_version_is_answered_on_the_newest(
    clinic: Clinic, family: Family, consents: Consents
) -> None:
    consents.ask(family.form, family.student)
    newest = second_version(clinic, family.form)
    with pytest.raises(InvalidValueError):
        consents.ask(newest, family.student)
    consents.collect(typed(newest, family.student, family.mother))
    assert clinic.rows(ConsentRequest)[0].status is ConsentRequestStatus.SIGNED
    assert [line.state for line in consents.board()] == [ConsentState.SIGNED]


def test_m02_signing_again_on_a_later_version_lets_the_dose_be_given(clinic: Clinic, cupboard: Cupboard) -> None:
    consents, doses = consents_of(clinic), Doses(clinic.desk())
    mother = add_parent(clinic, cupboard.student)
    (old,) = {row.consent_form_id for row in clinic.rows(ConsentSignature)}
    assert old is not None
    withdrawn = consents.withdraw(cupboard.consent, Withdrawal(by="Ngozi Okonkwo", how=How.PHONE))
    newest = publish_form(clinic)
    clinic.clock.advance(dt.timedelta(seconds=5))

    consents.collect(typed(newest, cupboard.student, mother, renews=withdrawn.id))

    clinic.clock.advance(dt.timedelta(seconds=5))
    doses.record(cupboard.dose(cupboard.amoxicillin))
    assert clinic.count(MedicationLog) == 1
    (line,) = consents.of_student(cupboard.student)
    assert (line.form_id, line.state) == (newest, ConsentState.SIGNED)


def test_a_form_taken_back_at_once_is_a_draft_again_and_can_be_published_anew(clinic: Clinic, family: Family) -> None:
    forms = ConsentForms(clinic.desk(clinic.administrator))
    draft = forms.new_version(family.form)
    changed = replace(draft, description="Twice a year.", text=replace(draft.text, languages=_retitled(draft.text)))
    _, act = forms.publish(changed)
    act.undo(None)
    assert forms.drafts() == (changed,)
    assert [one.version for one in forms.published() if one.newest] == ["1.0"]
    forms.publish(changed)
    assert [one.version for one in forms.published() if one.newest] == ["3.0"]


def _retitled(text: FormText) -> tuple[FormLanguage, ...]:
    return (replace(text.languages[0], title="Permission"), *text.languages[1:])
