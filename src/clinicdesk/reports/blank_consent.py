"""A consent form for the pen: every language it speaks, with boxes to tick and lines to write on (`ux-spec.md` 7.7)."""

from __future__ import annotations

from clinicdesk.domain.consent_text import Block, BlockKind, FormLanguage
from clinicdesk.i18n import Language, catalogue
from clinicdesk.i18n.formats import Formats
from clinicdesk.reports.typesetting import typeset
from clinicdesk.services.consent_record import born_words, order_details
from clinicdesk.services.consent_values import BlankForm

_LINES = (
    "Full name of the person who signs",
    "Relation to the child",
    "Signature",
    "Date",
    "Identity checked by staff (name, how)",
)


def blank_consent_pdf(blank: BlankForm) -> bytes:
    """One part a language, each on a page of its own: the family signs the one it reads."""
    first = blank.text.languages[0]
    return typeset(
        "blank_consent",
        {
            "title": first.title,
            "language": first.language,
            "site": blank.site,
            "parts": [_part(blank, form) for form in blank.text.languages],
        },
    )


def _part(blank: BlankForm, form: FormLanguage) -> dict[str, object]:
    words, written = catalogue(Language(form.language)), Formats(Language(form.language))
    student = blank.student
    blocks: list[dict[str, object]] = []
    for at, block in enumerate(form.blocks):
        blocks.append(_block(block, words.tr("Initials"), words.tr("Date")))
        if at == 0 and blank.order is not None:
            blocks.append(
                {"kind": "text", "heading": blank.order.medicine, "text": order_details(blank.order, form.language)}
            )
    return {
        "language": form.language,
        "title": form.title,
        "student": " · ".join(
            (student.name.legal, born_words(student, form.language), words.tr("grade {grade}", grade=student.grade))
        ),
        "form_line": words.tr("Form version {version}, printed {date}").format(
            version=blank.version, date=written.date(blank.printed_on)
        ),
        "blocks": blocks,
        "refuse": words.tr("I do not agree"),
        "lines": [words.tr(line) for line in _LINES],
        "note": words.tr(
            "Please give this paper back at the health office. You may take back your permission there at any time."
        ),
    }


def _block(block: Block, initials: str, date: str) -> dict[str, object]:
    made: dict[str, object] = {"text": block.text, "heading": block.heading or None}
    match block.kind:
        case BlockKind.CHOICE:
            return made | {"kind": "choice", "options": [option.text for option in block.options]}
        case BlockKind.INITIALS:
            return made | {"kind": "line", "label": initials}
        case BlockKind.DATE:
            return made | {"kind": "line", "label": date}
        case BlockKind.SIGNATURE:
            return made | {"kind": "text", "heading": None}
        case _:
            return made | {"kind": "text"}
