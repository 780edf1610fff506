"""A form as the family will read it, without anything to fill in: for staff and for its author."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinicdesk.domain.consent_text import Block, BlockKind, FormLanguage, FormText
from clinicdesk.gui.theme import Role, TextKind
from clinicdesk.gui.theme.metrics import GAP_3, GAP_4, GAP_6
from clinicdesk.gui.widgets.cards import Card, Separator
from clinicdesk.gui.widgets.layout import clear, column, row
from clinicdesk.gui.widgets.naming import name
from clinicdesk.gui.widgets.states import Mark
from clinicdesk.gui.widgets.text import Label, Paragraph
from clinicdesk.i18n import Language, catalogue, tr
from clinicdesk.services.consent_record import disclosure, order_details
from clinicdesk.services.consent_values import OrderNamed


class Preview(QWidget):
    """Shows one language of a form; `speak` changes which."""

    def __init__(self) -> None:
        super().__init__()
        name(self, "form.preview", tr("Preview"))
        self._language = "en"
        self._text: FormText | None = None
        card = Card(margins=(GAP_6, GAP_6, GAP_6, GAP_6))
        self._lines = QVBoxLayout()
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(GAP_3)
        card.body.addLayout(self._lines)
        card.body.addStretch(1)
        self.setLayout(column(card, margins=(4, 4, 8, 4)))

    def speak(self, language: str) -> None:
        self._language = language
        self._show()

    def draw(self, text: FormText) -> None:
        if text != self._text:
            self._text = text
            if self.isVisible():
                self._show()

    def _show(self) -> None:
        if self._text is None:
            return
        form = self._text.spoken(self._language)
        clear(self._lines)
        self._lines.addWidget(Label(form.title or tr("Form without a title"), TextKind.TITLE))
        for part in form_parts(form, None):
            self._lines.addWidget(part)
        self._lines.addWidget(Paragraph(disclosure(form.language), TextKind.BODY, Role.TEXT_SECONDARY))


def form_parts(form: FormLanguage, order: OrderNamed | None) -> list[QWidget]:
    """The blocks of a form to be read; questions stand with what may be answered."""
    words = catalogue(Language(form.language))
    found: list[QWidget] = []
    for at, block in enumerate(form.blocks):
        if block.heading:
            found.append(Label(block.heading, TextKind.LABEL))
        found.append(Paragraph(block.text, TextKind.BODY))
        if at == 0 and order is not None:
            found.append(order_box(order, form.language))
        answer = _answer(block, words.tr("Your initials"), words.tr("Date"), words.tr("Your signature"))
        if answer:
            found.append(Paragraph(answer, TextKind.BODY, Role.TEXT_SECONDARY))
            found.append(Separator())
    return found


def order_box(order: OrderNamed, language: str) -> Card:
    """The medicine that a consent is about."""
    made = Card(role=Role.SUNKEN)
    words = column(
        Paragraph(order.medicine, TextKind.LABEL), Paragraph(order_details(order, language), TextKind.BODY), gap=2
    )
    line = row(Mark("pill", Role.ACCENT), gap=GAP_4)
    line.addLayout(words, 1)
    made.body.addLayout(line)
    return made


def _answer(block: Block, initials: str, date: str, signature: str) -> str:
    match block.kind:
        case BlockKind.CHOICE:
            return "   ".join(f"○ {option.text}" for option in block.options)
        case BlockKind.INITIALS:
            return f"____  {initials}"
        case BlockKind.DATE:
            return f"____  {date}"
        case BlockKind.SIGNATURE:
            return f"________________  {signature}"
        case _:
            return ""
