"""From a signed form to its sealed document: set as PDF, then sealed with the device's key (security-spec 2.6)."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clinicdesk.domain.consent_text import ASKING, Block, BlockKind, answer_words
from clinicdesk.i18n import Language, catalogue
from clinicdesk.reports.consent import AnswerBlock, ConsentPaper, TextBlock, consent_pdf
from clinicdesk.services.consent_record import born_words, disclosure, evidence, order_details
from clinicdesk.services.consent_values import ConsentDocument


def sealed_document(document: ConsentDocument, key: Ed25519PrivateKey) -> bytes:
    """The PDF that the family takes home and the record keeps; any later change of a byte breaks its seal."""
    # Imported here: the signing library takes 30 MB, and most sessions seal nothing.
    from clinicdesk.reports.sealing import seal_pdf

    return seal_pdf(
        document_pdf(document),
        device_key=key,
        site=document.site,
        reason=_tr(document, "Consent signed at the health office"),
        now=document.signed_at.astimezone(dt.UTC),
    )


def document_pdf(document: ConsentDocument) -> bytes:
    """The same document without a seal: for a preview, or a paper copy that is signed by hand."""
    form = document.text.spoken(document.language)
    student = document.student
    blocks: list[TextBlock | AnswerBlock] = []
    for at, block in enumerate(form.blocks):
        if block.kind is BlockKind.SIGNATURE:
            blocks.append(TextBlock(text=block.text))
            continue
        blocks.append(_block(document, block))
        if at == 0 and document.order is not None:
            blocks.append(TextBlock(heading=document.order.medicine, text=order_details(document.order, form.language)))
    return consent_pdf(
        ConsentPaper(
            title=form.title,
            language=form.language,
            site=document.site,
            form_version=document.version,
            student_name=student.name.legal,
            student_born=born_words(student, form.language),
            student_place=_tr(document, "grade {grade}").format(grade=student.grade),
            blocks=blocks,
            signer_name=document.signed_by,
            evidence=evidence(document),
            disclosure=disclosure(form.language, document.how),
            strokes=document.strokes,
        )
    )


def _block(document: ConsentDocument, block: Block) -> TextBlock | AnswerBlock:
    if block.kind in ASKING:
        return AnswerBlock(text=block.text, answer=answer_words(block, document.answers.get(block.key, "")) or "-")
    return TextBlock(text=block.text, heading=block.heading or None)


def _tr(document: ConsentDocument, text: str) -> str:
    return catalogue(Language(document.language)).tr(text)
