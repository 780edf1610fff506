"""A signed consent as plain text: the record that needs no reader of PDF (`ux-spec.md` 7.7)."""

from __future__ import annotations

import datetime as dt

from clinicdesk.domain.consent_text import ASKING, BlockKind, answer_words
from clinicdesk.i18n import Language, catalogue
from clinicdesk.i18n.formats import Formats
from clinicdesk.services.consent_values import ConsentDocument, How, OrderNamed
from clinicdesk.services.student_values import StudentFacts

DISCLOSURE = (
    "Your signature here is as valid as one on paper. You may ask for paper instead, get a copy now, and take back "
    "your permission at any time at the health office."
)
"""The electronic-record disclosure in force; the catalogue has its Spanish."""

HOW_WORDS = {
    How.PEN: "Signed with the pen",
    How.TYPED: "Signed by a typed name",
    How.MARK: "Signed with a mark",
    How.PAPER: "Signed on paper",
    How.PHONE: "Given by telephone",
}


PAPER_NOTE = "Entered from a signed paper, which the health office keeps. The permission may be taken back at any time."


def disclosure(language: str, how: How = How.PEN) -> str:
    """What the signer was told of the kind of record: of the paper where it was signed on paper."""
    return _tr(language, PAPER_NOTE if how is How.PAPER else DISCLOSURE)


def born_words(student: StudentFacts, language: str) -> str:
    return _tr(language, "born {date}").format(date=Formats(Language(language)).date(student.birth_date))


def evidence(document: ConsentDocument) -> tuple[tuple[str, str], ...]:
    """Who signed, as what, how that was checked, when and how, in the signer's language."""
    language = document.language
    lines = [
        (_tr(language, "Signed by"), document.signed_by),
        (_tr(language, "Relation"), relation_words(document.relation, language)),
        (_tr(language, "Identity checked by staff"), _tr(language, document.identity)),
        (_tr(language, "Signed on"), _signed_on(document)),
        (_tr(language, "How"), _tr(language, HOW_WORDS[document.how])),
    ]
    if document.entered_at is not None:
        lines.append((_tr(language, "Entered by staff"), _moment(language, document.entered_at)))
    if document.witness:
        lines.append((_tr(language, "Witness"), document.witness))
    if document.refused:
        lines.append((_tr(language, "Decision"), _tr(language, "I do not agree")))
    return tuple(lines)


def _signed_on(document: ConsentDocument) -> str:
    if document.entered_at is not None:
        return Formats(Language(document.language)).date_full(document.signed_at.date())
    return _moment(document.language, document.signed_at)


def _moment(language: str, at: dt.datetime) -> str:
    """A moment that is still clear in another year and another place."""
    written = Formats(Language(language))
    return f"{written.date_full(at.date())}, {written.time(at)} ({at:%z})"


def order_details(order: OrderNamed, language: str) -> str:
    """How a medicine is given and from when to when, in the language of the form."""
    written = Formats(Language(language))
    if order.ends is None:
        span = _tr(language, "from {date}").format(date=written.date(order.begins))
    else:
        span = f"{written.date(order.begins)} – {written.date(order.ends)}"
    return f"{order.given} · {span}"


def relation_words(relation: str, language: str) -> str:
    """What a signer is to the student, as a family says it."""
    words = catalogue(Language(language))
    found = words.term("relationship", relation)
    return _tr(language, relation.replace("_", " ").capitalize()) if found == relation else found


def text_record(document: ConsentDocument) -> str:
    """Everything that stood on the screen and what was answered, in the language it was signed in."""
    form = document.text.spoken(document.language)
    name = document.student.name.legal
    lines = [
        document.site,
        f"{form.title} ({document.version})",
        f"{name}, {document.student.birth_date.isoformat()}, {document.student.number or '-'}",
        "",
    ]
    for block in form.blocks:
        if block.heading:
            lines.append(block.heading)
        lines.append(block.text)
        if block.kind in ASKING:
            lines.append(f"  > {answer_words(block, document.answers.get(block.key, '')) or '-'}")
        if block.kind is BlockKind.TEXT and document.order is not None and block is form.blocks[0]:
            lines.append(f"  {document.order.medicine}: {order_details(document.order, document.language)}")
    lines += [
        "",
        *(f"{label}: {value}" for label, value in evidence(document)),
        "",
        disclosure(document.language, document.how),
    ]
    return "\n".join(lines)


def _tr(language: str, text: str) -> str:
    return catalogue(Language(language)).tr(text)
